import * as fc from 'fast-check';
import { DateTime, IANAZone } from 'luxon';
import { bucketSpans, INTERVALS } from '../../src/domain/timeline.ts';

const ZONES = [
  'UTC',
  'Europe/Kyiv',
  'Europe/London',
  'America/New_York',
  'America/Sao_Paulo',
  'Africa/Cairo',
  'Asia/Kolkata',
  'Asia/Tokyo',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
];

/** The start of a bucket as luxon alone counts it. */
function startBy(
  bucket: number,
  interval: (typeof INTERVALS)[number],
  zone: IANAZone,
): number {
  const day = (year: number, ordinal: number) =>
    DateTime.fromObject({ year, month: 1, day: 1 }, { zone })
      .plus({ [interval === 'day' ? 'days' : `${interval}s`]: ordinal })
      .toMillis();
  if (interval === 'day') return day(1970, bucket);
  if (interval === 'week')
    return DateTime.fromObject({ year: 1969, month: 12, day: 29 }, { zone })
      .plus({ weeks: bucket })
      .toMillis();
  return day(0, bucket);
}

test('buckets follow each other and begin where luxon says, whatever was asked before', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.constantFrom(...INTERVALS),
      fc.integer({ min: 1980, max: 2040 }),
      fc.integer({ min: 1, max: 30 }),
      (name, interval, year, count) => {
        const zone = IANAZone.create(name);
        const first = {
          day: (year - 1970) * 365,
          week: (year - 1970) * 52,
          month: year * 12,
          quarter: year * 4,
          year,
        }[interval];
        const spans = bucketSpans(first, count, interval, zone);
        expect(spans).toEqual(bucketSpans(first, count, interval, zone));
        for (const [index, { start, end }] of spans.entries()) {
          expect(DateTime.fromISO(start).toMillis()).toBe(
            startBy(first + index, interval, zone),
          );
          expect(end).toBe(
            bucketSpans(first + index + 1, 1, interval, zone)[0]?.start,
          );
        }
      },
    ),
    { numRuns: 100 },
  );
});
