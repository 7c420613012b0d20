import type { Pool } from 'pg';
import { type ListCondition } from '../domain/list-filter.ts';
import {
  ask,
  type Page,
  pageOf,
  type PageRequest,
  namedIn,
  termConditions,
  withUnknown,
} from './page.ts';
import { every, join, sql } from './sql.ts';
import { standings } from './standing.ts';

/** What is asked of the documents: list filters. */
export interface DocumentFilter {
  lists: Record<string, ListCondition>;
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
  return pageOf(
    await ask(
      pool,
      withUnknown(page, namedIn(filter.lists, REFERENCES), filter.asOf),
      false,
    ),
    request,
  );
}
