import { DAY, type Span } from '../domain/bounds.ts';
import { type EventFilter } from '../domain/filter.ts';
import { wholeDays } from '../domain/window.ts';
import { timestamp } from './copy.ts';
import { type Sql, sql } from './sql.ts';

/** How far an event may reach back from its end, in classes: what reaches less far can be looked for near a window. */
export const REACH = [7 * DAY, 367 * DAY, Infinity] as const;

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
  // Wide enough for either reading of the edges, and on the columns of the index.
  const near = [
    ...when(
      'from',
      sql`o.end_latest > ${stamp(Math.min(calendar.from, instant.from))}`,
    ),
    ...when(
      'until',
      sql`o.begin_earliest < ${stamp(Math.max(calendar.until, instant.until))}`,
    ),
  ];
  if (relation === 'within' && certain)
    return [
      ...doubt,
      ...near,
      ...when('from', sql`${event}.begin_earliest >= ${edge('from')}`),
      ...when('until', sql`${event}.end_latest <= ${edge('until')}`),
    ];
  if (relation === 'within')
    return [
      ...near,
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
    ...near,
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

function stamp(instant: number): Sql {
  return sql`${timestamp(instant)}::timestamptz`;
}

/**
 * What reaches into a window from before it cannot have begun longer ago than it is long. Events are classed by their
 * length, so that a page deep in time does not read all that came before.
 */
export function reachRanges({
  window,
  relation,
  certainty,
}: EventFilter): Sql[][] {
  const from = Math.min(
    window?.calendar.from ?? -Infinity,
    window?.instant.from ?? -Infinity,
  );
  if (from === -Infinity) return [[]];
  if (relation === 'within' && certainty === 'certain')
    return [[sql`o.begin_earliest >= ${stamp(from)}`]];
  const classes = [sql`o.reach = 0`, sql`o.reach = 1`, sql`o.reach = 2`];
  return REACH.map((length, index) => {
    const ofClass = classes[index] as Sql;
    return length === Infinity
      ? [ofClass]
      : [ofClass, sql`o.begin_earliest >= ${stamp(from - length)}`];
  });
}
