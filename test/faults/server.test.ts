import {
  chownSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { migrate } from '../../src/storage/database.ts';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, killCommands, startCommand } from '../support/command.ts';
import { anEvent } from '../support/builders.ts';
import { type OwnServer, ownServer } from '../support/own-server.ts';
import {
  type Answer,
  startService,
  type TestService,
} from '../support/service.ts';
import { aWriter, type Writer } from '../support/writing.ts';
import { signal } from '../support/signals.ts';

let server: OwnServer;
let service: TestService;
let writer: Writer;

beforeAll(async () => {
  server = await ownServer();
  service = await startService({ at: server.url });
  writer = await aWriter(service);
}, 60_000);

afterAll(async () => {
  await killCommands();
  await service?.stop();
  await server?.stop();
});

const NOT_NOW = [
  '/problems/database_unavailable',
  '/problems/outcome_unknown',
  '/problems/query_timeout',
  '/problems/too_busy',
];

/** Whoever is told "not now" is told so as a problem, and when to come again. */
function expectNotNow({ status, headers, json, text }: Answer): void {
  expect([status, text.slice(0, 500)]).toEqual([503, text.slice(0, 500)]);
  expect(headers['retry-after']).toBe('1');
  expect(NOT_NOW).toContain(json.type);
  expect(text).not.toMatch(/select|insert|127\.0\.0\.1|postgres/i);
}

/** Enters an event as a careful client does: the same key and body again, as long as it is told "not now". */
async function insist(id: string, failed: () => void): Promise<void> {
  const key = randomUUID();
  for (;;) {
    const answer = await writer.send('POST', '/v1/events', {
      body: anEvent({ id }),
      headers: { 'idempotency-key': key },
    });
    if (answer.status === 201) return;
    expectNotNow(answer);
    failed();
    await sleep(50);
  }
}

/** Writes with four hands while something happens, until each hand has written after it. */
async function whileWriting(
  name: string,
  happens: (failures: () => number, written: () => number) => Promise<void>,
): Promise<void> {
  const acknowledged: string[] = [];
  let failures = 0;
  let over = false;
  const hand = async (number: number): Promise<void> => {
    for (let turn = 0; ; turn++) {
      const last = over;
      const id = `${name}-${number}-${turn}`;
      await insist(id, () => failures++);
      acknowledged.push(id);
      if (last) return;
    }
  };
  const hands = Promise.all([0, 1, 2, 3].map(hand));
  await eventually(() => acknowledged.length > 8);
  try {
    await happens(
      () => failures,
      () => acknowledged.length,
    );
  } finally {
    over = true;
    await hands;
  }
  const kept = await server.administer<{ id: string }>(
    `select v.id from event_version v join change c on c.record = 'event' and c.id = v.id and c.revision = v.revision
     where v.id like $1 and v.superseded_at is null`,
    [`${name}-%`],
  );
  expect(kept.map(({ id }) => id).toSorted()).toEqual(acknowledged.toSorted());
  const halves = await server.administer(
    `select id from change where id like $1 group by id having count(*) <> 1
     union all select key from idempotency_key where answer is null`,
    [`${name}-%`],
  );
  expect(halves).toEqual([]);
}

/** The processes at the other end of the service's connections. */
async function backends(): Promise<number[]> {
  const rows = await server.administer<{ pid: number }>(
    `select pid from pg_stat_activity where application_name like 'diplomatic-events%' and pid <> pg_backend_pid()`,
  );
  return rows.map(({ pid }) => pid);
}

test('1: a backend killed amid writes: they are told to come again, and nothing is lost, doubled or kept by halves', async () => {
  await whileWriting('killed', async (failures) => {
    for (let round = 0; round < 2; round++) {
      const before = failures();
      let writing: number | undefined;
      await eventually(async () => {
        const [newest] = await server.administer<{ pid: number }>(
          `select pid from pg_stat_activity where application_name = 'diplomatic-events' order by state_change desc limit 1`,
        );
        writing = newest?.pid;
        return writing !== undefined;
      });
      signal(writing, 'SIGKILL');
      await eventually(() => failures() > before);
    }
  });
}, 60_000);

test('2: the postmaster killed, three seconds of outage: alive, not ready, and soon well again', async () => {
  await whileWriting('outage', async (failures, written) => {
    await server.kill();
    const began = Date.now();
    expect((await service.get('/healthz')).status).toBe(200);
    expectNotNow(await service.get('/readyz'));
    expectNotNow(await service.get('/v1/events'));
    await sleep(Math.max(0, 3000 - (Date.now() - began)));
    expect(failures()).toBeGreaterThan(0);
    const before = written();
    await server.start();
    const back = Date.now();
    await eventually(() => written() > before);
    expect((await service.get('/readyz')).status).toBe(200);
    // A second on a quiet machine.
    expect(Date.now() - back).toBeLessThan(5000);
  });
}, 60_000);

test('3: started before its database, the service is alive and waits for it', async () => {
  await server.kill();
  const started = startCommand(['serve', '--port', '0', '--samples', 'off'], {
    env: { DATABASE_URL: server.url },
  });
  const [, address = ''] = await started.says(
    /^The database cannot be used: .*waited for; (\S+)\/healthz answers/m,
  );
  const statusOf = async (path: string) => {
    const { status, headers } = await fetch(address + path);
    return [status, headers.get('retry-after')];
  };
  expect(await statusOf('/healthz')).toEqual([200, null]);
  expect(await statusOf('/readyz')).toEqual([503, '1']);
  expect(await statusOf('/v1/events')).toEqual([503, '1']);
  expect(await statusOf('/openapi.json')).toEqual([200, null]);
  await server.start();
  await started.says(/listening at/);
  expect(await statusOf('/readyz')).toEqual([200, null]);
  expect(await statusOf('/v1/events')).toEqual([200, null]);
  started.child.kill('SIGTERM');
  expect(await started.ended).toMatchObject({ code: 0, err: '' });
}, 60_000);

test('3: who waits for a database can be ended', async () => {
  const url = new URL(server.url);
  url.port = '1';
  const started = startCommand(['serve', '--port', '0'], {
    env: { DATABASE_URL: url.href },
  });
  await started.says(/ECONNREFUSED.*waited for/);
  started.child.kill('SIGTERM');
  expect(await started.ended).toMatchObject({ code: 0, err: '' });
}, 60_000);

describe('5: a server that hangs', () => {
  const read = async () => service.get('/v1/events?limit=1');
  let count = 0;
  const write = async () =>
    writer.send('POST', '/v1/events', {
      body: anEvent({ id: `hangs-${count++}` }),
    });

  test.each([
    ['read', read],
    ['write', write],
  ])(
    'a %s is given up, and the next go by new connections',
    async (_, ask) => {
      expect((await ask()).status).toBeLessThan(202);
      const stopped = await backends();
      for (const pid of stopped) signal(pid, 'SIGSTOP');
      try {
        const began = Date.now();
        expectNotNow(await ask());
        // Four on a quiet machine.
        expect(Date.now() - began).toBeLessThan(8000);
        let tries = 1;
        while ((await ask()).status === 503) tries++;
        // No connection that hangs is tried twice.
        expect(tries).toBeLessThanOrEqual(stopped.length);
      } finally {
        for (const pid of stopped) signal(pid, 'SIGCONT');
      }
    },
    60_000,
  );
});

test('8: a table that finds no room: writes are told so, reads go on; with room again all is well', async () => {
  await server.administer('create database crowded template template0');
  const url = new URL(server.url);
  url.pathname = '/crowded';
  await migrate(url.href);
  const crowded = new Client(url.href);
  await crowded.connect();
  const { rows } = await crowded.query<{ path: string }>(
    `select pg_relation_filepath('event_version') as path from (select pg_switch_wal()) switched`,
  );
  await crowded.query('checkpoint');
  await crowded.end();
  const file = join(server.cluster, rows[0]?.path ?? '');
  const { uid, gid } = statSync(file);
  // Nothing can be written there, as the system itself says (ENOSPC): no mount and no privilege is needed.
  rmSync(file);
  symlinkSync('/dev/full', file);
  const full = await startService({ at: url.href });
  try {
    const desk = await aWriter(full);
    const enter = async () =>
      desk.send('POST', '/v1/events', {
        body: anEvent({ id: 'crowded' }),
        headers: { 'idempotency-key': 'crowded' },
      });
    const answer = await enter();
    expect([answer.status, answer.json.type]).toEqual([
      503,
      '/problems/storage_full',
    ]);
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.text).not.toMatch(/extend|base\//);
    expect(await full.ids('/v1/events')).toEqual([]);
    rmSync(file);
    writeFileSync(file, '', { mode: 0o600 });
    chownSync(file, uid, gid);
    // Those who have the file open have the old one.
    await server.administer(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = 'crowded'`,
    );
    await eventually(async () => (await enter()).status === 201);
    expect(await full.ids('/v1/events')).toEqual(['crowded']);
  } finally {
    await full.stop();
  }
}, 60_000);

describe('a standby that has to confirm every write and is dead', () => {
  const waiting = async () =>
    server.administer<{ pid: number }>(
      `select pid from pg_stat_activity where wait_event = 'SyncRep'`,
    );
  const standby = async (name: string) => {
    // Not together: a setting of the system cannot be changed in a transaction.
    await server.administer(
      `alter system set synchronous_standby_names = '${name}'`,
    );
    await server.administer('select pg_reload_conf()');
    await eventually(async () => {
      const [row] = await server.administer<{ value: string }>(
        `select current_setting('synchronous_standby_names') as value`,
      );
      return row?.value === name;
    });
  };
  const enter = async (id: string) =>
    writer.send('POST', '/v1/events', {
      body: anEvent({ id }),
      headers: { 'idempotency-key': id },
    });

  beforeEach(() => standby('ghost'));
  afterEach(() => standby(''));

  test('11: a write is told that nobody knows, the next ones that nothing is written; the same key resolves it', async () => {
    const began = Date.now();
    const first = await enter('ghost-1');
    expectNotNow(first);
    expect(first.json.type).toBe('/problems/outcome_unknown');
    expect(Date.now() - began).toBeLessThan(9000);
    const next = await enter('ghost-2');
    expectNotNow(next);
    expect(next.json.type).toBe('/problems/database_unavailable');
    // The write itself, and perhaps the note that the key was used; nobody queues up behind them.
    expect((await waiting()).length).toBeLessThanOrEqual(2);
    expect((await service.get('/v1/events?limit=1')).status).toBe(200);
    await standby('');
    await eventually(async () => (await waiting()).length === 0);
    const again = await enter('ghost-1');
    expect(again.status).toBe(201);
    expect((await enter('ghost-2')).status).toBe(201);
    expect(await service.get('/v1/events/ghost-1')).toMatchObject({
      status: 200,
      text: again.text,
    });
  }, 60_000);

  test('12: a commit whose waiting somebody cancels is not taken for confirmed', async () => {
    const answer = enter('cancelled-1');
    await eventually(async () => (await waiting()).length > 0);
    for (const { pid } of await waiting())
      await server.administer('select pg_cancel_backend($1)', [pid]);
    const told = await answer;
    expectNotNow(told);
    expect(told.json.type).toBe('/problems/outcome_unknown');
    await standby('');
    expect((await enter('cancelled-1')).status).toBe(201);
  }, 60_000);
});
