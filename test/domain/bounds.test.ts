import edtf from 'edtf';
import * as fc from 'fast-check';
import { DateTime } from 'luxon';

import {
  type Instant,
  boundsJson,
  boundsOf,
  formatInstant,
} from '../../src/domain/bounds.ts';
import { DateFault, parseEdtf, wallClock } from '../../src/domain/edtf.ts';
import { isoDay, values, worldsOf } from '../support/worlds.ts';

const bounds = (text: string, timeZone?: string | null) =>
  boundsOf(parseEdtf(text), timeZone);

/** The four instants in short: whole days without their T00:00:00Z, `..` where open. */
function told(text: string, timeZone?: string): string {
  const { begin, end } = boundsJson(bounds(text, timeZone));
  return [...begin, ...end]
    .map((instant) => (instant ?? '..').replace('T00:00:00Z', ''))
    .join(' ');
}

function faultOf(text: string, timeZone?: string): DateFault {
  try {
    boundsOf(parseEdtf(text), timeZone);
  } catch (error) {
    if (error instanceof DateFault) return error;
    throw error;
  }
  throw new Error(`${text} was accepted`);
}

describe('begin earliest, begin latest, end earliest, end latest', () => {
  test.each([
    // a day is the atom
    ['2022-01-28', '2022-01-28 2022-01-28 2022-01-29 2022-01-29', 'day'],
    ['0001-01-01', '0001-01-01 0001-01-01 0001-01-02 0001-01-02', 'day'],
    ['0099-12-31', '0099-12-31 0099-12-31 0100-01-01 0100-01-01', 'day'],
    ['9999-12-31', '9999-12-31 9999-12-31 +010000-01-01 +010000-01-01', 'day'],
    // what is wider is in doubt
    ['2024-02', '2024-02-01 2024-02-29 2024-02-02 2024-03-01', 'month'],
    ['2022-01-XX', '2022-01-01 2022-01-31 2022-01-02 2022-02-01', 'month'],
    ['2022-21', '2022-03-01 2022-05-31 2022-03-02 2022-06-01', 'season'],
    ['2023-24', '2023-12-01 2024-02-29 2023-12-02 2024-03-01', 'season'],
    ['1997', '1997-01-01 1997-12-31 1997-01-02 1998-01-01', 'year'],
    ['0050', '0050-01-01 0050-12-31 0050-01-02 0051-01-01', 'year'],
    ['199X', '1990-01-01 1999-12-31 1990-01-02 2000-01-01', 'decade'],
    // a qualifier leaves the bounds
    ['1997~', '1997-01-01 1997-12-31 1997-01-02 1998-01-01', 'year'],
    // duration is not doubt
    [
      '2022-01-10/2022-01-13',
      '2022-01-10 2022-01-10 2022-01-14 2022-01-14',
      'day',
    ],
    ['2022-02-24/..', '2022-02-24 2022-02-24 .. ..', 'day'],
    ['2022/..', '2022-01-01 2022-12-31 .. ..', 'year'],
    ['../1991', '.. .. 1991-01-02 1992-01-01', 'year'],
    ['2021/2022-03', '2021-01-01 2021-12-31 2022-03-02 2022-04-01', 'year'],
    // and every bound can be attained
    ['2022-01/2022-01', '2022-01-01 2022-01-31 2022-01-02 2022-02-01', 'month'],
    [
      '2022-01/2022-01-05',
      '2022-01-01 2022-01-05 2022-01-06 2022-01-06',
      'month',
    ],
    [
      '2022-01-15/2022-01',
      '2022-01-15 2022-01-15 2022-01-16 2022-02-01',
      'month',
    ],
    ['2022/2021-24', '2022-01-01 2022-02-28 2022-01-02 2022-03-01', 'year'],
    // one among several
    [
      '[2022-01-10..2022-01-13]',
      '2022-01-10 2022-01-13 2022-01-11 2022-01-14',
      'day',
    ],
    [
      '[2021-12-18,2021-12-17]',
      '2021-12-17 2021-12-18 2021-12-18 2021-12-19',
      'day',
    ],
    ['[2021,2023-05]', '2021-01-01 2023-05-31 2021-01-02 2023-06-01', 'year'],
    ['[..2022-01-26]', '.. 2022-01-26 .. 2022-01-27', 'day'],
    ['[2022-01-28..]', '2022-01-28 .. 2022-01-29 ..', 'day'],
    // clock times
    [
      '2022-01-28T15:35:00-05:00',
      '2022-01-28T20:35:00Z 2022-01-28T20:35:00Z 2022-01-28T20:35:01Z 2022-01-28T20:35:01Z',
      'second',
    ],
    [
      '0001-01-01T00:00:00+15:59',
      '0000-12-31T08:01:00Z 0000-12-31T08:01:00Z 0000-12-31T08:01:01Z 0000-12-31T08:01:01Z',
      'second',
    ],
    [
      '2022-01-28T15:00:00Z/2022-01-28T17:00:00+02:00',
      '2022-01-28T15:00:00Z 2022-01-28T15:00:00Z 2022-01-28T15:00:01Z 2022-01-28T15:00:01Z',
      'second',
    ],
    [
      '2022-01-28T15:35:00Z/..',
      '2022-01-28T15:35:00Z 2022-01-28T15:35:00Z .. ..',
      'second',
    ],
  ])('%s: %s, to the %s', (text, instants, precision) => {
    expect(told(text)).toBe(instants);
    expect(bounds(text).precision).toBe(precision);
  });

  test.each([
    ['2022-01-28T15:35:00', 'Europe/Kyiv', '2022-01-28T13:35:00Z'],
    ['2022-07-28T15:35:00', 'Europe/Kyiv', '2022-07-28T12:35:00Z'],
    ['2022-07-28T15:35:00', 'europe/KIEV', '2022-07-28T12:35:00Z'],
    ['2022-01-28T15:35:00', 'UTC', '2022-01-28T15:35:00Z'],
    ['2022-01-28T15:35:00', 'Asia/Kathmandu', '2022-01-28T09:50:00Z'],
    ['1850-01-28T15:35:00', 'Europe/Kyiv', '1850-01-28T13:32:56Z'],
    // an offset says it without the zone
    ['2022-01-28T15:35:00Z', 'Europe/Kyiv', '2022-01-28T15:35:00Z'],
    ['2022-03-27T03:30:00+03:00', 'Europe/Kyiv', '2022-03-27T00:30:00Z'],
  ])('%s in %s began at %s', (text, timeZone, instant) => {
    expect(boundsJson(bounds(text, timeZone)).begin).toEqual([
      instant,
      instant,
    ]);
  });

  test.each(['2022-01-28', '2022-01', '[2021,2022]', '2022-02-24/..'])(
    '%s is never shifted by a zone',
    (text) => {
      expect(bounds(text, 'Pacific/Kiritimati')).toEqual(bounds(text));
      expect(bounds(text).calendar).toBe(true);
    },
  );
});

describe('what only shows beside a zone', () => {
  test.each([
    ['2022-01-28T15:35:00', undefined, 0, 'needs an offset'],
    ['../2022-01-28T15:35:00', undefined, 3, 'needs an offset'],
    ['2022-03-27T03:30:00', 'Europe/Kyiv', 0, 'skipped this time'],
    ['2022-10-30T03:30:00', 'Europe/Kyiv', 0, 'showed this time twice'],
    ['2011-12-30T12:00:00', 'Pacific/Apia', 0, 'skipped this time'],
    [
      '2022-03-26T03:30:00/2022-03-27T03:30:00',
      'Europe/Kyiv',
      20,
      'skipped this time',
    ],
    [
      '2022-01-28T15:35:00Z/2022-01-28T16:35:00',
      'Europe/Kyiv',
      21,
      'ends before it begins',
    ],
  ])('%s in %s is refused at %i: %s', (text, timeZone, position, part) => {
    const fault = faultOf(text, timeZone);
    expect(fault.position).toBe(position);
    expect(fault.field).toBe('date');
    expect(fault.message).toContain(part);
  });

  test.each(['Nowhere/City', '', '+02:00', 'local', 'x'.repeat(300)])(
    'there is no time zone %s',
    (timeZone) => {
      for (const text of ['2022-01-28', '2022-01-28T15:35:00']) {
        expect(faultOf(text, timeZone).field).toBe('timeZone');
      }
    },
  );
});

describe('how vague it is, for minPrecision', () => {
  test.each([
    ['2022-01-28T15:35:00Z', 0],
    ['2022-01-28', 1],
    ['2022-01-10/2022-03-13', 1],
    ['2022-02-24/..', 1],
    ['2022-01', 2],
    ['2022-01-XX', 2],
    ['2022-21', 3],
    ['2022', 4],
    ['2022-01-28/2023', 4],
    ['199X', 5],
    ['[2022-01-28]', 1],
    ['[2022-01-01..2022-01-31]', 2],
    ['[2022-01-31,2022-01-01]', 2],
    ['[2022-01-01..2022-02-01]', 4],
    ['[2022-01..2022-12]', 4],
    ['[2024]', 4],
    ['[2022,2023]', 5],
    ['[..2022]', 6],
    ['[2022-01-28..]', 6],
  ])('%s counts as %i', (text, vagueness) => {
    expect(bounds(text).vagueness).toBe(vagueness);
  });
});

describe('the members of a set', () => {
  const day = (text: string) => Date.parse(text);

  test.each([
    ['[2022-01-12,2022-01-10..2022-01-11]', [['2022-01-10', '2022-01-13']]],
    ['[2021,2021-05,2021-12-31]', [['2021-01-01', '2022-01-01']]],
    [
      '[2022-01-28,2022-01-26]',
      [
        ['2022-01-26', '2022-01-27'],
        ['2022-01-28', '2022-01-29'],
      ],
    ],
  ])('%s covers %j', (text, spans) => {
    expect(bounds(text).members).toEqual(
      spans.map(([from = '', until = '']) => ({
        from: day(from),
        until: day(until),
      })),
    );
  });

  test('open sets reach for ever', () => {
    expect(bounds('[..2022,2024..]'.replace('..]', ']')).members).toEqual([
      { from: -Infinity, until: day('2023-01-01') },
      { from: day('2024-01-01'), until: day('2025-01-01') },
    ]);
    expect(bounds('[2022..]').members).toEqual([
      { from: day('2022-01-01'), until: Infinity },
    ]);
  });

  test('what is no set has none', () => {
    expect(bounds('2022-01-10/2022-01-13').members).toBeNull();
    expect(bounds('2022-01').membersAreDays).toBe(false);
  });

  test.each([
    ['[2022-01-10..2022-01-13]', true],
    ['[..2022-01-10,2022-01-13]', true],
    ['[2022-01-10,2022-02]', false],
    ['[2022..]', false],
  ])('each of %s is a day: %s', (text, answer) => {
    expect(bounds(text).membersAreDays).toBe(answer);
  });
});

test.each([
  [-Infinity, null],
  [Infinity, null],
  [0, '1970-01-01T00:00:00Z'],
  [Date.UTC(2022, 0, 28, 15, 35), '2022-01-28T15:35:00Z'],
  [Date.UTC(10000, 0), '+010000-01-01T00:00:00Z'],
  [-62135596800000, '0001-01-01T00:00:00Z'],
])('the instant %d is written %s', (instant, text) => {
  expect(formatInstant(instant)).toBe(text);
});

test('the bounds are the extremes of all that may have been, and each of them may have been', () => {
  fc.assert(
    fc.property(values, (text) => {
      const worlds = worldsOf(text);
      const extremes = (instants: number[]) => [
        instants.reduce((a, b) => Math.min(a, b)),
        instants.reduce((a, b) => Math.max(a, b)),
      ];
      const { begin, end } = bounds(text);
      expect({ begin, end }).toEqual({
        begin: extremes(worlds.map(([first]) => isoDay(first))),
        end: extremes(worlds.map(([, last]) => isoDay(last + 1))),
      });
    }),
    { numRuns: 300 },
  );
});

describe('npm edtf, an implementation by others, knows the same extremes', () => {
  const two = (n: number) => String(n).padStart(2, '0');
  const year = fc
    .integer({ min: 1, max: 9999 })
    .map((y) => String(y).padStart(4, '0'));
  const month = fc
    .tuple(year, fc.integer({ min: 1, max: 12 }))
    .map(([y, m]) => `${y}-${two(m)}`);
  const day = fc
    .tuple(month, fc.integer({ min: 1, max: 28 }))
    .map(([m, d]) => `${m}-${two(d)}`);
  const decade = fc
    .integer({ min: 1, max: 999 })
    .map((d) => `${String(d).padStart(3, '0')}X`);
  const date = fc.oneof(
    year,
    month,
    day,
    decade,
    month.map((m) => `${m}-XX`),
  );
  const qualified = fc
    .tuple(fc.oneof(year, month, day), fc.constantFrom('~', '?', '%'))
    .map((parts) => parts.join(''));
  // Where it is not asked, because it is wrong or cannot read it:
  // - seasons are the quarters of the year (21 is January to March), and refused in intervals;
  // - a range in a set that is not open has the bounds of its first date alone;
  // - a qualifier behind a set, an open end, a date-time, 199X or 2022-01-XX is refused;
  // - a date-time lasts no time at all, and without an offset is read in the zone of the machine;
  // - an interval whose end may lie before its begin (`2022-01-15/2022-01`) is refused, and not just one that must.
  function oracle(text: string): [Instant, Instant] | null {
    try {
      const { min, max } = edtf(text);
      return [min, max + 1];
    } catch (error) {
      if (String(error).includes('invalid upper bound')) return null;
      throw error;
    }
  }
  // - a set ends with the member that is written last, even if another goes further;
  const set = fc
    .oneof(
      ...[year, month, day].map((kind) =>
        fc.array(kind, { minLength: 1, maxLength: 4 }),
      ),
    )
    .map((members) => `[${members.sort().join(',')}]`);
  const openSet = fc
    .tuple(fc.oneof(year, month, day), fc.boolean())
    .map(([d, early]) => (early ? `[..${d}]` : `[${d}..]`));
  const interval = fc.oneof(
    fc.tuple(date, date).map((ends) => ends.join('/')),
    date.map((d) => `../${d}`),
    date.map((d) => `${d}/..`),
  );

  test('from the earliest begin to the latest end', () => {
    fc.assert(
      fc.property(fc.oneof(date, qualified, set, openSet, interval), (text) => {
        const theirs = oracle(text);
        fc.pre(theirs !== null);
        const ours = bounds(text);
        expect([ours.begin[0], ours.end[1]]).toEqual(theirs);
      }),
      { numRuns: 1000 },
    );
  });

  test('of seasons alone it thinks otherwise', () => {
    expect(edtf('2022-21').min).toBe(Date.UTC(2022, 0));
    expect(bounds('2022-21').begin[0]).toBe(Date.UTC(2022, 2));
  });
});

describe('arithmetic without a zone is what Luxon makes of it', () => {
  const first = DateTime.utc(1, 1, 1).toMillis();
  const beyond = DateTime.utc(10_000, 2, 1).toMillis();
  const someInstant = fc.integer({ min: first, max: beyond });

  test('the start of a day, and a clock time', () => {
    fc.assert(
      fc.property(someInstant, (instant) => {
        const { year, month, day, hour, minute, second } = DateTime.fromMillis(
          instant,
          { zone: 'utc' },
        );
        const date = { year, month, day };
        expect(wallClock(date)).toBe(DateTime.utc(year, month, day).toMillis());
        expect(
          wallClock({
            ...date,
            kind: 'datetime',
            hour,
            minute,
            second,
            offset: null,
            position: 0,
          }),
        ).toBe(DateTime.utc(year, month, day, hour, minute, second).toMillis());
      }),
      { numRuns: 2000 },
    );
  });

  test('the length of a month', () => {
    fc.assert(
      fc.property(someInstant, (instant) => {
        const at = DateTime.fromMillis(instant, { zone: 'utc' });
        if (at.year > 9999) return;
        const { end } = bounds(at.toFormat('yyyy-MM'));
        expect(end[1]).toBe(at.startOf('month').plus({ months: 1 }).toMillis());
      }),
      { numRuns: 2000 },
    );
  });

  test('an instant as text', () => {
    fc.assert(
      fc.property(someInstant, (instant) => {
        expect(formatInstant(instant)).toBe(
          DateTime.fromMillis(instant, { zone: 'utc' }).toISO({
            suppressMilliseconds: true,
          }),
        );
      }),
      { numRuns: 2000 },
    );
  });
});
