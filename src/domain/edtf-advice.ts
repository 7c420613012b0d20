/**
 * What people write instead of EDTF, and what to write. In order: the first that looks like the text is taken. Each
 * pattern is read over at most 250 characters and has nothing to go back for.
 */
const nearMisses: readonly (readonly [RegExp, string])[] = [
  [/^$/, 'Write a date such as 2022-01-28.'],
  [/^\s|\s$/, 'Leave out the spaces around it.'],
  [/[–—−]/, 'Write the plain hyphen "-".'],
  [
    /[~?%]{2}/,
    'One qualifier is enough: "%" says both approximate and uncertain.',
  ],
  [
    /[~?%]./,
    'A qualifier "~", "?" or "%" may only stand at the end of the whole value.',
  ],
  [
    /^\{/,
    'Write one of several as [a,b]; what took place on each is an event of its own.',
  ],
  [/^\[.*\s/, 'Leave out the spaces in a set.'],
  [/^\[\]/, 'An empty set says nothing: name its members, as in [2021,2022].'],
  [/^\[\.\.\]/, 'A set has at least one member, as in [..2022] or [2022..].'],
  [/^\[.*\//, 'Inside a set a range is written with "..", as in [2021..2023].'],
  [
    /^[^[]*\d\.\.\d/,
    'Write what lasted as 2021/2023, and one among several as [2021..2023].',
  ],
  [
    /^[^[]*\d(?:\.\.|,)/,
    'Put a set into square brackets, as in [2021,2022] or [2022..].',
  ],
  [/open|unknown/i, 'An open end is written "..", as in 2022-02-24/..'],
  [/^\/|\/$/, 'An open end is written "..", as in 2022-02-24/..'],
  [/^\d{1,2}[./-]\d{1,2}[./-]\d{4}/, 'The year comes first: YYYY-MM-DD.'],
  [/^[-+Yy]/, 'Years are written 0001 to 9999, without a sign.'],
  [/^\d{1,3}(?:-|$)/, 'A year has four digits: 0988.'],
  [/^\d{4}-W/, 'Weeks are not read: write the interval of days.'],
  [/^\d{4}-\d{3}$/, 'Days of the year are not read: write YYYY-MM-DD.'],
  [
    /^\d{4}-\d{4}$/,
    'Write what lasted as 2021/2023, and one among several as [2021..2023].',
  ],
  [/^\d{5}/, 'Separate year, month and day with hyphens: YYYY-MM-DD.'],
  [
    /^\d{4}[._:, ]\d|^\d{4}\/\d\d\//,
    'Separate year, month and day with hyphens: YYYY-MM-DD.',
  ],
  [/^\d{4}\/\d\d?$/, 'Separate year and month with a hyphen: YYYY-MM.'],
  [
    /^\d{4}-\d(?![\dX])|^\d{4}-\d\d-\d(?![\dX])/,
    'Months and days have two digits: 2022-01-08.',
  ],
  [
    /^\d{4}-XX/,
    'An unspecified month is left out: write the year alone, as in 2022.',
  ],
  [
    /^\d{0,2}X/,
    'Only the last digit of a year may be unspecified, as in 199X: write a century as [1900..1999].',
  ],
  [
    /\dX/,
    'Only the last digit of a year (199X) or the whole day (2022-01-XX) may be unspecified.',
  ],
  [/\d[ux]/, 'An unspecified digit is a capital X, as in 199X or 2022-01-XX.'],
  [/\d +\d/, 'A "T" stands between date and clock time: 2022-01-28T15:35:00Z.'],
  [/\d[tz]/, 'The "T" before and the "Z" behind a clock time are capitals.'],
  [/^\d{4}(?:-\d\d)?T/, 'A clock time needs its day: 2022-01-28T15:35:00Z.'],
  [/T\d\d:\d\d(?!:|\d)/, 'Give the seconds too: 15:35:00.'],
  [/T\d\d:\d\d:\d\d[.,]/, 'Leave out fractions of a second.'],
  [
    /^[^T]*T.{6,}[+-]\d\d(?:\d\d)?$/,
    'An offset from UTC has hours and minutes: +02:00.',
  ],
];

/** A sentence on what to write instead, for a text that is not the EDTF (ISO 8601-2) we read; null if it is like nothing known. */
export function adviceFor(text: string): string | null {
  return nearMisses.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}
