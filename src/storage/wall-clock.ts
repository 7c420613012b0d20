import type { IANAZone } from 'luxon';
import { type Interval } from '../domain/timeline.ts';
import { clockOf } from '../domain/zone.ts';
import { timestamp } from './copy.ts';
import { type Sql, sql } from './sql.ts';

/** What clocks and calendars in a zone show, by Luxon's rules: SQL over the columns of an event, of which `calendar` is one. */

/** The wall-clock time of an instant of an event. Days are days wherever it took place: only clock times are read in the zone. */
export function wallClock(instant: Sql, zone: IANAZone): Sql {
  const { changes, offsets } = clockOf(zone);
  const utc = sql`(${instant}) at time zone 'UTC'`;
  if (changes.length === 0 && offsets[0] === 0) return utc;
  const ahead =
    changes.length === 0
      ? sql`${offsets[0]}::float8`
      : sql`(${offsets}::float8[])[1 + width_bucket(${instant}, ${changes.map(timestamp)}::timestamptz[])]`;
  return sql`case when calendar then ${utc} else ${utc} + ${ahead} * interval '1 millisecond' end`;
}

/** The number of the bucket in which an event certainly begins, as in domain/timeline.ts; null where that is not certain. */
export function placeOf(interval: Interval, zone: IANAZone): Sql {
  const earliest = bucketOf(sql`begin_earliest`, interval, zone);
  const latest = bucketOf(sql`begin_latest`, interval, zone);
  return sql`case when not isfinite(begin_earliest) or not isfinite(begin_latest) then null
    when begin_earliest = begin_latest or ${earliest} = ${latest} then ${earliest} end`;
}

function bucketOf(instant: Sql, interval: Interval, zone: IANAZone): Sql {
  const part = (field: Sql) =>
    sql`date_part(${field}, ${wallClock(instant, zone)})`;
  const days = sql`floor(${part(sql`'epoch'`)} / 86400)`;
  // PostgreSQL has no year 0: what ISO 8601 calls so is its year -1.
  const years = sql`(${part(sql`'year'`)} + (${part(sql`'year'`)} < 0)::int)`;
  const months = sql`(${years} * 12 + ${part(sql`'month'`)} - 1)`;
  return {
    day: days,
    week: sql`floor((${days} + 3) / 7)`,
    month: months,
    quarter: sql`floor(${months} / 3)`,
    year: years,
  }[interval];
}
