import type { Pool } from 'pg';
import { type EventFilter } from '../domain/filter.ts';
import { referencesOf } from './events.references.ts';
import { ask, type Reference, unknownReferences } from './page.ts';
import { type Sql, sql } from './sql.ts';
import { standing } from './standing.ts';

/** What a statement that counts has found, and what its question names that is not in the record. */
export interface Counted<Row> {
  rows: Row[];
  unknown: Reference[];
}

/** Runs a statement that counts; with it, in the same one, what is asked for is looked up in the record. */
export async function countRows<Row>(
  pool: Pool,
  statement: Sql,
  filter: EventFilter,
  prepared = false,
): Promise<Counted<Row>> {
  const references = referencesOf(filter);
  const unknown =
    references.length === 0
      ? sql`null`
      : sql`(select json_agg(missing.unknown) from (${unknownReferences(references, filter.asOf)}) missing)`;
  const [answer] = await ask<{
    rows: Row[] | null;
    unknown: Reference[] | null;
  }>(
    pool,
    sql`select (select json_agg(counted) from (${statement}) counted) as rows, ${unknown} as unknown`.called(
      statement.kind ?? 'counts',
    ),
    prepared,
  );
  return { rows: answer?.rows ?? [], unknown: answer?.unknown ?? [] };
}

/** At which level actors are counted: the states and organizations behind an event, or those whom it names. */
export const LEVELS = ['state', 'actor'] as const;
export type Level = (typeof LEVELS)[number];

/** The rows of `event_actor` that tell who took part in an event, at a level; states as far as the question climbs. */
export function takingPartAt(
  level: Level,
  row: Sql,
  { asOf, certainty, scope }: EventFilter,
): Sql[] {
  const named = level === 'actor' || scope === 'self';
  return [
    standing(row, asOf),
    ...(level === 'state' && scope === 'members'
      ? [sql`${row}.lane in (0, 2)`]
      : [sql`${row}.lane = 0`]),
    ...(certainty === 'certain' ? [sql`${row}.certain`] : []),
    ...(named ? [sql`${row}.scope = 0`] : []),
    ...(level === 'actor' ? [] : [behindEvents(sql`${row}.actor`, asOf)]),
  ];
}

/** Whether an actor is one of those whom others stand for: a state or an organization. */
export function behindEvents(actor: Sql, asOf: number | null): Sql {
  return sql`${actor} in (select v.id from actor_version v where ${standing(sql`v`, asOf)}
    and v.kind in ('state', 'organization'))`;
}

/** An event in short, as JSON, by its key. */
export function eventInShort(key: Sql): Sql {
  return sql`(select json_build_object('record', 'event', 'id', v.id, 'date', v.body::json -> 'date',
    'title', v.body::json -> 'title') from event_version v where v.key = ${key})`;
}
