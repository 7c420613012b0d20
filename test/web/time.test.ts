import * as fc from 'fast-check';
import {
  DAY,
  instantAt,
  intervalFor,
  INTERVALS,
  panned,
  pixelOf,
  plainSpan,
  sensible,
  ticks,
  tileAround,
  zoomed,
} from '../../src/web/time.ts';

const at = (text: string) => Date.parse(text);
const span = (from: string, until: string) => ({
  from: at(from),
  until: at(until),
});
const instant = fc.integer({ min: at('0100-01-01'), max: at('9800-01-01') });
const windows = fc
  .tuple(instant, fc.integer({ min: 20 * 60_000, max: 90 * 365 * DAY }))
  .map(([from, width]) => ({ from, until: from + width }));

describe('a window', () => {
  test('zoomed keeps the instant under the hand where it is', () => {
    fc.assert(
      fc.property(
        windows,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom(0.5, 0.8, 1.5, 2),
        (window, part, factor) => {
          const hand = instantAt(part * 1000, window, 1000);
          const next = zoomed(window, factor, hand);
          const wide = next.until - next.from;
          // Where the narrowest window or the end of the calendar stops it, it stops.
          if (Math.abs(wide / (window.until - window.from) - factor) > 1e-6)
            return;
          expect(pixelOf(hand, next, 1000)).toBeCloseTo(part * 1000, 1);
        },
      ),
    );
  });

  test('is never empty, and never outside of the calendar', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e16, max: 1e16, noNaN: true }),
        fc.double({ min: 0, max: 1e17, noNaN: true }),
        (from, width) => {
          const found = sensible({ from, until: from + width });
          expect(found.until - found.from).toBeGreaterThanOrEqual(19 * 60_000);
          expect(found.from).toBeGreaterThanOrEqual(at('0001-01-01'));
          expect(found.until).toBeLessThanOrEqual(at('+010000-01-01') + 1);
        },
      ),
    );
  });

  test('panned is as wide as before', () => {
    expect(panned(span('2022-01-01', '2022-01-11'), 0.5)).toEqual(
      span('2022-01-06', '2022-01-16'),
    );
  });

  test('is fetched with room round it, in whole days, and not many times as wide', () => {
    fc.assert(
      fc.property(windows, (window) => {
        const tile = tileAround(window);
        expect(tile.from).toBeLessThanOrEqual(window.from);
        expect(tile.until).toBeGreaterThanOrEqual(window.until);
        expect([tile.from % DAY, tile.until % DAY].map(Math.abs)).toEqual([
          0, 0,
        ]);
        const width = Math.max(window.until - window.from, DAY);
        expect(tile.until - tile.from).toBeLessThanOrEqual(5 * width + 2 * DAY);
      }),
    );
  });

  test('moved a little it needs nothing new', () => {
    const window = span('2022-01-10', '2022-01-20');
    expect(tileAround(panned(window, 0.05))).toEqual(tileAround(window));
  });
});

describe('the axis', () => {
  test.each([
    ['1866-01-01', '2026-01-01', 'year', '1880-01-01'],
    ['2021-01-05', '2022-06-01', 'month', '2021-04-01'],
    ['2022-01-04', '2022-03-01', 'day', '2022-01-10'],
    ['2022-01-28T00:30Z', '2022-01-28T09:00Z', 'minute', '2022-01-28T01:00Z'],
    ['0020-06-01', '0029-01-01', 'year', '0021-01-01'],
  ])('from %s to %s is cut by %s', (from, until, unit, first) => {
    const found = ticks(span(from, until), 1000);
    expect(found.unit).toBe(unit);
    expect(found.ticks[0]).toEqual({ at: at(first), unit });
  });

  test('has lines in order within the window, not too near each other', () => {
    fc.assert(
      fc.property(windows, (window) => {
        const found = ticks(window, 1000, 90).ticks.map((one) => one.at);
        expect(found).toEqual(found.toSorted((a, b) => a - b));
        for (const [index, one] of found.entries()) {
          expect(one >= window.from && one < window.until).toBe(true);
          const before = found[index - 1];
          if (before === undefined) continue;
          const apart =
            pixelOf(one, window, 1000) - pixelOf(before, window, 1000);
          // A February is shorter than the mean of the months.
          expect(apart).toBeGreaterThan(80);
        }
      }),
    );
  });
});

test('the interval is the shortest of which not too many make up the window', () => {
  const wide = (days: number) =>
    intervalFor({ from: 0, until: days * DAY }, 400);
  expect([1, 390, 405, 5000, 20_000, 100_000, 1e6].map(wide)).toEqual([
    'day',
    'day',
    'week',
    'month',
    'quarter',
    'year',
    'year',
  ]);
  expect(INTERVALS).toHaveLength(5);
});

test.each([
  ['2022', '2022-01-01', '2023-01-01'],
  ['2022-12', '2022-12-01', '2023-01-01'],
  ['2022-01-28', '2022-01-28', '2022-01-29'],
  ['0022-02', '0022-02-01', '0022-03-01'],
])('the plain date %s is from %s to %s', (date, from, until) => {
  expect(plainSpan(date)).toEqual(span(from, until));
});

test.each([
  '2022-21',
  '2022-02-30',
  '2022~',
  '[2022..2023]',
  '',
  '2022-01-28T10:00Z',
  '22',
])('what %j says only the API reads', (date) => {
  expect(plainSpan(date)).toBeNull();
});
