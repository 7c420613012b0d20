import { boundsOf, DAY } from './bounds.ts';
import { type Edtf, parseEdtf, wallClock } from './edtf.ts';

/** The first and the last day on which something may have begun, counted from 1970-01-01; infinite where open. */
export type BeginDays = readonly [earliest: number, latest: number];

/** At least and at most so many whole days; null where there is no such bound. */
export interface Distance {
  min: number | null;
  max: number | null;
}

/**
 * The days on which what bears a date (EDTF, ISO 8601-2) may have begun, where it took place: a clock time counts for
 * the day that the clock on the spot showed, whatever the day was in Greenwich.
 * @param timeZone the IANA zone in which clock times without an offset are read
 * @throws DateFault when the date cannot be read
 */
export function beginDays(date: string, timeZone: string | null): BeginDays {
  const edtf = parseEdtf(date);
  const { begin } = boundsOf(edtf, timeZone);
  const onTheSpot = clockDay(edtf);
  return onTheSpot === null
    ? [begin[0] / DAY, begin[1] / DAY]
    : [onTheSpot, onTheSpot];
}

/**
 * How many calendar days after `to` something begins that begins in `from`: a reply comes so many days after what it
 * answers, and a preparation comes a negative number of days after what it prepares. Null for what has no date.
 */
export function daysFrom(
  to: BeginDays | null,
  from: BeginDays | null,
): Distance {
  if (to === null || from === null) return { min: null, max: null };
  return {
    min: finite(from[0] - to[1]),
    max: finite(from[1] - to[0]),
  };
}

function finite(days: number): number | null {
  return Number.isFinite(days) ? days : null;
}

function clockDay(edtf: Edtf): number | null {
  const begin = edtf.kind === 'interval' ? edtf.begin : edtf;
  return begin?.kind === 'datetime' ? Math.floor(wallClock(begin) / DAY) : null;
}
