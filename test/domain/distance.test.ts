import * as fc from 'fast-check';
import { beginDays, daysFrom } from '../../src/domain/distance.ts';
import { values, worldsOf } from '../support/worlds.ts';

const between = (to: string, from: string, timeZone: string | null = null) =>
  daysFrom(beginDays(to, null), beginDays(from, timeZone));

test('the distance of two dates is that of all they may have been, and each end of it can be', () => {
  fc.assert(
    fc.property(values, values, (to, from) => {
      const begins = (text: string) => worldsOf(text).map(([first]) => first);
      const [theirs, ours] = [begins(to), begins(from)];
      // Not spread into arguments: a year has more worlds than a call may have.
      const least = (days: number[]) => days.reduce((a, b) => Math.min(a, b));
      const most = (days: number[]) => days.reduce((a, b) => Math.max(a, b));
      expect(between(to, from)).toEqual({
        min: least(ours) - most(theirs),
        max: most(ours) - least(theirs),
      });
    }),
    { numRuns: 500 },
  );
});

test('the distance back is the same with the other sign', () => {
  fc.assert(
    fc.property(values, values, (to, from) => {
      const { min, max } = between(to, from);
      expect(between(from, to)).toEqual({
        min: 0 - (max ?? NaN),
        max: 0 - (min ?? NaN),
      });
    }),
  );
});

test.each([
  ['[..2022-01-26]', '2022-01-26', 0, null],
  ['2022-01-26', '[..2022-01-26]', null, 0],
  ['[2022-01-26..]', '2022-01-26', null, 0],
  ['../2022', '2022-01-26', null, null],
  ['../2022', '../2022', null, null],
  ['[..2022]', '[..2022]', null, null],
])('from %s to %s there are %s to %s days', (to, from, min, max) => {
  expect(between(to, from)).toEqual({ min, max });
});

test('a clock time counts for the day that the clock on the spot showed', () => {
  const [late, early] = [
    '2022-01-28T23:59:59-05:00',
    '2022-01-28T00:00:00+14:00',
  ];
  expect(between(early, late)).toEqual({ min: 0, max: 0 });
  expect(between('2022-01-27', '2022-01-28T00:30:00', 'Asia/Tokyo')).toEqual({
    min: 1,
    max: 1,
  });
  expect(between('2022-01-27', `${late}/2022-01-29T12:00:00Z`)).toEqual({
    min: 1,
    max: 1,
  });
});

test('nothing is far from what has no date', () => {
  const nothing = { min: null, max: null };
  expect(daysFrom(null, beginDays('2022', null))).toEqual(nothing);
  expect(daysFrom(beginDays('2022', null), null)).toEqual(nothing);
});
