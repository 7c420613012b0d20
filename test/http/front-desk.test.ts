import { once } from 'node:events';
import { connect } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { aDocument, anActor, anEvent, tied } from '../support/builders.ts';
import { cachedServer, type CachedServer } from '../support/cached.ts';
import { administer } from '../support/database.ts';
import { startService, type TestService } from '../support/service.ts';
import { aWriter, type Writer } from '../support/writing.ts';

jest.setTimeout(120_000);

let service: TestService;
let near: CachedServer;
let far: CachedServer;
let writer: Writer;

let bumps = 0;

const text = 'a text that is long enough to be worth compressing '.repeat(9);

beforeAll(async () => {
  service = await startService();
  await service.load([
    anActor('france'),
    anActor('russia'),
    anActor('lavrov', { kind: 'person' }),
    aDocument('note'),
    anEvent({ id: 'a', date: '2020', participants: [{ actor: 'france' }] }),
    anEvent({ id: 'b', date: '2021', participants: [{ actor: 'lavrov' }] }),
    ...['c', 'd', 'e', 'f'].map((id) =>
      anEvent({ id, date: '2022', summary: { en: text } }),
    ),
  ]);
  near = await cachedServer(service.url);
  far = await cachedServer(service.url);
  // The first question of all finds no state known.
  await Promise.all([near, far].map(({ database }) => database.state.now()));
  writer = await aWriter(service, { scope: 'admin', app: far.app });
});
afterAll(async () => {
  await near.stop();
  await far.stop();
  await service.stop();
});

/** Asks until the answer is remembered. */
async function remembered(path: string, headers?: Record<string, string>) {
  await near.get(path, headers);
  await near.get(path, headers);
  near.queries();
  return near.get(path, headers);
}

const questions = [
  '/v1/events',
  '/v1/events?actor=france',
  '/v1/events?actor=russia&order=desc&count=exact',
  '/v1/events?actor=lavrov&explain=true',
  '/v1/events?type=call&from=2021',
  '/v1/events?limit=2',
  '/v1/events/a',
  '/v1/events/b',
  '/v1/events/new',
  '/v1/events/a/revisions',
  '/v1/events/a/thread',
  '/v1/events.ics',
  '/v1/events?asOf=2999-01-01',
  '/v1/actors',
  '/v1/actors/lavrov',
  '/v1/actors/lavrov/counterparts',
  '/v1/documents',
  '/v1/timeline?interval=year',
  '/v1/facets?by=type,actor',
  '/v1/dyads/france/russia',
  '/v1/events?actor=nobody',
  '/v1/events?unheard=of',
];

describe('what was asked before', () => {
  test.each([
    '/v1/events',
    '/v1/events?actor=france',
    '/v1/events/a',
    '/v1/actors',
    '/v1/actors/lavrov/counterparts',
    '/v1/documents/note',
    '/v1/timeline?interval=year',
    '/v1/facets?by=type',
    '/v1/events/a/revisions',
    '/v1/events/a/thread',
    '/v1/events.atom',
  ])('%s is answered again without a query, and with 304', async (path) => {
    const again = await remembered(path);
    expect([near.queries(), again.status]).toEqual([0, 200]);
    const fresh = await service.get(path, { host: `127.0.0.1:${near.port}` });
    expect(again.body.toString()).toBe(fresh.text);
    for (const name of [
      'etag',
      'link',
      'content-type',
      'cache-control',
      'vary',
      'access-control-allow-origin',
      'x-content-type-options',
    ])
      expect([name, again.headers[name]]).toEqual([name, fresh.headers[name]]);

    near.queries();
    const etag = String(again.headers.etag);
    const { status, headers, body } = await near.get(path, {
      'if-none-match': `"x", W/${etag}`,
    });
    expect([status, body.length, near.queries()]).toEqual([304, 0, 0]);
    expect(headers.etag).toBe(etag);
    expect(headers['cache-control']).toBe(
      'public, max-age=0, stale-if-error=3600',
    );
    expect(headers).not.toHaveProperty('content-type');
    expect(headers).not.toHaveProperty('content-length');
  });

  test('each answer has an id of its own', async () => {
    const one = await remembered('/v1/events');
    const { headers } = await near.get('/v1/events');
    expect(headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
    expect(headers['x-request-id']).not.toBe(one.headers['x-request-id']);
  });

  test('HEAD is told what GET would be', async () => {
    const { headers, body } = await remembered('/v1/events');
    near.queries();
    const head = await near.get('/v1/events', {}, 'HEAD');
    expect([head.status, head.body.length, near.queries()]).toEqual([
      200, 0, 0,
    ]);
    expect(head.headers['content-length']).toBe(String(body.length));
    expect(head.headers.etag).toBe(headers.etag);
  });

  test.each([
    ['a ledger, which counts to today', '/v1/dyads/france/russia'],
    ['an error', '/v1/events?actor=nobody'],
    ['the log of changes', '/v1/changes'],
  ])('%s is asked for each time', async (_, path) => {
    await remembered(path);
    expect(near.queries()).toBeGreaterThan(0);
  });

  test('links are those of the host that was asked for', async () => {
    for (const host of ['a.example', 'b.example', 'a.example', 'b.example']) {
      const { body } = await near.get('/v1/events.atom', { host });
      expect(body.toString()).toContain(`http://${host}/v1/events.atom`);
    }
  });

  test('nobody waits for a client that does not read what it asked for', async () => {
    await service.load(
      Array.from({ length: 800 }, (_, index) =>
        anEvent({
          id: `much-${index}`,
          date: '1900',
          summary: { en: text.repeat(40) },
        }),
      ),
    );
    const headers = { host: '127.0.0.1', accept: 'application/x-ndjson' };
    const path = '/v1/events?to=1900';
    await near.database.state.now();
    const idle = connect(near.port, '127.0.0.1').pause();
    const asked = Object.entries(headers).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    idle.write(`GET ${path} HTTP/1.1\r\n${asked.join('')}\r\n`);
    await once(idle, 'readable');
    const { status, body } = await near.get(path, headers);
    expect([status, body.toString().split('\n').length]).toEqual([200, 801]);
    idle.destroy();
  });

  test('an answer that is remembered has the headers of one that is not', async () => {
    for (const asked of [
      {},
      { 'accept-encoding': 'br' },
      { 'if-none-match': '*' },
      { 'if-none-match': '*', 'accept-encoding': 'gzip' },
    ]) {
      await writer.put(
        anEvent({ id: 'bump', date: '1900', sequence: ++bumps }),
      );
      const [first, ...others] = [
        await near.get('/v1/events?from=2022', asked),
        await near.get('/v1/events?from=2022', asked),
        await near.get('/v1/events?from=2022', asked),
      ].map(({ status, headers }) => {
        const { date: _, 'x-request-id': id, ...rest } = headers;
        return { status, id: typeof id, ...rest };
      });
      expect(others).toEqual([first, first]);
    }
  });

  test('two hosts are refused even so', async () => {
    await remembered('/v1/events', { host: 'a.example' });
    const socket = connect(near.port, '127.0.0.1');
    socket.end(
      'GET /v1/events HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\nConnection: close\r\n\r\n',
    );
    expect(await textOf(socket)).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('many at once share the reading of the state', async () => {
    await remembered('/v1/events');
    const { state } = near.database;
    const all = Array.from({ length: 100 }, () => state.now());
    // All came before it began, so they were told the same by one answer.
    expect(new Set(all).size).toBe(1);
    expect(new Set(await Promise.all(all)).size).toBe(1);
    const later = state.now();
    expect(later).not.toBe(all[0]);
    expect(await later).toBe(await all[0]);
  });
});

/** A way to change the record through the other server. */
type Write = { name: string; run(turn: number): Promise<unknown> };
const writes: Write[] = [
  {
    name: 'enter',
    run: (turn) =>
      writer.put(
        anEvent({
          id: `new-${turn}`,
          date: '2021-05',
          participants: [{ actor: 'russia' }],
        }),
      ),
  },
  {
    name: 'revise',
    run: (turn) =>
      writer.put(
        anEvent({
          id: 'a',
          date: `20${20 + (turn % 9)}`,
          participants: [{ actor: turn % 2 === 0 ? 'france' : 'lavrov' }],
        }),
      ),
  },
  {
    name: 'remove and enter again',
    async run(turn) {
      const { headers } = await writer.send('GET', '/v1/events/new');
      if (headers['etag'] === undefined)
        return writer.put(anEvent({ id: 'new', date: '2022' }));
      return writer.send('DELETE', `/v1/events/new?reason=turn-${turn}`, {
        headers: { 'if-match': headers['etag'] },
      });
    },
  },
  {
    name: 'tie',
    run: (turn) =>
      writer.put(
        turn % 2 === 0
          ? tied('person', 'lavrov', ['represents', 'russia', '2000', null])
          : anActor('lavrov', { kind: 'person' }),
      ),
  },
  {
    name: 'merge',
    async run(turn) {
      await writer.put(anEvent({ id: `twin-${turn}`, date: '2021' }));
      const { headers } = await writer.send('GET', `/v1/events/twin-${turn}`);
      const { status, text: told } = await writer.send(
        'POST',
        `/v1/events/twin-${turn}/merge`,
        {
          body: { into: 'b' },
          headers: { 'if-match': String(headers['etag']) },
        },
      );
      if (status !== 200) throw new Error(told);
    },
  },
  {
    name: 'import',
    run: (turn) =>
      service.load([anEvent({ id: 'c', date: '2022', sequence: turn })]),
  },
];

test('whatever is written through one server, every other answers as if it remembered nothing', async () => {
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        ask: fc.nat(questions.length - 1),
        server: fc.nat(1),
        conditional: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ write: fc.nat(writes.length - 1) }) },
  );
  let turn = 0;
  let unchanged = 0;
  const told = new Map<string, string>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 30, maxLength: 40 }),
      async (steps) => {
        for (const one of steps) {
          if ('write' in one) {
            await writes[one.write]?.run(turn++);
            continue;
          }
          const path = questions[one.ask] ?? '';
          const server = [near, far][one.server] ?? near;
          const host = '127.0.0.1';
          const known = one.conditional ? told.get(path) : undefined;
          const { status, headers, body } = await server.get(path, {
            host,
            ...(known === undefined ? {} : { 'if-none-match': known }),
          });
          const fresh = await service.app.inject({
            url: path,
            headers: { host },
          });
          const etag = fresh.headers['etag'];
          if (known !== undefined && etag === known) {
            unchanged++;
            expect([path, status]).toEqual([path, 304]);
            continue;
          }
          expect([path, status]).toEqual([path, fresh.statusCode]);
          // A problem names its request nowhere in the body.
          expect(body.toString()).toBe(fresh.body);
          expect(headers.etag).toBe(etag);
          if (typeof etag === 'string') told.set(path, etag);
        }
      },
    ),
    { numRuns: 12 },
  );
  expect(unchanged).toBeGreaterThan(0);
});

test('a reader beside writers is never told what is older than it has heard', async () => {
  const ids = Array.from({ length: 30 }, (_, index) => `seen-${index}`);
  for (const id of ids) {
    await Promise.all(
      [near, far].map((server) => server.get('/v1/events?topic=seen')),
    );
    await writer.put(anEvent({ id, date: '2020', topics: ['seen'] }));
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        (index % 2 === 0 ? near : far).get('/v1/events?topic=seen'),
      ),
    );
    for (const { body } of answers)
      expect(body.toString()).toContain(`"id":"${id}"`);
  }
});

describe('content codings', () => {
  const path = '/v1/events?from=2022';

  test.each([
    ['br', brotliDecompressSync, 'gzip;q=0.5, br'],
    ['gzip', gunzipSync, 'gzip, deflate'],
  ])(
    '%s holds the same, under an ETag of its own',
    async (name, open, accept) => {
      const plain = await near.get(path);
      near.queries();
      for (let time = 0; time < 3; time++) {
        const { headers, body } = await near.get(path, {
          'accept-encoding': accept,
        });
        expect(headers['content-encoding']).toBe(name);
        expect(headers.vary).toBe('Accept, Accept-Encoding');
        expect(body.length).toBeLessThan(plain.body.length / 2);
        expect(open(body).toString()).toBe(plain.body.toString());
        expect(headers.etag).not.toBe(plain.headers.etag);
        const again = await near.get(path, {
          'accept-encoding': accept,
          'if-none-match': String(headers.etag),
        });
        expect(again.status).toBe(304);
        expect(again.headers).not.toHaveProperty('content-encoding');
      }
      expect(near.queries()).toBeLessThan(4);
    },
  );

  test.each([
    ['who takes none', path, {}],
    ['who refuses', path, { 'accept-encoding': 'br;q=0, gzip;q=0' }],
    ['a small answer', '/v1/events/a', { 'accept-encoding': 'br' }],
  ])('%s gets the plain text', async (_, url, headers) => {
    const answer = await near.get(url, headers);
    expect(answer.headers).not.toHaveProperty('content-encoding');
    expect(() => void JSON.parse(answer.body.toString())).not.toThrow();
  });

  test('an export streams in gzip', async () => {
    for (const format of ['csv', 'ndjson']) {
      const plain = await near.get(`/v1/events.${format}`);
      const { headers, body } = await near.get(`/v1/events.${format}`, {
        'accept-encoding': 'br, gzip',
      });
      expect(headers['content-encoding']).toBe('gzip');
      expect(headers.vary).toBe('Accept, Accept-Encoding');
      expect(gunzipSync(body).toString()).toBe(plain.body.toString());
    }
  });

  test('what was read compressed can be written with If-Match', async () => {
    const draft = anEvent({
      id: 'd',
      date: '2022',
      summary: { en: `${text}!` },
    });
    const answers: (number | undefined)[] = [];
    for (const coding of ['br', 'gzip', 'identity']) {
      const { headers } = await near.get('/v1/events/d', {
        'accept-encoding': coding,
      });
      const sent = { body: draft, headers: { 'if-match': `${headers.etag}` } };
      answers.push((await writer.send('PUT', '/v1/events/d', sent)).status);
      draft.title = { en: `after ${coding}` };
      answers.push((await writer.send('PUT', '/v1/events/d', sent)).status);
      draft.title = { en: `read before ${coding}` };
    }
    expect(answers).toEqual([200, 412, 200, 412, 200, 412]);
  });
});

test('while the database is away nothing is answered from memory, and afterwards all is right again', async () => {
  await remembered('/v1/events');
  const name = new URL(service.url).pathname.slice(1);
  const rename = async (from: string, to: string) => {
    await administer(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${from}'`,
    );
    await administer(`alter database ${from} rename to ${to}`);
  };
  await rename(name, `${name}_away`);
  try {
    const { status, headers } = await near.get('/v1/events');
    expect([status, headers['cache-control']]).toEqual([503, 'no-store']);
  } finally {
    await rename(`${name}_away`, name);
  }
  const { body } = await near.get('/v1/events');
  expect(body.toString()).toBe((await service.get('/v1/events')).text);
});
