import * as fc from 'fast-check';
import { type ImportReport, runImport } from '../../src/imports/run.ts';
import {
  aDocument,
  anActor,
  anEvent,
  ndjson,
  tied,
} from '../support/builders.ts';
import { administer } from '../support/database.ts';
import { emptyRecord, standingRecord, wholeRecord } from '../support/record.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());
beforeEach(() => emptyRecord(service.database));

const counts = (over: Partial<ImportReport>): ImportReport => ({
  received: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  rejected: 0,
  passedOver: 0,
  stored: true,
  names: [],
  moreNames: 0,
  duplicates: [],
  moreDuplicates: 0,
  conflicts: [],
  moreConflicts: 0,
  ...over,
});

/** A small record in which everything refers to something, what is referred to last. */
const small = [
  anEvent({
    id: 'handover',
    participants: [{ actor: 'envoy', onBehalfOf: 'us' }, { actor: 'russia' }],
    documents: [{ document: 'reply', relation: 'handed-over' }],
    accounts: [{ party: 'kremlin', stance: 'confirms' }],
    links: [{ relation: 'responds-to', event: 'publication' }],
  }),
  anEvent({ id: 'publication', date: '2021-12-17' }),
  aDocument('reply', {
    authors: ['us'],
    addressees: ['russia'],
    inReplyTo: ['draft'],
    partOf: 'file',
  }),
  aDocument('file'),
  aDocument('draft'),
  tied('person', 'envoy', ['represents', 'us', '2020', null]),
  tied('institution', 'kremlin', ['part-of', 'russia', '1991', null]),
  anActor('us'),
  anActor('russia'),
];

describe('a file that is whole', () => {
  test('is taken in any order of its records, with the same result', async () => {
    await service.load(small);
    const expected = await standingRecord(service.database);
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(small, { minLength: small.length }),
        async (shuffled) => {
          await emptyRecord(service.database);
          const { report, rejected } = await service.load(shuffled);
          expect(rejected).toEqual([]);
          expect(report).toEqual(counts({ received: 9, created: 9 }));
          expect(await standingRecord(service.database)).toEqual(expected);
        },
      ),
      { numRuns: 10 },
    );
  });

  test('taken twice changes nothing at all', async () => {
    await service.load(small);
    const before = await wholeRecord(service.database);
    const { report } = await service.load(small.toReversed());
    expect(report).toEqual(counts({ received: 9, unchanged: 9 }));
    expect(await wholeRecord(service.database)).toEqual(before);
  });

  test('is taken with a byte order mark, CRLF, empty lines and no final newline', async () => {
    const text = `\ufeff\r\n${ndjson(small).trim().replaceAll('\n', '\r\n\r\n')}`;
    const { report } = await service.load(text);
    expect(report).toEqual(counts({ received: 9, created: 9 }));
  });

  test('that is empty is taken as nothing', async () => {
    expect((await service.load('')).report).toEqual(counts({}));
    expect((await service.load('\n\n')).report).toEqual(counts({}));
  });

  test('tells the log of each record, by whom and why', async () => {
    await service.load(small, { by: 'editor', reason: 'the first file' });
    const { rows } = await service.database.pool.query(
      `select count(*) as count, count(distinct at) as times, min(by) as by, max(reason) as reason,
         min(change) as change, max(revision) as revision from change`,
    );
    expect(rows).toEqual([
      {
        count: 9,
        times: 1,
        by: 'editor',
        reason: 'the first file',
        change: 'created',
        revision: 1,
      },
    ]);
  });

  test('tells how far it is', async () => {
    const told: [string, number, number | null][] = [];
    await service.load(
      Array.from({ length: 2500 }, (_, index) => anEvent({ id: `e${index}` })),
      { onProgress: (...step) => told.push(step) },
    );
    expect(told.filter(([phase]) => phase === 'reading')).toEqual([
      ['reading', 1000, null],
      ['reading', 2000, null],
    ]);
    expect(told.at(-1)).toEqual(['storing', 2500, 2500]);
  });

  test('whose reader keeps nothing is told as if it were kept, and nothing is', async () => {
    const before = await wholeRecord(service.database);
    const dry = await service.load(small, { dryRun: true });
    expect(await wholeRecord(service.database)).toEqual(before);
    const wet = await service.load(small);
    expect(dry.report).toEqual({ ...wet.report, stored: false });
  });
});

describe('a file with a bad row', () => {
  const bad = { ...anActor('bad'), kind: 'nothing' };

  test.each<[string, object]>([
    ['that is malformed', bad],
    ['that cannot be true', tied('state', 'x', ['succeeds', 'x'])],
    [
      'that refers to nothing',
      anEvent({ participants: [{ actor: 'nobody' }] }),
    ],
    ['that stands there twice', anActor('us', { kind: 'organization' })],
  ])('%s leaves nothing behind', async (_, row) => {
    await service.load([anActor('before')]);
    const before = await wholeRecord(service.database);
    const { report, rejected } = await service.load([...small, row]);
    expect(report).toEqual(
      counts({ received: 10, rejected: 1, stored: false }),
    );
    expect(rejected).toMatchObject([{ line: 10 }]);
    expect(await wholeRecord(service.database)).toEqual(before);
  });

  test('keeps the good rows when told to, and of the others only those that refer to it', async () => {
    const { report, rejected } = await service.load(
      [
        anActor('good'),
        bad,
        tied('person', 'p', ['represents', 'bad']),
        anEvent({ id: 'of-p', participants: [{ actor: 'p' }] }),
        anEvent({
          id: 'after',
          links: [{ relation: 'follows', event: 'of-p' }],
        }),
        anEvent({ id: 'of-good', participants: [{ actor: 'good' }] }),
        aDocument('by-good', { authors: ['good'] }),
        aDocument('by-bad', { addressees: ['good', 'bad'] }),
        aDocument('answer', { inReplyTo: ['by-good', 'by-bad'] }),
      ],
      { keepGoing: true },
    );
    expect(report).toEqual(counts({ received: 9, created: 3, rejected: 6 }));
    expect(
      rejected
        .toSorted((a, b) => a.line - b.line)
        .map(({ line, faults }) => [line, faults[0]?.pointer]),
    ).toEqual([
      [2, '/kind'],
      [3, '/affiliations/0/to'],
      [4, '/participants/0/actor'],
      [5, '/links/0/event'],
      [8, '/addressees/1'],
      [9, '/inReplyTo/1'],
    ]);
    expect(await service.ids('/v1/events')).toEqual(['of-good']);
    expect(await service.ids('/v1/actors')).toEqual(['good']);
    expect(await service.ids('/v1/documents')).toEqual(['by-good']);
  });

  test('does not fell what refers to it when the record has it already', async () => {
    await service.load([anActor('bad')]);
    const { report } = await service.load(
      [bad, anEvent({ id: 'of-bad', participants: [{ actor: 'bad' }] })],
      { keepGoing: true },
    );
    expect(report).toEqual(counts({ received: 2, created: 1, rejected: 1 }));
  });

  test('tells only of the bad row when all is undone, not of those that refer to it', async () => {
    const { rejected } = await service.load([
      bad,
      anEvent({ participants: [{ actor: 'bad' }] }),
    ]);
    expect(rejected.map(({ line }) => line)).toEqual([1]);
  });

  test('tells line, pointer, fault and what came in', async () => {
    const text = [
      '',
      'no JSON',
      JSON.stringify(bad),
      '{"record":"actr"}',
      JSON.stringify(anEvent({ date: '2022-13' })),
    ].join('\n');
    const { report, rejected } = await service.load(text);
    expect(report).toEqual(counts({ received: 4, rejected: 4, stored: false }));
    expect(rejected).toMatchObject([
      { line: 2, faults: [{ pointer: '', received: 'no JSON' }] },
      { line: 3, faults: [{ pointer: '/kind', received: 'nothing' }] },
      { line: 4, faults: [{ pointer: '/record', nearest: ['actor'] }] },
      { line: 5, faults: [{ pointer: '/date', received: '2022-13' }] },
    ]);
  });

  test('is told the same when nothing was to be kept anyway', async () => {
    const file = [...small, bad];
    for (const keepGoing of [false, true]) {
      const dry = await service.load(file, { keepGoing, dryRun: true });
      expect(await service.ids('/v1/actors')).toEqual([]);
      const wet = await service.load(file, { keepGoing });
      expect(dry.report).toEqual({ ...wet.report, stored: false });
      expect(dry.rejected).toEqual(wet.rejected);
    }
  });

  test('falls with all that hangs on it in a chain of thousands, in seconds', async () => {
    const chain = Array.from({ length: 5000 }, (_, index) =>
      anEvent({
        id: `e${index}`,
        links: [{ relation: 'follows', event: `e${index - 1}` }],
      }),
    );
    const began = performance.now();
    const { report } = await service.load([...chain, anActor('good')], {
      keepGoing: true,
    });
    expect(report).toEqual(
      counts({ received: 5001, created: 1, rejected: 5000 }),
    );
    expect(performance.now() - began).toBeLessThan(15_000);
  });
});

describe('what refers to nothing', () => {
  test.each<[string, object, [string, string][]]>([
    [
      'a tie',
      tied('person', 'p', ['represents', 'x']),
      [['/affiliations/0/to', 'an actor']],
    ],
    [
      'an author',
      aDocument('d', { authors: ['us', 'x'] }),
      [['/authors/1', 'an actor']],
    ],
    [
      'an addressee',
      aDocument('d', { addressees: ['x'] }),
      [['/addressees/0', 'an actor']],
    ],
    [
      'an answered document',
      aDocument('d', { inReplyTo: ['x'] }),
      [['/inReplyTo/0', 'a document']],
    ],
    ['a whole', aDocument('d', { partOf: 'x' }), [['/partOf', 'a document']]],
    [
      'a participant',
      anEvent({ participants: [{ actor: 'us' }, { actor: 'x' }] }),
      [['/participants/1/actor', 'an actor']],
    ],
    [
      'the one acted for',
      anEvent({ participants: [{ actor: 'us', onBehalfOf: 'x' }] }),
      [['/participants/0/onBehalfOf', 'an actor']],
    ],
    [
      'a party',
      anEvent({ accounts: [{ party: 'x', stance: 'denies' }] }),
      [['/accounts/0/party', 'an actor']],
    ],
    [
      'a document of an event',
      anEvent({ documents: [{ document: 'x', relation: 'cited' }] }),
      [['/documents/0/document', 'a document']],
    ],
    [
      'a link',
      anEvent({ links: [{ relation: 'follows', event: 'x' }] }),
      [['/links/0/event', 'an event']],
    ],
    [
      'an actor named where a document belongs',
      anEvent({ documents: [{ document: 'us', relation: 'cited' }] }),
      [['/documents/0/document', 'a document']],
    ],
    [
      'several',
      anEvent({
        participants: [{ actor: 'x', onBehalfOf: 'y' }],
        links: [{ relation: 'follows', event: 'z' }],
      }),
      [
        ['/participants/0/actor', 'an actor'],
        ['/participants/0/onBehalfOf', 'an actor'],
        ['/links/0/event', 'an event'],
      ],
    ],
  ])('%s is refused with a pointer to it', async (_, row, faults) => {
    const { rejected } = await service.load([anActor('us'), row]);
    expect(rejected).toEqual([
      {
        line: 2,
        faults: faults.map(([pointer, what]) => ({
          pointer,
          message: `refers to ${what} that does not exist`,
          received: expect.stringMatching(/^[xyz]$|^us$/),
        })),
      },
    ]);
  });
});

describe('an id that stands twice in a file', () => {
  test('with the same words is unchanged the second time', async () => {
    const { report } = await service.load([
      ...small.slice(7, 8),
      ...small,
      ...small.slice(0, 1),
    ]);
    expect(report).toEqual(counts({ received: 11, created: 9, unchanged: 2 }));
  });

  test('with other words is refused, naming the first line', async () => {
    const { report, rejected } = await service.load([
      anActor('us'),
      anActor('russia'),
      anActor('us', { kind: 'organization' }),
      anActor('us'),
      anEvent({ id: 'us' }),
    ]);
    expect(report).toEqual(
      counts({ received: 5, unchanged: 1, rejected: 1, stored: false }),
    );
    expect(rejected).toEqual([
      {
        line: 3,
        faults: [
          {
            pointer: '/id',
            message: 'stands already in line 1, with other content',
          },
        ],
      },
    ]);
  });

  test('first with faults, then without, is taken the second time when going on', async () => {
    const { report } = await service.load(
      [{ ...anActor('us'), kind: 'x' }, anActor('us')],
      { keepGoing: true },
    );
    expect(report).toEqual(counts({ received: 2, created: 1, rejected: 1 }));
  });
});

describe('a tie between kinds that it cannot join', () => {
  test.each([
    [tied('person', 'p', ['holds', 'state']), '"holds" cannot lead to a state'],
    [
      tied('office', 'o', ['part-of', 'office']),
      '"part-of" cannot lead to an office',
    ],
    [
      tied('state', 's', ['member-of', 'state']),
      '"member-of" cannot lead to a state',
    ],
    [
      tied('office', 'o', ['accredited-to', 'institution']),
      '"accredited-to" cannot lead to an institution',
    ],
    [
      tied('state', 's', ['succeeds', 'organization']),
      '"succeeds" cannot lead to an organization',
    ],
  ])('is refused: %j', async (row, message) => {
    const others = (
      ['state', 'office', 'institution', 'organization'] as const
    ).map((kind) => anActor(kind, { kind }));
    const expected = [
      {
        line: 1,
        faults: [
          expect.objectContaining({ pointer: '/affiliations/0/to', message }),
        ],
      },
    ];
    // Beside it in the file, and in the record.
    expect((await service.load([row, ...others])).rejected).toEqual(expected);
    await service.load(others);
    expect((await service.load([row])).rejected).toEqual(expected);
  });

  test('is refused too when the actor it leads to takes on another kind', async () => {
    await service.load([
      tied('person', 'p', ['holds', 'o']),
      tied('person', 'q', ['holds', 'o']),
      anActor('o', { kind: 'office' }),
    ]);
    const { rejected } = await service.load([anActor('o', { kind: 'person' })]);
    expect(rejected).toEqual([
      {
        line: 1,
        faults: [
          {
            pointer: '/kind',
            message: '"holds" of p leads here and cannot lead to a person',
            received: 'person',
          },
        ],
      },
    ]);
    // Unless those ties are given up in the same file.
    const { report } = await service.load([
      anActor('o', { kind: 'person' }),
      anActor('p', { kind: 'person' }),
      anActor('q', { kind: 'person' }),
    ]);
    expect(report).toEqual(counts({ received: 3, updated: 3 }));
  });

  test('is found even where a refused row was to put it right', async () => {
    await service.load([anActor('x', { kind: 'person' })]);
    const { report, rejected } = await service.load(
      [
        { ...anActor('x', { kind: 'institution' }), nonsense: 1 },
        tied('office', 'o', ['part-of', 'x']),
      ],
      { keepGoing: true },
    );
    expect(report).toEqual(counts({ received: 2, rejected: 2 }));
    expect(rejected[1]?.faults[0]?.message).toBe(
      '"part-of" cannot lead to a person',
    );
  });
});

describe('a circle', () => {
  const institutions = (...ties: string[]) =>
    [...new Set(ties.join(''))].map((id) =>
      tied(
        'institution',
        id,
        ...ties
          .filter((tie) => tie.startsWith(id))
          .map((tie): ['part-of', string] => ['part-of', tie.slice(1)]),
      ),
    );

  test('of actors is refused in every row of it, and told', async () => {
    const { rejected } = await service.load(
      institutions('ab', 'bc', 'ca', 'dc'),
    );
    expect(
      rejected.map(({ line, faults }) => [line, faults[0]?.message]),
    ).toEqual([
      [1, 'runs in a circle: a → b → c → a'],
      [2, 'runs in a circle: b → c → a → b'],
      [3, 'runs in a circle: c → a → b → c'],
    ]);
    expect(rejected[0]?.faults[0]).toMatchObject({
      pointer: '/affiliations/0/to',
      received: 'b',
    });
  });

  test('of an actor with itself is refused', async () => {
    const { rejected } = await service.load(institutions('aa'));
    expect(rejected[0]?.faults[0]).toMatchObject({
      pointer: '/affiliations/0/to',
      message: 'is the actor itself',
    });
  });

  test('that runs through what is stored already is refused', async () => {
    await service.load(institutions('ab', 'bc', 'cd'));
    const { rejected } = await service.load([
      tied('institution', 'd', ['part-of', 'x']),
      tied('institution', 'x', ['part-of', 'a']),
    ]);
    expect(
      rejected.map(({ line, faults }) => [line, faults[0]?.message]),
    ).toEqual([
      [1, 'runs in a circle: d → x → a → b → c → d'],
      [2, 'runs in a circle: x → a → b → c → d → x'],
    ]);
  });

  test('is none when the same file takes the stored tie away', async () => {
    await service.load(institutions('ab'));
    const { report } = await service.load(institutions('ba'));
    expect(report).toEqual(counts({ received: 2, updated: 2 }));
  });

  test.each([
    ['malformed', { nonsense: 1 }],
    ['refers to nothing', { affiliations: [{ relation: 'part-of', to: 'x' }] }],
  ])(
    'is found even where a refused row (%s) was to take the stored tie away',
    async (_, over) => {
      await service.load(institutions('ab'));
      const [b = {}, a] = institutions('ba');
      const { report, rejected } = await service.load([b, { ...a, ...over }], {
        keepGoing: true,
      });
      expect(report).toEqual(counts({ received: 2, rejected: 2 }));
      expect(rejected.at(-1)).toMatchObject({
        line: 1,
        faults: [{ message: 'runs in a circle: b → a → b' }],
      });
    },
  );

  test('of membership or succession is none', async () => {
    const { report } = await service.load([
      tied('organization', 'a', ['member-of', 'b']),
      tied('organization', 'b', ['member-of', 'a']),
      tied('state', 's', ['succeeds', 't']),
      tied('state', 't', ['succeeds', 's']),
    ]);
    expect(report).toEqual(counts({ received: 4, created: 4 }));
  });

  test('of replies, or of documents in each other, is refused; a part may answer its whole', async () => {
    const replies = await service.load([
      aDocument('a', { inReplyTo: ['b'] }),
      aDocument('b', { inReplyTo: ['c', 'a'] }),
      aDocument('c'),
    ]);
    expect(replies.rejected).toMatchObject([
      {
        line: 1,
        faults: [
          { pointer: '/inReplyTo/0', message: 'runs in a circle: a → b → a' },
        ],
      },
      {
        line: 2,
        faults: [
          { pointer: '/inReplyTo/1', message: 'runs in a circle: b → a → b' },
        ],
      },
    ]);
    const parts = await service.load([
      aDocument('a', { partOf: 'b' }),
      aDocument('b', { partOf: 'a' }),
    ]);
    expect(parts.rejected).toHaveLength(2);
    expect(parts.rejected[0]?.faults[0]?.pointer).toBe('/partOf');
    const { report } = await service.load([
      aDocument('a', { partOf: 'b' }),
      aDocument('b', { inReplyTo: ['a'] }),
    ]);
    expect(report.created).toBe(2);
  });

  test('of events in each other is refused, of any other links allowed', async () => {
    const pair = (relation: 'part-of' | 'follows' | 'refers-to') => [
      anEvent({ id: 'a', links: [{ relation, event: 'b' }] }),
      anEvent({ id: 'b', links: [{ relation, event: 'a' }] }),
    ];
    const { rejected } = await service.load(pair('part-of'));
    expect(rejected).toMatchObject([
      { line: 1, faults: [{ pointer: '/links/0/event' }] },
      { line: 2, faults: [{ pointer: '/links/0/event' }] },
    ]);
    expect((await service.load(pair('follows'))).report.created).toBe(2);
    expect((await service.load(pair('refers-to'))).report.updated).toBe(2);
  });

  test('of thousands is told in few words; a chain of thousands is none', async () => {
    const chain = Array.from({ length: 3000 }, (_, index) =>
      anEvent({
        id: `e${index}`,
        links:
          index === 0 ? [] : [{ relation: 'part-of', event: `e${index - 1}` }],
      }),
    );
    const circle = [
      anEvent({ id: 'e0', links: [{ relation: 'part-of', event: 'e2999' }] }),
      ...chain.slice(1),
    ];
    const { rejected } = await service.load(circle);
    expect(rejected).toHaveLength(3000);
    const longest = rejected.map(
      ({ faults }) => faults[0]?.message.length ?? 0,
    );
    expect(Math.max(...longest)).toBeLessThan(200);
    expect((await service.load(chain)).report.created).toBe(3000);
  });
});

describe('an update', () => {
  const event = (over: object = {}) => ({ ...anEvent({ id: 'e' }), ...over });

  test('is a second revision beside the first, which is closed and not overwritten', async () => {
    await service.load([event()], { by: 'a', reason: 'entered' });
    const first = (await service.get('/v1/events/e')).json;
    const { report } = await service.load([event({ status: 'cancelled' })], {
      by: 'b',
      reason: 'called off',
    });
    expect(report).toEqual(counts({ received: 1, updated: 1 }));
    const second = (await service.get('/v1/events/e')).json;
    expect(second).toMatchObject({
      status: 'cancelled',
      revision: 2,
      recordedAt: first.recordedAt,
    });
    expect(second.revisedAt > first.revisedAt).toBe(true);

    const { rows } = await service.database.pool.query(
      `select revision, body::json ->> 'status' as status, superseded_at, recorded_at from event_version order by revision`,
    );
    expect(rows).toMatchObject([
      { revision: 1, status: 'held' },
      { revision: 2, status: 'cancelled', superseded_at: null },
    ]);
    expect(rows[0].superseded_at).toEqual(rows[1].recorded_at);
    expect(rows[1].recorded_at.toISOString()).toBe(second.revisedAt);
    const log = await service.database.pool.query(
      'select revision, change, by, reason from change order by position',
    );
    expect(log.rows).toEqual([
      { revision: 1, change: 'created', by: 'a', reason: 'entered' },
      { revision: 2, change: 'revised', by: 'b', reason: 'called off' },
    ]);
  });

  test('back to what it was is a third revision', async () => {
    for (const status of ['held', 'cancelled', 'held'])
      await service.load([event({ status })]);
    expect((await service.get('/v1/events/e')).json.revision).toBe(3);
  });

  test.each<[string, object]>([
    ['null for "not given"', { summary: null, places: null, sequence: null }],
    [
      'the default written out',
      { status: 'held', channel: 'unknown', sequence: 0, topics: [] },
    ],
  ])('is none when %s says the same', async (_, over) => {
    await service.load([event()]);
    const { report } = await service.load([event(over)]);
    expect(report).toEqual(counts({ received: 1, unchanged: 1 }));
  });

  test('of documents and actors takes their ties along', async () => {
    await service.load(small);
    const { report } = await service.load([
      aDocument('reply', { authors: ['us'] }),
      tied('institution', 'kremlin', ['part-of', 'us', '1991', null]),
    ]);
    expect(report).toEqual(counts({ received: 2, updated: 2 }));
    const record = await standingRecord(service.database);
    expect(record['links']).toEqual(['handover responds-to publication']);
    expect(record['ties']).toContain('kremlin 0 part-of us 1991 t');
    expect(record['ties']).toHaveLength(2);
  });

  test('takes the old index rows out of the record, and leaves them in its past', async () => {
    await service.load([
      anActor('a'),
      anActor('b'),
      event({ participants: [{ actor: 'a' }], links: [] }),
    ]);
    await service.load([event({ participants: [{ actor: 'b' }] })]);
    expect(await service.ids('/v1/events?actor=a')).toEqual([]);
    expect(await service.ids('/v1/events?actor=b')).toEqual(['e']);
    const { rows } = await service.database.pool.query(
      'select actor, superseded_at is null as current from event_actor order by actor',
    );
    expect(rows).toEqual([
      { actor: 'a', current: false },
      { actor: 'b', current: true },
    ]);
  });
});

describe('the names of participants', () => {
  const state = (name: string) =>
    anActor('s', { names: [{ lang: 'en', value: name }] });
  const meeting = (over: object = {}) => ({
    ...anEvent({ id: 'e', participants: [{ actor: 's' }] }),
    ...over,
  });
  const nameNow = async () =>
    (await service.get('/v1/events/e')).json.participants[0].name;

  test('are those of the actor when recorded, and stay when it is renamed', async () => {
    await service.load([state('Swaziland'), meeting()]);
    await service.load([state('Eswatini')]);
    expect(await nameNow()).toEqual({ en: 'Swaziland' });
    const { report } = await service.load([meeting()]);
    expect(report.unchanged).toBe(1);
    await service.load([meeting({ status: 'cancelled' })]);
    expect(await nameNow()).toEqual({ en: 'Swaziland' });
  });

  test('are those given, where they are', async () => {
    const named = {
      participants: [{ actor: 's', name: { en: 'The Kingdom' } }],
    };
    await service.load([state('Swaziland'), meeting(named)]);
    expect(await nameNow()).toEqual({ en: 'The Kingdom' });
    await service.load([meeting()]);
    expect(await nameNow()).toEqual({ en: 'The Kingdom' });
  });

  test('of one who joins later are the new ones', async () => {
    await service.load([state('Swaziland'), meeting({ participants: [] })]);
    await service.load([state('Eswatini')]);
    await service.load([meeting()]);
    expect(await nameNow()).toEqual({ en: 'Eswatini' });
  });
});

describe('an import into an empty record only', () => {
  test('takes the file when there is nothing, and leaves it when there is anything', async () => {
    const chunks = async function* () {
      yield Buffer.from(ndjson(small));
    };
    const first = await runImport(service.database, chunks(), {
      onlyIfEmpty: true,
    });
    expect(first).toEqual(counts({ received: 9, created: 9 }));
    const before = await wholeRecord(service.database);
    const unread = chunks();
    expect(
      await runImport(service.database, unread, { onlyIfEmpty: true }),
    ).toBeNull();
    expect(await wholeRecord(service.database)).toEqual(before);
  });
});

describe('imports side by side', () => {
  test('wait for each other, and none sees half of another', async () => {
    const many = Array.from({ length: 4 }, (_, index) =>
      service.load([
        ...small,
        anEvent({ id: 'shared', sequence: index }),
        anEvent({ id: `own-${index}`, participants: [{ actor: 'russia' }] }),
      ]),
    );
    const reports = (await Promise.all(many)).map(({ report }) => report);
    const sum = (key: 'created' | 'updated' | 'unchanged') =>
      reports.reduce((all, report) => all + report[key], 0);
    expect([sum('created'), sum('updated'), sum('unchanged')]).toEqual([
      14, 3, 27,
    ]);
    expect((await service.get('/v1/events/shared')).json.revision).toBe(4);
    expect(await service.ids('/v1/events?actor=russia')).toHaveLength(5);
  });
});

describe('an import that breaks off', () => {
  const nothing = async () => {
    const record = await wholeRecord(service.database);
    expect(Object.values(record).flat()).toEqual([]);
    // Nor does it stand in the way of the next one.
    expect((await service.load([anActor('next')])).report.created).toBe(1);
  };

  async function* broken(rows: number): AsyncGenerator<Uint8Array> {
    for (let row = 0; row < rows; row++)
      yield Buffer.from(ndjson([anActor(`a${row}`)]));
    throw new Error('the connection was reset');
  }

  test.each([0, 1, 3000])(
    'with its stream after %i rows leaves nothing behind',
    async (rows) => {
      await expect(service.load(broken(rows))).rejects.toThrow(
        'the connection was reset',
      );
      await nothing();
    },
  );

  test('because whoever is told of it fails leaves nothing behind', async () => {
    const failing = () => {
      throw new Error('the pipe is closed');
    };
    const text = `${ndjson(small)}no JSON\n`;
    await expect(
      runImport(
        service.database,
        (async function* () {
          yield Buffer.from(text);
        })(),
        { onRejected: failing },
      ),
    ).rejects.toThrow('the pipe is closed');
    await nothing();
  });

  test('closes the stream that it no longer reads', async () => {
    let closed = false;
    async function* endless() {
      try {
        for (;;) yield Buffer.from('no JSON\n');
      } finally {
        closed = true;
      }
    }
    let told = 0;
    await expect(
      runImport(service.database, endless(), {
        onRejected: () => {
          if (++told > 10) throw new Error('enough');
        },
      }),
    ).rejects.toThrow('enough');
    expect(closed).toBe(true);
    await nothing();
  });

  test('with the connection to the database leaves nothing behind', async () => {
    const name = new URL(service.url).pathname.slice(1);
    async function* cut() {
      for (let row = 0; ; row++) {
        yield Buffer.from(ndjson([anActor(`a${row}`)]));
        if (row === 2000)
          await administer(
            `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and query like 'copy staged%'`,
          );
        if (row > 100_000) throw new Error('nobody noticed');
      }
    }
    await expect(service.load(cut())).rejects.toThrow(
      /terminat|connection|socket|EPIPE|ECONNRESET|cannot be reached/i,
    );
    await nothing();
  });
});
