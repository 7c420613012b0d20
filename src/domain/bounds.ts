import { type IANAZone } from 'luxon';

import {
  type CalendarDate,
  type ClockTime,
  DateFault,
  type Edtf,
  type Interval,
  type Member,
  type OneOf,
  type Unit,
  wallClock,
} from './edtf.ts';
import { instantsAt, unknownZone, zoneNamed } from './zone.ts';

/** Milliseconds since 1970-01-01T00:00Z; infinite where open. */
export type Instant = number;

/** What a date was given to, from fine to coarse. */
export type Precision =
  'second' | 'day' | 'month' | 'season' | 'year' | 'decade';

/** From `from` up to, but not including, `until`. */
export interface Span {
  from: Instant;
  until: Instant;
}

/** When something may have begun and ended: the earliest and latest instant of each, every one of them attainable. */
export interface Bounds {
  begin: [earliest: Instant, latest: Instant];
  /** The instant after the last one. */
  end: [earliest: Instant, latest: Instant];
  /** The coarser of an interval's ends, the coarsest of a set's members. */
  precision: Precision;
  /** 0 second, 1 day, 2 month, 3 season, 4 year, 5 wider, 6 open set; a set counts by the length of its whole span. */
  vagueness: number;
  /** True: days wherever the event took place, written as if in UTC and never shifted; false: instants. */
  calendar: boolean;
  /** Whether the date is approximate or uncertain. */
  qualified: boolean;
  /** The days among which a one-of set leaves the choice, in order, adjacent ones merged; null for all else. */
  members: Span[] | null;
  /** Whether it is a one-of set each of whose members is one day. */
  membersAreDays: boolean;
}

/** A day of a calendar, the atom of dates without a clock time. */
export const DAY = 86_400_000;

/** A second, the atom of clock times. */
export const SECOND = 1000;

const precisions: readonly Precision[] = [
  'second',
  'day',
  'month',
  'season',
  'year',
  'decade',
];

type Reach = Pick<Bounds, 'begin' | 'end' | 'precision'>;

/**
 * What a date means in time (EDTF, ISO 8601-2; the contract's section 2): four instants, half-open. A day begins and
 * ends with certainty; month, season, year and decade leave open which of their days it was. What lasted is not in doubt:
 * an open end of an interval is no end at all, an open end of a set is one nobody knows.
 * @param timeZone the IANA zone in which clock times without an offset are read
 * @throws DateFault for an unknown zone, a clock time with neither offset nor zone, one that the zone skipped or had
 *   twice, and an interval that turns out to end before it begins
 */
export function boundsOf(edtf: Edtf, timeZone?: string | null): Bounds {
  const zone = knownZone(timeZone ?? null);
  const qualified = edtf.qualifier !== null;
  if (edtf.kind === 'one-of') return { ...setBounds(edtf), qualified };
  const reach =
    edtf.kind === 'interval'
      ? intervalReach(edtf, zone)
      : pointReach(edtf, zone);
  const { begin, end, precision } = reach;
  return {
    begin,
    end,
    precision,
    vagueness: precisions.indexOf(precision),
    calendar: precision !== 'second',
    qualified,
    members: null,
    membersAreDays: false,
  };
}

/** Whether a date is one day or several, all known: nothing but its first and its last instant is to be said of it. */
export function isPlain({
  begin,
  end,
  calendar,
  qualified,
  members,
}: Bounds): boolean {
  return (
    calendar &&
    !qualified &&
    members === null &&
    begin[0] === begin[1] &&
    end[0] === end[1]
  );
}

/** An instant in ISO 8601, such as `2022-01-28T00:00:00Z`, with six digits and a sign from the year 10000; null where open. */
export function formatInstant(instant: Instant): string | null {
  if (!Number.isFinite(instant)) return null;
  const known = remembered.get(instant);
  if (known !== undefined) return known;
  const text = new Date(instant).toISOString();
  const short = text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text;
  if (remembered.size >= REMEMBERED) remembered.clear();
  remembered.set(instant, short);
  return short;
}

/** Instants as they are written: of a day both ends are told twice, and the next day begins where it ends. */
const remembered = new Map<Instant, string>();

/** Beyond these the memory of instants begins anew. */
const REMEMBERED = 20_000;

/** The `bounds` of an event in an answer. */
export function boundsJson({ begin, end, precision }: Bounds): {
  begin: [string | null, string | null];
  end: [string | null, string | null];
  precision: Precision;
} {
  return {
    begin: [formatInstant(begin[0]), formatInstant(begin[1])],
    end: [formatInstant(end[0]), formatInstant(end[1])],
    precision,
  };
}

/**
 * The instant of a clock time: by its own offset, or else by the zone given beside it.
 * @throws DateFault if it has neither, or if clocks in the zone skipped that time or showed it twice
 */
export function instantOf(time: ClockTime, zone: IANAZone | null): Instant {
  if (time.offset !== null) return wallClock(time) - time.offset * 60_000;
  const [instant, another] = zone ? instantsAt(wallClock(time), zone) : [];
  if (instant !== undefined && another === undefined) return instant;
  throw new DateFault(localFault(zone, instant), time.position);
}

function localFault(zone: IANAZone | null, instant?: Instant): string {
  if (zone === null) {
    return 'A clock time needs an offset, such as Z or +02:00, or a time zone given beside it.';
  }
  return instant === undefined
    ? `Clocks in ${zone.name} skipped this time when they were set forward: check it, or give an offset such as +02:00.`
    : `Clocks in ${zone.name} showed this time twice when they were set back: say which by an offset such as +02:00.`;
}

function knownZone(name: string | null): IANAZone | null {
  if (name === null) return null;
  const zone = zoneNamed(name);
  if (zone) return zone;
  throw new DateFault(unknownZone(name), 0, 'timeZone');
}

function pointReach(
  point: CalendarDate | ClockTime,
  zone: IANAZone | null,
): Reach {
  return point.kind === 'date'
    ? dateReach(point)
    : timeReach(instantOf(point, zone));
}

function timeReach(instant: Instant): Reach {
  const end = instant + SECOND;
  return { begin: [instant, instant], end: [end, end], precision: 'second' };
}

function dateReach({ unit, first, last }: CalendarDate): Reach {
  const start = wallClock(first);
  const lastStart = last === first ? start : wallClock(last);
  return {
    begin: [start, lastStart],
    end: [start + DAY, lastStart + DAY],
    precision: precisionOf(unit),
  };
}

function intervalReach({ begin, end }: Interval, zone: IANAZone | null): Reach {
  const first = begin && pointReach(begin, zone);
  const last = end && pointReach(end, zone);
  const given = [first, last].filter((reach) => reach !== null);
  const precision = coarsest(given.map((reach) => reach.precision));
  const atom = precision === 'second' ? SECOND : DAY;

  const [beginEarliest, beginLatest] = first?.begin ?? [-Infinity, -Infinity];
  const [endEarliest, endLatest] = last?.end ?? [Infinity, Infinity];
  if (endLatest <= beginEarliest) {
    throw new DateFault(
      'The interval ends before it begins: the earlier date comes first.',
      end?.kind === 'datetime' ? end.position : 0,
    );
  }
  return {
    // It cannot have begun after the last day on which it can have ended, nor ended before the first one was over.
    begin: [beginEarliest, Math.min(beginLatest, endLatest - atom)],
    end: [Math.max(endEarliest, beginEarliest + atom), endLatest],
    precision,
  };
}

function setBounds({ members }: OneOf): Omit<Bounds, 'qualified'> {
  const spans = merged(members.map(spanOf));
  const earliest = spans[0]?.from ?? -Infinity;
  const latest = spans.at(-1)?.until ?? Infinity;
  const units = members.map(unitOf);
  return {
    begin: [earliest, latest - DAY],
    end: [earliest + DAY, latest],
    precision: coarsest(units.map(precisionOf)),
    vagueness: vaguenessOf((latest - earliest) / DAY),
    calendar: true,
    members: spans,
    membersAreDays: units.every((unit) => unit === 'day'),
  };
}

function spanOf({ first, last }: Member): Span {
  return {
    from: first ? wallClock(first.first) : -Infinity,
    until: last ? wallClock(last.last) + DAY : Infinity,
  };
}

function unitOf({ first, last }: Member): Unit {
  return (first ?? last)?.unit ?? 'decade';
}

function precisionOf(unit: Unit): Precision {
  return unit === 'day-unspecified' ? 'month' : unit;
}

function coarsest(given: readonly Precision[]): Precision {
  return precisions.findLast((one) => given.includes(one)) ?? 'decade';
}

function merged(spans: readonly Span[]): Span[] {
  const apart: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const before = apart.at(-1);
    if (before && span.from <= before.until) {
      before.until = Math.max(before.until, span.until);
    } else {
      apart.push({ ...span });
    }
  }
  return apart;
}

function vaguenessOf(days: number): number {
  if (days === Infinity) return 6;
  if (days <= 1) return 1;
  if (days <= 31) return 2;
  return days <= 366 ? 4 : 5;
}
