import type { IANAZone } from 'luxon';
import { type EventFilter } from '../domain/filter.ts';
import { type Interval } from '../domain/timeline.ts';
import {
  type Counted,
  countRows,
  type Level,
  takingPartAt,
} from './counting.ts';
import { type Database } from './database.ts';
import { matching } from './events.matching.ts';
import { every, type Sql, sql } from './sql.ts';
import { isOfMonths, talliedBy, tallyOf } from './tallies.reads.ts';
import { placeOf } from './wall-clock.ts';

/** By what a histogram can be split. */
export const SPLITS = [
  'type',
  'status',
  'channel',
  'country',
  'topic',
  'actor',
] as const;
export type Split = (typeof SPLITS)[number];

/** What is asked of a histogram. */
export interface TimelineRequest {
  interval: Interval;
  zone: IANAZone;
  by: Split | null;
  /** At which level `by: 'actor'` counts. */
  at: Level;
  /** So many values are told apart, the most frequent ones. */
  top: number;
}

/** So many events begin in a bucket, or (null) in nobody knows which; `value` is null for all, `rest` for the rarer values. */
export interface TimelineCount {
  bucket: number | null;
  value: string | null;
  rest: boolean;
  count: number;
}

/** The events of a question by the bucket in which they begin, counted in one statement; buckets without any are left out. */
export async function countTimeline(
  { counting }: Database,
  filter: EventFilter,
  request: TimelineRequest,
): Promise<Counted<TimelineCount>> {
  const summed = ofSums(filter, request);
  if (summed !== null)
    return countRows(counting, summed.called('timeline'), filter, true);
  const { by } = request;
  const placed = sql`select key, ${placeOf(request.interval, request.zone)} as bucket${by === null || by === 'actor' ? sql`` : sql`, terms`}
    from (${matching(filter, [
      'key',
      'begin_earliest',
      'begin_latest',
      'calendar',
      ...(by === null || by === 'actor' ? [] : (['terms'] as const)),
    ])}) found`;
  if (by === null)
    return countRows(
      counting,
      sql`select bucket, null as value, false as rest, count(*) as count from (${placed}) placed group by bucket`.called(
        'timeline',
      ),
      filter,
    );
  return countRows(
    counting,
    sql`
      with placed as materialized (${placed}),
      split as (select bucket, value, count(*) as count from placed, ${valuesOf(by, request.at, filter)} group by bucket, value),
      ${frequent(request.top)}
      select bucket, null as value, false as rest, count(*) as count from placed group by bucket
      ${splitRows}`.called('timeline'),
    filter,
  );
}

/** The same from the sums by month, where they tell it; null where they do not. */
function ofSums(
  filter: EventFilter,
  { by, at, interval, zone, top }: TimelineRequest,
): Sql | null {
  const tally = tallyOf(filter);
  if (tally === null || !isOfMonths(interval, zone)) return null;
  const totals = sql`select bucket, null as value, false as rest, sum(count) as count
    from (${tally.placed(interval)}) placed group by bucket having sum(count) > 0`;
  if (by === null) return totals;
  const values = talliedBy(filter, by === 'type' ? 'own' : by, at, interval);
  if (values === null) return null;
  return sql`
    with split as (select bucket, value, sum(count) as count from (${values}) placed
      group by bucket, value having sum(count) > 0),
    ${frequent(top)}
    ${totals}
    ${splitRows}`;
}

function frequent(top: number): Sql {
  return sql`frequent as (select value from split group by value order by sum(count) desc, value collate "C" limit ${top})`;
}

const splitRows = sql`
      union all
      select bucket, f.value, f.value is null, sum(count) from split s left join frequent f on f.value = s.value
        group by bucket, f.value
      order by bucket, count desc, value`;

/** The values by which an event is told apart, as rows `{value}` beside `placed`. */
function valuesOf(by: Split, at: Level, filter: EventFilter): Sql {
  if (by === 'actor')
    return sql`lateral (select distinct c.actor as value from event_actor c
      where c.event_key = placed.key and ${every(takingPartAt(at, sql`c`, filter))}) taking_part`;
  // Its own type stands after those that it is a kind of.
  if (by === 'type')
    return sql`lateral (select max(substr(term, 6)) as value from unnest(terms) term where starts_with(term, 'type:')) own`;
  return sql`lateral (select substr(term, ${by.length + 2}) as value from unnest(terms) term
    where starts_with(term, ${`${by}:`})) named`;
}
