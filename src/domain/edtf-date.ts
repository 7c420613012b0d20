import { adviceFor } from './edtf-advice.ts';

/** What kind of date was written; `day-unspecified` is `2022-01-XX`. */
export type Unit =
  'day' | 'day-unspecified' | 'month' | 'season' | 'year' | 'decade';

/** A day of the proleptic Gregorian calendar, wherever it is lived through. */
export interface Day {
  year: number;
  month: number;
  day: number;
}

/** A date without a clock time, as the days it names: `2022-01` is the month from 1 to 31 January. */
export interface CalendarDate {
  kind: 'date';
  unit: Unit;
  first: Day;
  last: Day;
}

/** A date with a clock time, to the second. */
export interface ClockTime extends Day {
  kind: 'datetime';
  hour: number;
  minute: number;
  second: number;
  /** Minutes east of UTC; null where none was written, so that a time zone has to be given beside the value. */
  offset: number | null;
  /** Where it begins in the text. */
  position: number;
}

/** A date that cannot be read or cannot be: what stands there, what is expected and, for near misses, what to write. */
export class DateFault extends Error {
  /** Offset of the first wrong character, number or part, in UTF-16 units from 0; the text's length if it ends too soon. */
  readonly position: number;
  /** Which of two values is wrong: the date, or the time zone given beside it. */
  readonly field: 'date' | 'timeZone';

  constructor(
    message: string,
    position: number,
    field: 'date' | 'timeZone' = 'date',
  ) {
    super(message);
    this.name = 'DateFault';
    this.position = position;
    this.field = field;
  }
}

/** A text, and how far it has been read. */
export interface Reader {
  readonly text: string;
  at: number;
}

// ISO 8601 sets no limit; PostgreSQL's is 15:59:59, and no place was ever further from Greenwich.
const furthestOffset = 16 * 60;

/** Steps over `sign` if it stands next, and answers whether it did. */
export function take(reader: Reader, sign: string): boolean {
  const found = reader.text.startsWith(sign, reader.at);
  if (found) reader.at += sign.length;
  return found;
}

/** The fault to throw where something other than `expected` stands next. */
export function unexpected(reader: Reader, expected: string): DateFault {
  const code = reader.text.codePointAt(reader.at);
  const found =
    code === undefined
      ? 'The value ends'
      : `${JSON.stringify(String.fromCodePoint(code))} stands`;
  return advised(reader, reader.at, `${found} where ${expected} is expected.`);
}

function advised(reader: Reader, at: number, sentence: string): DateFault {
  const advice = adviceFor(reader.text);
  return new DateFault(advice ? `${sentence} ${advice}` : sentence, at);
}

/**
 * What the clock showed: milliseconds since 1970-01-01T00:00 on that same clock, whatever its offset or zone. For a
 * calendar day, its start.
 */
export function wallClock(time: Day | ClockTime): number {
  const { year, month, day } = time;
  const start = dayNumber(year, month, day) * DAY;
  return 'kind' in time
    ? start + ((time.hour * 60 + time.minute) * 60 + time.second) * 1000
    : start;
}

/** Days since 1970-01-01. `Date.UTC` would take the years 1 to 99 for those of the last century. */
function dayNumber(year: number, month: number, day: number): number {
  // The calendar repeats after 400 years.
  return Date.UTC(year + 400, month - 1, day) / DAY - DAYS_OF_400_YEARS;
}

const DAY = 86_400_000;
const DAYS_OF_400_YEARS = 146_097;

/** Reads one date or date-time (EDTF levels 0 and 1, as far as the contract goes) from where the reader stands. */
export function readDate(reader: Reader): CalendarDate | ClockTime {
  const start = reader.at;
  const century = digits(reader, 3, 'a year of four digits');
  if (take(reader, 'X')) {
    if (century === 0) throw noYearZero(start);
    return years('decade', century * 10, century * 10 + 9);
  }
  const year = century * 10 + digits(reader, 1, 'the last digit of the year');
  if (year === 0) throw noYearZero(start);
  if (!take(reader, '-')) return years('year', year, year);
  return withinYear(reader, year, start);
}

function years(unit: Unit, from: number, to: number): CalendarDate {
  return {
    kind: 'date',
    unit,
    first: { year: from, month: 1, day: 1 },
    last: { year: to, month: 12, day: 31 },
  };
}

function noYearZero(start: number): DateFault {
  return new DateFault('Years run from 0001 to 9999.', start);
}

function months(
  unit: Unit,
  first: Day,
  year: number,
  month: number,
): CalendarDate {
  const day = daysIn(year, month);
  return { kind: 'date', unit, first, last: { year, month, day } };
}

function daysIn(year: number, month: number): number {
  return dayNumber(year, month + 1, 1) - dayNumber(year, month, 1);
}

function withinYear(
  reader: Reader,
  year: number,
  start: number,
): CalendarDate | ClockTime {
  const monthAt = reader.at;
  const month = digits(reader, 2, 'a month of two digits');
  if (month >= 21 && month <= 24) {
    const begin = { year, month: (month - 20) * 3, day: 1 };
    return month === 24
      ? months('season', begin, year + 1, 2)
      : months('season', begin, year, begin.month + 2);
  }
  if (month < 1 || month > 12) {
    throw advised(
      reader,
      monthAt,
      `${reader.text.slice(monthAt, reader.at)} is neither a month, 01 to 12, nor a season, 21 (spring) to 24 (winter).`,
    );
  }
  const first = { year, month, day: 1 };
  if (!take(reader, '-')) return months('month', first, year, month);
  if (take(reader, 'XX')) return months('day-unspecified', first, year, month);

  const dayAt = reader.at;
  const day = digits(reader, 2, 'a day of two digits');
  const longest = daysIn(year, month);
  if (day < 1 || day > longest) {
    throw advised(
      reader,
      dayAt,
      `${reader.text.slice(dayAt, reader.at)} is no day of this month, which runs from 01 to ${longest}.`,
    );
  }
  const date = { year, month, day };
  return take(reader, 'T')
    ? clockTime(reader, date, start)
    : { kind: 'date', unit: 'day', first: date, last: date };
}

function clockTime(reader: Reader, day: Day, position: number): ClockTime {
  const hour = number(reader, 23, 'an hour', 'Midnight is T00:00:00.');
  if (!take(reader, ':')) throw unexpected(reader, '":" and the minute');
  const minute = number(reader, 59, 'a minute');
  if (!take(reader, ':')) throw unexpected(reader, '":" and the second');
  const second = number(reader, 59, 'a second', 'Write a leap second as 59.');
  const offset = readOffset(reader);
  return { kind: 'datetime', ...day, hour, minute, second, offset, position };
}

function readOffset(reader: Reader): number | null {
  if (take(reader, 'Z')) return 0;
  const signAt = reader.at;
  const east = take(reader, '+');
  if (!east && !take(reader, '-')) return null;
  const hours = digits(reader, 2, 'the hours of the offset');
  if (!take(reader, ':')) {
    throw unexpected(reader, '":" and the minutes of the offset');
  }
  const minutes = number(reader, 59, 'the minutes of an offset');
  const offset = hours * 60 + minutes;
  if (offset >= furthestOffset) {
    throw new DateFault('An offset from UTC is less than 16:00.', signAt);
  }
  // 0 - offset, not -offset: the offset -00:00 is 0 and not -0.
  return east ? offset : 0 - offset;
}

function number(
  reader: Reader,
  most: number,
  name: string,
  advice = '',
): number {
  const start = reader.at;
  const value = digits(reader, 2, `${name} of two digits`);
  if (value <= most) return value;
  throw new DateFault(
    `${reader.text.slice(start, reader.at)} stands where ${name} from 00 to ${most} is expected. ${advice}`.trim(),
    start,
  );
}

function digits(reader: Reader, count: number, name: string): number {
  let value = 0;
  for (const end = reader.at + count; reader.at < end; reader.at += 1) {
    const digit = reader.text.charCodeAt(reader.at) - 48;
    // Written so that NaN, past the end of the text, is refused too.
    if (!(digit >= 0 && digit <= 9)) throw unexpected(reader, name);
    value = value * 10 + digit;
  }
  return value;
}
