import * as fc from 'fast-check';
import { type ActorDraft } from '../../src/domain/actor.ts';
import { type EventDraft } from '../../src/domain/event.ts';
import { STATUSES } from '../../src/domain/event-schema.ts';
import { type EventQuestion } from '../../src/domain/filter.ts';
import { movedActor, movedEvent } from '../../src/domain/merge.ts';
import { settleTallies } from '../../src/storage/tallies.writes.ts';
import { aDocument, anEvent, tied } from '../support/builders.ts';
import {
  asContacts,
  ranked,
  slowCounterparts,
  tally,
  valuesOf,
} from '../support/counting.ts';
import {
  anchors,
  slowRecord,
  someEvent,
  someQuestion,
  unordered,
  urlOf,
  world,
} from '../support/reference.ts';
import { startService, type TestService } from '../support/service.ts';
import { aWriter, type Writer } from '../support/writing.ts';

// Hundreds of questions, on a machine that may do other things as well.
jest.setTimeout(120_000);

/** A histogram by year has room for all but the last years there are. */
function isNear({ from = '', to = '' }: EventQuestion): boolean {
  return !`${from} ${to}`.includes('9999');
}

/** Counting by actor reads the actors' own index, which every write has to keep. */
describe('after the record has changed in every way', () => {
  let service: TestService;
  let writer: Writer;
  let actors: ActorDraft[] = [...world];
  let events: EventDraft[];
  const questions: EventQuestion[] = fc
    .sample(someQuestion.filter(isNear), 12)
    .map(unordered);
  // Days alone, without and with a window: what the index is counted from.
  const simple: EventQuestion[] = actors.flatMap(({ id }): EventQuestion[] => [
    { actor: [id] },
    { actor: [id], from: '2023-12-15', to: '2024-01-15', scope: 'members' },
    { actor: [id], from: '2023-12', to: '2024-01' },
    { actor: [id], certainty: 'certain', scope: 'self' },
  ]);
  let before: string;
  let told: string[];

  beforeAll(async () => {
    service = await startService();
    writer = await aWriter(service, { scope: 'admin' });
    events = [
      ...anchors.map((id) => anEvent({ id, date: '2023-06-15' })),
      ...fc.sample(
        someEvent.filter(({ date }) => isNear({ to: date })),
        80,
      ),
    ];
    const { rejected } = await service.load([
      ...world,
      aDocument('note-1'),
      aDocument('note-2'),
      ...events,
    ]);
    expect(rejected).toEqual([]);
    before = await instant();
    told = await answers(before);
    await changeTies();
    await changeEvents();
    await merge();
  });
  afterAll(() => service.stop());

  async function instant(): Promise<string> {
    const wait = () => new Promise((resolve) => setTimeout(resolve, 20));
    await wait();
    const now = new Date().toISOString();
    await wait();
    return now;
  }

  async function text(url: string): Promise<string> {
    const { status, text: found } = await service.get(url);
    if (status !== 200) throw new Error(`${url}: ${found}`);
    return found;
  }

  /** Everything that counts, for some questions. */
  async function answers(asOf: string): Promise<string[]> {
    const found: string[] = [];
    for (const asked of [...questions, ...simple]) {
      const one = { ...asked, asOf };
      found.push(
        // What leaving out `asOf` would bring is told of now.
        (
          await text(urlOf(one, { count: 'exact', explain: true, limit: 500 }))
        ).replace(/,"hints":.*$/, ''),
        await text(
          urlOf(one, { interval: 'year', by: 'actor' }, '/v1/timeline'),
        ),
        await text(urlOf(one, { by: 'actor,type', at: 'actor' }, '/v1/facets')),
        await text(urlOf(one, {}, '/v1/actors/atlantis/counterparts')),
        await text(urlOf(one, {}, '/v1/dyads/atlantis/borduria')),
      );
    }
    return found;
  }

  async function put(draft: ActorDraft | EventDraft): Promise<void> {
    await writer.put(draft);
    if (draft.record === 'actor')
      actors = actors.map((one) => (one.id === draft.id ? draft : one));
    else events = events.map((one) => (one.id === draft.id ? draft : one));
  }

  async function changeTies(): Promise<void> {
    await put(
      tied('person', 'boris', ['holds', 'bor-president', '2023', '2024-01-01']),
    );
    await put(tied('person', 'egon', ['represents', 'syldavia', '2020', null]));
    await put(
      tied('institution', 'bor-mfa', ['part-of', 'borduria', '1950', null]),
    );
  }

  async function changeEvents(): Promise<void> {
    const [first, second, third, ...others] = events.slice(anchors.length);
    for (const [event, date] of [
      [first, '2024-01-03'],
      [second, '2024-01'],
      [third, '2024-01-04~'],
    ] as const) {
      if (event === undefined) continue;
      const { timeZone: _, ...draft } = event;
      await put({ ...draft, date });
    }
    for (const { id } of others.slice(0, 5)) {
      const { headers } = await service.get(`/v1/events/${id}`);
      const { status } = await writer.send(
        'DELETE',
        `/v1/events/${id}?reason=wrong`,
        { headers: { 'if-match': headers['etag'] ?? '' } },
      );
      expect(status).toBe(204);
      events = events.filter((one) => one.id !== id);
    }
  }

  async function merge(): Promise<void> {
    const { headers } = await service.get('/v1/actors/dora');
    const { status, text: found } = await writer.send(
      'POST',
      '/v1/actors/dora/merge',
      {
        body: { into: 'egon' },
        headers: {
          'if-match': headers['etag'] ?? '',
          'x-change-reason': 'the same',
        },
      },
    );
    if (status >= 300) throw new Error(found);
    const move = { record: 'actor', id: 'dora', into: 'egon' } as const;
    actors = actors
      .filter(({ id }) => id !== 'dora')
      .map((actor) => movedActor(actor, move));
    events = events.map((event) => movedEvent(event, move));
  }

  // Events keep the name that a participant had when they were recorded; the slow reading knows only that of today.
  const still = ({ actor = [], accountBy = [], q = '' }: EventQuestion) =>
    !JSON.stringify([actor, accountBy]).includes('dora') &&
    !/dora|egon/i.test(q);

  test('lists and counts are those of a slow counting of what stands now', async () => {
    const find = slowRecord(actors, events);
    for (const asked of [...questions, ...simple].filter(still)) {
      const right = find(asked);
      const url = urlOf(asked, { count: 'exact', limit: 500 });
      const { count, data } = JSON.parse(await text(url));
      expect({
        url,
        count,
        ids: (data as { id: string }[]).map(({ id }) => id),
      }).toEqual({
        url,
        count: right.length,
        ids: right.map(({ draft }) => draft.id),
      });
      const timeline = urlOf(asked, { interval: 'year' }, '/v1/timeline');
      expect(JSON.parse(await text(timeline)).total).toBe(right.length);
      const facet = urlOf(asked, { by: 'actor', top: 100 }, '/v1/facets');
      expect({
        facet,
        actors: (
          JSON.parse(await text(facet)).facets.actor as {
            value: string;
            count: number;
          }[]
        ).map(({ value, count: times }) => ({ value, count: times })),
      }).toEqual({
        facet,
        actors: ranked(
          tally(
            right.flatMap((event) => valuesOf(event, 'actor', 'state', asked)),
          ),
          100,
        ).shown,
      });
      const met = urlOf(asked, { limit: 500 }, '/v1/actors/egon/counterparts');
      expect({
        met,
        counts: (
          JSON.parse(await text(met)).data as {
            actor: { id: string };
            count: number;
          }[]
        ).map(({ actor, count: times }) => [actor.id, times]),
      }).toEqual({
        met,
        counts: slowCounterparts(
          find(asContacts(asked, 'egon')),
          'egon',
          'state',
          asked,
        ).map(({ id, count: times }) => [id, times]),
      });
    }
  });

  test('the sums by month are what they would be if they were made anew', async () => {
    const { writes } = service.database;
    const sums = async () =>
      (
        await service.database.pool.query(
          `select subject, begins, begins_latest, ends, skipping::text, sum(count)::integer as count
           from (select * from event_tally union all select * from event_tally_change) t
           group by subject, begins, begins_latest, ends, skipping having sum(count) <> 0 order by 1, 2, 3, 4, 5`,
        )
      ).rows as { subject: string; count: number }[];
    const changes = async () =>
      (await service.database.pool.query('select from event_tally_change'))
        .rowCount;
    const kept = await sums();
    expect(kept).toContainEqual(expect.objectContaining({ subject: '' }));
    expect(await changes()).toBeGreaterThan(0);
    await writes.transaction(settleTallies);
    expect(await changes()).toBe(0);
    expect(await sums()).toEqual(kept);
    const { rows: made } = await service.database.pool.query(
      `select 'actor:' || actor as subject, count(distinct event_key)::integer as count
       from event_actor where superseded_at is null and lane = 0 group by actor
       union all
       select '', count(*)::integer from event_version where superseded_at is null order by 1`,
    );
    const totals = new Map<string, number>();
    for (const { subject, count } of kept)
      if (subject === '' || subject.startsWith('actor:'))
        totals.set(subject, (totals.get(subject) ?? 0) + count);
    expect([...totals].map(([subject, count]) => ({ subject, count }))).toEqual(
      made,
    );
  });

  test('counting from the index alone is counting from the versions', async () => {
    const every = STATUSES.join(',');
    for (const asked of simple.filter(still))
      for (const asOf of [undefined, before]) {
        const one = asOf === undefined ? asked : { ...asked, asOf };
        const [alone, whole] = await Promise.all(
          [one, { ...one, status: [every] }].map(
            async (question) =>
              JSON.parse(
                await text(urlOf(question, { count: 'exact', limit: 1 })),
              ).count as number,
          ),
        );
        expect({ one, count: alone }).toEqual({ one, count: whole });
      }
  });

  test('as of the instant before, everything is told as it was then', async () => {
    const now = await answers(before);
    expect(now).toHaveLength(told.length);
    // To the letter: an answer that reads otherwise each time would have another ETag each time.
    for (const [index, text] of told.entries()) expect(now[index]).toBe(text);
  });
});
