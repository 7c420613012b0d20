import type { Pool, PoolClient } from 'pg';
import { type ListCondition } from '../domain/list-filter.ts';
import { asDomainError } from './faults.ts';
import { nameOf } from './prepared.ts';
import { join, type Sql, sql } from './sql.ts';
import { type RecordName } from '../domain/record.ts';
import { standing } from './standing.ts';

/** A place in a list, as the values of its order key; instants in seconds since 1970, infinite where open. */
export type Position = readonly (string | number)[];

/** Which part of a list is wanted. */
export interface PageRequest {
  limit: number;
  /** Where to go on from; null begins at the list's first end. */
  from: Position | null;
  /** Towards the list's begin: the page before `from`. */
  backwards: boolean;
  /** The record at `from` is wanted as well. */
  inclusive: boolean;
}

/** Where another page begins. */
export interface PageLink {
  position: Position;
  backwards: boolean;
  inclusive: boolean;
}

/** A page: the finished JSON of its records in order, in UTF-8, and where its neighbours begin. */
export interface Page {
  bodies: Buffer[];
  next: PageLink | null;
  prev: PageLink | null;
  /** What the question names that is not in the record. */
  unknown: Reference[];
}

/** Something that a parameter of a question names. */
export interface Reference {
  parameter: string;
  record: RecordName;
  id: string;
}

/**
 * A row of a page's statement as the database sends it: the body and, as JSON, its place or a name that is not in the
 * record. Only the first row and the last that the page can hold need a place.
 */
type PageRow = [
  body: Buffer | null,
  position: Buffer | null,
  unknown: Buffer | null,
];

/** Rows as arrays of the bytes that came, on a {@link ByteClient}: the binary form of a text, or of JSON, is its UTF-8. */
export const IN_BYTES = {
  binary: true,
  rowMode: 'array',
  types: { getTypeParser: () => (bytes: Buffer) => bytes },
};

/**
 * Runs the statement of a page, of rows `(body, position, unknown)`, and puts the page's neighbours to them: the statement was
 * asked for one row more than the page holds.
 */
export async function askPage(
  asked: Asked,
  statement: Sql,
  prepared: boolean,
  request: PageRequest,
): Promise<Page> {
  const rows = await ask<PageRow>(asked, statement, prepared, IN_BYTES);
  const unknown = rows.flatMap(([, , named]) =>
    named === null ? [] : [JSON.parse(named.toString()) as Reference],
  );
  const found = rows.filter(([body]) => body !== null);
  const more = found.length > request.limit;
  const shown = found.slice(0, request.limit);
  if (request.backwards) shown.reverse();
  const [first, last] = [shown[0], shown.at(-1)];
  const link = (
    row: PageRow | undefined,
    backwards: boolean,
  ): PageLink | null =>
    row === undefined
      ? request.from && {
          position: request.from,
          backwards,
          inclusive: !request.inclusive,
        }
      : {
          position: JSON.parse(row[1]?.toString() ?? '[]') as Position,
          backwards,
          inclusive: false,
        };
  const came = request.from !== null;
  return {
    bodies: shown.flatMap(([body]) => body ?? []),
    next: request.backwards
      ? link(last, false)
      : more
        ? link(last, false)
        : null,
    prev: request.backwards
      ? more
        ? link(first, true)
        : null
      : came
        ? link(first, true)
        : null,
    unknown,
  };
}

/** What a read may be asked of: any connection of a pool, or one that holds a snapshot. */
export type Asked = Pick<Pool | PoolClient, 'query'>;

/** Runs a read. A statement with a name is planned once per connection; without one its plan follows the values. */
export async function ask<Row extends object>(
  asked: Asked,
  statement: Sql,
  prepared: boolean,
  more: object = {},
): Promise<Row[]> {
  const { text, values } = statement.compile();
  try {
    const answer = await asked.query<Row>({
      text,
      values,
      ...(prepared ? { name: nameOf(text) } : {}),
      ...(statement.kind === null ? {} : { kind: statement.kind }),
      ...more,
    });
    return answer.rows;
  } catch (error) {
    throw asDomainError(error);
  }
}

/** The list filters over an array of terms (see terms.ts). */
export function termConditions(
  lists: Record<string, ListCondition>,
  terms: Sql,
): Sql[] {
  return Object.entries(lists).flatMap(([name, { each, none }]) => {
    const named = (values: readonly string[]) =>
      values.map((value) => `${name}:${value}`);
    return [
      ...each.map((group) => sql`${terms} && ${named(group)}::text[]`),
      ...(none.length > 0 ? [sql`not ${terms} && ${named(none)}::text[]`] : []),
    ];
  });
}

/** What list filters name, by the sort of record that each of these parameters names. */
export function namedIn(
  lists: Record<string, ListCondition>,
  parameters: Record<string, RecordName>,
): Reference[] {
  return Object.entries(parameters).flatMap(([parameter, record]) =>
    [
      ...(lists[parameter]?.each.flat() ?? []),
      ...(lists[parameter]?.none ?? []),
    ].map((id) => ({ parameter, record, id })),
  );
}

/** A page's statement, and with it the rows that name what is asked for and not in the record. */
export function withUnknown(
  page: Sql,
  references: readonly Reference[],
  asOf: number | null,
): Sql {
  if (references.length === 0) return page;
  return sql`(${page}) union all (select null, null, unknown from (${unknownReferences(references, asOf)}) missing)`;
}

/** What of these is not in the record, as rows `{unknown}`. */
export function unknownReferences(
  references: readonly Reference[],
  asOf: number | null,
): Sql {
  const named = references.map(
    ({ parameter, record, id }) =>
      sql`(${parameter}::text, ${record}::text, ${id}::text collate "C")`,
  );
  const stands = standing(sql`v`, asOf);
  return sql`
    select json_build_object('parameter', r.parameter, 'record', r.record, 'id', r.id) as unknown
    from (values ${join(named, sql`, `)}) r (parameter, record, id)
    where not case r.record
      when 'actor' then exists (select from actor_version v where v.id = r.id and ${stands})
      when 'document' then exists (select from document_version v where v.id = r.id and ${stands})
      else exists (select from event_version v where v.id = r.id and ${stands}) end`;
}

/** What of these is not in the record. */
export async function unknownAmong(
  pool: Pool,
  references: readonly Reference[],
): Promise<Reference[]> {
  if (references.length === 0) return [];
  const rows = await ask<{ unknown: Reference }>(
    pool,
    unknownReferences(references, null).called('references'),
    false,
  );
  return rows.map(({ unknown }) => unknown);
}
