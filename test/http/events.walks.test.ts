import * as fc from 'fast-check';
import { type EventDraft } from '../../src/domain/event.ts';
import { anActor, anEvent } from '../support/builders.ts';
import { urlOf } from '../support/reference.ts';
import { startService, type TestService } from '../support/service.ts';

// Hundreds of pages, on a machine that may do other things as well.
jest.setTimeout(240_000);

const DAY = 86_400_000;

/** Whether the nth event has what one in so many has. */
const everyOf = (times: number) => (n: number) => n % times === 0;

// From all to none of a thousand and a half events; what is `late` begins after all others.
const WORDS: Record<string, (n: number) => boolean> = {
  omnia: () => true,
  multa: everyOf(3),
  alia: (n) => n % 3 === 1,
  pauca: everyOf(97),
  sera: (n) => n > 1450,
  nulla: () => false,
};
const ACTORS: Record<string, (n: number) => boolean> = {
  often: () => true,
  half: everyOf(2),
  fourth: everyOf(4),
  odd: (n) => n % 2 === 1,
  seldom: everyOf(61),
  once: (n) => n === 700,
  never: () => false,
};
const COUNT = 1500;

/**
 * A few long ago and far apart, some with no begin at all, most on a few days, so that many are equal in the order but for
 * their ids.
 */
function dateOf(n: number): string {
  if (n < 5) return `../19${10 + n}`;
  if (n < 40) return `${1000 + 20 * n}`;
  if (n < 60) return `[1900-01-0${1 + (n % 9)},1990-05-05]`;
  if (n % 50 === 0) return '2001/2003-05';
  const day = Math.floor((n - 60) / 40) + Math.floor(n / 500) * 900;
  return new Date(Date.UTC(2000, 0, 1) + day * DAY).toISOString().slice(0, 10);
}

function has(of: Record<string, (n: number) => boolean>, n: number): string[] {
  return Object.keys(of).filter((name) => of[name]?.(n) === true);
}

/** Whether each group finds somebody of its own among those who take part. */
function meet(groups: readonly string[], present: readonly string[]): boolean {
  const [group, ...others] = groups;
  return (
    group === undefined ||
    group.split(',').some(
      (name) =>
        present.includes(name) &&
        meet(
          others,
          present.filter((other) => other !== name),
        ),
    )
  );
}

const drafts: EventDraft[] = Array.from({ length: COUNT }, (_, n) =>
  anEvent({
    id: `event-${String((n * 7) % COUNT).padStart(4, '0')}-${n}`,
    date: dateOf(n),
    title: { la: `Titulus ${has(WORDS, n).join(' ')}` },
    topics: has(WORDS, n).filter((word) => word !== 'nulla'),
    participants: has(ACTORS, n).map((actor) => ({ actor })),
  }),
);

describe('lists of what is rare, frequent or never meets', () => {
  let service: TestService;
  let ids: string[];
  const numberOf = (id: string) => Number(id.split('-')[2]);
  beforeAll(async () => {
    service = await startService();
    const { rejected } = await service.load([
      ...Object.keys(ACTORS).map((id) => anActor(id)),
      ...drafts,
    ]);
    expect(rejected).toEqual([]);
    // The order itself is held elsewhere: here it is that of the whole list, page by page from one range of one index.
    ids = [];
    for (let url: string | null = '/v1/events?limit=500'; url !== null;) {
      const { json } = await service.get(url);
      ids.push(...(json.data as { id: string }[]).map(({ id }) => id));
      url =
        json.next === null
          ? null
          : `/v1/events?limit=500&cursor=${json.next as string}`;
    }
    expect(ids).toHaveLength(COUNT);
  });
  afterAll(() => service.stop());

  const words = fc.subarray(Object.keys(WORDS), { maxLength: 3 });
  const anyOfActors = (minLength: number, maxLength: number) =>
    fc
      .subarray(Object.keys(ACTORS), { minLength, maxLength })
      .map((names) => names.join());
  const question = fc.oneof(
    fc.record({
      q: words.filter(({ length }) => length > 0),
      topic: fc.subarray(Object.keys(WORDS), { maxLength: 1 }),
      actor: fc.constant([]),
    }),
    fc.record({
      q: fc.constant([]),
      topic: fc.subarray(Object.keys(WORDS), { minLength: 1, maxLength: 2 }),
      actor: fc.constant([]),
    }),
    fc.record({
      q: fc.constant([]),
      topic: fc.constant([]),
      actor: fc.shuffledSubarray(Object.keys(ACTORS), {
        minLength: 2,
        maxLength: 2,
      }),
    }),
    // Whoever is rarer leads: words, or one of the groups of actors.
    fc.record({
      q: words.filter(({ length }) => length > 0),
      topic: fc.subarray(Object.keys(WORDS), { maxLength: 1 }),
      actor: fc.array(anyOfActors(1, 2), { minLength: 1, maxLength: 3 }),
    }),
    // More ways than are planned one by one.
    fc.record({
      q: fc.constant([]),
      topic: fc.constant([]),
      actor: fc.array(anyOfActors(5, 6), { minLength: 2, maxLength: 3 }),
    }),
  );

  test('hold the same as the whole list has, page by page, forwards and back', async () => {
    let pages = 0;
    await fc.assert(
      fc.asyncProperty(
        question,
        fc.constantFrom('asc', 'desc'),
        fc.constantFrom(7, 50, 500),
        fc.constantFrom(undefined, '1990', '2001-06', '2005'),
        async ({ q, topic, actor }, order, limit, from) => {
          const asked = {
            order,
            limit,
            topic,
            actor,
            ...(q.length === 0 ? {} : { q: q.join(' ') }),
            ...(from === undefined ? {} : { from }),
          };
          const within = new Set(
            'from' in asked
              ? (await whole({ from: asked.from })).map(numberOf)
              : ids.map(numberOf),
          );
          const right = ids.filter((id) => {
            const n = numberOf(id);
            return (
              within.has(n) &&
              [...q, ...topic].every((word) => WORDS[word]?.(n)) &&
              meet(actor, has(ACTORS, n))
            );
          });
          if (order === 'desc') right.reverse();
          const found: string[] = [];
          let before: string | null = null;
          for (let cursor: string | null | undefined; cursor !== null;) {
            const { json } = await service.get(
              urlOf({ ...asked, ...(cursor === undefined ? {} : { cursor }) }),
            );
            const page = (json.data as { id: string }[]).map(({ id }) => id);
            // Whoever turns back finds the page before.
            if (before !== null && json.prev !== null && pages % 5 === 0) {
              const back = await service.ids(
                urlOf({ ...asked, cursor: json.prev as string }),
              );
              expect(back).toEqual(found.slice(-limit));
            }
            found.push(...page);
            before = page.at(-1) ?? null;
            cursor = json.next as string | null;
            pages++;
            if (found.length > 150 && limit === 7) break;
          }
          expect({ asked, found }).toEqual({
            asked,
            found: right.slice(0, found.length),
          });
          if (limit !== 7) expect(found).toHaveLength(right.length);
        },
      ),
      { numRuns: 150 },
    );
    expect(pages).toBeGreaterThan(150);
  });

  async function whole(asked: object): Promise<string[]> {
    const found: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const { json } = await service.get(
        urlOf({
          ...asked,
          limit: 500,
          ...(cursor === undefined ? {} : { cursor }),
        }),
      );
      found.push(...(json.data as { id: string }[]).map(({ id }) => id));
      cursor = json.next as string | null;
    }
    return found;
  }
});
