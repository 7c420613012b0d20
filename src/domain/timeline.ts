import { DateTime, FixedOffsetZone, type IANAZone } from 'luxon';
import { DAY } from './bounds.ts';
import { DomainError } from './errors.ts';
import { type EventFilter } from './filter.ts';
import { startOfDay } from './zone.ts';

/** How long a bucket of a histogram is; a week is that of ISO 8601, from Monday. */
export const INTERVALS = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type Interval = (typeof INTERVALS)[number];

/** More buckets than this nobody can look at. */
export const MOST_BUCKETS = 5000;

/** A bucket: it holds what begins at `start` or later and before `end`; ISO 8601 in the zone asked for. */
export interface BucketSpan {
  start: string;
  end: string;
}

/**
 * The number of the bucket that holds a calendar day: days and weeks are counted from 1970, months, quarters and years from
 * the year 0, so that the next bucket has the next number.
 * @param day in days since 1970-01-01
 */
export function bucketOf(day: number, interval: Interval): number {
  if (interval === 'day') return day;
  // 1 January 1970 was a Thursday.
  if (interval === 'week') return Math.floor((day + 3) / 7);
  const { year, month } = DateTime.fromMillis(day * DAY, { zone: 'utc' });
  if (interval === 'year') return year;
  const months = year * 12 + month - 1;
  return interval === 'month' ? months : Math.floor(months / 3);
}

/** A run of buckets in a zone; a day on which clocks are set is shorter or longer there. */
export function bucketSpans(
  first: number,
  count: number,
  interval: Interval,
  zone: IANAZone,
): BucketSpan[] {
  const known = knownStarts(interval, zone);
  const edges = Array.from({ length: count + 1 }, (_, index) => {
    const bucket = first + index;
    const start = known.get(bucket) ?? startOf(bucket, interval, zone);
    known.set(bucket, start);
    return start;
  });
  return edges.slice(0, -1).map((start, index) => ({
    start,
    end: edges[index + 1] ?? start,
  }));
}

// To tell the starts of 120 months takes luxon 0.2 ms, and 2.7 ms where clocks are set: more than all the rest of the answer.
const starts = new Map<string, Map<number, string>>();
const MOST_STARTS = 2 * MOST_BUCKETS;
const MOST_SORTS = 8;

/** The starts of buckets that were told before, for good: of some sorts of buckets, and of each sort a bounded number. */
function knownStarts(interval: Interval, zone: IANAZone): Map<number, string> {
  const sort = `${interval} ${zone.name}`;
  const known = starts.get(sort);
  if (known !== undefined && known.size <= MOST_STARTS) return known;
  if (starts.size >= MOST_SORTS) starts.clear();
  const none = new Map<number, string>();
  starts.set(sort, none);
  return none;
}

function startOf(bucket: number, interval: Interval, named: IANAZone): string {
  // Luxon writes Z for its own UTC alone, not for the zone of that name; and 5,000 edges in it take a fifth of the time.
  const zone = named.name === 'UTC' ? FixedOffsetZone.utcInstance : named;
  const instant = startOfDay(dayOf(bucket, interval) * DAY, zone);
  const at = DateTime.fromMillis(instant, { zone });
  return at.toISO({ suppressMilliseconds: true }) ?? '';
}

function dayOf(bucket: number, interval: Interval): number {
  if (interval === 'day') return bucket;
  if (interval === 'week') return bucket * 7 - 3;
  const months = bucket * { month: 1, quarter: 3, year: 12 }[interval];
  const year = Math.floor(months / 12);
  const date = DateTime.utc(year, 1 + months - year * 12);
  return Math.round(date.toMillis() / DAY);
}

/**
 * The first and the last bucket that a window touches; null where it is open.
 */
export function bucketsOf(
  window: EventFilter['window'],
  interval: Interval,
  zone: IANAZone,
): { first: number | null; last: number | null } {
  if (window === null) return { first: null, last: null };
  const local = (instant: number) => {
    if (!Number.isFinite(instant)) return null;
    const offset = zone.offset(instant) * 60_000;
    return bucketOf(Math.floor((instant + offset) / DAY), interval);
  };
  const { calendar, instant } = window;
  const [from, until] = [local(instant.from), local(instant.until - 1)];
  const day = (at: number) => bucketOf(Math.floor(at / DAY), interval);
  return {
    first: from === null ? null : Math.min(from, day(calendar.from)),
    last: until === null ? null : Math.max(until, day(calendar.until - 1)),
  };
}

const NARROWING =
  'narrow the window, with relation=within if much reaches into it from before';

/**
 * Refuses to make more buckets than {@link MOST_BUCKETS}.
 * @throws DomainError `invalid_parameter` naming the smallest interval that fits
 */
export function refuseTooMany(
  first: number,
  last: number,
  interval: Interval,
): void {
  const count = last - first + 1;
  if (count <= MOST_BUCKETS) return;
  const [begin, end] = [dayOf(first, interval), dayOf(last + 1, interval) - 1];
  const fitting = INTERVALS.find(
    (one) => bucketOf(end, one) - bucketOf(begin, one) < MOST_BUCKETS,
  );
  const advice =
    fitting === undefined
      ? NARROWING
      : `the smallest interval that fits is ${fitting}; or ${NARROWING}`;
  const message = `would make ${count} buckets, and ${MOST_BUCKETS} is the most: ${advice}`;
  throw new DomainError('invalid_parameter', `interval ${message}.`, [
    {
      parameter: 'interval',
      message,
      received: interval,
      ...(fitting === undefined ? {} : { nearest: [fitting] }),
    },
  ]);
}
