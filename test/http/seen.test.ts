import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
  type Server,
} from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildApp } from '../../src/http/app.ts';
import { withoutSecrets } from '../../src/http/log.ts';
import { metricsOf } from '../../src/http/metrics.ts';
import { tracesTo } from '../../src/http/traces.ts';
import { changeSignal } from '../../src/storage/changes.signal.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { anActor, anEvent, ndjson } from '../support/builders.ts';
import { cachedServer, type CachedServer } from '../support/cached.ts';
import { administer } from '../support/database.ts';
import { follow } from '../support/follower.ts';
import { samplesOf, valueOf } from '../support/prometheus.ts';
import { startService, type TestService } from '../support/service.ts';
import { aWriter, type Writer } from '../support/writing.ts';

jest.setTimeout(180_000);

interface Line {
  level: number;
  msg: string;
  [field: string]: unknown;
}

let service: TestService;
let server: CachedServer;
let writer: Writer;
let lines: string[];

beforeAll(async () => {
  service = await startService();
  await service.load([anActor('france'), anEvent({ id: 'a', date: '2020' })]);
  lines = [];
  server = await cachedServer(
    service.url,
    {},
    {
      metrics: metricsOf('1.2.3'),
      logLevel: 'trace',
      logSink: { write: (line) => lines.push(line) },
    },
  );
  await server.database.state.now();
  writer = await aWriter(service);
});
afterAll(async () => {
  await server.stop();
  await service.stop();
});

const address = () => `http://127.0.0.1:${server.port}`;

async function numbers() {
  return samplesOf((await server.get('/metrics')).body.toString());
}

const told = (msg: string): Line[] =>
  lines
    .map((line) => JSON.parse(line) as Line)
    .filter((line) => line.msg === msg);

/** Waits until something is so: what is told at the end of an answer comes after it. */
async function until(so: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 200; turn++) {
    if (await so()) return;
    await sleep(25);
  }
  throw new Error('it never came to be');
}

describe('/metrics', () => {
  const requests = async (labels: Record<string, string>) =>
    valueOf(await numbers(), 'http_requests_total', labels) ?? 0;

  test('is the text format of Prometheus, which nobody may keep', async () => {
    const { status, headers } = await server.get('/metrics');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe(
      'text/plain; version=0.0.4; charset=utf-8',
    );
    expect(headers['cache-control']).toBe('no-store');
    const found = await numbers();
    expect(valueOf(found, 'service_info', { version: '1.2.3' })).toBe(1);
    expect(valueOf(found, 'process_resident_memory_bytes')).toBeGreaterThan(
      1e7,
    );
    expect(valueOf(found, 'nodejs_eventloop_lag_p99_seconds')).not.toBeNull();
  });

  test('counts requests by route, method and status, with the time they took', async () => {
    const route = '/v1/events/:id';
    await server.get('/v1/events/a?count=a');
    await server.get('/v1/events/nobody');
    await server.get('/v1/events/a', {}, 'DELETE');
    await until(async () => (await requests({ route, method: 'DELETE' })) > 0);
    expect(await requests({ route, method: 'GET', status: '400' })).toBe(1);
    expect(await requests({ route, method: 'GET', status: '404' })).toBe(1);
    expect(await requests({ route, method: 'DELETE', status: '401' })).toBe(1);
    const timed = valueOf(
      await numbers(),
      'http_request_duration_seconds_count',
      { route, method: 'GET', from: 'route' },
    );
    expect(timed).toBe(2);
  });

  test('counts what is answered from memory, by the route that gave the answer', async () => {
    const route = '/v1/actors/:id';
    await server.get('/v1/actors/france');
    const { headers } = await server.get('/v1/actors/france');
    const { etag = '' } = headers;
    const { status } = await server.get('/v1/actors/france', {
      'if-none-match': etag,
    });
    expect(status).toBe(304);
    const labels = { route, method: 'GET', from: 'memory' };
    expect(await requests({ ...labels, status: '200' })).toBe(1);
    expect(await requests({ ...labels, status: '304' })).toBe(1);
    const found = await numbers();
    expect(valueOf(found, 'http_request_duration_seconds_count', labels)).toBe(
      2,
    );
    expect(valueOf(found, 'answer_memory_hits_total')).toBeGreaterThanOrEqual(
      2,
    );
    expect(valueOf(found, 'answer_memory_misses_total')).toBeGreaterThanOrEqual(
      1,
    );
    expect(valueOf(found, 'answer_memory_answers')).toBeGreaterThanOrEqual(1);
    expect(valueOf(found, 'answer_memory_bytes')).toBeGreaterThan(1000);
  });

  test('counts what could not be read, or has no address, under one label whatever was asked', async () => {
    const before = (await numbers()).length;
    for (let turn = 0; turn < 30; turn++) {
      await server.get(`/nothing-${turn}/%0a"${turn}`);
      await server.get(`/${turn}`, {}, turn % 2 === 0 ? 'PURGE' : 'SUBSCRIBE');
      const socket = connect(server.port, '127.0.0.1');
      socket.end(`${turn} nonsense\r\n\r\n`);
      await once(socket.resume(), 'close');
    }
    await until(async () => (await requests({ from: 'unreadable' })) >= 30);
    expect(
      await requests({ route: 'none', status: '404', method: 'GET' }),
    ).toBeGreaterThanOrEqual(30);
    expect(
      await requests({ route: 'none', method: 'other' }),
    ).toBeGreaterThanOrEqual(30);
    // Each new line of a count brings a histogram of its own.
    expect((await numbers()).length).toBeLessThan(before + 80);
  });

  test('counts who left before the answer as 499', async () => {
    const blocker = await service.database.pool.connect();
    try {
      await blocker.query('begin; lock table document_version');
      const asking = connect(server.port, '127.0.0.1');
      asking.write('GET /v1/documents?limit=7 HTTP/1.1\r\nHost: a\r\n\r\n');
      await sleep(200);
      asking.destroy();
      await until(
        async () =>
          (await requests({ route: '/v1/documents', status: '499' })) === 1,
      );
    } finally {
      await blocker.query('rollback');
      blocker.release();
    }
  });

  test('tells how long statements take, by a short name, and how they fail', async () => {
    await server.get('/v1/events?q=told');
    await server.get('/v1/timeline?interval=year');
    const found = await numbers();
    for (const statement of ['events', 'timeline', 'state'])
      expect(
        valueOf(found, 'db_statement_duration_seconds_count', { statement }),
      ).toBeGreaterThanOrEqual(1);
    const names = new Set(
      found.flatMap(({ labels }) => labels['statement'] ?? []),
    );
    for (const name of names) expect(name).toMatch(/^[a-z_ ]{2,40}$/);
    const blocker = await service.database.pool.connect();
    try {
      await blocker.query('begin; lock table document_version');
      expect((await server.get('/v1/documents?limit=8')).status).toBe(503);
    } finally {
      await blocker.query('rollback');
      blocker.release();
    }
    expect(
      valueOf(await numbers(), 'db_statement_errors_total', {
        statement: 'documents',
        code: '55P03',
      }),
    ).toBe(1);
  });

  test('tells of every pool how many connections it has, and who waits', async () => {
    const held = await Promise.all(
      [1, 2, 3, 4].map(() => server.database.pool.connect()),
    );
    const waiting = server
      .get('/v1/event-types')
      .then(() => server.get('/v1/events?limit=3'));
    await until(
      async () =>
        valueOf(await numbers(), 'db_pool_waiting', { pool: 'reads' }) === 1,
    );
    const found = await numbers();
    expect(
      valueOf(found, 'db_pool_connections', { pool: 'reads', state: 'used' }),
    ).toBe(4);
    expect(valueOf(found, 'db_pool_limit', { pool: 'reads' })).toBe(4);
    for (const one of held) one.release();
    expect((await waiting).status).toBe(200);
    for (const pool of ['reads', 'counting', 'exports', 'probe', 'writes'])
      expect(
        valueOf(found, 'db_pool_connections', { pool, state: 'idle' }),
      ).not.toBeNull();
  });

  test('tells who follows the changes, how long these take to them, and how far behind they are', async () => {
    const following = await follow(address());
    await following.messages.next();
    await until(
      async () => valueOf(await numbers(), 'changes_followers') === 1,
    );
    const position = valueOf(await numbers(), 'changes_position');
    expect(position).toBeGreaterThan(0);
    await until(
      async () => valueOf(await numbers(), 'changes_followers_behind') === 0,
    );
    await writer.put(anEvent({ id: 'b', date: '2021' }));
    await until(
      async () =>
        valueOf(await numbers(), 'changes_delivery_seconds_count') === 1,
    );
    expect(valueOf(await numbers(), 'changes_position')).toBeGreaterThan(
      position ?? 0,
    );
    following.abort();
    await until(
      async () => valueOf(await numbers(), 'changes_followers') === 0,
    );
  });

  test('tells how far an import is while it runs, and how it ended', async () => {
    const records = Array.from({ length: 2500 }, (_, index) =>
      anEvent({ id: `i${index}`, date: '2019' }),
    );
    const whole = Buffer.from(ndjson(records));
    let goOn = (): void => undefined;
    const half = new Promise<void>((resolve) => (goOn = resolve));
    const sent = fetch(`${address()}/v1/import`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${writer.key}`,
        'content-type': 'application/x-ndjson',
      },
      body: (async function* () {
        yield whole.subarray(0, whole.length / 2);
        await half;
        yield whole.subarray(whole.length / 2);
      })() as unknown as ReadableStream,
      duplex: 'half',
    } as RequestInit);
    await until(
      async () =>
        valueOf(await numbers(), 'import_rows_total', { phase: 'reading' }) ===
        1000,
    );
    expect(valueOf(await numbers(), 'imports_running')).toBe(1);
    goOn();
    expect((await sent).status).toBe(200);
    const found = await numbers();
    expect(valueOf(found, 'imports_running')).toBe(0);
    for (const phase of ['reading', 'storing'])
      expect(valueOf(found, 'import_rows_total', { phase })).toBe(2500);
    expect(valueOf(found, 'imports_total', { outcome: 'stored' })).toBe(1);
  });

  test('is held to the documentation: every number is in its table, and the table has no other', async () => {
    const operations = readFileSync('docs/operations.md', 'utf8');
    const section = operations.slice(
      operations.indexOf('\n## Seen from outside\n'),
    );
    const documented = [...section.matchAll(/^\| `([a-z_]+)`/gm)].map(
      ([, name]) => name,
    );
    const types = (await server.get('/metrics')).body
      .toString()
      .matchAll(/^# TYPE (\S+)/gm);
    const own = [...types]
      .map(([, name = '']) => name)
      .filter((name) => !/^(process|nodejs)_/.test(name));
    expect(new Set(documented)).toEqual(new Set(own));
    expect(documented).toHaveLength(new Set(own).size);
  });

  test('is nothing where nothing is counted', async () => {
    const off = await buildApp({
      database: service.database,
      changes: changeSignal(service.url),
      secret: '',
      version: '0',
      logLevel: 'silent',
    });
    expect((await off.inject('/metrics')).statusCode).toBe(404);
    await off.close();
  });
});

describe('/readyz?verbose', () => {
  test('tells each part, and the plain form is as it was', async () => {
    expect((await service.get('/readyz')).json).toEqual({ status: 'ready' });
    for (const query of ['verbose', 'verbose=true']) {
      const { json } = await service.get(`/readyz?${query}`);
      const { done } = json.parts.migrations;
      expect(done).toBeGreaterThanOrEqual(9);
      expect(json).toEqual({
        status: 'ready',
        parts: {
          database: {
            version: expect.stringMatching(/^\d\d\.\d+$/),
            standby: false,
          },
          migrations: { status: 'current', done, known: done },
          replication: {
            synchronous: false,
            standbys: 0,
            lagBytes: null,
            loss: 'what no backup holds: there is no standby',
          },
          replicas: [],
          sums: { status: expect.stringMatching(/^settl(ed|ing)$/) },
        },
      });
    }
    expect((await service.get('/readyz?verbose=yes')).status).toBe(400);
  });

  test('tells of replicas what it is told', async () => {
    const replica = {
      name: 'db2:5432',
      leftOut: 'lag',
      lagBytes: 5,
      lagSeconds: 7,
    };
    const metrics = metricsOf('0');
    const app = await buildApp({
      database: service.database,
      changes: changeSignal(service.url),
      secret: '',
      version: '0',
      logLevel: 'silent',
      metrics,
      replicas: () => [replica],
    });
    const { parts } = (await app.inject('/readyz?verbose')).json();
    expect(parts.replicas).toEqual([{ ...replica, used: false }]);
    const found = samplesOf((await app.inject('/metrics')).body);
    const labels = { replica: 'db2:5432' };
    expect(valueOf(found, 'replica_used', labels)).toBe(0);
    expect(valueOf(found, 'replica_lag_bytes', labels)).toBe(5);
    expect(valueOf(found, 'replica_lag_seconds', labels)).toBe(7);
    await app.close();
  });
});

describe('the log', () => {
  test('tells each answer in one line: who, what, how, how long, how much', async () => {
    const url = '/v1/events?limit=4';
    const own = () => told('answered').filter((line) => line['url'] === url);
    const { headers, body } = await server.get(url, {
      authorization: `Bearer ${writer.key}`,
    });
    await until(() => own().length === 1);
    expect(own()).toEqual([
      expect.objectContaining({
        level: 30,
        reqId: headers['x-request-id'],
        method: 'GET',
        route: '/v1/events',
        status: 200,
        ms: expect.any(Number),
        bytes: body.length,
        key: writer.key.split('_')[1],
        from: 'route',
      }),
    ]);
    // What was remembered may be of before the import above.
    await server.get(url);
    await server.get(url);
    expect(own().at(-1)).toMatchObject({
      status: 200,
      from: 'memory',
      bytes: body.length,
      route: '/v1/events',
    });
  });

  test('holds no secret at any level', async () => {
    const password = 'pass-w0rd-of-the-database';
    const token = 'a-token-that-nobody-may-read';
    const role = `seen_${process.pid}`;
    await administer(
      `create role ${role} superuser login password '${password}'`,
    );
    const url = new URL(service.url);
    url.username = role;
    url.password = password;
    const found: string[] = [];
    const broken = await cachedServer(
      url.href,
      {},
      {
        logLevel: 'trace',
        logSink: { write: (line) => found.push(line) },
      },
    );
    const secrets = [writer.key.split('_').slice(2).join('_'), password, token];
    const paths = [
      `/v1/events?api_key=${token}&limit=1`,
      `/v1/events?limit=1&access_%74oken=${token}`,
      `/v1/events/${writer.key}`,
      `/nothing?x=${writer.key}`,
      `/v1/events?q=${encodeURIComponent(writer.key)}`,
      `http://me:${token}@here/v1/events`,
    ];
    for (const path of paths)
      await broken.get(path, {
        authorization: `Bearer ${writer.key}`,
        cookie: `session=${token}`,
        'proxy-authorization': `Basic ${token}`,
        'x-api-key': token,
      });
    // A fault that nobody expected is told whole, but for what hangs on it.
    const pool = broken.database.pool;
    pool.query = () => {
      const fault = Object.assign(new Error('unheard of'), {
        client: { password, url: url.href },
      });
      throw Object.assign(new Error('broke', { cause: fault }), {
        connection: url.href,
        headers: { token },
      });
    };
    expect((await broken.get('/v1/actors?limit=9')).status).toBe(500);
    await until(
      () =>
        found.filter((line) => line.includes('"answered"')).length ===
        paths.length + 1,
    );
    const text = found.join('');
    expect(text).toContain('request failed');
    expect(text).toContain('unheard of');
    for (const secret of secrets) expect(text).not.toContain(secret);
    await broken.stop();
    await administer(`drop role ${role}`);
  });

  test.each([
    ['/v1/events?limit=1', '/v1/events?limit=1'],
    ['/v1/events?a=1&KEY=x&b=2', '/v1/events?a=1&KEY=…&b=2'],
    ['/?a=?&password=x?y', '/?a=?&password=…'],
    ['/%zz?%zz=1', '/%zz?%zz=1'],
    ['http://me:pw@host/v1?x', 'http://…@host/v1?x'],
  ])('tells %s as %s', (url, shown) => {
    expect(withoutSecrets(url)).toBe(shown);
  });
});

describe('traces', () => {
  interface SentSpan {
    name: string;
    traceId: string;
    spanId: string;
    parentSpanId?: string;
    attributes: { key: string; value: Record<string, unknown> }[];
  }
  let collector: Server;
  let received: SentSpan[];
  let asked: { url: string; headers: IncomingHttpHeaders }[];

  beforeAll(async () => {
    received = [];
    asked = [];
    const receive = async (
      request: IncomingMessage,
      response: ServerResponse,
    ): Promise<void> => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      asked.push({ url: request.url ?? '', headers: request.headers });
      const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString());
      for (const { scopeSpans } of resourceSpans)
        for (const { spans } of scopeSpans) received.push(...spans);
      response.end('{}');
    };
    collector = createServer((request, response) => {
      void receive(request, response);
    }).listen(0, '127.0.0.1');
    await once(collector, 'listening');
  });
  afterAll(() => collector.close());

  test('a request and each of its statements have a span, in the trace of whoever asks', async () => {
    const { port } = collector.address() as AddressInfo;
    const traces = tracesTo(`http://127.0.0.1:${port}/`, '1.2.3');
    const traced = await cachedServer(service.url, {}, { traces });
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const parent = 'b7ad6b7169203331';
    const traceparent = `00-${trace}-${parent}-01`;
    await traced.database.state.now();
    const url = '/v1/events?limit=2&token=nobody-may-read-it';
    await traced.get('/v1/events?limit=2', { traceparent });
    await traced.get('/v1/events?limit=2', { traceparent });
    await traced.get(url, { traceparent });
    // Two that wait for one connection: each statement is of its own request.
    const held = await Promise.all(
      [1, 2, 3, 4].map(() => traced.database.pool.connect()),
    );
    const others = ['1', '2'].map((digit) => digit.repeat(32));
    const waiting = others.map((other) =>
      traced.get(`/v1/actors?limit=${other[0]}`, {
        traceparent: `00-${other}-${parent}-01`,
      }),
    );
    await until(() => traced.database.pool.waitingCount === 2);
    held[0]?.release();
    await Promise.all(waiting);
    for (const one of held.slice(1)) one.release();
    await traced.stop();
    await traces.close();

    expect(asked[0]?.url).toBe('/v1/traces');
    const mine = received.filter(({ traceId }) => traceId === trace);
    const requests = mine.filter(({ name }) => name === 'GET /v1/events');
    expect(requests).toHaveLength(3);
    const attribute = (span: SentSpan, name: string) =>
      Object.values(
        span.attributes.find(({ key }) => key === name)?.value ?? {},
      )[0];
    for (const span of requests) {
      expect(span.parentSpanId).toBe(parent);
      expect(attribute(span, 'http.route')).toBe('/v1/events');
    }
    const found = (name: string) =>
      new Set(requests.map((span) => attribute(span, name)));
    expect(found('http.response.status_code')).toEqual(new Set([200, 400]));
    expect(found('answered.from')).toEqual(new Set(['memory', 'route']));
    expect(JSON.stringify(received)).not.toContain('nobody-may-read-it');
    const statements = mine.filter(({ name }) => name === 'events');
    expect(statements).toHaveLength(1);
    expect(requests.map(({ spanId }) => spanId)).toContain(
      statements[0]?.parentSpanId,
    );
    for (const other of others) {
      const names = received
        .filter(({ traceId }) => traceId === other)
        .map(({ name }) => name);
      expect(names.filter((name) => name === 'actors')).toHaveLength(1);
    }
  });

  test('nothing of OpenTelemetry is loaded where no traces are asked for', () => {
    // It is imported by one file, and that one only when a setting asks for it.
    const serve = readFileSync('src/cli/serve.ts', 'utf8');
    expect(serve).toContain(`import('../http/traces.ts')`);
    expect(serve).not.toMatch(/^import .*traces\.ts/m);
    for (const file of ['app', 'answered', 'front-desk', 'log', 'metrics'])
      expect(readFileSync(`src/http/${file}.ts`, 'utf8')).not.toMatch(
        /@opentelemetry|traces\.ts'/,
      );
  });
});

test('a database that is not watched sends as before', async () => {
  const plain = await openDatabase({ url: service.url });
  const { rows } = await plain.pool.query('select 1 as one');
  expect(rows).toEqual([{ one: 1 }]);
  await plain.close();
});
