import { setTimeout as sleep } from 'node:timers/promises';
import { readDraft } from '../../src/domain/record.ts';
import { writeRecord } from '../../src/storage/record.writes.ts';
import { inTransaction } from '../../src/storage/transaction.ts';
import { eventually } from '../support/command.ts';
import { aDocument, anActor, anEvent, tied } from '../support/builders.ts';
import { holdEvent, holdTable } from '../support/held-table.ts';
import { emptyRecord } from '../support/record.ts';
import { startService, type TestService } from '../support/service.ts';
import { aWriter, type Writer } from '../support/writing.ts';

// An event is derived from ties that somebody else is just changing: afterwards it must count by the new ones.
let service: TestService;
let writer: Writer;
beforeAll(async () => {
  service = await startService();
  writer = await aWriter(service);
});
beforeEach(async () => {
  await emptyRecord(service.database);
  await service.load([
    anActor('france'),
    anActor('eu', { kind: 'organization' }),
    ministry('france'),
    tied('person', 'p', ['holds', 'minister', '1900', null]),
    tied('office', 'minister', ['part-of', 'ministry', '1900', null]),
    aDocument('paper'),
    event('known'),
  ]);
});
afterAll(() => service.stop());

const ministry = (of: string) =>
  tied('institution', 'ministry', ['part-of', of, '1900', null]);
const event = (id: string, title = 'Call', guest = 'minister') =>
  anEvent({
    id,
    title: { en: title },
    participants: [{ actor: 'p' }, { actor: guest }],
    documents: [{ document: 'paper', relation: 'issued' }],
  });

/** A write whose transaction stays open until it is let go. */
async function heldWrite(
  draft: ReturnType<typeof event> | ReturnType<typeof tied>,
) {
  let letGo = (): void => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  let written = (): void => undefined;
  const reached = new Promise<void>((resolve) => (written = resolve));
  const done = inTransaction(service.database, async (tx) => {
    const author = { by: 'held', reason: null };
    await writeRecord(tx, draft.record, draft.id, author, () =>
      readDraft[draft.record](draft),
    );
    written();
    await gate;
  });
  await Promise.race([reached, done]);
  return {
    async release() {
      letGo();
      await done;
    },
  };
}

/** Whether something has ended, or waits for a lock. */
async function settledOrWaiting(work: Promise<unknown>): Promise<void> {
  let settled = false;
  void work.finally(() => (settled = true));
  await eventually(async () => {
    const { rows } = await service.database.pool.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return settled || rows.length > 0;
  });
}

const found = async (actor: string) =>
  (await service.ids(`/v1/events?actor=${actor}`)).toSorted();

test.each([
  ['a new event', 'new', ['known', 'new']],
  ['an event that is revised', 'known', ['known']],
])(
  '%s beside a change of ties far above who takes part',
  async (_, id, expected) => {
    const held = await heldWrite(event(id, 'Held'));
    const change = writer.put(ministry('eu'));
    await settledOrWaiting(change);
    await held.release();
    await change;
    expect([await found('eu'), await found('france')]).toEqual([expected, []]);
  },
);

test.each([
  [
    'entered',
    () =>
      writer.send('POST', '/v1/events', {
        body: { ...event('new'), id: undefined },
      }),
  ],
  ['put', () => writer.put(event('new'))],
  ['revised', () => writer.put(event('known', 'Revised'))],
])(
  'an event that is %s while a change of ties is not yet committed',
  async (_, write) => {
    const held = await heldWrite(ministry('eu'));
    const writing = write();
    await settledOrWaiting(writing);
    await held.release();
    expect((await writing).status).toBeLessThan(300);
    const all = await service.ids('/v1/events');
    expect([await found('eu'), await found('france')]).toEqual([
      all.toSorted(),
      [],
    ]);
  },
);

test('events are entered, revised and removed while a change of ties finds out what differs', async () => {
  await service.load(['revised', 'removed', 'left'].map((id) => event(id)));
  // Who changes ties is about to write, and waits for the first of the events that differ.
  const held = await holdEvent(service.url, 'known');
  const change = writer.put(ministry('eu'));
  await eventually(async () => (await held.waiting()) > 0);
  await writer.put(event('new', 'Call', 'ministry'));
  await writer.put(event('revised', 'Revised'));
  const { headers } = await service.get('/v1/events/removed');
  const gone = await writer.send('DELETE', '/v1/events/removed?reason=twice', {
    headers: { 'if-match': headers['etag'] ?? '' },
  });
  expect(gone.status).toBeLessThan(300);
  expect(await found('france')).toEqual(['known', 'left', 'new', 'revised']);
  await held.release();
  expect((await change).status).toBe(200);
  expect([await found('eu'), await found('france')]).toEqual([
    ['known', 'left', 'new', 'revised'],
    [],
  ]);
  const orphans = await service.database.pool.query(
    `select a.id, a.actor from event_actor a join event_version v on v.key = a.event_key
     where a.superseded_at is null and v.superseded_at is not null`,
  );
  expect(orphans.rows).toEqual([]);
});

test('an actor that is revised and then removed while an event that names it is about to be', async () => {
  await service.load([anActor('guest')]);
  // Who revises it has looked up whom it names, and waits for the event itself.
  const held = await holdEvent(service.url, 'known');
  const revision = writer.put(event('known', 'Call', 'guest'));
  await eventually(async () => (await held.waiting()) === 1);
  await writer.put(anActor('guest', { names: [{ lang: 'en', value: 'G' }] }));
  const { headers } = await service.get('/v1/actors/guest');
  const removal = writer.send('DELETE', '/v1/actors/guest?reason=twice', {
    headers: { 'if-match': headers['etag'] ?? '' },
  });
  await eventually(async () => (await held.waiting()) === 2);
  await held.release();
  expect((await revision).status).toBe(200);
  expect((await removal).status).toBe(409);
});

test('ties that change while an import has read them already', async () => {
  const documents = await holdTable(service.url, 'event_document');
  const running = service.load([event('new')]);
  await eventually(async () => (await documents.waiting()) > 0);
  expect((await writer.put(ministry('eu'))).status).toBe(200);
  await documents.release();
  await running;
  expect([await found('eu'), await found('france')]).toEqual([
    ['known', 'new'],
    [],
  ]);
});

test('ties whose change is not yet committed when an import ends', async () => {
  const held = await heldWrite(ministry('eu'));
  let ended = false;
  const running = service.load([event('new')]).then(() => (ended = true));
  await sleep(1000);
  expect(ended).toBe(false);
  await held.release();
  await running;
  expect([await found('eu'), await found('france')]).toEqual([
    ['known', 'new'],
    [],
  ]);
});
