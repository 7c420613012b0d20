import type { Pool } from 'pg';
import { type ActorValue, type EventFilter } from '../domain/filter.ts';
import { accountConditions } from './accounts.ts';
import {
  ask,
  type Page,
  pageOf,
  type PageRequest,
  namedIn,
  type Reference,
  termConditions,
  withUnknown,
} from './page.ts';
import { any, every, join, type Sql, sql } from './sql.ts';
import { recordedWithin, standing, standings } from './standing.ts';
import { nearWindow, reachRanges, windowConditions } from './windows.ts';
import { wordConditions } from './words.ts';

/** A page of the events that a question asks for, in chronological order: one statement. */
export async function listEvents(
  pool: Pool,
  filter: EventFilter,
  request: PageRequest,
): Promise<Page> {
  const statement = withUnknown(
    eventPage(filter, request),
    referencesOf(filter),
    filter.asOf,
  );
  return pageOf(await ask(pool, statement, isPlain(filter)), request);
}

/** What a question names, each of which must be in the record. */
export function referencesOf({
  actor,
  accountBy,
  lists,
}: EventFilter): Reference[] {
  return [
    ...[...actor.each.flat(), ...actor.none].map((one): Reference => ({
      parameter: 'actor',
      record: 'actor',
      id: one.actor,
    })),
    ...[...accountBy.each.flat(), ...accountBy.none].map((one): Reference => ({
      parameter: 'accountBy',
      record: 'actor',
      id: one.actor,
    })),
    ...namedIn(lists, { document: 'document', linkedTo: 'event' }),
  ];
}

// One range of one index answers these, whatever the values: their plan is made once. All other plans depend on how
// frequent the values are.
function isPlain({
  actor,
  accountBy,
  lists,
  words,
  asOf,
  recorded,
}: EventFilter): boolean {
  const [group, another] = actor.each;
  return (
    asOf === null &&
    recorded === null &&
    words === null &&
    another === undefined &&
    (group?.length ?? 1) === 1 &&
    actor.none.length === 0 &&
    accountBy.each.length === 0 &&
    accountBy.none.length === 0 &&
    Object.keys(lists).length === 0
  );
}

// PostgreSQL keeps a plan for all values only if it looks cheaper than one for the values at hand. A limit not known yet
// counts as a tenth of all there is, so it would look dearer. Hence prepared statements have a limit that is known, the
// longest page there can be, and the page's own twice around it: a hundredth of that.
const LONGEST_PAGE = sql`501`;

/** The statement of a page, as rows `{body, position, unknown}`; asks for one row more than the page holds. */
function eventPage(filter: EventFilter, request: PageRequest): Sql {
  const ascending = (filter.order === 'asc') !== request.backwards;
  const { asOf, recorded } = filter;
  const groups = filter.actor.each;
  const ofActors = groups.length > 0;
  const event = ofActors ? sql`e` : sql`o`;
  // The rows that stand for an event: each bounded alike, so that their ranges can be merged.
  const rows = ROWS.slice(0, Math.max(1, groups.length));
  const conditions = [
    ...rows.flatMap((row) => [
      ...(asOf === null ? standings(row, null) : []),
      ...keyset(request, ascending, row),
      ...nearWindow(filter, row),
    ]),
    // So that the indexes of current events can be used to begin with the rarer condition.
    ...(ofActors ? [standing(sql`e`, asOf)] : []),
    ...windowConditions(filter, event),
    ...termConditions(filter.lists, sql`${event}.terms`),
    ...wordConditions(filter.words, event),
    ...(filter.vaguest === null
      ? []
      : [sql`${event}.vagueness <= ${filter.vaguest}`]),
    ...(recorded === null
      ? []
      : [recordedWithin(sql`${event}.id`, recorded, asOf)]),
    ...(filter.actor.none.length === 0
      ? []
      : [excluded(filter, ofActors ? sql`o.event_key` : sql`o.key`)]),
    ...accountConditions(filter, ofActors ? sql`o.event_key` : sql`o.key`),
    ...apart(rows),
  ];
  const source = ofActors ? participations(rows) : sql`event_version o`;
  // Each of these is one range of one index in the order of the list; a page is merged from their heads.
  const counting = ways([
    ...groups.map((group, index) =>
      group.flatMap((one) => countingRanges(rows[index] as Sql, one, filter)),
    ),
    ...(asOf === null ? [] : rows.map((row) => standings(row, asOf))),
  ]);
  const ranges = counting.flatMap((counts) =>
    reachRanges(filter, rows).map((near) =>
      every([...conditions, ...counts, ...near]),
    ),
  );
  const direction = ascending ? sql`asc` : sql`desc`;
  const limit = sql`${request.limit + 1}`;
  const once = ofActors ? sql`distinct on ${orderKey(sql`o`)}` : sql``;
  const heads = ranges.map(
    (range) => sql`
    (select ${once} ${event}.body, o.begin_earliest, o.end_latest, o.sequence, o.id from ${source} where ${range}
     order by ${orderBy(sql`o.`, direction)} limit ${isPlain(filter) ? LONGEST_PAGE : limit})`,
  );
  return sql`
    select body, json_build_array(extract(epoch from begin_earliest)::float8::text,
        extract(epoch from end_latest)::float8::text, sequence, id) as position, null::json as unknown
    from (select * from ${heads.length === 1 ? heads[0] : merged(heads, direction, counting.length > 1)} merged
      limit ${limit}) page limit ${limit}`;
}

function merged(
  heads: readonly Sql[],
  direction: Sql,
  repeating: boolean,
): Sql {
  const once = repeating
    ? sql`distinct on (begin_earliest, end_latest, sequence, id)`
    : sql``;
  return sql`(select ${once} * from (${join(heads, sql` union all `)}) heads
    order by ${orderBy(sql``, direction)})`;
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

function keyset(
  { from, inclusive }: PageRequest,
  ascending: boolean,
  row: Sql,
): Sql[] {
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
    sql`${orderKey(row)} ${beyond}
      (to_timestamp(${begin}::float8), to_timestamp(${end}::float8), ${sequence}::int, ${id}::text collate "C")`,
  ];
}

function orderKey(row: Sql): Sql {
  return sql`(${row}.begin_earliest, ${row}.end_latest, ${row}.sequence, ${row}.id)`;
}

// A row for each actor asked for; the list is in the order of the first.
export const ROWS = [
  sql`o`,
  sql`a1`,
  sql`a2`,
  sql`a3`,
  sql`a4`,
  sql`a5`,
  sql`a6`,
  sql`a7`,
];

/**
 * Events with a participation for each actor asked for. As these are of one event, so are their order keys equal: it is
 * said, for then PostgreSQL merges the actors' ranges, or begins with the rarer one.
 */
function participations([first, ...others]: readonly Sql[]): Sql {
  const further = others.map(
    (other) =>
      sql` join event_actor ${other} on ${other}.event_key = o.event_key and ${orderKey(other)} = ${orderKey(sql`o`)}`,
  );
  return sql`event_actor ${first} join event_version e on e.key = o.event_key${join(further, sql``)}`;
}

/** Each actor must take part through a participation of its own: Macron for France is no meeting of the two. */
export function apart(rows: readonly Sql[]): Sql[] {
  return rows.flatMap((row, index) =>
    rows
      .slice(0, index)
      .map((other) => sql`${row}.participation <> ${other}.participation`),
  );
}

/** Beyond this, planning the ways one by one would cost more than it saves. */
const MOST_WAYS = 16;

/** The ways in which groups of conditions can be met, one of each group. */
function ways(groups: readonly Sql[][]): Sql[][] {
  const count = groups.reduce((product, { length }) => product * length, 1);
  return groups.reduce<Sql[][]>(
    (found, group, index) =>
      index > 0 && count > MOST_WAYS
        ? found.map((way) => [...way, any(group)])
        : found.flatMap((way) => group.map((one) => [...way, one])),
    [[]],
  );
}

/** None of these takes part, not even possibly. */
function excluded(filter: EventFilter, key: Sql): Sql {
  const none = filter.actor.none.flatMap((one) =>
    countingRanges(sql`x`, one, { ...filter, certainty: 'possible' }),
  );
  return sql`not exists (select from event_actor x where x.event_key = ${key} and ${standing(sql`x`, filter.asOf)} and ${any(none)})`;
}

/**
 * The rows of `event_actor` by which an actor takes part, or has the role asked for: one condition for each of its lanes
 * that holds some of them, in which they stand in order.
 */
export function countingRanges(
  of: Sql,
  { actor, role }: ActorValue,
  { scope, certainty }: EventFilter,
): Sql[] {
  const lanes = role === 'subject' ? [sql`1`, sql`3`] : [sql`0`, sql`2`];
  return lanes
    .slice(0, scope === 'members' ? 2 : 1)
    .map((lane) =>
      every([
        sql`${of}.actor = ${actor}`,
        sql`${of}.lane = ${lane}`,
        ...(scope === 'self' ? [sql`${of}.scope = 0`] : []),
        ...(role === null || role === 'subject'
          ? []
          : [sql`${of}.role = ${role}`]),
        ...(certainty === 'certain' ? [sql`${of}.certain`] : []),
      ]),
    );
}
