import type { TimeWindow } from './address.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
const MONTH = 30.436875 * DAY;
const YEAR = 365.2425 * DAY;

const FIRST = Date.parse('0001-01-01');
const LAST = Date.parse('+010000-01-01');
const NARROWEST = 20 * MINUTE;

/** A window that time has: not narrower than some minutes, not wider than the calendar. */
export function sensible({ from, until }: TimeWindow): TimeWindow {
  const width = Math.min(Math.max(until - from, NARROWEST), LAST - FIRST);
  const middle = (from + until) / 2;
  const begin = Math.min(Math.max(middle - width / 2, FIRST), LAST - width);
  return { from: begin, until: begin + width };
}

/** A window moved by a part of its width. */
export function panned({ from, until }: TimeWindow, part: number): TimeWindow {
  const by = (until - from) * part;
  return sensible({ from: from + by, until: until + by });
}

/** A window made `factor` times as wide round an instant, which stays where it is. */
export function zoomed(
  { from, until }: TimeWindow,
  factor: number,
  at = (from + until) / 2,
): TimeWindow {
  return sensible({
    from: at - (at - from) * factor,
    until: at + (until - at) * factor,
  });
}

/** Where an instant stands on `width` pixels. */
export function pixelOf(
  at: number,
  { from, until }: TimeWindow,
  width: number,
): number {
  return ((at - from) / (until - from)) * width;
}

/** The instant at a pixel. */
export function instantAt(
  pixel: number,
  { from, until }: TimeWindow,
  width: number,
): number {
  return from + (pixel / width) * (until - from);
}

/** How a tick is written. */
export type TickUnit = 'year' | 'month' | 'day' | 'minute';

/** A line of the axis. */
export interface Tick {
  at: number;
  unit: TickUnit;
}

const STEPS: readonly (readonly [TickUnit, count: number, width: number])[] = [
  ['minute', 5, 5 * MINUTE],
  ['minute', 15, 15 * MINUTE],
  ['minute', 60, HOUR],
  ['minute', 180, 3 * HOUR],
  ['minute', 720, 12 * HOUR],
  ['day', 1, DAY],
  ['day', 2, 2 * DAY],
  ['day', 7, 7 * DAY],
  ['day', 14, 14 * DAY],
  ['month', 1, MONTH],
  ['month', 3, 3 * MONTH],
  ['month', 6, 6 * MONTH],
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000].map(
    (count) => ['year', count, count * YEAR] as const,
  ),
];

/** The lines of an axis of `width` pixels, at least `apart` pixels from each other; in UTC. */
export function ticks(
  window: TimeWindow,
  width: number,
  apart = 90,
): { ticks: Tick[]; unit: TickUnit } {
  const wanted = ((window.until - window.from) / width) * apart;
  const [unit, count] = STEPS.find(([, , step]) => step >= wanted) ??
    STEPS.at(-1) ?? ['year', 1];
  const found: Tick[] = [];
  let at = tickBefore(window.from, unit, count);
  for (; at < window.until && found.length < 200; at = next(at, unit, count))
    if (at >= window.from) found.push({ at, unit });
  return { ticks: found, unit };
}

function tickBefore(at: number, unit: TickUnit, count: number): number {
  const date = new Date(at);
  const year = date.getUTCFullYear();
  if (unit === 'year') return day(Math.floor(year / count) * count, 0);
  if (unit === 'month')
    return day(year, Math.floor(date.getUTCMonth() / count) * count);
  const step = count * (unit === 'day' ? DAY : MINUTE);
  // Weeks begin on Monday; 1970-01-05 was one.
  const start = unit === 'day' && count % 7 === 0 ? 4 * DAY : 0;
  return Math.floor((at - start) / step) * step + start;
}

function next(at: number, unit: TickUnit, count: number): number {
  const date = new Date(at);
  const year = date.getUTCFullYear();
  if (unit === 'year') return day(year + count, 0);
  if (unit === 'month') return day(year, date.getUTCMonth() + count);
  return at + count * (unit === 'day' ? DAY : MINUTE);
}

function day(year: number, month: number): number {
  // Not Date.UTC: it takes the year 22 for 1922.
  return new Date(0).setUTCFullYear(year, month, 1);
}

/** How long a bucket of the API's histogram is, the shortest first. */
export const INTERVALS = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type Interval = (typeof INTERVALS)[number];
const LENGTHS: Record<Interval, number> = {
  day: DAY,
  week: 7 * DAY,
  month: MONTH,
  quarter: 3 * MONTH,
  year: YEAR,
};

/** The shortest interval of which not more than `most` make up the window. */
export function intervalFor(
  { from, until }: TimeWindow,
  most: number,
): Interval {
  return (
    INTERVALS.find((one) => (until - from) / LENGTHS[one] <= most - 1) ?? 'year'
  );
}

/** A day as a filter takes it. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/**
 * The instants that a plain date (a year, a month, a day) begins and ends at; null for whatever else EDTF says, which only
 * the API reads.
 */
export function plainSpan(date: string): TimeWindow | null {
  const [, years = '', months, days] =
    /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(date) ?? [];
  if (years === '') return null;
  const [year, month] = [Number(years), Number(months ?? 1) - 1];
  if (month < 0 || month > 11) return null;
  if (days !== undefined) {
    const from = Date.parse(date);
    return Number.isFinite(from) && dayOf(from) === date
      ? { from, until: from + DAY }
      : null;
  }
  const until = months === undefined ? day(year + 1, 0) : day(year, month + 1);
  return { from: day(year, month), until };
}

/**
 * The window that is fetched to look at another one: wider, and the same for neighbours, so that a step aside asks nothing.
 */
export function tileAround({ from, until }: TimeWindow): TimeWindow {
  const width = Math.max(2 ** Math.ceil(Math.log2((until - from) / DAY)), 1);
  const step = (width * DAY) / 2;
  const clip = (at: number) => Math.min(Math.max(at, FIRST), LAST);
  const begin = Math.floor((from - step) / step) * step;
  const days = (at: number) => clip(Math.floor(at / DAY) * DAY);
  return { from: days(begin), until: days(begin + 4 * step + DAY) };
}
