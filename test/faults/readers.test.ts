import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { Client } from 'pg';
import { anEvent } from '../support/builders.ts';
import { eventually } from '../support/command.ts';
import { holdTable } from '../support/held-table.ts';
import { startService, type TestService } from '../support/service.ts';
import { aWriter, statusesOf } from '../support/writing.ts';

let service: TestService;
let watcher: Client;

beforeAll(async () => {
  service = await startService();
  await service.load([anEvent({ id: 'one' }), anEvent({ id: 'two' })]);
  watcher = new Client(service.url);
  await watcher.connect();
});

afterAll(async () => {
  await watcher?.end();
  await service?.stop();
});

test('6: whoever meets a lock is told within two seconds that it took too long', async () => {
  const events = await holdTable(service.url, 'event_version');
  const began = Date.now();
  const { status, headers, json, text } = await service.get('/v1/events');
  expect([status, json.type]).toEqual([503, '/problems/query_timeout']);
  expect(headers['retry-after']).toBe('1');
  expect(text).not.toMatch(/select|lock/i);
  expect(Date.now() - began).toBeLessThan(5000);
  await events.release();
});

test('7: with all connections taken one more is told so, and the server is ready all the same', async () => {
  const { pool } = service.database;
  const clients = await Promise.all(
    Array.from({ length: pool.options.max }, () => pool.connect()),
  );
  try {
    const began = Date.now();
    const { status, headers, json } = await service.get('/v1/events');
    expect([status, json.type]).toEqual([503, '/problems/too_busy']);
    expect(headers['retry-after']).toBe('1');
    // A second and a half on a quiet machine.
    expect(Date.now() - began).toBeLessThan(5000);
    expect((await service.get('/readyz')).status).toBe(200);
    expect((await service.get('/healthz')).status).toBe(200);
  } finally {
    for (const client of clients) client.release();
  }
  expect((await service.get('/v1/events')).status).toBe(200);
});

test('20: four hundred that are refused use the connections there are', async () => {
  const writer = await aWriter(service);
  const sessions = async () => {
    // What a session has counted is told when it ends, or now and then.
    const { rows } = await watcher.query<{ count: number }>(
      `select sessions::int as count from pg_stat_database where datname = current_database()`,
    );
    return rows[0]?.count ?? 0;
  };
  const enter = async () =>
    writer.send('POST', '/v1/events', { body: anEvent({ id: 'one' }) });
  await Promise.all([enter(), enter(), enter(), enter()]);
  const before = await sessions();
  const answers = await Promise.all(Array.from({ length: 400 }, enter));
  expect(new Set(statusesOf(answers))).toEqual(new Set([409]));
  const refused = await Promise.all(
    Array.from({ length: 100 }, async () =>
      service.database.writes
        .transaction((tx) =>
          tx.query(`insert into secret values ('cursor', '')`),
        )
        .catch(() => 'refused'),
    ),
  );
  expect(new Set(refused)).toEqual(new Set(['refused']));
  expect((await sessions()) - before).toBeLessThanOrEqual(4);
});

describe('23: a client that goes away while it waits', () => {
  let patient: TestService;
  let port: number;

  beforeAll(async () => {
    patient = await startService();
    // Nothing but their going away is to end these queries.
    const never = {
      lock_timeout: 60_000,
      statement_timeout: 60_000,
      query_timeout: 60_000,
    };
    const { pool, counting } = patient.database;
    for (const { options } of [pool, counting]) Object.assign(options, never);
    await patient.app.listen({ port: 0, host: '127.0.0.1' });
    ({ port } = patient.app.server.address() as AddressInfo);
  });

  afterAll(() => patient?.stop());

  async function ask(path: string): Promise<Socket> {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    return socket;
  }

  test.each([
    '/v1/events',
    '/v1/events?count=exact&q=event',
    '/v1/timeline?interval=day&q=event',
    '/v1/facets?by=type&q=event',
  ])(
    '%s: its query is ended, and its connection serves the next',
    async (path) => {
      const { pool, counting } = patient.database;
      const events = await holdTable(patient.url, 'event_version');
      const socket = await ask(path);
      await eventually(async () => (await events.waiting()) > 0);
      const taken = pool.totalCount + counting.totalCount;
      const left = Date.now();
      socket.destroy();
      await eventually(async () => (await events.waiting()) === 0);
      // Half a second on a quiet machine.
      expect(Date.now() - left).toBeLessThan(3000);
      await eventually(() => pool.idleCount + counting.idleCount === taken);
      await events.release();
      expect((await patient.get(path)).status).toBe(200);
      expect(pool.totalCount + counting.totalCount).toBe(taken);
    },
  );
});
