import {
  type CalendarDate,
  type ClockTime,
  DateFault,
  readDate,
  type Reader,
  take,
  unexpected,
  wallClock,
} from './edtf-date.ts';

export {
  type CalendarDate,
  type ClockTime,
  DateFault,
  type Day,
  type Unit,
  wallClock,
} from './edtf-date.ts';

/** `~` approximate, `?` uncertain, `%` both. */
export type Qualifier = '~' | '?' | '%';

/** What lasted from `begin` to `end`; null stands for `..`, and never for both. */
export interface Interval {
  kind: 'interval';
  begin: CalendarDate | ClockTime | null;
  end: CalendarDate | ClockTime | null;
}

/** A range of dates within a set; one date alone is first and last, and null stands for `..`. */
export interface Member {
  first: CalendarDate | null;
  last: CalendarDate | null;
}

/** One date among several. */
export interface OneOf {
  kind: 'one-of';
  members: Member[];
}

/** A parsed value: what was written, before it is asked what it means (see `boundsOf`). */
export type Edtf = (CalendarDate | ClockTime | Interval | OneOf) & {
  qualifier: Qualifier | null;
};

const longest = 250;

/**
 * Reads the part of EDTF (ISO 8601-2) that the contract lists, and nothing else: dates, date-times to the second,
 * intervals, one-of sets, one qualifier at the very end. It reads once from left to right, so the time it takes grows
 * with the length alone.
 * @throws DateFault, and nothing else
 */
export function parseEdtf(text: string): Edtf {
  if (text.length > longest) {
    throw new DateFault(
      `A date has at most ${longest} characters, and this has ${text.length}.`,
      longest,
    );
  }
  const reader: Reader = { text, at: 0 };
  const value = take(reader, '[') ? oneOf(reader) : dateOrInterval(reader);
  const qualifierAt = reader.at;
  const qualifier = (['~', '?', '%'] as const).find((sign) =>
    take(reader, sign),
  );
  if (reader.at < text.length) {
    // In `2022~-01` it is the qualifier that stands in the wrong place; in `2022~?` it is the second one.
    if (qualifier && !/[~?%]/.test(text.charAt(reader.at))) {
      reader.at = qualifierAt;
    }
    throw unexpected(reader, 'the end of the value');
  }
  return { ...value, qualifier: qualifier ?? null };
}

function dateOrInterval(reader: Reader): CalendarDate | ClockTime | Interval {
  const begin = take(reader, '..') ? null : readDate(reader);
  if (!take(reader, '/')) {
    if (begin === null) throw unexpected(reader, '"/" and the end');
    return begin;
  }
  const endAt = reader.at;
  const end = take(reader, '..') ? null : readDate(reader);
  if (begin === null && end === null) {
    throw new DateFault('Only one end of an interval can be open.', endAt);
  }
  if (begin !== null && end !== null) {
    if (begin.kind !== end.kind) {
      throw new DateFault(
        'Both ends of an interval are dates, or both are date-times: give the clock time at both or at neither.',
        endAt,
      );
    }
    if (isOver(end, begin)) {
      throw new DateFault(
        'The interval ends before it begins: the earlier date comes first.',
        endAt,
      );
    }
  }
  return { kind: 'interval', begin, end };
}

/** Whether `end` lies wholly before `begin`. A time with an offset beside one without waits for its zone (`boundsOf`). */
function isOver(
  end: CalendarDate | ClockTime,
  begin: CalendarDate | ClockTime,
): boolean {
  if (end.kind === 'date' && begin.kind === 'date') {
    return wallClock(end.last) < wallClock(begin.first);
  }
  if (end.kind === 'date' || begin.kind === 'date') return false;
  if ((end.offset === null) !== (begin.offset === null)) return false;
  const minutes = (begin.offset ?? 0) - (end.offset ?? 0);
  return wallClock(end) + minutes * 60_000 < wallClock(begin);
}

function oneOf(reader: Reader): OneOf {
  const members = [
    take(reader, '..')
      ? { first: null, last: readMember(reader) }
      : readRange(reader),
  ];
  while (members.at(-1)?.last !== null && take(reader, ',')) {
    const range = readRange(reader);
    if (range.last === null && members[0]?.first === null) {
      throw new DateFault('Only one end of a set can be open.', reader.at - 2);
    }
    members.push(range);
  }
  if (!take(reader, ']')) throw unexpected(reader, '",", ".." or "]"');
  return { kind: 'one-of', members };
}

function readRange(reader: Reader): Member {
  const first = readMember(reader);
  if (!take(reader, '..')) return { first, last: first };
  if (reader.text.startsWith(']', reader.at)) return { first, last: null };
  const lastAt = reader.at;
  const last = readMember(reader);
  if (last.unit !== first.unit) {
    throw new DateFault(
      `Both ends of a range are of one kind: this one begins with a ${first.unit} and ends with a ${last.unit}.`,
      lastAt,
    );
  }
  if (isOver(last, first)) {
    throw new DateFault(
      'The range ends before it begins: the earlier date comes first.',
      lastAt,
    );
  }
  return { first, last };
}

function readMember(reader: Reader): CalendarDate {
  const start = reader.at;
  const date = readDate(reader);
  if (date.kind === 'date' && /^(?:day|month|year)$/.test(date.unit)) {
    return date;
  }
  throw new DateFault(
    'The members of a set are years, months or days: write a season or a decade as a range, and leave out clock times.',
    start,
  );
}
