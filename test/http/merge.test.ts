import { type EventDraft } from '../../src/domain/event.ts';
import { aDocument, anActor, anEvent, tied } from '../support/builders.ts';
import { emptyRecord, wholeRecord } from '../support/record.ts';
import { startService, type TestService } from '../support/service.ts';
import { aWriter, type Writer } from '../support/writing.ts';

let service: TestService;
let admin: Writer;
let editor: Writer;
beforeAll(async () => {
  service = await startService();
  admin = await aWriter(service, { scope: 'admin', name: 'chief' });
  editor = await aWriter(service);
});
afterAll(() => service.stop());
beforeEach(() => emptyRecord(service.database));

const merge = (noun: string, id: string, into: unknown, headers = {}) =>
  admin.send('POST', `/v1/${noun}s/${id}/merge`, { body: { into }, headers });
const read = async (noun: string, id: string) =>
  (await service.get(`/v1/${noun}s/${id}`)).json;
const ids = (query: string) => service.ids(`/v1/events?${query}`);

describe('merging an actor', () => {
  const named = (en: string) => ({ names: [{ lang: 'en', value: en }] });
  beforeEach(() =>
    service.load([
      anActor('russia', named('Russia')),
      anActor('russland', named('Russland')),
      anActor('nato', { kind: 'organization' }),
      tied('institution', 'kremlin', ['part-of', 'russland', '1991', null]),
      tied(
        'person',
        'putin',
        ['represents', 'russland', '2012', null],
        ['represents', 'russia', '2012', null],
      ),
      tied('state', 'ussr', ['succeeds', 'nobody']),
      anActor('nobody'),
      aDocument('note', {
        authors: ['russia', 'russland'],
        addressees: ['russland', 'nato'],
      }),
      anEvent({
        id: 'named',
        participants: [
          { actor: 'russland', role: 'host' },
          { actor: 'nato' },
          { actor: 'putin', onBehalfOf: 'russland' },
        ],
      }),
      anEvent({
        id: 'twice',
        participants: [
          { actor: 'russia', inferred: true },
          { actor: 'russland' },
          { actor: 'russland', role: 'host' },
          { actor: 'russland', role: 'speaker', onBehalfOf: 'russia' },
        ],
      }),
      anEvent({
        id: 'told',
        accounts: [
          { party: 'russland', stance: 'denies' },
          { party: 'russia', stance: 'denies' },
        ],
      }),
      anEvent({ id: 'climbed', participants: [{ actor: 'kremlin' }] }),
      anEvent({ id: 'other', participants: [{ actor: 'nato' }] }),
    ]),
  );

  test('answers the successor, with its ETag', async () => {
    const answer = await merge('actor', 'russland', 'russia');
    expect(answer.status).toBe(200);
    const { text, headers } = await service.get('/v1/actors/russia');
    expect(answer.text).toBe(text);
    expect(answer.headers['etag']).toBe(headers['etag']);
  });

  test('moves every reference, and the old id has no events any more', async () => {
    await merge('actor', 'russland', 'russia');
    expect(await ids('actor=russia')).toEqual(['climbed', 'named', 'twice']);
    expect(await ids('accountBy=russia')).toEqual(['told']);
    expect(await ids('accountBy=-russia')).not.toContain('told');
    const { status } = await service.get('/v1/events?actor=russland');
    expect(status).toBe(400);
    expect((await read('actor', 'kremlin')).affiliations[0].to).toBe('russia');
    const note = await read('document', 'note');
    expect(note.authors).toEqual(['russia']);
    expect(note.addressees).toEqual(['russia', 'nato']);
  });

  test('keeps the names that participations recorded', async () => {
    await merge('actor', 'russland', 'russia');
    const { participants, revision } = await read('event', 'named');
    expect(revision).toBe(2);
    expect(participants[0]).toMatchObject({
      actor: 'russia',
      name: { en: 'Russland' },
    });
    expect(participants[2].onBehalfOf).toBe('russia');
  });

  test('drops what then stands twice, or is tied to itself', async () => {
    await merge('actor', 'russland', 'russia');
    const { participants } = await read('event', 'twice');
    expect(
      (participants as EventDraft['participants'])?.map(
        ({ actor, role, onBehalfOf, inferred }) =>
          [actor, role, onBehalfOf, inferred].join(' '),
      ),
    ).toEqual([
      'russia participant  false',
      'russia host  false',
      'russia speaker  false',
    ]);
    expect((await read('event', 'told')).accounts).toHaveLength(1);
    expect((await read('actor', 'putin')).affiliations).toHaveLength(1);
    await merge('actor', 'nobody', 'ussr');
    expect((await read('actor', 'ussr')).affiliations).toEqual([]);
  });

  test('leaves alone what does not refer to it', async () => {
    await merge('actor', 'russland', 'russia');
    expect((await read('event', 'other')).revision).toBe(1);
    // It counts differently, but says the same.
    expect((await read('event', 'climbed')).revision).toBe(1);
  });

  test('leads every address of the old id to the new one', async () => {
    await merge('actor', 'russland', 'russia');
    for (const [method, url, body] of [
      ['GET', '/v1/actors/russland'],
      ['HEAD', '/v1/actors/russland'],
      ['DELETE', '/v1/actors/russland'],
      ['PATCH', '/v1/actors/russland', { died: '1991' }],
      ['PUT', '/v1/actors/russland', anActor('russland')],
    ] as const) {
      const { status, headers } = await admin.send(
        method,
        url,
        body === undefined ? {} : { body },
      );
      expect([method, status]).toEqual([method, 308]);
      expect(headers['location']).toBe('/v1/actors/russia');
    }
    const again = await merge('actor', 'russland', 'nato');
    expect(again.status).toBe(308);
    expect(again.headers['location']).toBe('/v1/actors/russia/merge');
    const created = await admin.send('POST', '/v1/actors', {
      body: anActor('russland'),
    });
    expect(created.status).toBe(409);
  });

  test('tells in the revisions and the feed who, when, why and into what', async () => {
    await merge('actor', 'russland', 'russia', {
      'x-change-reason': 'the same state',
    });
    const { json } = await service.get('/v1/actors/russland/revisions');
    expect(json.data.at(-1)).toMatchObject({
      revision: 2,
      change: 'merged',
      by: 'chief',
      reason: 'the same state',
      successor: 'russia',
    });
    const feed = (await service.get('/v1/changes?limit=500')).json.data as {
      id: string;
      change: string;
    }[];
    expect(feed.at(-1)).toMatchObject({ id: 'russland', change: 'merged' });
    expect(feed.filter(({ change }) => change === 'revised')).toHaveLength(6);
    const revised = await service.get('/v1/events/named/revisions');
    expect(revised.json.data[1]).toMatchObject({ by: 'chief', revision: 2 });
  });

  test('refuses a tie to the wrong kind, and changes nothing', async () => {
    const before = await wholeRecord(service.database);
    await service.load([anActor('treaty-body', { kind: 'format' })]);
    const { status, json } = await merge('actor', 'russland', 'treaty-body');
    expect(status).toBe(422);
    expect(json.type).toBe('/problems/untrue_record');
    expect(json.errors).toEqual([
      expect.objectContaining({
        pointer: '/into',
        message: '"part-of" of kremlin cannot lead to a format',
      }),
      expect.objectContaining({
        message: '"represents" of putin cannot lead to a format',
      }),
    ]);
    await service.database.writes.query(
      `delete from change where id = 'treaty-body'`,
    );
    await service.database.writes.query(
      `delete from actor_version where id = 'treaty-body'`,
    );
    expect(await wholeRecord(service.database)).toEqual(before);
  });

  test('refuses a circle, which it names', async () => {
    await service.load([
      tied('institution', 'ministry', ['part-of', 'russia', '1991', null]),
      tied('institution', 'office-a', ['part-of', 'department', '1991', null]),
      tied('institution', 'department', ['part-of', 'ministry', '1991', null]),
    ]);
    const { status, json } = await merge('actor', 'ministry', 'office-a');
    expect(status).toBe(422);
    expect(json.type).toBe('/problems/circular_reference');
    expect(json.errors[0].message).toBe(
      'closes a circle: office-a → department → office-a',
    );
    expect((await read('actor', 'ministry')).revision).toBe(1);
  });

  test('what a tie of others led to counts for the successor and those above it', async () => {
    await service.load([
      tied('institution', 'administration', ['part-of', 'nato', '1991', null]),
    ]);
    await merge('actor', 'kremlin', 'administration');
    expect(await ids('actor=nato')).toContain('climbed');
    expect(await ids('actor=russland')).not.toContain('climbed');
  });
});

describe('merging anything', () => {
  const three = [anActor('a'), anActor('b'), anActor('c')];
  test.each([
    ['missing', 'b', 404, 'not_found'],
    ['a', 'missing', 422, 'unknown_reference'],
    ['a', 'a', 422, 'untrue_record'],
    ['a', 'NO', 400, 'invalid_record'],
    ['a', 3, 400, 'invalid_record'],
    ['a', undefined, 400, 'invalid_record'],
  ])('%s into %s answers %d', async (id, into, expected, code) => {
    await service.load(three);
    const { status, json } = await merge('actor', id, into);
    expect([status, json.type]).toEqual([expected, `/problems/${code}`]);
    expect((await read('actor', 'a')).revision).toBe(1);
  });

  test('what was removed answers 410', async () => {
    await service.load(three);
    await admin.send('DELETE', '/v1/actors/a?reason=double');
    const { status, json } = await merge('actor', 'a', 'b');
    expect([status, json.reason]).toEqual([410, 'double']);
  });

  test('needs the scope admin', async () => {
    await service.load(three);
    const { status } = await editor.send('POST', '/v1/actors/a/merge', {
      body: { into: 'b' },
    });
    expect(status).toBe(403);
  });

  test.each([{ into: 'b', more: 1 }, [], 'b'])(
    'refuses the body %j',
    async (body) => {
      await service.load(three);
      const { status, json } = await admin.send('POST', '/v1/actors/a/merge', {
        body: JSON.stringify(body),
      });
      expect([status, json.type]).toEqual([400, '/problems/invalid_record']);
    },
  );

  test('a circle of merges ends at the first, and a chain leads on step by step', async () => {
    await service.load(three);
    await merge('actor', 'a', 'b');
    expect((await merge('actor', 'b', 'a')).status).toBe(422);
    await merge('actor', 'b', 'c');
    const to = async (id: string) =>
      (await service.get(`/v1/actors/${id}`)).headers['location'];
    expect([await to('a'), await to('b')]).toEqual([
      '/v1/actors/b',
      '/v1/actors/c',
    ]);
  });

  test('with an idempotency key, a repeated merge gets its answer again', async () => {
    await service.load(three);
    const headers = { 'idempotency-key': 'once' };
    const first = await merge('actor', 'a', 'b', headers);
    const second = await merge('actor', 'a', 'b', headers);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.text).toBe(first.text);
  });

  test('a stale If-Match is refused', async () => {
    await service.load(three);
    const { status } = await merge('actor', 'a', 'b', { 'if-match': '"no"' });
    expect(status).toBe(412);
  });

  test('two who merge the same at once: one of them is told where it went', async () => {
    await service.load([
      ...three,
      anEvent({ id: 'met', participants: [{ actor: 'a' }] }),
    ]);
    const answers = await Promise.all([
      merge('actor', 'a', 'b'),
      merge('actor', 'a', 'c'),
      merge('actor', 'b', 'a'),
    ]);
    expect(answers.filter(({ status }) => status === 200)).not.toHaveLength(0);
    const { participants } = await read('event', 'met');
    const [{ actor }] = participants;
    expect((await service.get(`/v1/actors/${actor}`)).status).toBe(200);
  });
});

test('an import cannot bring back what was merged away', async () => {
  const file = [
    anActor('a'),
    anActor('b'),
    anEvent({ id: 'met', participants: [{ actor: 'a' }] }),
    anEvent({ id: 'alone' }),
  ];
  await service.load(file);
  await merge('actor', 'a', 'b');
  const { report, rejected } = await service.load(file);
  expect(report.stored).toBe(false);
  expect(rejected).toEqual([
    {
      line: 1,
      faults: [
        { pointer: '/id', message: 'is of an actor that was merged into b' },
      ],
    },
  ]);
  const kept = await service.load(file, { keepGoing: true });
  expect(kept.report).toMatchObject({ rejected: 2, unchanged: 2 });
  expect((await service.get('/v1/actors/a')).status).toBe(308);
});

describe('merging documents and events', () => {
  test('moves what cites, answers and is part of a document', async () => {
    await service.load([
      aDocument('draft', { inReplyTo: ['copy'] }),
      aDocument('copy'),
      aDocument('reply', { inReplyTo: ['copy', 'draft'], partOf: 'copy' }),
      anEvent({
        id: 'handover',
        documents: [
          { document: 'copy', relation: 'handed-over' },
          { document: 'draft', relation: 'handed-over' },
          { document: 'draft', relation: 'discussed' },
        ],
      }),
    ]);
    const answer = await merge('document', 'copy', 'draft');
    expect(answer.json).toMatchObject({ inReplyTo: [], revision: 2 });
    expect(await read('document', 'reply')).toMatchObject({
      inReplyTo: ['draft'],
      partOf: 'draft',
    });
    expect((await read('event', 'handover')).documents).toEqual([
      { document: 'draft', relation: 'handed-over' },
      { document: 'draft', relation: 'discussed' },
    ]);
    expect(await ids('document=draft')).toEqual(['handover']);
  });

  test('refuses a circle of replies', async () => {
    await service.load([
      aDocument('first'),
      aDocument('second', { inReplyTo: ['first'] }),
      aDocument('third', { inReplyTo: ['second'] }),
    ]);
    const { status, json } = await merge('document', 'first', 'third');
    expect([status, json.errors[0].message]).toEqual([
      422,
      'closes a circle: third → second → third',
    ]);
  });

  test('moves what links to an event, once, and takes it out of the timeline', async () => {
    await service.load([
      anEvent({ id: 'call' }),
      anEvent({
        id: 'phone-call',
        links: [{ relation: 'refers-to', event: 'call' }],
      }),
      anEvent({
        id: 'readout',
        links: [
          { relation: 'refers-to', event: 'call', inferred: true },
          { relation: 'refers-to', event: 'phone-call' },
          { relation: 'follows', event: 'call' },
        ],
      }),
    ]);
    const answer = await merge('event', 'call', 'phone-call');
    expect(answer.json.links).toEqual([]);
    expect((await read('event', 'readout')).links).toEqual([
      { relation: 'refers-to', event: 'phone-call', inferred: false },
      { relation: 'follows', event: 'phone-call', inferred: false },
    ]);
    expect(await ids('')).toEqual(['phone-call', 'readout']);
    expect(await ids('linkedTo=phone-call')).toEqual(['readout']);
    expect((await service.get('/v1/events/call')).headers['location']).toBe(
      '/v1/events/phone-call',
    );
  });

  test('refuses a circle of parts', async () => {
    await service.load([
      anEvent({ id: 'talks' }),
      anEvent({
        id: 'round',
        links: [{ relation: 'part-of', event: 'talks' }],
      }),
      anEvent({
        id: 'session',
        links: [{ relation: 'part-of', event: 'round' }],
      }),
    ]);
    const { status, json } = await merge('event', 'talks', 'session');
    expect([status, json.type]).toEqual([422, '/problems/circular_reference']);
    expect((await read('event', 'round')).revision).toBe(1);
  });

  test('more references than a batch holds are all moved', async () => {
    const events = Array.from({ length: 2100 }, (_, index) =>
      anEvent({ id: `e${index}`, participants: [{ actor: 'a' }] }),
    );
    await service.load([anActor('a'), anActor('b'), ...events]);
    expect((await merge('actor', 'a', 'b')).status).toBe(200);
    const counted: { count: number }[] = await service.database.writes.query(
      `select count(*)::int as count from event_actor where actor = 'b' and superseded_at is null`,
    );
    expect(counted[0]?.count).toBe(2100);
  });
});
