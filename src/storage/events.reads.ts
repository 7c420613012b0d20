import type { Pool } from 'pg';
import { type ActorValue, type EventFilter } from '../domain/filter.ts';
import {
  ask,
  type Page,
  pageOf,
  type PageRequest,
  type Reference,
  termConditions,
  withUnknown,
} from './page.ts';
import { every, join, type Sql, sql } from './sql.ts';
import { reachRanges, windowConditions } from './windows.ts';

/** A page of the events that a question asks for, in chronological order: one statement. */
export async function listEvents(
  pool: Pool,
  filter: EventFilter,
  request: PageRequest,
): Promise<Page> {
  const statement = withUnknown(
    eventPage(filter, request),
    referencesOf(filter),
  );
  return pageOf(await ask(pool, statement, isPlain(filter)), request);
}

/** The finished JSON of an event, or null. */
export async function readEventBody(
  pool: Pool,
  id: string,
): Promise<string | null> {
  const rows = await ask<{ body: string }>(
    pool,
    sql`select body from event_version where id = ${id} and superseded_at is null`,
    true,
  );
  return rows[0]?.body ?? null;
}

/** What a question names, each of which must be in the record. */
function referencesOf({ actor, lists }: EventFilter): Reference[] {
  const named = (parameter: string, record: Reference['record']): Reference[] =>
    [
      ...(lists[parameter]?.each.flat() ?? []),
      ...(lists[parameter]?.none ?? []),
    ].map((id) => ({ parameter, record, id }));
  return [
    ...[...actor.each.flat(), ...actor.none].map((one): Reference => ({
      parameter: 'actor',
      record: 'actor',
      id: one.actor,
    })),
    ...named('document', 'document'),
    ...named('linkedTo', 'event'),
  ];
}

// One range of one index answers these, whatever the values: their plan is made once. All other plans depend on how
// frequent the values are.
function isPlain({ actor, lists }: EventFilter): boolean {
  const [group, another] = actor.each;
  return (
    another === undefined &&
    (group?.length ?? 1) === 1 &&
    actor.none.length === 0 &&
    Object.keys(lists).length === 0
  );
}

/** The statement of a page, as rows `{body, position, unknown}`; asks for one row more than the page holds. */
function eventPage(filter: EventFilter, request: PageRequest): Sql {
  const ascending = (filter.order === 'asc') !== request.backwards;
  const [first, ...others] = filter.actor.each;
  const event = first === undefined ? sql`o` : sql`e`;
  const conditions = [
    sql`o.superseded_at is null`,
    ...keyset(request, ascending),
    ...windowConditions(filter, event),
    ...termConditions(filter.lists, sql`${event}.terms`),
    ...(filter.vaguest === null
      ? []
      : [sql`${event}.vagueness <= ${filter.vaguest}`]),
    ...(filter.actor.none.length === 0
      ? []
      : [
          excluded(filter, first === undefined ? sql`o.key` : sql`o.event_key`),
        ]),
    ...others.map((group, index) => otherActor(group, filter, index)),
  ];
  const source =
    first === undefined
      ? sql`event_version o`
      : participationsWith(others.length);
  // Each of these is one range of one index in the order of the list; a page is merged from their heads.
  const counting = first?.flatMap((one) =>
    countingRanges(sql`o`, one, filter),
  ) ?? [sql`true`];
  const ranges = counting.flatMap((counts) =>
    reachRanges(filter).map((near) => every([...conditions, counts, ...near])),
  );
  const order = {
    direction: ascending ? sql`asc` : sql`desc`,
    limit: request.limit + 1,
  };
  const once =
    first === undefined
      ? sql``
      : sql`distinct on (o.begin_earliest, o.end_latest, o.sequence, o.id)`;
  const heads = ranges.map(
    (range) => sql`
    (select ${once} ${event}.body, o.begin_earliest, o.end_latest, o.sequence, o.id from ${source} where ${range}
     order by ${orderBy(sql`o.`, order.direction)} limit ${order.limit})`,
  );
  return sql`
    select body, json_build_array(extract(epoch from begin_earliest)::float8::text,
        extract(epoch from end_latest)::float8::text, sequence, id) as position, null::json as unknown
    from ${heads.length === 1 ? heads[0] : merged(heads, order, counting.length > 1)} page`;
}

function merged(
  heads: readonly Sql[],
  { direction, limit }: { direction: Sql; limit: number },
  repeating: boolean,
): Sql {
  const once = repeating
    ? sql`distinct on (begin_earliest, end_latest, sequence, id)`
    : sql``;
  return sql`(select ${once} * from (${join(heads, sql` union all `)}) heads
    order by ${orderBy(sql``, direction)} limit ${limit})`;
}

/** Chronological order (contract §2): begin earliest, end latest, sequence, id; or its exact reverse. */
function orderBy(of: Sql, direction: Sql): Sql {
  return join(
    [sql`begin_earliest`, sql`end_latest`, sql`sequence`, sql`id`].map(
      (column) => sql`${of}${column} ${direction}`,
    ),
    sql`, `,
  );
}

function keyset({ from, inclusive }: PageRequest, ascending: boolean): Sql[] {
  if (from === null) return [];
  const [begin, end, sequence, id] = from;
  const beyond = inclusive
    ? ascending
      ? sql`>=`
      : sql`<=`
    : ascending
      ? sql`>`
      : sql`<`;
  return [
    sql`(o.begin_earliest, o.end_latest, o.sequence, o.id) ${beyond}
      (to_timestamp(${begin}::float8), to_timestamp(${end}::float8), ${sequence}::int, ${id}::text collate "C")`,
  ];
}

/** Participations in order, each with its event, beside those of every further actor asked for. */
function participationsWith(others: number): Sql {
  const further = ALIASES.slice(0, others).map(
    (other) =>
      sql` join event_actor ${other} on ${other}.event_key = o.event_key`,
  );
  return sql`event_actor o join event_version e on e.key = o.event_key${join(further, sql``)}`;
}

const ALIASES = [sql`a1`, sql`a2`, sql`a3`, sql`a4`, sql`a5`, sql`a6`, sql`a7`];

/** A further actor must take part through a participation of its own: Macron for France is no meeting of the two. */
function otherActor(
  group: readonly ActorValue[],
  filter: EventFilter,
  index: number,
): Sql {
  const mine = ALIASES[index] as Sql;
  const before = [sql`o`, ...ALIASES.slice(0, index)];
  return every([
    sql`${mine}.superseded_at is null`,
    any(group.flatMap((one) => countingRanges(mine, one, filter))),
    ...before.map(
      (other) => sql`${mine}.participation <> ${other}.participation`,
    ),
  ]);
}

/** None of these takes part, not even possibly. */
function excluded(filter: EventFilter, key: Sql): Sql {
  const none = filter.actor.none.flatMap((one) =>
    countingRanges(sql`x`, one, { ...filter, certainty: 'possible' }),
  );
  return sql`not exists (select from event_actor x where x.event_key = ${key} and x.superseded_at is null and ${any(none)})`;
}

/**
 * The rows of `event_actor` by which an actor takes part, or has the role asked for: one condition for each index that
 * holds some of them. Scopes are written out, for PostgreSQL must see that a partial index holds all it needs.
 */
function countingRanges(
  of: Sql,
  { actor, role }: ActorValue,
  { scope, certainty }: EventFilter,
): Sql[] {
  const asSubject = role === 'subject';
  const within = {
    self: [sql`= 0`],
    climb: [sql`< 2`],
    members: asSubject ? [sql`<= 2`] : [sql`< 2`, sql`= 2`],
  }[scope];
  return within.map((scopes) =>
    every([
      sql`${of}.actor = ${actor}`,
      sql`${of}.scope ${scopes}`,
      asSubject ? sql`${of}.role = 'subject'` : sql`${of}.role <> 'subject'`,
      ...(role === null || asSubject ? [] : [sql`${of}.role = ${role}`]),
      ...(certainty === 'certain' ? [sql`${of}.certain`] : []),
    ]),
  );
}

function any(conditions: readonly Sql[]): Sql {
  return sql`(${join(
    conditions.map((condition) => sql`(${condition})`),
    sql` or `,
  )})`;
}
