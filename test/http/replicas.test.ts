import { setTimeout as sleep } from 'node:timers/promises';
import { lsnOf } from '../../src/storage/lsn.ts';
import { type ReplicaSeen } from '../../src/storage/replicas.ts';
import { aDocument, anActor, anEvent, ndjson } from '../support/builders.ts';
import { cachedServer, type CachedServer } from '../support/cached.ts';
import { eventually } from '../support/command.ts';
import { testUrl } from '../support/database.ts';
import { type TestService } from '../support/service.ts';
import {
  type MovingAddress,
  movingAddress,
  type Primary,
  startPrimary,
  startStandby,
  type Standby,
  tell,
} from '../support/standby.ts';
import { aWriter, type Writer } from '../support/writing.ts';

const LONGEST_LAG = 2;

let primary: Primary;
let standby: Standby;
let address: MovingAddress;
let service: CachedServer;
let writer: Writer;

beforeAll(async () => {
  primary = await startPrimary();
  standby = await startStandby(primary, { max_standby_streaming_delay: '0' });
  address = await movingAddress(primary.url);
  service = await cachedServer(address.url, {
    replicas: [standby.url],
    longestLag: LONGEST_LAG,
  });
  writer = await aWriter(service as unknown as TestService, {
    scope: 'admin',
  });
  for (const record of [
    anActor('france'),
    anActor('russia'),
    aDocument('note'),
    anEvent({
      id: 'a',
      date: '2020',
      participants: [{ actor: 'france' }, { actor: 'russia' }],
    }),
  ])
    await writer.put(record);
  await inUse();
});
afterAll(async () => {
  await service.stop();
  await address.close();
  await standby.remove();
  await primary.stop();
});

async function seen(one = service): Promise<ReplicaSeen | undefined> {
  return one.database.replicas()[0];
}

/** Waits until the standby is known to have replayed all there is, and is read. */
async function inUse(one = service): Promise<void> {
  const [row] = await tell<{ lsn: string }>(
    primary.url,
    'select pg_current_wal_flush_lsn()::text as lsn',
  );
  const lsn = lsnOf(row?.lsn ?? '');
  await eventually(() => one.database.readAt(lsn).database !== one.database);
}

async function pause(): Promise<void> {
  await tell(standby.url, 'select pg_wal_replay_pause()');
  await eventually(async () => {
    const [row] = await tell<{ state: string }>(
      standby.url,
      'select pg_get_wal_replay_pause_state() as state',
    );
    return row?.state === 'paused';
  });
}

const resume = () => tell(standby.url, 'select pg_wal_replay_resume()');

/** How many statements on the record the primary was asked while something was done; the others went elsewhere. */
async function onPrimary(work: () => Promise<unknown>): Promise<number> {
  service.queries();
  await work();
  return service.queries();
}

const titleOf = (body: Buffer): string =>
  (JSON.parse(body.toString()) as { title: { en: string } }).title.en;

let turn = 0;
const retitle = () =>
  writer.put(
    anEvent({ id: 'told', date: '2021', title: { en: `turn ${++turn}` } }),
  );

const reads = [
  '/v1/events',
  '/v1/events?actor=france&count=exact',
  '/v1/events?q=nothing',
  '/v1/events/a',
  '/v1/events/a/revisions',
  '/v1/events/a/thread',
  '/v1/events.csv',
  '/v1/events.ndjson',
  '/v1/events.ics',
  '/v1/events.atom',
  '/v1/actors',
  '/v1/actors/france',
  '/v1/actors/france/counterparts',
  '/v1/actors/match?name=france',
  '/v1/dyads/france/russia',
  '/v1/documents',
  '/v1/documents/note',
  '/v1/documents/note/thread',
  '/v1/timeline?interval=year',
  '/v1/facets?by=type,actor',
  '/v1/reconcile?queries=%7B%22q0%22%3A%7B%22query%22%3A%22france%22%7D%7D',
];

test.each(reads)('%s is read on the replica', async (path) => {
  await inUse();
  let status;
  const asked = await onPrimary(async () => {
    ({ status } = await service.get(path));
  });
  expect([status, asked]).toEqual([200, 0]);
});

test.each(['/v1/changes', '/v1/events.ndjson?actor=france'])(
  '%s, which a standby cannot answer truly, is read on the primary',
  async (path) => {
    await inUse();
    const { status } = await service.get(path);
    expect(status).toBe(200);
    expect(service.queries()).toBeGreaterThan(0);
  },
);

test('every write answers how far one must have come who shows it', async () => {
  const send: Writer['send'] = (...sent) => writer.send(...sent);
  const told = /^[\dA-F]+\/[\dA-F]+$/;
  const draft = anEvent({ id: 'written', date: '2022' });
  const answers = [
    await send('POST', '/v1/events', { body: draft }),
    await send('POST', '/v1/events', {
      body: anEvent({ id: 'again', date: '2022' }),
      headers: { 'idempotency-key': 'k' },
    }),
    await send('PUT', '/v1/actors/put', { body: anActor('put') }),
    await send('PATCH', '/v1/events/written', {
      body: { summary: { en: 'more' } },
      headers: { 'if-match': '*' },
    }),
    await send('POST', '/v1/events/again/merge', {
      body: { into: 'written' },
      headers: { 'if-match': '*' },
    }),
    await send('DELETE', '/v1/events/written?reason=test', {
      headers: { 'if-match': '*' },
    }),
    await send('POST', '/v1/import', {
      body: ndjson([anActor('imported')]),
      headers: { 'content-type': 'application/x-ndjson' },
    }),
  ];
  for (const { status, headers } of answers)
    expect([status < 300, headers['x-data-lsn']]).toEqual([
      true,
      expect.stringMatching(told),
    ]);
});

describe('while the replica is behind', () => {
  afterEach(resume);

  test('who sends the token of a write sees it, and nobody is ever told the past from memory', async () => {
    await retitle();
    await inUse();
    const before = `turn ${turn}`;
    for (let time = 0; time < 3; time++) await service.get('/v1/events/told');
    await pause();
    const { headers } = await retitle();
    const token = { 'x-data-lsn': String(headers['x-data-lsn']) };
    const old = await service.get('/v1/events/told');
    expect(titleOf(old.body)).toBe(before);
    const known = { 'if-none-match': String(old.headers.etag) };
    const still = await service.get('/v1/events/told', known);
    expect(still.status).toBe(304);
    const since = await service.get('/v1/events/told', { ...known, ...token });
    expect([since.status, titleOf(since.body)]).toEqual([200, `turn ${turn}`]);
    // That is remembered, and as new as can be: from now on nobody here sees the past of this address.
    const { status } = await service.get('/v1/events/told', known);
    expect(status).toBe(200);
    await resume();
    await inUse();
    // The replica has come so far: it is asked, and remembered.
    const asked = await onPrimary(async () => {
      for (let time = 0; time < 3; time++) {
        const { body } = await service.get('/v1/events/told');
        expect(titleOf(body)).toBe(`turn ${turn}`);
      }
      const { body } = await service.get('/v1/events/told', token);
      expect(titleOf(body)).toBe(`turn ${turn}`);
      await service.get('/v1/events?topic=x', token);
    });
    expect(asked).toBe(0);
  });

  test('what it answers is not remembered under what the primary has by now', async () => {
    await retitle();
    await inUse();
    const before = `turn ${turn}`;
    await service.get('/v1/events/told?asOf=2999-01-01');
    await pause();
    await retitle();
    // The state is read of the primary, and is the newest; the answer of the replica is not.
    for (let time = 0; time < 3; time++) {
      const { body } = await service.get('/v1/events/told?asOf=2999-01-01');
      expect(titleOf(body)).toBe(before);
    }
    await resume();
    await inUse();
    const { body } = await service.get('/v1/events/told?asOf=2999-01-01');
    expect(titleOf(body)).toBe(`turn ${turn}`);
  });

  test('for too long, it is left out until it has caught up', async () => {
    await inUse();
    await pause();
    await retitle();
    await eventually(async () => (await seen())?.leftOut === 'lag');
    const { lagBytes, lagSeconds } = (await seen()) ?? {};
    expect(lagBytes).toBeGreaterThan(0);
    expect(lagSeconds).toBeGreaterThan(LONGEST_LAG);
    const { body } = await service.get('/v1/events/told');
    expect(titleOf(body)).toBe(`turn ${turn}`);
    await resume();
    await inUse();
    expect(await onPrimary(() => service.get('/v1/events?topic=y'))).toBe(0);
  });

  test('one that starts behind is not read before it has caught up once', async () => {
    await pause();
    await retitle();
    const late = await cachedServer(primary.url, { replicas: [standby.url] });
    try {
      await eventually(async () => (await seen(late))?.leftOut === 'lag');
      expect((await seen(late))?.lagSeconds).toBeNull();
      const { body } = await late.get('/v1/events/told');
      expect(titleOf(body)).toBe(`turn ${turn}`);
      await resume();
      await inUse(late);
    } finally {
      await late.stop();
    }
  });
});

test.each(['x', '', '0/', '1/123456789', '0/0,0/1'])(
  'the token "%s" is refused, remembered or not',
  async (token) => {
    for (let time = 0; time < 3; time++) {
      const { status, body } = await service.get('/v1/events/a', {
        'x-data-lsn': token,
      });
      expect([status, body.toString()]).toEqual([
        400,
        expect.stringContaining('"parameter":"X-Data-Lsn"'),
      ]);
      await service.get('/v1/events/a');
    }
  },
);

test('a statement that stands against what is replayed is asked of the primary (40001)', async () => {
  await tell(primary.url, 'create table old as select generate_series(1, 9) n');
  await inUse();
  const failed = (await seen())?.failed ?? 0;
  const { database } = service.database.readAt(null);
  expect(database).not.toBe(service.database);
  const asking = database.pool.query(
    `select pg_is_in_recovery() as standby, (select count(*) from old) as n, pg_sleep(1.5)::text`,
  );
  await sleep(300);
  await tell(primary.url, 'delete from old');
  await tell(primary.url, 'vacuum old');
  expect((await asking).rows).toEqual([{ standby: false, n: 0, pg_sleep: '' }]);
  expect((await seen())?.failed).toBe(failed + 1);
  // What was asked of the replica itself ends so.
  await tell(primary.url, 'insert into old select generate_series(1, 9)');
  await inUse();
  const alone = tell(
    standby.url,
    'select count(*), pg_sleep(1.5) from old',
  ).catch((error: unknown) => error);
  await sleep(300);
  await tell(primary.url, 'delete from old');
  await tell(primary.url, 'vacuum old');
  expect(await alone).toMatchObject({ code: '40001' });
  expect((await service.get('/v1/events/a')).status).toBe(200);
});

test('a replica that dies takes no answer with it, and is read again when it is back', async () => {
  await inUse();
  const statuses = new Set<number>();
  const asking = new AbortController();
  const load = Promise.all(
    [0, 1, 2, 3].map(async (one) => {
      for (let time = 0; !asking.signal.aborted; time++) {
        const format = ['', '.csv', '.ndjson', '.atom'][one] ?? '';
        const path = `/v1/events${format}?topic=t${time}`;
        statuses.add((await service.get(path)).status);
      }
    }),
  );
  await sleep(200);
  await standby.kill();
  await eventually(async () => (await seen())?.leftOut === 'no-answer');
  await sleep(200);
  await standby.start();
  await inUse();
  asking.abort();
  await load;
  expect([...statuses]).toEqual([200]);
  expect(await onPrimary(() => service.get('/v1/events?topic=z'))).toBe(0);
});

test('who is no copy of this database, or not there, is not read', async () => {
  const nowhere = new URL(primary.url);
  nowhere.port = '1';
  const other = await cachedServer(primary.url, {
    replicas: [testUrl('postgres'), nowhere.href],
  });
  try {
    const told = () => other.database.replicas().map(({ leftOut }) => leftOut);
    await eventually(async () => told()[0] !== 'no-answer');
    expect(told()).toEqual(['another-database', 'no-answer']);
    expect((await other.get('/v1/events/a')).status).toBe(200);
  } finally {
    await other.stop();
  }
});

test('a role that may only read is enough on a replica', async () => {
  await tell(
    primary.url,
    `create role reader login password 'reader' in role pg_read_all_data`,
  );
  await inUse();
  const url = new URL(standby.url);
  url.username = 'reader';
  url.password = 'reader';
  const other = await cachedServer(primary.url, { replicas: [url.href] });
  try {
    await inUse(other);
    const { status } = await other.get('/v1/events/a');
    expect([status, other.queries()]).toEqual([200, 0]);
  } finally {
    await other.stop();
  }
});

test('of two servers side by side each shows at once what was written through the other', async () => {
  await inUse();
  const other = await cachedServer(primary.url, { replicas: [standby.url] });
  try {
    await inUse(other);
    for (let time = 0; time < 20; time++) {
      const { headers } = await retitle();
      const { body } = await other.get('/v1/events/told', {
        'x-data-lsn': String(headers['x-data-lsn']),
      });
      expect(titleOf(body)).toBe(`turn ${turn}`);
    }
  } finally {
    await other.stop();
  }
});

test('a server that takes no writes any more is let go (25006)', async () => {
  const owner = `${primary.url}?options=${encodeURIComponent('-c default_transaction_read_only=off')}`;
  const setting = 'default_transaction_read_only';
  const reload = () => tell(owner, 'select pg_reload_conf()');
  const draft = anEvent({ id: 'later', date: '2022' });
  await tell(owner, `alter system set ${setting} = on`);
  await reload();
  try {
    await eventually(async () => {
      const { status, headers, json } = await writer.send(
        'PUT',
        '/v1/events/later',
        { body: draft },
      );
      if (status === 200 || status === 201) return false;
      expect([status, headers['retry-after'], json.type]).toEqual([
        503,
        '1',
        '/problems/database_unavailable',
      ]);
      return true;
    });
  } finally {
    await tell(owner, `alter system reset ${setting}`);
    await reload();
  }
  await eventually(async () => {
    const { status } = await writer.send('POST', '/v1/events', {
      body: anEvent({ date: '2022' }),
    });
    return status === 201;
  });
});

describe('when the primary is lost', () => {
  test('replicas are read, writes wait, and whoever is promoted takes its place', async () => {
    const { headers } = await retitle();
    const token = { 'x-data-lsn': String(headers['x-data-lsn']) };
    await inUse();
    const write = () =>
      writer.send('POST', '/v1/events', { body: anEvent({ date: '2022' }) });

    // The address already leads to the standby, which is no primary yet.
    address.moveTo(standby.url);
    await primary.stop();
    const refused = await write();
    expect([refused.status, refused.headers['retry-after']]).toEqual([
      503,
      '1',
    ]);
    for (let time = 0; time < 3; time++) {
      const { status, body } = await service.get('/v1/events/told', token);
      expect([status, titleOf(body)]).toEqual([200, `turn ${turn}`]);
    }
    expect((await service.get('/readyz')).status).toBe(200);
    expect((await service.get('/v1/changes')).status).toBe(503);

    await tell(standby.url, 'select pg_promote()');
    await eventually(async () => (await write()).status === 201);
    await eventually(async () => {
      const one = await seen();
      return one?.promoted === true && one.leftOut === null;
    });
    await retitle();
    const { status, body } = await service.get('/v1/events/told');
    expect([status, titleOf(body)]).toEqual([200, `turn ${turn}`]);
    expect((await service.get('/v1/changes')).status).toBe(200);
  });
});
