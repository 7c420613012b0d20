import type { IANAZone } from 'luxon';
import { type EventFilter } from '../domain/filter.ts';
import { type Interval } from '../domain/timeline.ts';
import { clockOf } from '../domain/zone.ts';
import {
  type Counted,
  countRows,
  type Level,
  takingPartAt,
} from './counting.ts';
import { timestamp } from './copy.ts';
import { type Database } from './database.ts';
import { matching } from './events.matching.ts';
import { every, type Sql, sql } from './sql.ts';

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
  const { by } = request;
  const placed = sql`select key, ${placeOf(request)} as bucket${by === null || by === 'actor' ? sql`` : sql`, terms`}
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
      sql`select bucket, null as value, false as rest, count(*) as count from (${placed}) placed group by bucket`,
      filter,
    );
  return countRows(
    counting,
    sql`
      with placed as materialized (${placed}),
      split as (select bucket, value, count(*) as count from placed, ${valuesOf(by, request.at, filter)} group by bucket, value),
      frequent as (select value from split group by value order by sum(count) desc, value collate "C" limit ${request.top})
      select bucket, null as value, false as rest, count(*) as count from placed group by bucket
      union all
      select bucket, f.value, f.value is null, sum(count) from split s left join frequent f on f.value = s.value
        group by bucket, f.value`,
    filter,
  );
}

/** The number of the bucket in which an event certainly begins, as in domain/timeline.ts; null where that is not certain. */
function placeOf({ interval, zone }: TimelineRequest): Sql {
  const earliest = bucketSql(sql`begin_earliest`, interval, zone);
  const latest = bucketSql(sql`begin_latest`, interval, zone);
  return sql`case when not isfinite(begin_earliest) or not isfinite(begin_latest) then null
    when begin_earliest = begin_latest or ${earliest} = ${latest} then ${earliest} end`;
}

function bucketSql(instant: Sql, interval: Interval, zone: IANAZone): Sql {
  const { changes, offsets } = clockOf(zone);
  const ahead = (milliseconds: Sql) =>
    sql`${instant} + ${milliseconds} * interval '1 millisecond'`;
  // Days are days wherever it took place: only clock times are read in the zone.
  const local =
    changes.length === 0
      ? offsets[0] === 0
        ? instant
        : sql`case when calendar then ${instant} else ${ahead(sql`${offsets[0]}::float8`)} end`
      : sql`case when calendar then ${instant} else ${ahead(
          sql`(${offsets}::float8[])[1 + width_bucket(${instant}, ${changes.map(timestamp)}::timestamptz[])]`,
        )} end`;
  const part = (field: Sql) =>
    sql`date_part(${field}, (${local}) at time zone 'UTC')`;
  const days = sql`floor(${part(sql`'epoch'`)} / 86400)`;
  const months = sql`(${part(sql`'year'`)} * 12 + ${part(sql`'month'`)} - 1)`;
  return {
    day: days,
    week: sql`floor((${days} + 3) / 7)`,
    month: months,
    quarter: sql`floor(${months} / 3)`,
    year: part(sql`'year'`),
  }[interval];
}

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
