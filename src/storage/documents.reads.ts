import type { Pool } from 'pg';
import { type ListCondition } from '../domain/list-filter.ts';
import {
  type Page,
  askPage,
  type PageRequest,
  namedIn,
  termConditions,
  withUnknown,
} from './page.ts';
import { any, every, join, type Sql, sql } from './sql.ts';
import { standings } from './standing.ts';

/** What is asked of the documents: list filters, and whether something answers them. */
export interface DocumentFilter {
  lists: Record<string, ListCondition>;
  /** Only what nothing is in reply to, or only what something is; null for both. */
  unanswered: boolean | null;
  /** Milliseconds; null for the record as it stands. */
  asOf: number | null;
}

const REFERENCES = {
  author: 'actor',
  addressee: 'actor',
  inReplyTo: 'document',
  partOf: 'document',
} as const;

/** A page of documents by date, the undated last: one statement. */
export async function listDocuments(
  pool: Pool,
  filter: DocumentFilter,
  request: PageRequest,
): Promise<Page> {
  const [order, beyond] = request.backwards
    ? [sql`desc`, sql`<`]
    : [sql`asc`, sql`>`];
  const or = request.inclusive ? sql`=` : sql``;
  const [begin, end, id] = request.from ?? [];
  const conditions = [
    ...(request.from === null
      ? []
      : [
          sql`(begin_earliest, end_latest, id) ${beyond}${or} (to_timestamp(${begin}::float8), to_timestamp(${end}::float8), ${id}::text collate "C")`,
        ]),
    ...termConditions(filter.lists, sql`terms`),
    ...replyConditions(filter),
  ];
  const inOrder = sql`order by begin_earliest ${order}, end_latest ${order}, id ${order} limit ${request.limit + 1}`;
  const heads = standings(sql`d`, filter.asOf).map(
    (stands) =>
      sql`(select body, begin_earliest, end_latest, id from document_version d where ${every([stands, ...conditions])} ${inOrder})`,
  );
  const page = sql`
    select body, json_build_array(extract(epoch from begin_earliest)::float8::text, extract(epoch from end_latest)::float8::text, id)
      as position, null::json as unknown from (
      select * from (${join(heads, sql` union all `)}) heads ${inOrder}) page`;
  const named = namedIn(filter.lists, REFERENCES);
  const statement = withUnknown(page, named, filter.asOf).called('documents');
  return askPage(pool, statement, false, request);
}

// All that is not loose is a reply.
function replyConditions({ unanswered, asOf }: DocumentFilter): Sql[] {
  if (unanswered === null) return [];
  const answered = any(
    standings(sql`r`, asOf).map(
      (stands) =>
        sql`exists (select from document_link r where r.target = d.id and not r.loose and ${stands})`,
    ),
  );
  return [unanswered ? sql`not ${answered}` : answered];
}
