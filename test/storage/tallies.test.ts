import { Tallies0008 } from '../../migrations/0008-tallies.ts';
import { settleTallies } from '../../src/storage/tallies.writes.ts';
import { anActor, anEvent, tied } from '../support/builders.ts';
import { cachedServer, type CachedServer } from '../support/cached.ts';
import { startService, type TestService } from '../support/service.ts';
import { aWriter, type Writer } from '../support/writing.ts';

jest.setTimeout(60_000);

let service: TestService;
let far: CachedServer;
let here: Writer;
let there: Writer;
beforeAll(async () => {
  service = await startService();
  far = await cachedServer(service.url);
  here = await aWriter(service, { scope: 'admin' });
  there = await aWriter(service, { scope: 'admin', app: far.app });
  await service.load([
    ...['france', 'russia'].map((id) => anActor(id)),
    anActor('ministry', { kind: 'institution' }),
    ...['lavrov', 'putin', 'third'].map((id) =>
      anActor(id, { kind: 'person' }),
    ),
    anEvent({
      id: 'beside-itself',
      participants: [{ actor: 'lavrov' }, { actor: 'russia' }],
    }),
    ...Array.from({ length: 40 }, (_, index) =>
      anEvent({
        id: `two-${index}`,
        date: index % 2 === 0 ? '2020-01-05' : '2020',
        participants: [{ actor: 'lavrov' }, { actor: 'putin' }],
      }),
    ),
  ]);
});
afterAll(async () => {
  await far.stop();
  await service.stop();
});

const SUMS = `select subject, begins, begins_latest, ends, skipping::text, sum(count)::integer as count
  from (select * from event_tally union all select * from event_tally_change) t
  group by subject, begins, begins_latest, ends, skipping having sum(count) <> 0 order by 1, 2, 3, 4, 5`;

/** Holds the sums to those that the migration would make of the record as it is now. */
async function holdSums(): Promise<void> {
  const runner = service.database.writes.createQueryRunner();
  await runner.startTransaction();
  try {
    const kept: unknown = await runner.query(SUMS);
    await new Tallies0008().down(runner);
    await new Tallies0008().up(runner);
    expect(kept).toEqual(await runner.query(SUMS));
  } finally {
    await runner.rollbackTransaction();
    await runner.release();
  }
}

async function counted(actor: string): Promise<[number, number]> {
  const { json } = await service.get(
    `/v1/events?actor=${actor}&count=exact&limit=500`,
  );
  return [json.data.length, json.count];
}

const represents = (id: string, ...to: string[]) =>
  tied(
    'person',
    id,
    ...to.map((one): ['represents', string, string, null] => [
      'represents',
      one,
      '2000',
      null,
    ]),
  );

test('an event counts once for whom several take part in it, however their ties come and go', async () => {
  const seen: [number, number][] = [await counted('russia')];
  for (const draft of [
    represents('lavrov', 'russia'),
    represents('putin', 'russia'),
    represents('putin'),
    represents('lavrov'),
  ]) {
    await here.put(draft);
    seen.push(await counted('russia'));
  }
  expect(seen).toEqual([1, 41, 41, 41, 1].map((count) => [count, count]));
  await holdSums();
});

test('ties that change at once on two servers, beside imports, removals and settling, leave the sums right', async () => {
  for (let turn = 0; turn < 12; turn++) {
    const [to, from] = turn % 2 === 0 ? ['russia', 'france'] : ['france'];
    const outcomes = await Promise.allSettled([
      here.put(represents('lavrov', ...[to ?? []].flat())),
      there.put(represents('putin', ...[from ?? []].flat())),
      service.load([
        represents('third', to ?? 'france'),
        anEvent({
          id: `two-${turn}`,
          date: '2020-02',
          sequence: turn,
          participants: [{ actor: 'third' }, { actor: 'putin' }],
        }),
      ]),
      there.send('DELETE', `/v1/events/two-${20 + turn}?reason=turn`),
      far.database.writes.transaction(settleTallies),
    ]);
    // A deadlock may undo one; what is kept is what counts.
    expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
    await holdSums();
  }
  for (const actor of ['russia', 'france']) {
    const [listed, count] = await counted(actor);
    expect([actor, count]).toEqual([actor, listed]);
  }
});
