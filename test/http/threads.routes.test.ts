import * as fc from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DocumentDraft } from '../../src/domain/document.ts';
import { type EventDraft } from '../../src/domain/event.ts';
import { type Thread, type ThreadNode } from '../../src/domain/thread.ts';
import { aDocument, anEvent } from '../support/builders.ts';
import { emptyRecord } from '../support/record.ts';
import { sample, startService, type TestService } from '../support/service.ts';
import { aWriter, type Writer } from '../support/writing.ts';

let service: TestService;
let admin: Writer;
beforeAll(async () => {
  service = await startService();
  admin = await aWriter(service, { scope: 'admin' });
});
afterAll(() => service.stop());

type Answered = Thread & { depth: number; limit: number };

/** The thread around `events/x` or `documents/x`, maybe with parameters. */
async function thread(of: string): Promise<Answered> {
  const [path, query = ''] = of.split('?');
  const { status, json, text } = await service.get(
    `/v1/${path}/thread?${query}`,
  );
  if (status !== 200) throw new Error(`${of}: ${text}`);
  return json as Answered;
}

const idsOf = ({ nodes }: Thread) => nodes.map(({ id }) => id).join(' ');
const told = ({ edges }: Thread) =>
  edges.map(
    ({ from, relation, to, days: { min, max } }) =>
      `${from} ${relation} ${to} ${min}..${max}`,
  );

describe('the thread of the sample report', () => {
  beforeAll(async () => {
    await emptyRecord(service.database);
    await service.load(sample('security-guarantees'));
  });

  test('stands in chronological order, with the days between', async () => {
    const answer = await thread(
      'documents/ru-draft-agreement-nato-2021?depth=1',
    );
    expect(answer).toMatchObject({ depth: 1, limit: 200, truncated: 'depth' });
    expect(answer.nodes.map(({ id, depth }) => `${id} ${depth}`)).toEqual([
      'handover-drafts 1',
      'publication-drafts-2021-12-17 1',
      'ru-draft-agreement-nato-2021 0',
      'nato-reply-2022-01-26 1',
      'us-reply-2022-01-26 1',
      'statement-kremlin-2022-01-28 1',
    ]);
    expect(told(answer)).toEqual([
      'handover-drafts handed-over ru-draft-agreement-nato-2021 null..40',
      'publication-drafts-2021-12-17 published ru-draft-agreement-nato-2021 0..0',
      'nato-reply-2022-01-26 in-reply-to ru-draft-agreement-nato-2021 40..40',
      'us-reply-2022-01-26 in-reply-to ru-draft-agreement-nato-2021 40..40',
      'statement-kremlin-2022-01-28 cited ru-draft-agreement-nato-2021 42..42',
      'statement-kremlin-2022-01-28 discussed nato-reply-2022-01-26 2..2',
      'statement-kremlin-2022-01-28 discussed us-reply-2022-01-26 2..2',
    ]);
  });

  test('tells what its nodes are', async () => {
    const { nodes, edges } = await thread('events/handover-drafts?depth=1');
    expect(nodes[0]).toEqual({
      record: 'event',
      id: 'handover-drafts',
      depth: 0,
      date: '[..2022-01-26]',
      type: 'handover',
      status: 'held',
      title: (await service.get('/v1/events/handover-drafts')).json.title,
    });
    expect(nodes[1]).toMatchObject({
      record: 'document',
      kind: 'draft-treaty',
    });
    expect(nodes[1]).not.toHaveProperty('type');
    expect(edges[0]).toEqual({
      from: 'handover-drafts',
      fromRecord: 'event',
      to: 'ru-draft-agreement-nato-2021',
      toRecord: 'document',
      relation: 'handed-over',
      inferred: false,
      days: { min: null, max: 40 },
    });
  });

  test('is one statement, however deep, and has an ETag', async () => {
    const asked = jest.spyOn(service.database.pool, 'query');
    const url = '/v1/events/handover-us-reply-2022-01-26/thread?depth=10';
    const { headers, json } = await service.get(url);
    expect(asked).toHaveBeenCalledTimes(1);
    asked.mockRestore();
    expect(json.nodes.length).toBeGreaterThan(12);
    expect(json.truncated).toBeNull();
    const again = await service.get(url, {
      'if-none-match': headers['etag'] ?? '',
    });
    expect(again).toMatchObject({ status: 304, text: '' });
  });

  test.each([
    ['depth=0', 'depth'],
    ['depth=11', 'depth'],
    ['depth=1.5', 'depth'],
    ['depth=', 'depth'],
    ['depth=1&depth=2', 'depth'],
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
    ['limit=1e9', 'limit'],
    ['asOf=yesterday', 'asOf'],
    ['size=5', 'size'],
    ['cursor=x', 'cursor'],
  ])('"%s" is refused by name', async (query, parameter) => {
    const { status, json } = await service.get(
      `/v1/events/handover-drafts/thread?${query}`,
    );
    expect(status).toBe(400);
    expect(json.errors[0].parameter).toBe(parameter);
  });

  test.each([
    'events/nothing',
    'documents/nothing',
    'events/us-reply-2022-01-26',
    'documents/handover-drafts',
    'events/NO%20ID',
    `documents/${'a'.repeat(400)}`,
    'actors/russia',
  ])('%s has none', async (path) => {
    const { status, json } = await service.get(`/v1/${path}/thread`);
    expect([status, json.type]).toEqual([404, '/problems/not_found']);
  });
});

describe('a thread is cut', () => {
  beforeAll(async () => {
    await emptyRecord(service.database);
    await service.load([
      aDocument('note', { date: '2022-01-01' }),
      aDocument('reply', { inReplyTo: ['note'] }),
      aDocument('annex', { partOf: 'note' }),
      anEvent({ id: 'a-talk', documents: on('discussed', 'note') }),
      anEvent({ id: 'b-talk', documents: on('cited', 'note') }),
      anEvent({
        id: 'c-handover',
        date: '2022-01-02',
        documents: [...on('cited', 'note'), ...on('handed-over', 'note')],
      }),
      anEvent({
        id: 'd-talk',
        links: [{ relation: 'follows', event: 'a-talk' }],
      }),
      anEvent({ id: 'alone' }),
    ]);
  });
  const on = (relation: 'discussed' | 'cited' | 'handed-over', id: string) => [
    { document: id, relation },
  ];

  test.each<[number, number, string, Thread['truncated']]>([
    [1, 1, 'note', 'limit'],
    [1, 2, 'note reply', 'limit'],
    [1, 3, 'note c-handover reply', 'limit'],
    [1, 4, 'note c-handover annex reply', 'limit'],
    [1, 5, 'note c-handover a-talk annex reply', 'limit'],
    [1, 6, 'note c-handover a-talk b-talk annex reply', 'depth'],
    [2, 6, 'note c-handover a-talk b-talk annex reply', 'limit'],
    [2, 7, 'note c-handover a-talk b-talk d-talk annex reply', null],
    [10, 500, 'note c-handover a-talk b-talk d-talk annex reply', null],
  ])(
    'at depth %i and %i nodes to "%s", and says so',
    async (depth, limit, ids, truncated) => {
      const answer = await thread(
        `documents/note?depth=${depth}&limit=${limit}`,
      );
      expect(idsOf(answer)).toBe(ids);
      expect(answer).toMatchObject({ depth, limit, truncated });
    },
  );

  test('to itself where nothing is around it', async () => {
    const answer = await thread('events/alone');
    expect(answer).toMatchObject({ truncated: null, edges: [] });
    expect(idsOf(answer)).toBe('alone');
  });
});

describe('the days between', () => {
  test.each([
    ['2022-01-26', '2021-12-17', 40, 40],
    ['2021-12-17', '2022-01-26', -40, -40],
    ['2022-01', '2022-01-10', -9, 21],
    ['2022', '2022', -364, 364],
    ['[2022-01-10..2022-01-13]', '2022-01-10/2022-01-13', 0, 3],
    ['2022-01-26', '[..2022-01-26]', 0, null],
    ['[2022-01-26..]', '2022-01-26', 0, null],
    ['[..2022-01-26]', '2022-01-26', null, 0],
    ['2022-01-26', '../2022', null, null],
    ['2022-02-24/..', '2022-02-23', 1, 1],
    ['2022-01-26~', '2022-01-25?', 1, 1],
    // On the spot it was the 28th in both places, though in Greenwich one of them was in the 29th.
    ['2022-01-28T23:00:00-05:00', '2022-01-28T09:00:00+03:00', 0, 0],
    ['2022-01-28T23:00:00-05:00', '2022-01-28', 0, 0],
    ['2022-03-01', '2020-03-01', 730, 730],
    ['9999-12-31', '0001-01-01', 3_652_058, 3_652_058],
  ])('from %s back to %s are %s to %s', async (from, to, min, max) => {
    await emptyRecord(service.database);
    await service.load([
      anEvent({ id: 'later', date: from, links: follows('earlier') }),
      anEvent({ id: 'earlier', date: to }),
    ]);
    const { edges } = await thread('events/earlier');
    expect(edges).toMatchObject([{ from: 'later', days: { min, max } }]);
  });

  test('are unknown where a document has no date', async () => {
    await emptyRecord(service.database);
    await service.load([
      aDocument('note', { date: '2022-01-01' }),
      aDocument('reply', { inReplyTo: ['note'] }),
    ]);
    expect(told(await thread('documents/note'))).toEqual([
      'reply in-reply-to note null..null',
    ]);
  });
});

const follows = (event: string): NonNullable<EventDraft['links']> => [
  { relation: 'follows', event },
];

describe('when the record changes', () => {
  beforeEach(async () => {
    await emptyRecord(service.database);
    await service.load([
      aDocument('draft', { date: '2021-12-17' }),
      aDocument('draft-again', { date: '2021-12-17' }),
      aDocument('reply', { date: '2022-01-26', inReplyTo: ['draft-again'] }),
      aDocument('annex', { partOf: 'draft-again' }),
      anEvent({
        id: 'handover',
        documents: [{ document: 'draft-again', relation: 'handed-over' }],
      }),
      anEvent({ id: 'after', links: follows('handover') }),
    ]);
  });

  test('a merged document brings its replies and handovers', async () => {
    expect(idsOf(await thread('documents/draft'))).toBe('draft');
    const merged = await admin.send('POST', '/v1/documents/draft-again/merge', {
      body: { into: 'draft' },
    });
    expect(merged.status).toBe(200);
    expect(told(await thread('documents/draft?depth=1'))).toEqual([
      'reply in-reply-to draft 40..40',
      'handover handed-over draft 42..42',
      'annex part-of draft null..null',
    ]);
    const { status, headers } = await service.get(
      '/v1/documents/draft-again/thread?depth=2',
    );
    expect([status, headers['location']]).toEqual([
      308,
      '/v1/documents/draft/thread?depth=2',
    ]);
  });

  test('a merged event brings what links to it', async () => {
    await admin.put(anEvent({ id: 'same' }));
    await admin.send('POST', '/v1/events/handover/merge', {
      body: { into: 'same' },
    });
    expect(told(await thread('events/same'))).toEqual([
      'after follows same 0..0',
    ]);
    expect(idsOf(await thread('documents/reply?depth=10'))).toBe(
      'draft-again reply annex',
    );
  });

  test('what was removed, or refers elsewhere now, is out of it', async () => {
    const kept = 'draft-again reply handover annex';
    expect(idsOf(await thread('documents/draft-again?depth=1'))).toBe(kept);
    const at = await now();
    await admin.send('DELETE', '/v1/events/after');
    expect(idsOf(await thread('events/handover?depth=1'))).toBe(
      'draft-again handover',
    );
    await admin.send('DELETE', '/v1/documents/reply?reason=never%20sent');
    await admin.put(anEvent({ id: 'handover', documents: [] }));
    expect(idsOf(await thread('documents/draft-again'))).toBe(
      'draft-again annex',
    );
    const gone = await service.get('/v1/documents/reply/thread');
    expect(gone).toMatchObject({
      status: 410,
      json: { reason: 'never sent' },
    });
    expect(
      idsOf(await thread(`documents/draft-again?depth=1&asOf=${at}`)),
    ).toBe(kept);
    expect(idsOf(await thread(`events/handover?depth=2&asOf=${at}`))).toBe(
      'draft-again reply after handover annex',
    );
    const before = await service.get('/v1/events/handover/thread?asOf=2000');
    expect([before.status, before.json.detail]).toEqual([
      404,
      'At that instant there was no event with this id.',
    ]);
  });
});

/** The instant by the database's clock; nothing that is written later bears it too. */
async function now(): Promise<string> {
  const answer = await service.database.pool.query<{ at: string }>(
    `select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at`,
  );
  await sleep(2);
  return answer.rows[0]?.at ?? '';
}

describe('any small world of references', () => {
  const count = 9;
  const places = Array.from({ length: count }, (_, index) => index);
  const relations = ['follows', 'refers-to', 'prepares'] as const;
  const dealings = ['handed-over', 'discussed', 'cited'] as const;
  // Of documents and events with the same ids; a document only answers those before it, for circles are refused.
  const reference = fc.record({
    from: fc.nat(count - 1),
    to: fc.nat(count - 1),
    sort: fc.constantFrom('link', 'document', 'reply', 'part'),
    how: fc.nat(2),
    inferred: fc.boolean(),
  });
  const worlds = fc.uniqueArray(reference, {
    minLength: 8,
    maxLength: 40,
    selector: ({ from, to, sort, how }) => [from, to, sort, how].join(),
  });
  type Reference = (typeof worlds extends fc.Arbitrary<infer All>
    ? All
    : never)[number];

  interface Tie {
    from: string;
    to: string;
    relation: string;
    inferred: boolean;
  }

  /** The references that can be, as ties between `event n` and `document n`. */
  function ties(world: Reference[]): Tie[] {
    const wholes = new Set<number>();
    return world.flatMap(({ from, to, sort, how, inferred }): Tie[] => {
      const tie = (a: string, b: string, relation: string, is = false) => [
        { from: `${a} r${from}`, to: `${b} r${to}`, relation, inferred: is },
      ];
      if (sort === 'document')
        return tie('event', 'document', dealings[how] ?? '');
      if (sort === 'link')
        return from === to
          ? []
          : tie('event', 'event', relations[how] ?? '', inferred);
      if (from <= to) return [];
      if (sort === 'reply')
        return how > 0 ? [] : tie('document', 'document', 'in-reply-to');
      if (wholes.has(from)) return [];
      wholes.add(from);
      return tie('document', 'document', 'part-of');
    });
  }

  function drafts(all: Tie[]): (EventDraft | DocumentDraft)[] {
    const of = (from: string, ...wanted: readonly string[]) =>
      all
        .filter((one) => one.from === from && wanted.includes(one.relation))
        .map((one) => ({ ...one, id: one.to.split(' ')[1] ?? '' }));
    return places.flatMap((place) => [
      aDocument(`r${place}`, {
        inReplyTo: of(`document r${place}`, 'in-reply-to').map(({ id }) => id),
        partOf: of(`document r${place}`, 'part-of')[0]?.id ?? null,
      }),
      anEvent({
        id: `r${place}`,
        date: `2022-01-1${place}`,
        links: of(`event r${place}`, ...relations).map(
          ({ id, relation, inferred }) => ({
            event: id,
            relation: relation as (typeof relations)[number],
            inferred,
          }),
        ),
        documents: of(`event r${place}`, ...dealings).map(
          ({ id, relation }) => ({
            document: id,
            relation: relation as (typeof dealings)[number],
          }),
        ),
      }),
    ]);
  }

  const LOOSE = ['refers-to', 'discussed', 'cited', 'part-of'];

  /** Breadth first over plain lists: the nodes by how far they are, and what kept others out. */
  function walked(all: Tie[], start: string, depth: number, limit: number) {
    const found = new Map([[start, 0]]);
    let truncated: Thread['truncated'] = null;
    for (let far = 1; far <= depth + 1; far++) {
      const next = new Map<string, boolean>();
      for (const { from, to, relation } of all)
        for (const [near, other] of [
          [from, to],
          [to, from],
        ] as const)
          if (found.get(near) === far - 1 && !found.has(other)) {
            // `part-of` between documents only says what is in what.
            const loose = LOOSE.includes(relation);
            next.set(other, loose && (next.get(other) ?? true));
          }
      const order = [...next].sort(
        ([a, aLoose], [b, bLoose]) =>
          Number(aLoose) - Number(bLoose) || (a < b ? -1 : 1),
      );
      if (far > depth) {
        if (order.length > 0) truncated = 'depth';
        break;
      }
      for (const [other] of order)
        if (found.size < limit) found.set(other, far);
        else truncated = 'limit';
      if (truncated !== null) break;
    }
    return { found, truncated };
  }

  test('is walked as a slow walk over lists does', async () => {
    let cuts = 0;
    await fc.assert(
      fc.asyncProperty(
        worlds,
        fc.constantFrom('event', 'document'),
        fc.nat(count - 1),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 10 }),
        async (world, record, place, depth, limit) => {
          const all = ties(world);
          await emptyRecord(service.database);
          const { rejected } = await service.load(drafts(all));
          expect(rejected).toEqual([]);
          const expected = walked(all, `${record} r${place}`, depth, limit);
          const at = await now();
          const url = `${record}s/r${place}?depth=${depth}&limit=${limit}`;
          const answer = await thread(url);
          const name = ({ record: sort, id }: ThreadNode) => `${sort} ${id}`;
          expect(
            new Map(answer.nodes.map((node) => [name(node), node.depth])),
          ).toEqual(expected.found);
          expect(answer.truncated).toBe(expected.truncated);
          const lines = (edges: Tie[]) =>
            edges
              .map((one) =>
                [one.from, one.relation, one.to, one.inferred].join(' '),
              )
              .sort();
          expect(
            lines(
              answer.edges.map((edge) => ({
                ...edge,
                from: `${edge.fromRecord} ${edge.from}`,
                to: `${edge.toRecord} ${edge.to}`,
              })),
            ),
          ).toEqual(
            lines(
              all.filter(
                ({ from, to }) =>
                  expected.found.has(from) && expected.found.has(to),
              ),
            ),
          );
          await service.load(drafts([]));
          expect((await thread(url)).edges).toEqual([]);
          expect(await thread(`${url}&asOf=${at}`)).toEqual(answer);
          if (answer.truncated !== null) cuts++;
        },
      ),
      { numRuns: 60 },
    );
    expect(cuts).toBeGreaterThan(10);
  }, 120_000);
});
