import type { IANAZone } from 'luxon';

import { type Bounds, DAY, instantOf, SECOND, type Span } from './bounds.ts';
import {
  type CalendarDate,
  type ClockTime,
  DateFault,
  parseEdtf,
  wallClock,
} from './edtf.ts';
import { startOfDay, unknownZone, zoneNamed } from './zone.ts';

/** The stretch of time a question is about, in the two ways in which events are held. */
export interface Window {
  /** For events of calendar days: as the edges were written. */
  calendar: Span;
  /** For events with a clock time. */
  instant: Span;
  /** Whether an edge is approximate or uncertain, which makes every match at most possible. */
  qualified: boolean;
}

/** What the question may say about its window. */
export interface WindowQuestion {
  from?: string | undefined;
  to?: string | undefined;
  /** IANA name of the zone in which edges are read for events with a clock time; UTC if absent. */
  tz?: string | undefined;
}

/** Whether an event has to touch the window or to lie within it. */
export type Relation = 'overlaps' | 'within';

/** How an event stands to a window: in every case its date leaves open, in some, in none. */
export type Match = 'certain' | 'possible' | 'none';

/** A window that cannot be read or cannot be, and which parameter is to blame. */
export class WindowFault extends Error {
  readonly parameter: 'from' | 'to' | 'tz';
  /** Offset of the fault in the parameter's text (see {@link DateFault}); null where the whole of it is wrong. */
  readonly position: number | null;

  constructor(
    parameter: 'from' | 'to' | 'tz',
    message: string,
    position: number | null = null,
  ) {
    super(message);
    this.name = 'WindowFault';
    this.parameter = parameter;
    this.position = position;
  }
}

/**
 * The window of a question: from the start of `from` to the end of `to`, whatever their units; null if it has neither.
 * Edges are EDTF (ISO 8601-2) dates and date-times, qualified or not, but no intervals or sets.
 * @throws WindowFault naming the parameter
 */
export function windowOf({
  from,
  to,
  tz = 'UTC',
}: WindowQuestion): Window | null {
  const zone = zoneNamed(tz);
  if (zone === null) {
    throw new WindowFault('tz', unknownZone(tz));
  }
  if (from === undefined && to === undefined) return null;
  const first = from === undefined ? always : edge('from', from, zone);
  const last = to === undefined ? always : edge('to', to, zone);
  const window = {
    calendar: { from: first.calendar.from, until: last.calendar.until },
    instant: { from: first.instant.from, until: last.instant.until },
    qualified: first.qualified || last.qualified,
  };
  // A date beside a clock time can be in order on the calendar and not in the zone, or the other way round. Half a
  // window would silently find half of the events. (A day that a zone skipped has no instants, and is in order.)
  if (
    window.calendar.until <= window.calendar.from ||
    window.instant.until < window.instant.from
  ) {
    throw new WindowFault(
      'to',
      `"to" lies before "from", as written or in the zone ${tz}: put the earlier one first, and write both as dates or both with the same offset.`,
    );
  }
  return window;
}

/**
 * How surely an event falls into a window: the readable form of the contract's four tests, which the SQL is held to.
 * Without a window every event does.
 */
export function matchWindow(
  bounds: Bounds,
  window: Window | null,
  relation: Relation,
): Match {
  const best = bounds.qualified || window?.qualified ? 'possible' : 'certain';
  if (window === null) return best;
  const span = bounds.calendar ? window.calendar : window.instant;
  const [possible, certain] =
    relation === 'overlaps'
      ? [mayOverlap, mustOverlap]
      : [mayLieWithin, mustLieWithin];
  if (!possible(bounds, span)) return 'none';
  return certain(bounds, span) ? best : 'possible';
}

/**
 * The spans of all days that an event may have taken: the members of a one-of set, else all from the earliest begin to
 * the latest end. For an event with a clock time they are its instants, and not rounded to days.
 */
export function daysOf({ members, begin, end }: Bounds): Span[] {
  return members ?? [{ from: begin[0], until: end[1] }];
}

function mayOverlap(bounds: Bounds, window: Span): boolean {
  return daysOf(bounds).some(
    ({ from, until }) => from < window.until && until > window.from,
  );
}

/** For a set, every member has to pass; as each bound is some member's, all pass if the bounds do. */
function mustOverlap(bounds: Bounds, window: Span): boolean {
  // Nobody knows at which time of its day an event of day precision was. It surely met a window whose edges are clock
  // times only if it surely met the whole days in there.
  const { from, until } = bounds.calendar ? wholeDays(window) : window;
  // A window without an edge leaves nothing out on that side, not even the unknown end of an open set.
  return (
    (until === Infinity || bounds.begin[1] < until) &&
    (from === -Infinity || bounds.end[0] > from)
  );
}

function mayLieWithin(bounds: Bounds, window: Span): boolean {
  const { begin, end, members, membersAreDays } = bounds;
  if (members === null) {
    return (
      begin[1] >= window.from &&
      end[0] <= window.until &&
      Math.max(begin[0], window.from) < Math.min(end[1], window.until)
    );
  }
  // Some member has to pass, and the members lie merged. A day passes if all of it is in the window, which is so for some
  // day of a span exactly if the span meets the whole days of the window.
  if (membersAreDays) {
    const { from, until } = wholeDays(window);
    return members.some(
      (span) => Math.max(span.from, from) < Math.min(span.until, until),
    );
  }
  // A month or year may have been any of its days. So if the window's edges are days, it passes if any of its days is in
  // the window, and some member of a span does exactly if the span does. If the edges are clock times, so does a span
  // that a window of less than two days meets just where two of its members adjoin: told as possible, though no member is.
  return members.some(
    (span) =>
      span.until - DAY >= window.from &&
      span.from + DAY <= window.until &&
      Math.max(span.from, window.from) < Math.min(span.until, window.until),
  );
}

/** For a set, every member has to pass; as each bound is some member's, all pass if the bounds do. */
function mustLieWithin({ begin, end }: Bounds, window: Span): boolean {
  return begin[0] >= window.from && end[1] <= window.until;
}

/** The days that lie in a window as a whole; from is not before until if there are none. */
export function wholeDays({ from, until }: Span): Span {
  return {
    from: Math.ceil(from / DAY) * DAY,
    until: Math.floor(until / DAY) * DAY,
  };
}

const always: Window = {
  calendar: { from: -Infinity, until: Infinity },
  instant: { from: -Infinity, until: Infinity },
  qualified: false,
};

/** The window that one edge alone would make: the unit it names. */
function edge(parameter: 'from' | 'to', text: string, zone: IANAZone): Window {
  try {
    const edtf = parseEdtf(text);
    if (edtf.kind === 'date')
      return { ...days(edtf, zone), qualified: edtf.qualifier !== null };
    if (edtf.kind === 'datetime')
      return { ...second(edtf, zone), qualified: edtf.qualifier !== null };
  } catch (error) {
    if (!(error instanceof DateFault)) throw error;
    throw new WindowFault(parameter, error.message, error.position);
  }
  throw new WindowFault(
    parameter,
    'An edge of the window is one date or date-time: give the begin as "from" and the end as "to".',
  );
}

function days({ first, last }: CalendarDate, zone: IANAZone) {
  const from = wallClock(first);
  const until = wallClock(last) + DAY;
  return {
    calendar: { from, until },
    instant: { from: startOfDay(from, zone), until: startOfDay(until, zone) },
  };
}

function second(time: ClockTime, zone: IANAZone) {
  const wall = wallClock(time);
  const instant = instantOf(time, zone);
  return {
    calendar: { from: wall, until: wall + SECOND },
    instant: { from: instant, until: instant + SECOND },
  };
}
