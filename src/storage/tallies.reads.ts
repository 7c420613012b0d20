import { DateTime, type IANAZone } from 'luxon';
import { type EventFilter } from '../domain/filter.ts';
import { type Interval } from '../domain/timeline.ts';
import { clockOf, zoneAsked } from '../domain/zone.ts';
import { behindEvents, type Level } from './counting.ts';
import { matching } from './events.matching.ts';
import { every, join, named, type Sql, sql } from './sql.ts';
import { placeOf } from './wall-clock.ts';
import { stamp } from './windows.ts';

/**
 * Counts from the sums that are kept by month (`event_tally`, migration 0008), for the questions that they answer exactly:
 * all events, those of one actor or those with one term, in any window whose edges mean the same for days and instants.
 * Whole months come from the sums; where an edge of the window lies within a month, what begins beyond the last whole one is
 * counted event by event.
 */
export interface Tally {
  /** How many, as rows `{count}` to be added up. */
  counts: Sql;
  /** How many begin in which bucket (UTC), as rows `{bucket, count}` to be added up. */
  placed(interval: MonthInterval): Sql;
}

/** The intervals of which every month belongs to one. */
export type MonthInterval = 'month' | 'quarter' | 'year';

/** Whether a histogram by an interval in a zone can be made of months in UTC. */
export function isOfMonths(
  interval: Interval,
  zone: IANAZone,
): interval is MonthInterval {
  const { changes, offsets } = clockOf(zone);
  return (
    interval !== 'day' &&
    interval !== 'week' &&
    changes.length === 0 &&
    offsets[0] === 0
  );
}

/** What a month from the sums can be told apart by; a term's filter by its own name. */
const TALLIED = [
  'type',
  'status',
  'channel',
  'corroboration',
  'country',
  'topic',
  'publisher',
  'language',
];

// Stands for a begin that lies before all time, as in the migration.
const NEVER = -1_000_000;

/** The sums that answer a question; null where none do. */
export function tallyOf(filter: EventFilter): Tally | null {
  const subject = subjectOf(filter);
  const months = monthsOf(filter);
  if (subject === null || months === null) return null;
  const sums = sumsOf(sql`subject = ${subject}`, months);
  const COLUMNS = [
    'key',
    'begin_earliest',
    'begin_latest',
    'calendar',
  ] as const;
  const beyond = months.beyond.map((bound) => matching(filter, COLUMNS, bound));
  return {
    counts: join(
      [
        sql`select count from (${sums}) sums`,
        ...beyond.map(
          (events) => sql`select count(*) as count from (${events}) beyond`,
        ),
      ],
      sql` union all `,
    ),
    placed: (interval) =>
      join(
        [
          sql`select ${bucketOfSum(interval)} as bucket, count from (${sums}) sums`,
          ...beyond.map(
            (events) =>
              sql`select ${placeOf(interval, UTC)} as bucket, 1 as count from (${events}) beyond`,
          ),
        ],
        sql` union all `,
      ),
  };
}

/**
 * All events by the values of a term, as rows `{value, bucket, count}` to be added up; null where more is asked than the sums
 * tell apart.
 * @param by a term's name, `own` (an event's type without its parents) or `actor`
 * @param at at which level actors are told apart
 */
export function talliedBy(
  filter: EventFilter,
  by: string,
  at: Level,
  interval: MonthInterval,
): Sql | null {
  const prefix =
    by === 'actor' && (at === 'actor' || filter.scope === 'self')
      ? 'named'
      : by;
  const months = monthsOf(filter);
  if (
    subjectOf(filter) !== '' ||
    months === null ||
    months.beyond.length > 0 ||
    (prefix === 'actor' && filter.scope !== 'climb') ||
    ![...TALLIED, 'own', 'actor', 'named'].includes(prefix)
  )
    return null;
  // The semicolon is the next character.
  const subjects = sql`subject > ${`${prefix}:`} and subject < ${`${prefix};`}`;
  const value = sql`substr(subject, ${prefix.length + 2})`;
  const states =
    by === 'actor' && at === 'state'
      ? sql` where ${behindEvents(value, filter.asOf)}`
      : sql``;
  return sql`select ${value} as value, ${bucketOfSum(interval)} as bucket, count
    from (${sumsOf(subjects, months)}) sums${states}`;
}

const UTC = zoneAsked('UTC');

/** What a question is of, as the sums name it. */
function subjectOf(filter: EventFilter): string | null {
  const { actor, accountBy, lists, words, window, recorded } = filter;
  if (
    accountBy.each.length + accountBy.none.length + actor.none.length > 0 ||
    words !== null ||
    recorded !== null ||
    filter.asOf !== null ||
    filter.vaguest !== null ||
    filter.certainty === 'certain' ||
    (filter.relation === 'within' && window !== null)
  )
    return null;
  const groups = [
    ...actor.each.map((group) =>
      group.map(({ actor: id, role }) =>
        role === null && filter.scope !== 'members'
          ? `${filter.scope === 'self' ? 'named' : 'actor'}:${id}`
          : null,
      ),
    ),
    ...Object.entries(lists).flatMap(
      ([name, { each, none }]): (string | null)[][] =>
        none.length === 0 && TALLIED.includes(name)
          ? each.map((group) => group.map((value) => `${name}:${value}`))
          : [[null]],
    ),
  ];
  const [group = [''], another] = groups;
  const [subject = null, or] = group;
  return another === undefined && or === undefined ? subject : null;
}

/** Which sums lie in a window. */
interface Months {
  conditions: Sql[];
  /** Bounds of what they leave out: it is to be counted event by event. */
  beyond: ((row: Sql) => Sql[])[];
}

function monthsOf({ window }: EventFilter): Months | null {
  if (window === null) return { conditions: [], beyond: [] };
  const { from, until } = window.calendar;
  if (from !== window.instant.from || until !== window.instant.until)
    return null;
  const first = edgeOf(from, 'ceil');
  const last = edgeOf(until, 'floor');
  const begun = last === null ? [] : [sql`begins < ${last.month}::integer`];
  if ((first?.start ?? from) === from && (last?.start ?? until) === until)
    return {
      conditions:
        first === null
          ? begun
          : [
              ...begun,
              sql`ends >= ${first.month}::integer`,
              sql`skipping is null or skipping && int4range(${first.month}::integer, ${last?.month ?? null}::integer)`,
            ],
      beyond: [],
    };
  // What lies beyond the two edges would be the same.
  if (first !== null && last !== null && first.month >= last.month) return null;
  return {
    conditions:
      first === null
        ? begun
        : [...begun, sql`begins >= ${first.month}::integer`],
    beyond: [
      ...(first === null
        ? []
        : [(row: Sql) => [sql`${row}.begin_earliest < ${stamp(first.start)}`]]),
      ...(last === null || last.start === until
        ? []
        : [(row: Sql) => [sql`${row}.begin_earliest >= ${stamp(last.start)}`]]),
    ],
  };
}

/** The month whose begin lies at an edge of a window or next to it, its number and its begin; null for an open edge. */
function edgeOf(
  instant: number,
  rounded: 'floor' | 'ceil',
): { month: number; start: number } | null {
  if (!Number.isFinite(instant)) return null;
  const within = DateTime.fromMillis(instant, { zone: 'utc' }).startOf('month');
  const start =
    rounded === 'floor' || within.toMillis() === instant
      ? within
      : within.plus({ months: 1 });
  return { month: start.year * 12 + start.month - 1, start: start.toMillis() };
}

/** The sums and what has changed since they were made. */
function sumsOf(subjects: Sql, { conditions }: Months): Sql {
  const within = every([subjects, ...conditions]);
  return join(
    ['event_tally', 'event_tally_change'].map(
      (table) =>
        sql`select subject, begins, begins_latest, count from ${named(table)} where ${within}`,
    ),
    sql` union all `,
  );
}

function bucketOfSum(interval: MonthInterval): Sql {
  const months = { month: 1, quarter: 3, year: 12 }[interval];
  const bucket = (month: Sql): Sql =>
    months === 1 ? month : sql`floor(${month} / ${months}::float8)`;
  return sql`case when begins <> ${NEVER}::integer and ${bucket(sql`begins`)} = ${bucket(sql`begins_latest`)}
    then ${bucket(sql`begins`)} end`;
}
