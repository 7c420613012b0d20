import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type ClientRequest, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { openDatabase } from '../../src/storage/database.ts';
import { createKey } from '../../src/storage/keys.writes.ts';
import { anEvent, ndjson } from '../support/builders.ts';
import {
  eventually,
  killCommands,
  type Running,
  startCommand,
} from '../support/command.ts';
import { cloneDatabase } from '../support/database.ts';
import { follow } from '../support/follower.ts';
import { holdTable } from '../support/held-table.ts';
import { startService } from '../support/service.ts';

const home = mkdtempSync(join(tmpdir(), 'events-processes-'));
let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let authorization: string;

beforeEach(async () => {
  clone = await cloneDatabase();
  const database = await openDatabase({ url: clone.url, connections: 1 });
  const key = await createKey(database, {
    name: 'desk',
    scope: 'editor',
    expires: null,
  });
  authorization = `Bearer ${key}`;
  await database.close();
});

afterEach(() => clone.drop());

afterAll(async () => {
  await killCommands();
  rmSync(home, { recursive: true, force: true });
});

/** The service as a process of its own. */
async function serve(
  env: Record<string, string> = {},
): Promise<Running & { address: string }> {
  const running = startCommand(['serve', '--port', '0', '--samples', 'off'], {
    env: { DATABASE_URL: clone.url, ...env },
    cwd: home,
  });
  const [, address = ''] = await running.says(/listening at (\S+)/);
  return { ...running, address };
}

async function put(address: string, record: object & { id: string }) {
  return fetch(`${address}/v1/events/${record.id}`, {
    method: 'PUT',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(record),
  });
}

test('9: with nobody left to read its log and its output it keeps serving', async () => {
  const service = await serve({ LOG_LEVEL: 'info' });
  for (const stream of [service.child.stdout, service.child.stderr])
    stream?.destroy();
  for (let turn = 0; turn < 20; turn++)
    expect((await fetch(`${service.address}/v1/events`)).status).toBe(200);
  expect((await put(service.address, anEvent({ id: 'a' }))).status).toBe(201);
  service.child.kill('SIGTERM');
  expect(await service.ended).toMatchObject({ code: 0 });
}, 60_000);

test('17: told to end, it finishes a query, lets followers know, cuts off an export that nobody reads, and ends well', async () => {
  const filled = await startService({ at: clone.url });
  await filled.load(
    Array.from({ length: 3000 }, (_, index) =>
      anEvent({
        id: `e${index}`,
        summary: { en: `${index} `.repeat(2000) },
      }),
    ),
  );
  await filled.stop();
  const service = await serve();
  const { hostname, port } = new URL(service.address);
  const follower = await follow(service.address);
  const said: string[] = [];
  const following = (async () => {
    for await (const message of follower.messages)
      said.push('end' in message ? 'end' : 'more');
  })();
  const reader = connect(Number(port), hostname);
  reader.on('error', () => undefined);
  reader.write('GET /v1/events.csv HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(reader, 'data');
  reader.pause();
  const actors = await holdTable(clone.url, 'actor_version');
  const query = fetch(`${service.address}/v1/actors`);
  await eventually(async () => (await actors.waiting()) > 0);
  const began = Date.now();
  service.child.kill('SIGTERM');
  await sleep(100);
  await expect(fetch(service.address)).rejects.toThrow('fetch failed');
  await actors.release();
  expect((await query).status).toBe(200);
  await following;
  expect(said.at(-1)).toBe('end');
  expect(await service.ended).toMatchObject({ code: 0, err: '' });
  expect(Date.now() - began).toBeLessThan(10_500);
  reader.destroy();
}, 60_000);

/** Begins an import over HTTP and sends a part of it. */
function beginImport(address: string, part: string): ClientRequest {
  const sending = request(`${address}/v1/import`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/x-ndjson' },
  });
  sending.on('error', () => undefined);
  sending.write(part);
  return sending;
}

test('18: killed amid an import it leaves nothing of it, and the same import is taken by the next', async () => {
  const events = Array.from({ length: 2000 }, (_, index) =>
    anEvent({ id: `e${index}` }),
  );
  const service = await serve();
  const sending = beginImport(service.address, ndjson(events.slice(0, 1000)));
  const watcher = new Client(clone.url);
  await watcher.connect();
  await eventually(async () => {
    const { rows } = await watcher.query(
      `select from pg_stat_activity where datname = current_database() and query like 'copy staged%' and state = 'active'`,
    );
    return rows.length > 0;
  });
  service.child.kill('SIGKILL');
  await service.ended;
  sending.destroy();
  const next = await serve();
  const page = await fetch(`${next.address}/v1/events`);
  expect(await page.json()).toMatchObject({ data: [] });
  const answer = await fetch(`${next.address}/v1/import`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/x-ndjson' },
    body: ndjson(events),
  });
  expect(await answer.json()).toMatchObject({ created: 2000, stored: true });
  await watcher.end();
  next.child.kill('SIGTERM');
  await next.ended;
}, 60_000);

describe('two servers whose clocks are two hours apart, in zones of their own', () => {
  let early: Running & { address: string };
  let late: Running & { address: string };

  /** A process whose clock goes wrong by so many minutes. */
  async function serveAt(minutes: number, zone: string) {
    const file = join(home, `clock${minutes}.cjs`);
    writeFileSync(
      file,
      `const Right = Date, now = Date.now, by = ${minutes} * 60000;
       globalThis.Date = class extends Right {
         constructor(...given) { given.length === 0 ? super(now() + by) : super(...given); }
         static now() { return now() + by; }
       };`,
    );
    return serve({ NODE_OPTIONS: `--require ${file}`, TZ: zone });
  }

  beforeEach(async () => {
    [early, late] = await Promise.all([
      serveAt(-60, 'America/Los_Angeles'),
      serveAt(60, 'Europe/Kyiv'),
    ]);
  }, 30_000);

  afterEach(async () => {
    for (const { child, ended } of [early, late]) {
      child.kill('SIGTERM');
      await ended;
    }
  });

  async function read(address: string, path: string): Promise<string> {
    const answer = await fetch(address + path);
    expect([path, answer.status]).toEqual([path, 200]);
    return (await answer.text()).replaceAll(address, '');
  }

  test('21: every instant in the record is the database’s, and cursors go from one to the other', async () => {
    const clock = new Client(clone.url);
    await clock.connect();
    const now = async () => {
      const { rows } = await clock.query<{ at: Date }>(
        'select clock_timestamp() as at',
      );
      return rows[0]?.at.getTime() ?? 0;
    };
    // Stamps are cut to the millisecond.
    const before = (await now()) - 1;
    for (const [id, address] of [
      ['a', late.address],
      ['b', early.address],
      ['c', late.address],
    ] as const)
      expect((await put(address, anEvent({ id }))).status).toBe(201);
    const after = await now();
    await clock.end();
    const { data } = JSON.parse(await read(late.address, '/v1/changes')) as {
      data: { id: string; at: string }[];
    };
    const instants = data.map(({ at }) => Date.parse(at));
    expect(data.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(instants).toEqual(instants.toSorted((one, two) => one - two));
    expect(Math.min(...instants)).toBeGreaterThanOrEqual(before);
    expect(Math.max(...instants)).toBeLessThanOrEqual(after);
    const { next } = JSON.parse(
      await read(late.address, '/v1/events?limit=2'),
    ) as { next: string };
    const page = `/v1/events?limit=2&cursor=${encodeURIComponent(next)}`;
    expect(JSON.parse(await read(early.address, page))).toMatchObject({
      data: [{ id: 'c' }],
    });
  }, 60_000);

  test('22: a day stays the day it is, in every format, whatever zone a server stands in', async () => {
    const event = anEvent({ id: 'new-year', date: '2024-01-01' });
    expect((await put(late.address, event)).status).toBe(201);
    for (const path of [
      '/v1/events?from=2024-01-01&to=2024-01-01',
      '/v1/events?from=2024-01-01T00:00:00Z&to=2024-01-01T00:00:00Z',
      '/v1/events.csv',
      '/v1/events.jsonld',
      '/v1/events.timeline.json',
      '/v1/timeline?interval=day',
    ]) {
      const [one, two] = await Promise.all(
        [late, early].map(({ address }) => read(address, path)),
      );
      expect(two).toBe(one);
      expect(one).toMatch(/2024-01-01|"year":"?2024"?,"month":"?1"?,"day":"?1/);
      expect(one).not.toContain('2023');
    }
    expect(await read(late.address, '/v1/events?to=2023')).toContain(
      '"data":[]',
    );
  }, 60_000);
});

test('27: of a hundred thousand lines the last but one is bad: it is named, and nothing is kept', async () => {
  const service = await startService();
  const bad = 99_999;
  const text = async function* () {
    for (let line = 1; line <= 100_000; line += 1000)
      yield Buffer.from(
        ndjson(
          Array.from({ length: 1000 }, (_, index) =>
            anEvent({
              id: `e${line + index}`,
              ...(line + index === bad ? { date: '2022-02-30' } : {}),
            }),
          ),
        ),
      );
  };
  const { report, rejected } = await service.load(text());
  expect(report).toMatchObject({
    received: 100_000,
    rejected: 1,
    created: 0,
    stored: false,
  });
  expect(rejected).toMatchObject([
    { line: bad, faults: [{ pointer: '/date' }] },
  ]);
  expect(await service.ids('/v1/events')).toEqual([]);
  await service.stop();
}, 120_000);
