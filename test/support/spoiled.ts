import * as fc from 'fast-check';
import { EVERY_DATE, HOSTILE } from './formats.ts';

/**
 * Values that no honest client sends, or that stand at an edge of what one may send: for whoever draws requests at
 * random.
 */

/** Texts that some layer between the wire and the disk may read as more than text, or as none. */
const TEXTS = [
  ...HOSTILE,
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  'a\udfffb',
  'a\u202eb',
  '\u200b',
  '\ufeff',
  `a${'\u0301'.repeat(5000)}`,
  'І\u0306жак',
  'İıßﬃ',
  '%',
  '_',
  '\\',
  '%_\\%',
  '%00',
  '%E0%A4%A',
  "'",
  "' or '1'='1",
  "'; select pg_sleep(9); --",
  "') union select null,null--",
  '$1',
  '$$',
  '::int',
  '"',
  '"unclosed',
  '"" "',
  '-',
  '--',
  '-""',
  ',',
  ',,',
  '-,-',
  '\\,',
  'a\\',
  ':',
  'russia:',
  ':recipient',
  'russia:recipient:recipient',
  'russia,-russia',
  '-russia',
  'a:b,c:d',
  '../../etc/passwd',
  '..%2f..%2f',
  '{{7*7}}',
  '${7*7}',
  '*',
  '&',
  '<->',
  'a & !b | (c',
  '!',
  'null',
  'undefined',
  'true',
  'TRUE',
  'NaN',
  '[]',
  '{}',
  '[object Object]',
  '__proto__',
  'constructor',
  'toString',
  'a\r\nset-cookie: x=1',
  'x'.repeat(501),
  'x'.repeat(5000),
  '1'.repeat(400),
  '('.repeat(2000),
  'а'.repeat(129),
];

const NUMBERS = [
  '0',
  '-0',
  '-1',
  '1',
  '1.5',
  '500',
  '501',
  '1e9',
  '1e2',
  '0x10',
  '+1',
  ' 1',
  '01',
  '2147483648',
  '9007199254740993',
  '12345678901234567890',
  '1e400',
  'Infinity',
];

/** Dates at the edges, and what is none though some clock or database takes it. */
const DATES = [
  ...EVERY_DATE,
  '0000',
  '0001',
  '0001-01-01',
  '-0044',
  '10000',
  '9999-12-31T23:59:59Z',
  '9999-12-31T23:59:59-23:59',
  '0001-01-01T00:00:00+14:00',
  '0001-01-01T00:00:00.000001Z',
  '2023-02-29',
  '2024-02-30',
  '2022-13',
  '2022-00-00',
  '2022-25',
  'now',
  'today',
  'infinity',
  '-infinity',
  'epoch',
  '20240101',
  '0044 BC',
  'XXXX',
  'XXXX-01-01',
  '2022-XX-01',
  '2022-01-28T24:00:00Z',
  '2016-12-31T23:59:60Z',
  '2022-03-27T03:30:00',
  '2022-10-30T03:30:00',
  '2022-01-28T12:00:00+25:00',
  '2022-01-28T12:00:00.1234567891234Z',
  '..',
  '../..',
  '/',
  '2022/',
  '2022-02/2022-01',
  '[]',
  '[2022',
  '[2022..2021]',
  '{2022,2023}',
  '[2022,,2023]',
  `[${'2022-01-28,'.repeat(20)}2022-01-29]`,
  '2022??',
  'Y170000002',
  '2022-01-28T15',
  '2999-01-01T00:00:00+00:00',
  '2022-01-28 12:00',
];

export const aDateText = fc.constantFrom(...DATES);

export const aText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 1, arbitrary: fc.constantFrom(...NUMBERS) },
  { weight: 1, arbitrary: aDateText },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 30 }) },
);

/** Texts that a record may hold: nothing in them is refused. */
export const aHarmlessText: fc.Arbitrary<string> = fc.constantFrom(
  'Talks',
  'Телефонні перемовини',
  'a "quoted" word, \\ and %_ more',
  '=1+1',
  '<img src=x onerror=alert(1)>]]>&amp;',
  "O'Neill; drop",
  '{{7*7}}',
  '🕊️🇺🇦',
  'שלום (1)',
  'two\n\tlines',
  'x'.repeat(400),
  '--',
  '\ufffe\uffff',
  'a \u2028 b \u0085'.replace('\u0085', ''),
);

/** Any JSON value, also such as a parser of JSON can tell from no other text. */
export const aJsonValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: aText },
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(
      null,
      true,
      false,
      0,
      -0,
      -1,
      1.5,
      1e300,
      2 ** 53,
      -(2 ** 31) - 1,
      [],
      {},
      [[]],
      [null],
      { '': '' },
      { en: null },
      { en: 'x', EN: 'y' },
      { constructor: { prototype: 1 } },
      JSON.parse('{"__proto__": {"id": "x"}}'),
      nested(31),
      nested(33),
      nested(5000),
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

/** A text with some of its letters dropped, doubled or put in. */
export function aSpoiling(text: string): fc.Arbitrary<string> {
  const place = fc.nat({ max: text.length });
  return fc.oneof(
    place.map((at) => text.slice(0, at)),
    fc
      .tuple(place, aText)
      .map(([at, put]) => text.slice(0, at) + put + text.slice(at)),
    place.map((at) => text.slice(0, at) + text.slice(at + 1)),
    fc
      .tuple(place, place)
      .map(
        ([from, to]) =>
          text.slice(0, Math.max(from, to)) + text.slice(Math.min(from, to)),
      ),
  );
}

/** A JSON value with something at one place of it put instead, taken away or added. */
export function aMutation(value: unknown): fc.Arbitrary<unknown> {
  const places = placesOf(value);
  return fc
    .tuple(
      fc.constantFrom(...places),
      fc.constantFrom('put', 'take', 'add', 'twice'),
      aJsonValue,
      fc.constantFrom(
        'x',
        '__proto__',
        'id',
        'record',
        'revision',
        'bounds',
        'constructor',
        '',
      ),
    )
    .map(([path, what, put, name]) => {
      const copy = structuredClone(value);
      if (path.length === 0) return what === 'put' ? put : copy;
      const above = path
        .slice(0, -1)
        .reduce((at, key) => at[key] as Holder, copy as Holder);
      const key = path.at(-1) as string;
      if (what === 'put') above[key] = put;
      else if (what === 'take') delete above[key];
      else if (what === 'twice' && Array.isArray(above))
        above.push(above[Number(key)]);
      else
        Object.defineProperty(above, name, {
          value: put,
          enumerable: true,
          configurable: true,
          writable: true,
        });
      return copy;
    });
}

type Holder = Record<string, unknown>;

function placesOf(value: unknown, at: readonly string[] = []): string[][] {
  const below =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, one]) =>
          placesOf(one, [...at, key]),
        )
      : [];
  return [[...at], ...below];
}
