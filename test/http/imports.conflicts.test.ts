import { eventually } from '../support/command.ts';
import {
  aDocument,
  anActor,
  anEvent,
  ndjson,
  tied,
} from '../support/builders.ts';
import { holdTable } from '../support/held-table.ts';
import { emptyRecord } from '../support/record.ts';
import { startService, type TestService } from '../support/service.ts';
import { aWriter, type Writer } from '../support/writing.ts';

// Fault 28: the same import again, or a newer one, after an editor has revised what it brought.
let service: TestService;
let feed: Writer;
let editor: Writer;
beforeAll(async () => {
  service = await startService();
  feed = await aWriter(service, { name: 'feed' });
  editor = await aWriter(service, { name: 'editor' });
});
beforeEach(() => emptyRecord(service.database));
afterAll(() => service.stop());

const send = (records: readonly object[], query = '') =>
  feed.send('POST', `/v1/import${query}`, {
    body: ndjson(records),
    headers: { 'content-type': 'application/x-ndjson' },
  });

const call = (over: object = {}) => ({
  ...anEvent({ id: 'call', participants: [{ actor: 'france' }] }),
  ...over,
});
const file = [
  anActor('france'),
  aDocument('readout', { authors: ['france'] }),
  call(),
  anEvent({ id: 'visit' }),
];
const title = (en: string) => ({ title: { en } });

const revise = async (url: string, body: object) => {
  const { headers } = await editor.send('GET', url);
  const answer = await editor.send('PATCH', url, {
    body,
    headers: { 'if-match': headers['etag'] ?? '' },
  });
  expect(answer.status).toBe(200);
};
const conflict = (over: object) => ({
  revision: 2,
  removed: false,
  by: 'editor',
  at: expect.stringMatching(/Z$/),
  ...over,
});

test('28: the same file again leaves what an editor has revised since, and tells of it', async () => {
  await send(file);
  await revise('/v1/events/call', title('Corrected'));
  await revise('/v1/actors/france', {
    names: [{ lang: 'en', value: 'French Republic' }],
  });
  await revise('/v1/documents/readout', title('Corrected'));
  for (const query of ['?dryRun=true', '', '?atomic=false']) {
    const { status, json } = await send(file, query);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      received: 4,
      updated: 0,
      unchanged: 1,
      rejected: 0,
      moreConflicts: 0,
    });
    expect(json.conflicts).toEqual([
      conflict({ line: 1, record: 'actor', id: 'france' }),
      conflict({ line: 2, record: 'document', id: 'readout' }),
      conflict({ line: 3, record: 'event', id: 'call' }),
    ]);
  }
  expect((await service.get('/v1/events/call')).json).toMatchObject({
    revision: 2,
    ...title('Corrected'),
  });
});

test('28: so does a newer file, which is taken for everything else; told to, it replaces', async () => {
  await send(file);
  await revise('/v1/events/call', title('Corrected'));
  const newer = [
    call(title('Newer')),
    { ...anEvent({ id: 'visit' }), ...title('Newer') },
  ];
  const { json } = await send(newer);
  expect(json).toMatchObject({ updated: 1, stored: true });
  expect(json.conflicts).toEqual([
    conflict({ line: 1, record: 'event', id: 'call' }),
  ]);
  expect((await send(newer, '?overwrite=true')).json).toMatchObject({
    updated: 1,
    unchanged: 1,
    conflicts: [],
  });
  expect((await service.get('/v1/events/call')).json).toMatchObject({
    revision: 3,
    ...title('Newer'),
  });
  // Now its words are an import's again.
  expect((await send(file)).json).toMatchObject({ updated: 2, conflicts: [] });
});

test('28: an editor who wrote what the file says is no conflict', async () => {
  await send(file);
  await revise('/v1/events/call', title('Agreed'));
  expect((await send([call(title('Agreed'))])).json).toMatchObject({
    unchanged: 1,
    conflicts: [],
  });
});

test('28: what an editor removed stays removed, and a row that needs it is told so', async () => {
  await send(file);
  await editor.send('DELETE', '/v1/events/visit');
  const { json } = await send(file);
  expect(json.conflicts).toEqual([
    conflict({ line: 4, record: 'event', id: 'visit', removed: true }),
  ]);
  expect((await service.get('/v1/events/visit')).status).toBe(410);
  const needing = anEvent({
    id: 'reply',
    links: [{ relation: 'responds-to', event: 'visit' }],
  });
  const refused = await send([...file, needing]);
  expect([refused.status, refused.json.rows[0]?.errors[0]]).toMatchObject([
    422,
    { pointer: '/links/0/event', received: 'visit' },
  ]);
  expect(
    (await send([...file, needing], '?overwrite=true')).json,
  ).toMatchObject({ created: 2, conflicts: [] });
});

test('28: what no import brought is replaced, as is what only follows from ties that an editor changed', async () => {
  await editor.put(anEvent({ id: 'own' }));
  await send([
    anActor('france'),
    anActor('russia'),
    tied('person', 'envoy'),
    anEvent({
      id: 'talks',
      participants: [{ actor: 'france' }],
      accounts: [{ party: 'envoy', stance: 'asserts' }],
    }),
  ]);
  await editor.put(
    tied('person', 'envoy', ['represents', 'france', '1991', null]),
  );
  expect((await service.get('/v1/events/talks')).json.revision).toBe(2);
  const { json } = await send([
    { ...anEvent({ id: 'own' }), ...title('From the file') },
    {
      ...anEvent({
        id: 'talks',
        participants: [{ actor: 'france' }],
        accounts: [{ party: 'envoy', stance: 'asserts' }],
      }),
      ...title('From the file'),
    },
  ]);
  expect(json).toMatchObject({ updated: 2, conflicts: [] });
});

test('28: an import that changes the ties of others does not make an editor’s words its own', async () => {
  const talks = anEvent({
    id: 'talks',
    participants: [{ actor: 'france' }],
    accounts: [{ party: 'envoy', stance: 'asserts' }],
  });
  await send([anActor('france'), tied('person', 'envoy'), talks]);
  await revise('/v1/events/talks', title('Corrected'));
  await send([tied('person', 'envoy', ['represents', 'france', '1991', null])]);
  expect((await service.get('/v1/events/talks')).json.revision).toBe(3);
  expect((await send([talks])).json.conflicts).toEqual([
    conflict({ line: 1, record: 'event', id: 'talks', revision: 3 }),
  ]);
});

test('28: an editor who revises a record while the import runs is not overwritten either', async () => {
  await send(file);
  const held = await holdTable(service.url, 'event_actor');
  const running = send([
    aDocument('readout', { authors: [] }),
    call(title('Newer')),
  ]);
  await eventually(async () => (await held.waiting()) > 0);
  await revise('/v1/documents/readout', title('Corrected'));
  await held.release();
  const { status, json } = await running;
  expect([status, json.type]).toEqual([409, '/problems/conflict']);
  expect(json.detail).toContain('readout');
  expect((await service.get('/v1/documents/readout')).json).toMatchObject({
    revision: 2,
    ...title('Corrected'),
  });
});
