import * as fc from 'fast-check';
import { DateTime } from 'luxon';
import { type EventDraft } from '../../src/domain/event.ts';
import { type EventQuestion } from '../../src/domain/filter.ts';
import { type Interval, INTERVALS } from '../../src/domain/timeline.ts';
import { aDocument, anEvent } from '../support/builders.ts';
import {
  asContacts,
  bucketOfEvent,
  type Level,
  localDay,
  ranked,
  slowCounterparts,
  slowLedger,
  slowMatch,
  tally,
  toldActor,
  valuesOf,
} from '../support/counting.ts';
import {
  anchors,
  type SlowEvent,
  slowRecord,
  someEvent,
  someQuestion,
  someSubject,
  unordered,
  urlOf,
  world,
} from '../support/reference.ts';
import {
  type Answer,
  startService,
  type TestService,
} from '../support/service.ts';

// Hundreds of questions, on a machine that may do other things as well.
jest.setTimeout(120_000);

const numRuns = 60;

const zones = [
  undefined,
  'UTC',
  'Europe/Kyiv',
  'Africa/Casablanca',
  'America/Havana',
  'America/New_York',
  'America/St_Johns',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Kiritimati',
];
const levels: Level[] = ['state', 'actor'];
const facets = [
  'type',
  'status',
  'channel',
  'country',
  'topic',
  'actor',
  'document',
  'publisher',
  'language',
];

/** What the counts have in common with the list: no order, which they do not have. */
const question = fc
  .tuple(someQuestion, fc.constantFrom(...zones))
  .map(([drawn, tz]): EventQuestion => {
    const asked = unordered(drawn);
    // Edges with a clock time may be in order in one zone and not in another.
    if (asked.from?.includes('T') === true || asked.to?.includes('T') === true)
      return asked;
    const { tz: _, ...rest } = asked;
    return tz === undefined ? rest : { ...rest, tz };
  });

interface Bucket {
  start: string;
  end: string;
  total: number;
  groups?: Record<string, number>;
  rest?: number;
}

describe('what is counted is what a slow counting finds', () => {
  let service: TestService;
  let find: (question: EventQuestion) => SlowEvent[];
  beforeAll(async () => {
    service = await startService();
    const events: EventDraft[] = [
      ...anchors.map((id) => anEvent({ id, date: '2023-06-15' })),
      ...fc.sample(someEvent, 150),
    ];
    find = slowRecord(world, events);
    const { rejected } = await service.load([
      ...world,
      aDocument('note-1'),
      aDocument('note-2'),
      ...events,
    ]);
    expect(rejected).toEqual([]);
  });
  afterAll(() => service.stop());

  async function good(url: string): Promise<Answer['json']> {
    const { status, json, text } = await service.get(url);
    if (status !== 200) throw new Error(`${url}: ${text}`);
    return json;
  }

  function held(url: string, found: unknown, right: unknown): void {
    try {
      expect(found).toEqual(right);
    } catch (error) {
      throw new Error(`${url}\n${(error as Error).message}`, { cause: error });
    }
  }

  test('histograms, in any zone, by any interval, split by anything', async () => {
    let filled = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(question, someSubject),
        fc.constantFrom(...INTERVALS),
        fc.constantFrom(
          undefined,
          'type',
          'status',
          'channel',
          'country',
          'topic',
          'actor',
        ),
        fc.constantFrom(...levels),
        fc.constantFrom(undefined, 1, 2, 100),
        async (asked, interval, by, at, top) => {
          const more = {
            interval,
            at,
            ...(by === undefined ? {} : { by }),
            ...(top === undefined ? {} : { top }),
          };
          const url = urlOf(asked, more, '/v1/timeline');
          const events = find(asked);
          const answer = await service.get(url);
          if (answer.status === 400) {
            return refusedRightly(url, interval, answer);
          }
          const json = await good(url);
          filled += Math.min(1, events.length);
          histogramIsRight(url, json, {
            events,
            asked,
            interval,
            by,
            at,
            top: top ?? 20,
          });
          const { count } = await good(
            urlOf(asked, { count: 'exact', limit: 1 }),
          );
          held(url, json.total, count);
        },
      ),
      { numRuns: numRuns * 3 },
    );
    expect(filled).toBeGreaterThan(numRuns / 5);
  });

  async function refusedRightly(
    url: string,
    interval: Interval,
    { json }: Answer,
  ): Promise<void> {
    expect(json.errors[0]).toMatchObject({
      parameter: 'interval',
      received: interval,
    });
    const [fitting] = (json.errors[0].nearest ?? []) as Interval[];
    if (fitting === undefined) return;
    // It is the smallest: the one it names fits, and none between.
    const asking = (one: Interval) =>
      url.replace(`interval=${interval}`, `interval=${one}`);
    const { buckets } = await good(asking(fitting));
    expect(buckets.length).toBeLessThanOrEqual(5000);
    const place = INTERVALS.indexOf(fitting);
    expect(place).toBeGreaterThan(INTERVALS.indexOf(interval));
    for (const one of INTERVALS.slice(0, place))
      expect((await service.get(asking(one))).status).toBe(400);
  }

  function histogramIsRight(
    url: string,
    json: { buckets: Bucket[]; imprecise: Bucket; total: number; tz: string },
    {
      events,
      asked,
      interval,
      by,
      at,
      top,
    }: {
      events: readonly SlowEvent[];
      asked: EventQuestion;
      interval: Interval;
      by: string | undefined;
      at: Level;
      top: number;
    },
  ): void {
    const tz = asked.tz ?? 'UTC';
    const byBucket = new Map<string | null, SlowEvent[]>([[null, []]]);
    for (const event of events) {
      const bucket = bucketOfEvent(event.bounds, interval, tz);
      byBucket.set(bucket, [...(byBucket.get(bucket) ?? []), event]);
    }
    const ofEvent = (event: SlowEvent): string[] =>
      by === undefined
        ? []
        : by === 'type'
          ? [event.draft.type]
          : valuesOf(event, by, at, asked);
    const { shown } = ranked(tally(events.flatMap(ofEvent)), top);
    const frequent = new Set(shown.map(({ value }) => value));
    const told = (bucket: string | null): object => {
      const inside = byBucket.get(bucket) ?? [];
      const values = inside.flatMap(ofEvent);
      return {
        total: inside.length,
        ...(by === undefined
          ? {}
          : {
              groups: tally(values.filter((value) => frequent.has(value))),
              rest: values.filter((value) => !frequent.has(value)).length,
            }),
      };
    };
    held(`${url} total`, json.total, events.length);
    held(`${url} imprecise`, json.imprecise, told(null));
    const days = firstDays(json.buckets, interval, tz);
    held(
      url,
      Object.fromEntries(
        json.buckets.flatMap((bucket, index) => {
          const { start: _, end: __, ...tallied } = bucket;
          return tallied.total === 0 ? [] : [[days[index], tallied]];
        }),
      ),
      Object.fromEntries(
        [...byBucket.keys()].flatMap((bucket) =>
          bucket === null ? [] : [[bucket, told(bucket)]],
        ),
      ),
    );
  }

  /** The days on which buckets begin, after a look at whether they follow each other and begin where the day does. */
  function firstDays(
    buckets: readonly Bucket[],
    interval: Interval,
    tz: string,
  ): string[] {
    const [first] = buckets;
    if (first === undefined) return [];
    const begin = DateTime.fromISO(first.start.slice(0, 10), { zone: 'utc' });
    expect(localDay(begin.startOf(interval))).toBe(localDay(begin));
    return buckets.map(({ start, end }, index) => {
      expect(end).toBe(buckets[index + 1]?.start ?? end);
      const day = localDay(begin.plus({ [`${interval}s`]: index }));
      const instant = DateTime.fromISO(start, { zone: tz });
      // ISO 8601 cannot tell the seconds by which a clock went after the sun.
      if (instant.offset % 1 !== 0 || instant.year < 1900) return day;
      expect(localDay(instant) >= day).toBe(true);
      expect(localDay(instant.minus({ milliseconds: 1 })) < day).toBe(true);
      return day;
    });
  }

  test('facets, each under its own filter or without it', async () => {
    let filled = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(question, someSubject),
        fc.subarray(facets, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...levels),
        fc.constantFrom(undefined, 1, 3, 100),
        fc.constantFrom(undefined, 'applied', 'ignored'),
        async (asked, by, at, top, own) => {
          const url = urlOf(
            asked,
            {
              by: by.join(','),
              at,
              ...(top === undefined ? {} : { top }),
              ...(own === undefined ? {} : { own }),
            },
            '/v1/facets',
          );
          const json = await good(url);
          held(`${url} total`, json.total, find(asked).length);
          for (const facet of by) {
            const { [facet as keyof EventQuestion]: _, ...others } = asked;
            const without = own === 'ignored' ? others : asked;
            const events = find(without);
            const { shown, rest } = ranked(
              tally(
                events.flatMap((event) =>
                  valuesOf(event, facet, at, without as EventQuestion),
                ),
              ),
              top ?? 20,
            );
            filled += Math.min(1, shown.length);
            held(
              `${url} ${facet}`,
              (json.facets[facet] as { value: string; count: number }[]).map(
                ({ value, count }) => ({ value, count }),
              ),
              shown,
            );
            held(
              `${url} rest of ${facet}`,
              json.rest[facet] ?? { values: 0, count: 0 },
              rest,
            );
          }
        },
      ),
      { numRuns },
    );
    expect(filled).toBeGreaterThan(numRuns / 2);
  });

  test('a facet’s count is what its filter then finds', async () => {
    const { facets: found } = await good(
      `/v1/facets?by=${facets.join(',')},corroboration&top=100`,
    );
    for (const [facet, values] of Object.entries(
      found as Record<string, { value: string; count: number }[]>,
    ))
      for (const { value, count } of values)
        held(
          `${facet} ${value}`,
          (await good(urlOf({ [facet]: value }, { count: 'exact' }))).count,
          count,
        );
  });

  test('counterparts', async () => {
    let filled = 0;
    await fc.assert(
      fc.asyncProperty(
        question,
        fc.constantFrom(...world.map(({ id }) => id)),
        fc.constantFrom(...levels),
        fc.constantFrom(500, 2),
        async (asked, actor, at, limit) => {
          const contacts = find(asContacts(asked, actor));
          const right = slowCounterparts(contacts, actor, at, asked);
          filled += Math.min(1, right.length);
          const path = `/v1/actors/${actor}/counterparts`;
          const found: object[] = [];
          for (let cursor: string | null | undefined; cursor !== null;) {
            const { data, next } = await good(
              urlOf(
                asked,
                { at, limit, ...(cursor === undefined ? {} : { cursor }) },
                path,
              ),
            );
            found.push(...(data as object[]));
            cursor = next as string | null;
          }
          held(
            urlOf(asked, { at }, path),
            (
              found as {
                actor: { id: string };
                count: number;
                first: { id: string };
                last: { id: string };
              }[]
            ).map(({ actor: { id }, count, first, last }) => ({
              id,
              count,
              first: first.id,
              last: last.id,
            })),
            right,
          );
        },
      ),
      { numRuns },
    );
    expect(filled).toBeGreaterThan(numRuns / 5);
  });

  test('the ledger of two actors', async () => {
    let filled = 0;
    await fc.assert(
      fc.asyncProperty(
        question,
        fc
          .tuple(
            fc.constantFrom(...world.map(({ id }) => id)),
            fc.constantFrom(...world.map(({ id }) => id)),
          )
          .filter(([a, b]) => a !== b),
        async (asked, [a, b]) => {
          const contacts = find(asContacts(asked, a, b));
          filled += Math.min(1, contacts.length);
          const url = urlOf(asked, {}, `/v1/dyads/${a}/${b}`);
          const before = Date.now();
          const { first, last, ...json } = await good(url);
          const days = [before, Date.now()].map((now) =>
            slowLedger(contacts, asked.tz ?? 'UTC', now),
          );
          // A midnight may pass while it is asked.
          const found = {
            ...json,
            first: first?.id ?? null,
            last: last?.id ?? null,
          };
          const same = days.find(
            (one) =>
              (one as { silenceDays: unknown }).silenceDays ===
              json.silenceDays,
          );
          held(url, found, same ?? days[0]);
        },
      ),
      { numRuns: numRuns * 2 },
    );
    expect(filled).toBeGreaterThan(numRuns / 5);
  });

  test('an event explains how it matched, and both ways to count agree', async () => {
    let filled = 0;
    await fc.assert(
      fc.asyncProperty(question, async (asked) => {
        const url = urlOf(asked, {
          explain: true,
          count: 'exact',
          limit: 500,
        });
        const events = find(asked);
        filled += Math.min(1, events.length);
        const { data, count, countMethod } = await good(url);
        held(url, [count, countMethod], [events.length, 'exact']);
        const estimated = await good(
          urlOf(asked, { count: 'estimated', limit: 1 }),
        );
        held(
          url,
          [estimated.count, estimated.countMethod],
          [events.length, 'exact'],
        );
        held(
          url,
          (
            data as {
              id: string;
              match: {
                date: string;
                actors: Parameters<typeof toldActor>[0][];
              };
            }[]
          ).map(({ id, match }) => ({
            id,
            date: match.date,
            actors: match.actors.map(toldActor).sort(),
          })),
          events.map((event) => ({
            id: event.draft.id,
            ...slowMatch(event, asked),
          })),
        );
      }),
      { numRuns },
    );
    expect(filled).toBeGreaterThan(numRuns / 5);
  });

  test('an empty page says what would fill it', async () => {
    let empty = 0;
    await fc.assert(
      fc.asyncProperty(question, async (asked) => {
        const url = urlOf(asked);
        const { data, hints } = await good(url);
        if ((data as unknown[]).length > 0) {
          expect(hints).toBeUndefined();
          return;
        }
        empty++;
        for (const { parameter, received, count } of hints as {
          parameter: keyof EventQuestion;
          received: string;
          count: number;
        }[]) {
          const { [parameter]: given, ...rest } = asked;
          const left = Array.isArray(given)
            ? given.toSpliced(given.indexOf(received), 1)
            : [];
          const asking =
            left.length > 0 ? { ...rest, [parameter]: left } : rest;
          held(`${url} ${parameter} ${received}`, count, find(asking).length);
        }
        const counts = (hints as { count: number }[]).map(({ count }) => count);
        expect(counts).toEqual(counts.toSorted((a, b) => b - a));
      }),
      { numRuns },
    );
    expect(empty).toBeGreaterThan(numRuns / 10);
  });
});
