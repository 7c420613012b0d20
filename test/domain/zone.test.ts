import * as fc from 'fast-check';
import { IANAZone } from 'luxon';
import { clockOf, dayAt, zoneAsked, zoneNamed } from '../../src/domain/zone.ts';

function ahead(name: string, instant: number): number {
  const { changes, offsets } = clockOf(IANAZone.create(name));
  const place = changes.filter((change) => change <= instant).length;
  return offsets[place] ?? Number.NaN;
}

function byLuxon(name: string, instant: number): number {
  return Math.round(IANAZone.create(name).offset(instant) * 60_000);
}

const names = [
  'UTC',
  'Europe/Kyiv',
  'Europe/Vienna',
  'Europe/Dublin',
  'Africa/Tunis',
  'Africa/Casablanca',
  'America/Havana',
  'America/Recife',
  'America/New_York',
  'Asia/Gaza',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Antarctica/Troll',
];

describe('the clock of a zone', () => {
  test('shows what Luxon shows, at any instant and where it was set', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.integer({
          min: Date.UTC(1800, 0) / 1000,
          max: Date.UTC(2130, 0) / 1000,
        }),
        (name, seconds) => {
          expect(ahead(name, seconds * 1000)).toBe(
            byLuxon(name, seconds * 1000),
          );
        },
      ),
      { numRuns: 2000 },
    );
    for (const name of names)
      for (const change of clockOf(IANAZone.create(name)).changes)
        for (const instant of [change - 1000, change])
          expect([name, instant, ahead(name, instant)]).toEqual([
            name,
            instant,
            byLuxon(name, instant),
          ]);
  });

  // A week, or a few days more.
  test.each([
    ['America/Recife', '2000-10-08', '2000-10-15'],
    ['Africa/Tunis', '1943-04-17', '1943-04-25'],
    ['Europe/Vienna', '1945-04-02', '1945-04-12'],
    ['Asia/Gaza', '2040-10-20', '2040-10-27'],
  ])('%s was set for short from %s to %s', (name, from, until) => {
    const noon = (day: string) => Date.parse(`${day}T12:00:00Z`);
    for (
      let at = noon(from) - 86_400_000 * 5;
      at < noon(until) + 86_400_000 * 5;
      at += 86_400_000 / 4
    )
      expect([at, ahead(name, at)]).toEqual([at, byLuxon(name, at)]);
    const set = clockOf(IANAZone.create(name)).changes.filter(
      (change) =>
        change > noon(from) - 86_400_000 * 2 &&
        change < noon(until) + 86_400_000 * 2,
    );
    expect(set).toHaveLength(2);
  });

  test('a zone without any change has none', () => {
    expect(clockOf(zoneAsked())).toEqual({ changes: [], offsets: [0] });
    expect(zoneNamed('Mars/Olympus')).toBeNull();
  });
});

test('a day is that of the zone', () => {
  const instant = Date.parse('2022-01-28T23:30:00Z');
  expect(dayAt(instant, zoneAsked('UTC'))).toBe('2022-01-28');
  expect(dayAt(instant, zoneAsked('Europe/Kyiv'))).toBe('2022-01-29');
  expect(dayAt(instant, zoneAsked('America/New_York'))).toBe('2022-01-28');
});
