import * as fc from 'fast-check';
import { glyphOf, SIGNED_TYPES, signOf } from '../../src/web/glyphs.ts';
import type { Item } from '../../src/web/items.ts';
import {
  arrange,
  extent,
  labelRoom,
  lanesOf,
  lanesOfItems,
  lanesOfTimeline,
  placesOf,
} from '../../src/web/lanes.ts';
import { eventTypes } from '../../src/domain/event-types.ts';

const at = (text: string) => Date.parse(text);
const DAY = 86_400_000;
const always = { from: -Infinity, until: Infinity };
const year = { from: at('2022-01-01'), until: at('2023-01-01') };

function item(more: Partial<Item> = {}): Item {
  const day = at('2022-01-28');
  return {
    id: 'x',
    type: 'call',
    status: 'held',
    corroboration: 'reported',
    date: '2022-01-28',
    begin: [day, day],
    end: [day + DAY, day + DAY],
    precision: 'day',
    title: { en: 'A call' },
    parties: [],
    countries: [],
    ...more,
  };
}

function on(from: string, days: number, more: Partial<Item> = {}): Item {
  const end = at(from) + days * DAY;
  return item({
    id: from,
    begin: [at(from), at(from)],
    end: [end, end],
    ...more,
  });
}

const party = (id: string, more: Partial<Item['parties'][number]> = {}) => ({
  id,
  role: 'participant' as const,
  onBehalfOf: null,
  name: { en: id },
  ...more,
});

describe('the sign of an event', () => {
  const dated = (date: string, more: Partial<Item> = {}) =>
    signOf(item({ date, ...more }));

  test('tells a day, a duration, one day among many, a bare month and about apart', () => {
    const signs = [
      dated('2022-01-28'),
      dated('2022-01-10/2022-01-13'),
      dated('[2022-01-10..2022-01-13]'),
      dated('2022-01', { precision: 'month' }),
      dated('2022-01-28~'),
      dated('2022-01-28', { status: 'cancelled' }),
      dated('2022-01-28', { corroboration: 'one-sided' }),
      dated('2022-01-28', { status: 'scheduled' }),
    ].map(({ form, faded, struck, half, broken }) => ({
      form,
      faded,
      struck,
      half,
      broken,
    }));
    const plain = {
      form: 'point',
      faded: false,
      struck: false,
      half: false,
      broken: false,
    };
    expect(signs).toEqual([
      plain,
      { ...plain, form: 'bar' },
      { ...plain, form: 'hatched' },
      { ...plain, form: 'hatched' },
      { ...plain, faded: true },
      { ...plain, struck: true },
      { ...plain, half: true },
      { ...plain, broken: true },
    ]);
  });

  test('of a duration says when it surely lasted', () => {
    const [a, b, c, d] = [
      '2022-01-01',
      '2022-01-31',
      '2022-03-01',
      '2022-04-01',
    ].map(at) as [number, number, number, number];
    const months = dated('2022-01/2022-03', { begin: [a, b], end: [c, d] });
    expect(months.sure).toEqual({ from: b, until: c });
    expect(months.whole).toEqual({ from: a, until: d });
    // Between "within January" and "within January" nothing is sure.
    expect(
      dated('2022-01/2022-01', { begin: [a, b], end: [a + DAY, b + DAY] }).sure,
    ).toBeNull();
  });

  test.each(['denied', 'cancelled'] as const)(
    '%s is struck through',
    (status) => {
      expect(dated('2022', { status }).struck).toBe(true);
    },
  );

  test('that an account denies is struck through', () => {
    expect(dated('2022', { corroboration: 'denied' }).struck).toBe(true);
  });

  test('every root of the vocabulary has a shape of its own', () => {
    const roots = eventTypes.filter(({ parent }) => parent === null);
    expect([...SIGNED_TYPES].sort()).toEqual(
      roots.map(({ code }) => code).sort(),
    );
    expect(new Set(SIGNED_TYPES.map((code) => glyphOf(code).path)).size).toBe(
      roots.length,
    );
    expect(glyphOf('visit.state')).toEqual(glyphOf('visit'));
  });
});

describe('lanes', () => {
  test('an event stands in the lane of everybody who takes part, and of whom they act for', () => {
    const call = item({
      parties: [
        party('macron', { onBehalfOf: 'france' }),
        party('putin'),
        party('putin', { role: 'speaker' }),
        party('ukraine', { role: 'subject' }),
      ],
    });
    expect(lanesOf(call, 'actor')).toEqual(['macron', 'france', 'putin']);
  });

  test('of types hold their children, of countries each place once', () => {
    const visit = item({ type: 'visit.state', countries: ['FR', 'DE', 'FR'] });
    expect(lanesOf(visit, 'type')).toEqual(['visit', 'visit.state']);
    expect(lanesOf(visit, 'country')).toEqual(['FR', 'DE']);
  });

  const types = (...codes: string[]) =>
    codes.map((type, index) => on(`2022-01-1${index}`, 1, { type }));
  const ids = (address: { pin?: string[]; hide?: string[] }) =>
    lanesOfItems(
      types('call', 'talks', 'talks', 'letter', 'letter', 'letter'),
      { lanes: 'type', pin: [], hide: [], ...address },
      year,
    ).map(({ id }) => id);

  test('come by how many stand in them; pinned first, hidden not at all', () => {
    expect(ids({})).toEqual(['letter', 'talks', 'call']);
    expect(ids({ pin: ['call', 'visit'] })).toEqual([
      'call',
      'visit',
      'letter',
      'talks',
    ]);
    expect(ids({ hide: ['letter'] })).toEqual(['talks', 'call']);
  });

  test('are thirty, and the pinned ones', () => {
    const items = Array.from({ length: 40 }, (_, index) =>
      on('2022-01-10', 1, { parties: [party(`a${index}`)] }),
    );
    const address = { lanes: 'actor' as const, pin: ['a39'], hide: [] };
    expect(lanesOfItems(items, address, year)).toHaveLength(31);
  });

  test('in which nothing stands in the window step aside, unless pinned', () => {
    const items = [on('2022-01-10', 1), on('1990-01-10', 1, { type: 'visit' })];
    const shown = (pin: string[]) =>
      lanesOfItems(items, { lanes: 'type', pin, hide: [] }, year).map(
        ({ id }) => id,
      );
    expect(shown([])).toEqual(['call']);
    expect(shown(['visit'])).toEqual(['visit', 'call']);
  });

  test('far away are counts, and say how many stand in none', () => {
    const bucket = (month: number, groups: Record<string, number>) => ({
      start: `2022-0${month}-01T00:00:00Z`,
      end: `2022-0${month + 1}-01T00:00:00Z`,
      total: 9,
      groups,
    });
    const [france, russia] = lanesOfTimeline(
      {
        interval: 'month',
        tz: 'UTC',
        buckets: [
          bucket(1, { russia: 1, france: 0 }),
          bucket(2, { france: 3 }),
        ],
        imprecise: { total: 2, groups: { france: 2 } },
        total: 20,
      },
      { lanes: 'actor', pin: [], hide: [] },
    );
    expect(france).toMatchObject({ id: 'france', count: 5, imprecise: 2 });
    expect(france?.bars).toEqual([
      { from: at('2022-02-01'), until: at('2022-03-01'), count: 3 },
    ]);
    expect(russia).toMatchObject({ id: 'russia', count: 1, imprecise: 0 });
  });
});

describe('the layout of a lane', () => {
  const events = fc
    .array(
      fc.tuple(
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 1, max: 40 }),
      ),
    )
    .map((spans) =>
      spans.map(([first, days], index) =>
        on(
          new Date(at('2022-01-01') + first * DAY).toISOString().slice(0, 10),
          days,
          {
            id: String(index),
          },
        ),
      ),
    );
  const laneOf = (items: readonly Item[]) =>
    lanesOfItems(items, { lanes: 'type', pin: [], hide: [] }, always);

  test('no two events of a row touch, as long as there are rows enough', () => {
    fc.assert(
      fc.property(events, fc.constantFrom(1, 3, 20), (items, perDay) => {
        const placed = laneOf(items)[0]?.items ?? [];
        const scale = perDay / DAY;
        arrange(placed, 400, scale);
        for (const [index, one] of placed.entries())
          for (const other of placed.slice(index + 1)) {
            if (one.row !== other.row) continue;
            const [a, b] = [extent(one, scale), extent(other, scale)];
            expect(a.until <= b.from || b.until <= a.from).toBe(true);
          }
      }),
    );
  });

  test('a label ends before the next event of its row begins', () => {
    fc.assert(
      fc.property(events, (items) => {
        const placed = laneOf(items)[0]?.items ?? [];
        const scale = 5 / DAY;
        arrange(placed, 2, scale);
        for (const [index, one] of placed.entries()) {
          const end =
            extent(one, scale).until + labelRoom(placed, index, scale);
          const next = placed
            .slice(index + 1)
            .find(({ row }) => row === one.row);
          if (next === undefined) expect(end).toBe(Infinity);
          else if (end > extent(one, scale).until)
            expect(end).toBeLessThanOrEqual(extent(next, scale).from + 1e-6);
        }
      }),
    );
  });

  test('lanes stand under each other, each as high as its rows need', () => {
    const busy = Array.from({ length: 4 }, () => on('2022-05-01', 30));
    const lanes = laneOf([...busy, on('2022-05-01', 3, { type: 'visit' })]);
    const places = placesOf(lanes, year, 1000, 24, 30);
    expect(places.map(({ rows }) => rows)).toEqual([4, 1]);
    expect(places[0]?.top).toBe(24);
    expect(places[1]?.top).toBe(24 + (places[0]?.height ?? 0));
    expect(places[1]?.height).toBe(30);
  });

  test('a date that nobody knows the begin of reaches from the left edge', () => {
    const open = item({
      begin: [-Infinity, at('2022-01-25')],
      end: [at('2022-01-26'), at('2022-01-26')],
      date: '[..2022-01-25]',
    });
    const placed = laneOf([open])[0]?.items[0];
    expect(placed && extent(placed, 1 / DAY).from).toBe(-Infinity);
    expect(Number.isFinite(placed?.anchor)).toBe(true);
  });
});
