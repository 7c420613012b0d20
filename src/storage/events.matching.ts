import { type EventFilter } from '../domain/filter.ts';
import { accountConditions } from './accounts.ts';
import { termConditions } from './page.ts';
import {
  apart,
  excludedRanges,
  participations,
  rowsOf,
  takingPart,
} from './participations.ts';
import { any, every, join, named, type Sql, sql } from './sql.ts';
import { recordedWithin, standing, standings } from './standing.ts';
import { ways } from './ways.ts';
import { nearWindow, reachRanges, windowConditions } from './windows.ts';
import { wordConditions } from './words.ts';

/** What a question asks for, as ranges of indexes in chronological order. */
export interface EventRanges {
  /** The row that tells of the event itself. */
  event: Sql;
  source: Sql;
  /** Together they hold what is asked for. */
  each: EventRange[];
  /** Whether an event may lie in several of them. */
  repeating: boolean;
}

/** What holds in a range: of its events, and (made when asked for) of the rows alone in whose order it is. */
export interface EventRange {
  where: Sql;
  first: () => Sql;
  /** Which class of length its events are of; null for any. */
  reach: number | null;
}

/**
 * The ranges that hold the events asked for: one for each way in which the actors can take part and each length that may
 * reach into the window.
 * @param bound what else each row that stands for an event is held to
 */
export function eventRanges(
  filter: EventFilter,
  bound: (row: Sql) => Sql[],
): EventRanges {
  const { asOf } = filter;
  const ofActors = filter.actor.each.length > 0;
  const event = ofActors ? sql`e` : sql`o`;
  // The rows that stand for an event: each bounded alike, so that their ranges can be merged.
  const rows = rowsOf(filter);
  const conditions = [
    ...rows.flatMap((row) => [
      ...(asOf === null ? standings(row, null) : []),
      ...bound(row),
      ...nearWindow(filter, row),
    ]),
    // So that the indexes of current events can be used to begin with the rarer condition.
    ...(ofActors ? [standing(sql`e`, asOf)] : []),
    ...eventConditions(filter, event, ofActors ? sql`o.event_key` : sql`o.key`),
    ...apart(rows),
  ];
  // Each of these is one range of one index in the order of the list.
  const counting = ways(
    [
      ...takingPart(filter, rows),
      ...(asOf === null ? [] : rows.map((row) => standings(row, asOf))),
    ],
    filter.actor.each.length,
  );
  return {
    event,
    source: ofActors
      ? sql`${participations(rows)} join event_version e on e.key = o.event_key`
      : sql`event_version o`,
    each: counting.flatMap((counts) =>
      reachRanges(filter, rows).map((near, index, { length }) => ({
        where: every([...conditions, ...counts, ...near]),
        first: () =>
          every([
            standing(sql`o`, asOf),
            ...bound(sql`o`),
            ...nearWindow(filter, sql`o`),
            ...(ofActors ? counts.slice(0, 1) : []),
            ...(reachRanges(filter, [sql`o`])[index] ?? []),
          ]),
        reach: length === 1 ? null : index,
      })),
    ),
    repeating: counting.length > 1,
  };
}

/** A column of `event_version`. */
type Column =
  | 'key'
  | 'id'
  | 'begin_earliest'
  | 'begin_latest'
  | 'end_latest'
  | 'sequence'
  | 'calendar'
  | 'terms'
  | 'body';

/**
 * The events that a question asks for, each once and in no order, for counting: of their versions the columns named.
 * Where these and the question are of who and when alone, it is the rows of the actors' own index that are read, and no
 * version but of those whose dates leave something open.
 * @param bound what else each row that stands for an event is held to
 */
export function matching(
  filter: EventFilter,
  columns: readonly Column[] = ['key'],
  bound: (row: Sql) => Sql[] = () => [],
): Sql {
  if (filter.actor.each.length === 0) {
    const { source, each } = eventRanges(filter, bound);
    const parts = each.map(
      ({ where }) =>
        sql`(select ${listOf(columns, sql`o`)} from ${source} where ${where})`,
    );
    return join(parts, sql` union all `);
  }
  const versions = (further: readonly Sql[]): Sql => {
    const conditions = [
      standing(sql`e`, filter.asOf),
      ...eventConditions(filter, sql`e`, sql`e.key`),
      sql`e.key in (${taken(filter, sql`o.event_key`, sql``, [...bound(sql`o`), ...further])})`,
    ];
    return sql`select ${listOf(columns, sql`e`)} from event_version e where ${every(conditions)}`;
  };
  if (asksOfVersion(filter) || columns.some((column) => !(column in PLAIN)))
    return versions([]);
  const plain = taken(filter, listOf(columns, sql`p`), sql`${PLAINLY} p`, [
    sql`o.plain`,
    ...bound(sql`o`),
    ...windowConditions(filter, sql`p`),
    ...exclusion(filter, sql`o.event_key`),
  ]);
  return sql`(select distinct * from (${plain}) plain) union all (${versions([sql`not o.plain`])})`;
}

// What `event_actor.plain` promises: the place in the order is all there is to know of the date.
const PLAIN: Partial<Record<Column, Sql>> = {
  key: sql`o.event_key`,
  id: sql`o.id`,
  begin_earliest: sql`o.begin_earliest`,
  begin_latest: sql`o.begin_earliest`,
  end_latest: sql`o.end_latest`,
  sequence: sql`o.sequence`,
  calendar: sql`true`,
};
const PLAINLY = sql` cross join lateral (select ${join(
  Object.entries(PLAIN).map(([name, value]) => sql`${value} as ${named(name)}`),
  sql`, `,
)}, o.end_latest as end_earliest, false as qualified, null::tstzmultirange as members, false as members_are_days)`;

function listOf(columns: readonly Column[], of: Sql): Sql {
  return join(
    columns.map((column) => sql`${of}.${named(column)}`),
    sql`, `,
  );
}

/** Whether a question is of more than who and when. */
function asksOfVersion({
  lists,
  words,
  vaguest,
  recorded,
  accountBy,
}: EventFilter): boolean {
  return (
    words !== null ||
    Object.keys(lists).length > 0 ||
    vaguest !== null ||
    recorded !== null ||
    accountBy.each.length + accountBy.none.length > 0
  );
}

/** What of the participations of those asked for is wanted; an event may be there several times. */
function taken(
  filter: EventFilter,
  wanted: Sql,
  beside: Sql,
  further: readonly Sql[],
): Sql {
  const rows = rowsOf(filter);
  const conditions = [
    ...rows.flatMap((row) => [
      standing(row, filter.asOf),
      ...nearWindow(filter, row),
    ]),
    ...apart(rows),
    ...further,
  ];
  const parts = ways(takingPart(filter, rows), rows.length).flatMap((counts) =>
    reachRanges(filter, rows).map(
      (near) =>
        sql`(select ${wanted} from ${participations(rows)}${beside} where ${every([...conditions, ...counts, ...near])})`,
    ),
  );
  return join(parts, sql` union all `);
}

/** What a question asks of an event itself, whoever takes part. */
function eventConditions(filter: EventFilter, event: Sql, key: Sql): Sql[] {
  const { recorded, asOf } = filter;
  return [
    ...versionConditions(filter, event),
    ...(recorded === null
      ? []
      : [recordedWithin(sql`${event}.id`, recorded, asOf)]),
    ...exclusion(filter, key),
    ...accountConditions(filter, key),
  ];
}

/** What a question asks of a version by its own row alone. */
export function versionConditions(filter: EventFilter, version: Sql): Sql[] {
  const { lists, words, vaguest } = filter;
  return [
    ...windowConditions(filter, version),
    ...termConditions(lists, sql`${version}.terms`),
    ...wordConditions(words, version),
    ...(vaguest === null ? [] : [sql`${version}.vagueness <= ${vaguest}`]),
  ];
}

/** None of these takes part, not even possibly. */
function exclusion(filter: EventFilter, key: Sql): Sql[] {
  const none = excludedRanges(filter, sql`x`);
  if (none.length === 0) return [];
  // Of either index by itself: asked of both at once, each event would be looked for in all rows there are.
  return standings(sql`x`, filter.asOf).map(
    (stands) =>
      sql`not exists (select from event_actor x where x.event_key = ${key} and ${stands} and ${any(none)})`,
  );
}
