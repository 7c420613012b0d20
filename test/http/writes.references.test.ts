import { aDocument, anActor, anEvent, tied } from '../support/builders.ts';
import { eventually } from '../support/command.ts';
import {
  type Answer,
  startService,
  type TestService,
} from '../support/service.ts';
import {
  aWriter,
  pointersOf,
  statusesOf,
  type Writer,
} from '../support/writing.ts';

let service: TestService;
let writer: Writer;
beforeAll(async () => {
  service = await startService();
  writer = await aWriter(service);
  for (const id of ['france', 'russia']) await writer.put(anActor(id));
});
afterAll(() => service.stop());

const enter = (draft: { record: string; id: string }) =>
  writer.send('PUT', `/v1/${draft.record}s/${draft.id}`, { body: draft });
const verdict = (answer: Answer) => [
  answer.status,
  answer.json.type,
  pointersOf(answer),
];

describe('references to nothing are named each', () => {
  test.each([
    [
      anEvent({
        participants: [
          { actor: 'nobody', onBehalfOf: 'no-state' },
          { actor: 'france' },
        ],
        documents: [{ document: 'no-paper', relation: 'issued' }],
        accounts: [{ party: 'no-party', stance: 'asserts' }],
        links: [{ relation: 'follows', event: 'no-event' }],
      }),
      [
        '/participants/0/actor',
        '/participants/0/onBehalfOf',
        '/documents/0/document',
        '/accounts/0/party',
        '/links/0/event',
      ],
    ],
    [
      aDocument('in-vain', {
        authors: ['france', 'nobody'],
        addressees: ['no-state'],
        inReplyTo: ['no-paper'],
        partOf: 'no-file',
      }),
      ['/authors/1', '/addressees/0', '/inReplyTo/0', '/partOf'],
    ],
    [
      tied('person', 'drifter', ['represents', 'france'], ['holds', 'no-post']),
      ['/affiliations/1/to'],
    ],
  ])('of %j', async (draft, pointers) => {
    const answer = await enter(draft);
    expect(verdict(answer)).toEqual([
      422,
      '/problems/unknown_reference',
      pointers,
    ]);
    expect((await service.get(`/v1/${draft.record}s/${draft.id}`)).status).toBe(
      404,
    );
  });

  test('what was removed is nothing, and what has the same id in another list', async () => {
    await writer.put(anActor('gone'));
    await writer.send('DELETE', '/v1/actors/gone');
    await writer.put(aDocument('a-paper'));
    const answer = await enter(
      anEvent({ participants: [{ actor: 'gone' }, { actor: 'a-paper' }] }),
    );
    expect(pointersOf(answer)).toEqual([
      '/participants/0/actor',
      '/participants/1/actor',
    ]);
  });

  test('a patch is held to the same', async () => {
    await writer.put(anEvent({ id: 'patched' }));
    const answer = await writer.send('PATCH', '/v1/events/patched', {
      body: { participants: [{ actor: 'nobody' }] },
      headers: { 'if-match': '*' },
    });
    expect(verdict(answer)).toEqual([
      422,
      '/problems/unknown_reference',
      ['/participants/0/actor'],
    ]);
  });
});

test('an account points to a source that is there', async () => {
  const answer = await enter(
    anEvent({
      sources: [{ title: 'A report' }],
      accounts: [
        { party: 'france', stance: 'asserts', source: 0 },
        { party: 'russia', stance: 'denies', source: 1 },
      ],
    }),
  );
  expect(verdict(answer)).toEqual([
    422,
    '/problems/untrue_record',
    ['/accounts/1/source'],
  ]);
});

describe('ties join the kinds that they can join', () => {
  test('from the actor', async () => {
    const answer = await enter(tied('state', 'utopia', ['holds', 'france']));
    expect(verdict(answer)).toEqual([
      422,
      '/problems/untrue_record',
      ['/affiliations/0/relation'],
    ]);
  });

  test('to another', async () => {
    const answer = await enter(
      tied('person', 'climber', ['represents', 'russia'], ['holds', 'france']),
    );
    expect(verdict(answer)).toEqual([
      422,
      '/problems/untrue_record',
      ['/affiliations/1/to'],
    ]);
  });

  test('also when the other takes on another kind', async () => {
    await writer.put(anActor('post', { kind: 'office' }));
    await writer.put(tied('person', 'holder', ['holds', 'post']));
    const answer = await writer.send('PATCH', '/v1/actors/post', {
      body: { kind: 'group' },
      headers: { 'if-match': '*' },
    });
    expect(verdict(answer)).toEqual([
      422,
      '/problems/untrue_record',
      ['/kind'],
    ]);
    expect(answer.json.errors[0].message).toContain('"holds" of holder');
    await writer.put(anActor('holder', { kind: 'person' }));
    await writer.put(anActor('post', { kind: 'group' }));
  });

  test('also when both happen at the same instant', async () => {
    for (let round = 0; round < 8; round++) {
      const id = `seat-${round}`;
      await writer.put(anActor(id, { kind: 'office' }));
      const [changed, tying] = await Promise.all([
        writer.send('PATCH', `/v1/actors/${id}`, {
          body: { kind: 'group' },
          headers: { 'if-match': '*' },
        }),
        enter(tied('person', `sitter-${round}`, ['holds', id])),
      ]);
      expect([
        [200, 422],
        [422, 201],
      ]).toContainEqual([changed.status, tying.status]);
    }
  });
});

describe('references do not run in a circle', () => {
  const chain = (name: string) => [`${name}-1`, `${name}-2`, `${name}-3`];
  const link = {
    actor: (id: string, to: string[]) =>
      tied(
        'institution',
        id,
        ...to.map((one): ['part-of', string] => ['part-of', one]),
      ),
    document: (id: string, to: string[]) => aDocument(id, { inReplyTo: to }),
    event: (id: string, to: string[]) =>
      anEvent({
        id,
        links: to.map((event) => ({ relation: 'part-of' as const, event })),
      }),
  };
  const at = {
    actor: '/affiliations/0/to',
    document: '/inReplyTo/0',
    event: '/links/0/event',
  };

  describe.each(['actor', 'document', 'event'] as const)(
    'of an %s',
    (record) => {
      const close = (id: string, to: string) =>
        writer.send('PUT', `/v1/${record}s/${id}`, {
          body: link[record](id, [to]),
          headers: { 'if-match': '*' },
        });

      test('however long', async () => {
        const [a = '', b = '', c = ''] = chain('long');
        await writer.put(link[record](a, []));
        await writer.put(link[record](b, [a]));
        await writer.put(link[record](c, [b]));
        const answer = await close(a, c);
        expect(verdict(answer)).toEqual([
          422,
          '/problems/circular_reference',
          [at[record]],
        ]);
        expect((await service.get(`/v1/${record}s/${a}`)).json.revision).toBe(
          1,
        );
      });

      test('to itself', async () => {
        const answer = await enter(
          link[record](`${record}-self`, [`${record}-self`]),
        );
        expect(answer.status).toBe(422);
        expect(pointersOf(answer)).toEqual([at[record]]);
      });

      test('that two writers close at the same instant', async () => {
        for (let round = 0; round < 4; round++) {
          const [a = '', b = ''] = chain(`meet-${round}`);
          for (const id of [a, b]) await writer.put(link[record](id, []));
          const answers = await Promise.all([close(a, b), close(b, a)]);
          expect(statusesOf(answers)).toEqual([200, 422]);
        }
      });
    },
  );
});

test('who refers to what is just being replaced waits, and finds it', async () => {
  const waiting = async () => {
    const { rows } = await service.database.pool.query<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows[0]?.count;
  };
  // Holds up who replaces the actor right before the commit, as any other writer does who commits.
  const other = await service.database.pool.connect();
  await other.query('begin; select pg_advisory_xact_lock(727374003)');
  const replaced = writer.send('PATCH', '/v1/actors/russia', {
    body: { description: { en: 'The state' } },
    headers: { 'if-match': '*' },
  });
  await eventually(async () => (await waiting()) === 1);
  const entered = enter(anEvent({ participants: [{ actor: 'russia' }] }));
  await eventually(async () => (await waiting()) === 2);
  await other.query('commit');
  other.release();
  expect([(await replaced).status, (await entered).status]).toEqual([200, 201]);
});
