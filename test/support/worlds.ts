import * as fc from 'fast-check';

/**
 * A slow model of dates, for tests: a value is the list of everything that may have been. A world is the first and the last
 * day of an event, counted from 1 January of a calendar that has two years only, 2023 and 2024 (a leap year).
 */
export type World = readonly [first: number, last: number];

const start = Date.UTC(2023, 0);
const length = 365 + 366;

/** The start of a day of the model, in milliseconds since 1970. */
export const isoDay = (day: number): number => start + day * 86_400_000;

/** A day of the model as YYYY-MM-DD. */
export function written(day: number): string {
  return new Date(isoDay(day)).toISOString().slice(0, 10);
}

const calendar = Array.from({ length }, (_, day) => written(day));

const seasons: Record<string, string[]> = {
  '2023-21': ['2023-03', '2023-04', '2023-05'],
  '2023-22': ['2023-06', '2023-07', '2023-08'],
  '2023-23': ['2023-09', '2023-10', '2023-11'],
  '2023-24': ['2023-12', '2024-01', '2024-02'],
  '2024-21': ['2024-03', '2024-04', '2024-05'],
};

/** The days that a date without `..` or `/` names: those whose text begins with it. */
function daysNamed(date: string): number[] {
  const months = seasons[date] ?? [date.replace('-XX', '')];
  return calendar.flatMap((text, day) =>
    months.some((month) => text.startsWith(month)) ? [day] : [],
  );
}

function pairs(begins: number[], ends: number[]): World[] {
  return begins.flatMap((first) =>
    ends.filter((last) => last >= first).map((last) => [first, last] as const),
  );
}

/** The dates of a range within a set, of one kind from the first to the last. */
function between(first: string, last: string): string[] {
  const all = calendar.map((text) => text.slice(0, first.length));
  return [...new Set(all)].filter((date) => date >= first && date <= last);
}

/** All that may have been, for the text of a date, an interval or a set that is nowhere open. */
export function worldsOf(text: string): World[] {
  const set = /^\[(.*)\]$/.exec(text)?.[1];
  if (set !== undefined) {
    return set.split(',').flatMap((member) => {
      const [first = '', last = first] = member.split('..');
      return between(first, last).flatMap(worldsOf);
    });
  }
  const [begin = '', end = begin] = text.split('/');
  return pairs(daysNamed(begin), daysNamed(end));
}

const day = fc.integer({ min: 0, max: length - 1 }).map(written);
const near = fc.integer({ min: 330, max: 400 }).map(written);
const month = day.map((date) => date.slice(0, 7));
const year = fc.constantFrom('2023', '2024');
// Years are seldom, because so many worlds have room in them.
const date = fc.oneof(
  { weight: 6, arbitrary: day },
  { weight: 6, arbitrary: near },
  { weight: 6, arbitrary: month },
  { weight: 1, arbitrary: year },
  { weight: 3, arbitrary: month.map((text) => `${text}-XX`) },
  { weight: 3, arbitrary: fc.constantFrom(...Object.keys(seasons)) },
);
const interval = fc
  .tuple(date, date)
  .map((ends) => ends.join('/'))
  .filter((text) => worldsOf(text).length > 0);
const range = (kind: fc.Arbitrary<string>) =>
  fc.tuple(kind, kind).map((ends) => ends.sort().join('..'));
const member = fc.oneof(
  { weight: 8, arbitrary: near },
  { weight: 8, arbitrary: month },
  { weight: 1, arbitrary: year },
  { weight: 8, arbitrary: range(near) },
  { weight: 4, arbitrary: range(month) },
  { weight: 1, arbitrary: range(year) },
);
const set = fc
  .array(member, { minLength: 1, maxLength: 3 })
  .map((members) => `[${members.join(',')}]`);

/** Texts of dates, intervals and sets within the model's calendar. */
export const values: fc.Arbitrary<string> = fc.oneof(date, interval, set);

/** The first and last day of windows, many of them around the turn of the year, where most values meet. */
export const windows: fc.Arbitrary<World> = fc
  .tuple(
    fc.oneof(fc.nat(length - 1), fc.integer({ min: 330, max: 400 })),
    fc.oneof(fc.nat(length - 1), fc.integer({ min: 330, max: 400 })),
  )
  .map(([a, b]) => (a < b ? ([a, b] as const) : ([b, a] as const)));
