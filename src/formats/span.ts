import { type AnsweredEvent } from '../domain/answered.ts';
import { type Bounds, DAY, formatInstant, SECOND } from '../domain/bounds.ts';
import {
  type CalendarDate,
  type ClockTime,
  type Edtf,
  parseEdtf,
  wallClock,
} from '../domain/edtf.ts';

/** An event's date, and the instants that the record made of it: infinite where open, half-open at the end. */
export interface EventSpan extends Pick<Bounds, 'begin' | 'end' | 'calendar'> {
  edtf: Edtf;
}

/** What is known of an event in time. The instants are those recorded, for the law of a zone may have changed since. */
export function spanOf({
  date,
  bounds,
}: Pick<AnsweredEvent, 'date' | 'bounds'>): EventSpan {
  const at = (instant: string | null, open: number) =>
    instant === null ? open : Date.parse(instant);
  const [begin, end] = [bounds.begin, bounds.end];
  return {
    edtf: parseEdtf(date),
    calendar: bounds.precision !== 'second',
    begin: [at(begin[0], -Infinity), at(begin[1], endless(begin[0]))],
    end: [at(end[0], startless(end[1])), at(end[1], Infinity)],
  };
}

// A latest begin is open towards the end of time, unless there is no beginning at all; and the mirror of it.
const endless = (earliest: string | null) =>
  earliest === null ? -Infinity : Infinity;
const startless = (latest: string | null) =>
  latest === null ? Infinity : -Infinity;

/** Whether nothing is in doubt: days or clock times that are all known, though an end may be open. */
export function isSure({ edtf, begin, end }: EventSpan): boolean {
  return edtf.qualifier === null && begin[0] === begin[1] && end[0] === end[1];
}

/** Whether it has a beginning and an end, known or not. */
export function isClosed({ begin, end }: EventSpan): boolean {
  return begin[0] !== -Infinity && end[1] !== Infinity;
}

/**
 * The stretch that a format without words for doubt may draw: all that the event may have taken, or, where one side is
 * open, what is known of the other side alone. Days as if in UTC, half-open; seconds half-open too.
 */
export function drawable(span: EventSpan): { from: number; until: number } {
  const atom = span.calendar ? DAY : SECOND;
  const [earliestBegin, latestBegin] = span.begin;
  const [earliestEnd, latestEnd] = span.end;
  if (earliestBegin === -Infinity)
    return {
      from: (Number.isFinite(earliestEnd) ? earliestEnd : latestEnd) - atom,
      until: latestEnd,
    };
  if (latestEnd === Infinity)
    return {
      from: earliestBegin,
      until:
        (Number.isFinite(latestBegin) ? latestBegin : earliestBegin) + atom,
    };
  return { from: earliestBegin, until: latestEnd };
}

/**
 * When it began and ended, earliest and latest, as texts: ISO 8601 days, the last one included, or instants in UTC where
 * a clock time is known; empty where open.
 */
export function edgesOf(span: EventSpan): {
  begin_earliest: string;
  begin_latest: string;
  end_earliest: string;
  end_latest: string;
} {
  const atom = span.calendar ? DAY : SECOND;
  const text = (instant: number) => {
    const whole = formatInstant(instant) ?? '';
    return span.calendar ? (whole.split('T')[0] ?? '') : whole;
  };
  return {
    begin_earliest: text(span.begin[0]),
    begin_latest: text(span.begin[1]),
    end_earliest: text(span.end[0] - atom),
    end_latest: text(span.end[1] - atom),
  };
}

/** The first and the last date that were written, in time; null where open. */
export function outermost(
  edtf: Edtf,
): [
  first: CalendarDate | ClockTime | null,
  last: CalendarDate | ClockTime | null,
] {
  switch (edtf.kind) {
    case 'interval':
      return [edtf.begin, edtf.end];
    case 'one-of': {
      const firsts = edtf.members.map(({ first }) => first);
      const lasts = edtf.members.map(({ last }) => last);
      return [
        firsts.reduce((a, b) =>
          a && b && wallClock(b.first) < wallClock(a.first) ? b : a && b && a,
        ),
        lasts.reduce((a, b) =>
          a && b && wallClock(b.last) > wallClock(a.last) ? b : a && b && a,
        ),
      ];
    }
    default:
      return [edtf, edtf];
  }
}
