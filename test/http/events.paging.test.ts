import * as fc from 'fast-check';
import { type EventDraft } from '../../src/domain/event.ts';
import { aDocument, anEvent } from '../support/builders.ts';
import { linksOf, pageAt, walk, withCursor } from '../support/paging.ts';
import { anchors, someEvent, world } from '../support/reference.ts';
import { startService, type TestService } from '../support/service.ts';

const filters = [
  '',
  'order=desc',
  'actor=atlantis',
  'actor=atlantis,borduria,-syldavia&order=desc',
  'actor=atlantis&actor=borduria',
  'actor=atlantis,league&actor=borduria,syldavia&scope=members&order=desc',
  'actor=league&scope=members&certainty=certain',
  'actor=atlantis:subject,boris',
  'actor=-atlantis',
  'from=2023-12&to=2024-01',
  'from=2023-12-31&order=desc',
  'to=2024-01-01&relation=within',
  'actor=atlantis&from=2023-12&to=2024-02&order=desc&tz=Asia/Kolkata',
  'certainty=certain&from=2023&relation=within',
  'type=meeting,talks&status=-denied',
  'minPrecision=day&publisher=Le Monde,Guardian',
];

describe('the pages of a list', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
    await service.load([
      ...world,
      aDocument('note-1'),
      aDocument('note-2'),
      ...anchors.map((id) => anEvent({ id, date: '2023-06-15' })),
      ...fc.sample(someEvent, 60),
      // Many of one date, so that pages end among equals.
      ...Array.from({ length: 15 }, (_, index) =>
        anEvent({
          date: '2024-01-01',
          sequence: index % 3,
          participants: [{ actor: 'atlantis' }, { actor: 'borduria' }],
        }),
      ),
    ]);
  });
  afterAll(() => service.stop());

  const cases = filters.flatMap((filter) =>
    [1, 2, 3, 7].map((limit) => ({ filter, limit })),
  );

  test.each(cases)(
    'of $limit are the one big page of "$filter" cut up, forwards and backwards',
    async ({ filter, limit }) => {
      const whole = await pageAt(service, `/v1/events?${filter}&limit=500`);
      expect(whole).toMatchObject({ next: null, prev: null });
      expect(new Set(whole.ids).size).toBe(whole.ids.length);

      const url = `/v1/events?${filter}&limit=${limit}`;
      const pages = await walk(service, url);
      expect(pages.flatMap(({ ids }) => ids)).toEqual(whole.ids);
      expect(pages[0]?.prev).toBeNull();
      for (const { ids } of pages.slice(0, -1)) expect(ids).toHaveLength(limit);
      for (const { prev } of pages.slice(1)) expect(prev).not.toBeNull();

      const last = pages.at(-1)?.prev ?? null;
      if (last === null) return;
      const back = await walk(service, url, 'prev', last);
      expect(back.map(({ ids }) => ids).reverse()).toEqual(
        pages.slice(0, -1).map(({ ids }) => ids),
      );
      expect(back.at(-1)?.prev).toBeNull();
    },
  );

  test('backwards order is the exact reverse', async () => {
    const [asc, desc] = await Promise.all([
      service.ids('/v1/events?limit=500'),
      service.ids('/v1/events?limit=500&order=desc'),
    ]);
    expect(desc).toEqual(asc.reverse());
  });

  test('the next page of the page before is the page itself', async () => {
    const url = '/v1/events?limit=5';
    const [first, second, third] = await walk(service, url);
    const back = await pageAt(service, withCursor(url, third?.prev ?? ''));
    expect(back.ids).toEqual(second?.ids);
    const forth = await pageAt(service, withCursor(url, back.next ?? ''));
    expect(forth.ids).toEqual(third?.ids);
    const home = await pageAt(service, withCursor(url, back.prev ?? ''));
    expect(home).toMatchObject({ ids: first?.ids, prev: null });
  });

  test('the limit may change from page to page', async () => {
    const whole = await service.ids('/v1/events?limit=500');
    const ids: string[] = [];
    let cursor: string | null = '';
    for (let limit = 1; cursor !== null; limit = (limit % 9) + 1) {
      const url = `/v1/events?limit=${limit}`;
      const page = await pageAt(
        service,
        cursor === '' ? url : withCursor(url, cursor),
      );
      ids.push(...page.ids);
      cursor = page.next;
    }
    expect(ids).toEqual(whole);
  });

  test('a page holds 50 unless told', async () => {
    expect(await service.ids('/v1/events')).toHaveLength(50);
  });

  test.each([
    '/v1/events?limit=4',
    '/v1/events?actor=atlantis%2Cborduria&actor=-syldavia&limit=9&order=desc',
    `/v1/events?publisher=${encodeURIComponent('Le Monde,Європейська правда,Guardian,a\\,b + c&d=e?f%g')}&limit=2`,
    '/v1/events?limit=4&tz=Etc/GMT%2B5&from=1990&to=2024-12-31T00:00:00%2B02:00',
    '/v1/events?&&limit=4&',
  ])('the Link header of %s leads through the same pages', async (url) => {
    const byCursor = await walk(service, url);
    expect(byCursor.length).toBeGreaterThan(1);
    let at: string | undefined = url;
    for (const page of byCursor) {
      const answer = await service.get(at ?? '');
      expect(answer.json).toMatchObject({ next: page.next, prev: page.prev });
      const { next, prev } = linksOf(answer);
      expect(next === undefined).toBe(page.next === null);
      expect(prev === undefined).toBe(page.prev === null);
      if (prev !== undefined)
        expect((await pageAt(service, prev)).next).not.toBeNull();
      at = next;
    }
    expect(at).toBeUndefined();
  });
});

describe('pages stay steady while the record changes', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.stop());

  const day = fc
    .integer({ min: 1, max: 28 })
    .map((date) => `2022-01-${String(date).padStart(2, '0')}`);
  let series = 0;
  const topic = () => `series-${++series}`;
  const inserted = fc.array(
    fc.record({
      date: fc.oneof(day, fc.constantFrom('2022', '2022-01', '[..2022-01-15]')),
      sequence: fc.integer({ min: -1, max: 1 }),
    }),
    { maxLength: 3 },
  );

  test.each(['asc', 'desc'])(
    'inserts neither repeat nor hide what was there, in order %s',
    async (order) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(day, { minLength: 3, maxLength: 12 }),
          fc.integer({ min: 1, max: 4 }),
          fc.array(inserted, { minLength: 1, maxLength: 4 }),
          async (dates, limit, inserts) => {
            const tag = topic();
            const topics = [tag];
            const old = dates.map((date) => anEvent({ date, topics }));
            await service.load(old);
            const url = `/v1/events?topic=${tag}&limit=${limit}&order=${order}`;
            const seen: string[] = [];
            let page = await pageAt(service, url);
            seen.push(...page.ids);
            const insert = async () => {
              const events = inserts.shift() ?? [];
              if (events.length > 0)
                await service.load(
                  events.map((one) => anEvent({ ...one, topics })),
                );
            };
            while (page.next !== null) {
              await insert();
              page = await pageAt(service, withCursor(url, page.next));
              seen.push(...page.ids);
            }
            expect(new Set(seen).size).toBe(seen.length);
            const ids = old.map(({ id }) => id);
            expect(seen.filter((id) => ids.includes(id)).sort()).toEqual(
              ids.sort(),
            );
            // What is seen is in the order that the whole has now.
            const now = await service.ids(
              `/v1/events?topic=${tag}&limit=500&order=${order}`,
            );
            expect(now.filter((id) => seen.includes(id))).toEqual(seen);

            const back: string[] = [...page.ids].reverse();
            while (page.prev !== null) {
              await insert();
              page = await pageAt(service, withCursor(url, page.prev));
              back.push(...[...page.ids].reverse());
            }
            expect(new Set(back).size).toBe(back.length);
            expect(back.filter((id) => ids.includes(id)).sort()).toEqual(
              ids.sort(),
            );
          },
        ),
        { numRuns: 12 },
      );
    },
    60_000,
  );

  const dated = (tag: string, dates: Record<string, string>) =>
    Object.entries(dates).map(([id, date]): EventDraft =>
      anEvent({ id: `${tag}-${id}`, date, topics: [tag] }),
    );

  test('the event that a page ended with may move without harm to the others', async () => {
    const tag = topic();
    await service.load(
      dated(tag, { a: '2022-01', b: '2022-02', c: '2022-03', d: '2022-04' }),
    );
    const url = `/v1/events?topic=${tag}&limit=2`;
    const { next } = await pageAt(service, url);
    await service.load(dated(tag, { b: '2021' }));
    const after = await pageAt(service, withCursor(url, next ?? ''));
    expect(after.ids).toEqual([`${tag}-c`, `${tag}-d`]);
    const before = await pageAt(service, withCursor(url, after.prev ?? ''));
    expect(before.ids).toEqual([`${tag}-b`, `${tag}-a`]);
  });

  test('a page that lost all its events is empty and still knows the way', async () => {
    const tag = topic();
    await service.load(
      dated(tag, { a: '2022-01', b: '2022-02', c: '2022-03' }),
    );
    const url = `/v1/events?topic=${tag}&limit=2`;
    const { next } = await pageAt(service, url);
    await service.load(dated(tag, { c: '2021' }));
    const empty = await pageAt(service, withCursor(url, next ?? ''));
    expect(empty).toMatchObject({ ids: [], next: null });
    const back = await pageAt(service, withCursor(url, empty.prev ?? ''));
    expect(back.ids).toEqual([`${tag}-a`, `${tag}-b`]);
    expect(back.prev).not.toBeNull();
    const forth = await pageAt(service, withCursor(url, back.next ?? ''));
    expect(forth.ids).toEqual([]);
  });

  test('what is appended after the last page is found by going on from the page before', async () => {
    const tag = topic();
    await service.load(
      dated(tag, { a: '2022-01', b: '2022-02', c: '2022-03' }),
    );
    const url = `/v1/events?topic=${tag}&limit=2`;
    const [, last] = await walk(service, url);
    expect(last).toMatchObject({ ids: [`${tag}-c`], next: null });
    await service.load(dated(tag, { d: '2022-04' }));
    const back = await pageAt(service, withCursor(url, last?.prev ?? ''));
    const again = await pageAt(service, withCursor(url, back.next ?? ''));
    expect(again.ids).toEqual([`${tag}-c`, `${tag}-d`]);
  });
});
