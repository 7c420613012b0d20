import { DAY, type Span } from '../domain/bounds.ts';
import { type EventFilter } from '../domain/filter.ts';
import { wholeDays } from '../domain/window.ts';
import { timestamp } from './copy.ts';
import { type Sql, sql } from './sql.ts';

/** How far an event may reach back from its end, in classes: what reaches less far can be looked for near a window. */
export const REACH = [7 * DAY, 367 * DAY, Infinity] as const;

const YEAR_ZERO = Date.parse('0000-01-01');

/** The contract's four tests over a window (§2) in SQL; domain/window.ts is their readable form, and tests hold them together. */
export function windowConditions(
  { window, relation, certainty }: EventFilter,
  event: Sql,
): Sql[] {
  const certain = certainty === 'certain';
  const doubt = certain
    ? [
        sql`not ${event}.qualified`,
        ...(window?.qualified === true ? [sql`false`] : []),
      ]
    : [];
  if (window === null) return doubt;
  const { calendar, instant } = window;
  const edge = (side: keyof Span, whole = false): Sql =>
    edgeSql(
      event,
      whole ? wholeDays(calendar)[side] : calendar[side],
      instant[side],
    );
  const bounded = {
    from: calendar.from > -Infinity,
    until: calendar.until < Infinity,
  };
  const when = (side: keyof Span, condition: Sql): Sql[] =>
    bounded[side] ? [condition] : [];
  const range = (whole: boolean): Sql =>
    sql`tstzrange(${edge('from', whole)}, greatest(${edge('from', whole)}, ${edge('until', whole)}))`;
  if (relation === 'within' && certain)
    return [
      ...doubt,
      ...when('from', sql`${event}.begin_earliest >= ${edge('from')}`),
      ...when('until', sql`${event}.end_latest <= ${edge('until')}`),
    ];
  if (relation === 'within')
    return [
      sql`case
        when ${event}.members is null then ${event}.begin_latest >= ${edge('from')} and ${event}.end_earliest <= ${edge('until')}
          and greatest(${event}.begin_earliest, ${edge('from')}) < least(${event}.end_latest, ${edge('until')})
        when ${event}.members_are_days then ${event}.members && ${range(true)}
        else exists (select from unnest(${event}.members) m where upper(m) - interval '1 day' >= ${edge('from')}
          and lower(m) + interval '1 day' <= ${edge('until')}
          and greatest(lower(m), ${edge('from')}) < least(upper(m), ${edge('until')})) end`,
    ];
  return [
    ...doubt,
    ...when('from', sql`${event}.end_latest > ${edge('from')}`),
    ...when('until', sql`${event}.begin_earliest < ${edge('until')}`),
    sql`${event}.members is null or ${event}.members && ${range(false)}`,
    ...(certain
      ? when('from', sql`${event}.end_earliest > ${edge('from', true)}`)
      : []),
    ...(certain
      ? when('until', sql`${event}.begin_latest < ${edge('until', true)}`)
      : []),
  ];
}

/** Days compare with the edge as written, clock times with the instant it is in the zone asked for. */
function edgeSql(event: Sql, calendar: number, instant: number): Sql {
  return calendar === instant
    ? stamp(calendar)
    : sql`case when ${event}.calendar then ${stamp(calendar)} else ${stamp(instant)} end`;
}

/** An instant (milliseconds) as a parameter. */
export function stamp(instant: number): Sql {
  return sql`${timestamp(instant)}::timestamptz`;
}

/** A window as bounds on a row's place in the order: wide enough for either reading of its edges. */
export function nearWindow({ window }: EventFilter, row: Sql): Sql[] {
  const { from, until } = outermost(window);
  return [
    ...(from > -Infinity ? [sql`${row}.end_latest > ${stamp(from)}`] : []),
    ...(until < Infinity ? [sql`${row}.begin_earliest < ${stamp(until)}`] : []),
  ];
}

/**
 * What reaches into a window from before it cannot have begun longer ago than it is long. Events are classed by their
 * length, so that a page deep in time does not read all that came before: each class is a condition on all the rows that
 * stand for an event.
 */
export function reachRanges(
  { window, relation, certainty }: EventFilter,
  rows: readonly Sql[],
): Sql[][] {
  const { from } = outermost(window);
  if (from === -Infinity) return [[]];
  // Before the year 0 nothing begins but what has no begin, and that is of the last class.
  const since = (instant: number): Sql[] =>
    instant < YEAR_ZERO
      ? []
      : rows.map((row) => sql`${row}.begin_earliest >= ${stamp(instant)}`);
  if (relation === 'within' && certainty === 'certain') return [since(from)];
  const classes = [sql`reach = 0`, sql`reach = 1`, sql`reach = 2`];
  return REACH.map((length, index) => [
    ...rows.map((row) => sql`${row}.${classes[index]}`),
    ...since(from - length),
  ]);
}

/** The span that holds a window however its edges are read. */
function outermost(window: EventFilter['window']): Span {
  return {
    from: Math.min(
      window?.calendar.from ?? -Infinity,
      window?.instant.from ?? -Infinity,
    ),
    until: Math.max(
      window?.calendar.until ?? Infinity,
      window?.instant.until ?? Infinity,
    ),
  };
}
