import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { DomainError, StartError } from '../../src/domain/errors.ts';
import {
  cursorSecret,
  type Database,
  databaseAt,
  migrate,
  openDatabase,
} from '../../src/storage/database.ts';
import { asDomainError } from '../../src/storage/faults.ts';
import { administer, cloneDatabase, testUrl } from '../support/database.ts';

let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let database: Database;
let name: string;
const broken: Error[] = [];
beforeAll(async () => {
  clone = await cloneDatabase();
  name = new URL(clone.url).pathname.slice(1);
  database = await openDatabase({
    url: clone.url,
    connections: 3,
    onIdleError: (error) => broken.push(error),
  });
});
afterAll(async () => {
  await database.close();
  await clone.drop();
});

/** A database without even a schema. */
async function emptyDatabase(): Promise<{
  url: string;
  drop(): Promise<void>;
}> {
  const empty = `test_${randomBytes(6).toString('hex')}`;
  await administer(`create database ${empty} template template0`);
  return {
    url: testUrl(empty),
    drop: () => administer(`drop database if exists ${empty} with (force)`),
  };
}

const changed = (change: (url: URL) => void): string => {
  const url = new URL(clone.url);
  change(url);
  return url.href;
};

describe('migrations', () => {
  test('eight servers that start at once on an empty database all succeed, and each step is done once', async () => {
    const empty = await emptyDatabase();
    try {
      const done = await Promise.all(
        Array.from({ length: 8 }, () => migrate(empty.url)),
      );
      const names = done.flat();
      expect(names.length).toBeGreaterThan(0);
      expect(new Set(names).size).toBe(names.length);
      expect(done.filter((one) => one.length > 0)).toHaveLength(1);
      expect(await migrate(empty.url)).toEqual([]);
      const opened = await openDatabase({ url: empty.url });
      expect(await cursorSecret(opened)).toMatch(/^[0-9a-f-]{72}$/);
      await opened.close();
    } finally {
      await empty.drop();
    }
  });

  test('wait for one that is under way', async () => {
    const empty = await emptyDatabase();
    const holder = new Client(empty.url);
    await holder.connect();
    try {
      await holder.query('select pg_advisory_lock(727374001)');
      let ended = false;
      const migrating = migrate(empty.url).finally(() => (ended = true));
      await sleep(400);
      expect(ended).toBe(false);
      await holder.query('select pg_advisory_unlock(727374001)');
      expect((await migrating).length).toBeGreaterThan(0);
    } finally {
      await holder.end();
      await empty.drop();
    }
  });

  test('let go of the lock when they fail', async () => {
    const empty = await emptyDatabase();
    try {
      const client = new Client(empty.url);
      await client.connect();
      await client.query('create table secret (a int)');
      await expect(migrate(empty.url)).rejects.toThrow(StartError);
      await client.query('drop table secret');
      await client.end();
      expect((await migrate(empty.url)).length).toBeGreaterThan(0);
    } finally {
      await empty.drop();
    }
  });
});

describe('a database that cannot be used', () => {
  test.each<[string, () => string, RegExp]>([
    ['no address', () => '', /DATABASE_URL is not a PostgreSQL address/],
    ['words', () => 'my database', /DATABASE_URL is not a PostgreSQL address/],
    [
      'another scheme',
      () => 'mysql://localhost/events',
      /DATABASE_URL is not a PostgreSQL address/,
    ],
    [
      'a port that is none',
      () => 'postgres://localhost:99999/events',
      /DATABASE_URL is not a PostgreSQL address/,
    ],
    [
      'a broken escape',
      () => 'postgres://u:%zz@localhost/events',
      /DATABASE_URL is not a PostgreSQL address/,
    ],
    [
      'an escape of half a character',
      () => 'postgres://u:%ff@localhost/events',
      /DATABASE_URL is not a PostgreSQL address/,
    ],
    [
      'a port where nobody listens',
      () => changed((url) => (url.port = '1')),
      /ECONNREFUSED/,
    ],
    [
      'a host that is not there',
      () => changed((url) => (url.hostname = 'nowhere.invalid')),
      /nowhere\.invalid/,
    ],
    [
      'a wrong password',
      () => changed((url) => (url.password = 'wrong')),
      /password authentication failed/,
    ],
    [
      'a database that is not there',
      () => changed((url) => (url.pathname = '/nothing')),
      /database "nothing" does not exist/,
    ],
  ])(
    'with %s, is told in one line without its password',
    async (_, address, message) => {
      const url = address();
      for (const attempt of [() => openDatabase({ url }), () => migrate(url)]) {
        const error = await attempt().then(
          () => null,
          (one: unknown) => one as Error,
        );
        expect(error).toBeInstanceOf(StartError);
        expect(error?.message).toMatch(message);
        expect(error?.message).not.toContain('\n');
        expect(error?.message).not.toContain(new URL(clone.url).password);
      }
    },
  );

  test('because its server is older than PostgreSQL 15, is told so', async () => {
    const old = await cloneDatabase();
    const client = new Client(old.url);
    await client.connect();
    try {
      // A server that says it is PostgreSQL 14.
      await client.query(`create schema old;
        create function old.current_setting(text) returns text language sql as $$ select '140012' $$`);
      const oldName = new URL(old.url).pathname.slice(1);
      await administer(
        `alter database ${oldName} set search_path = old, pg_catalog, public`,
      );
      await expect(openDatabase({ url: old.url })).rejects.toThrow(
        new StartError(
          'The database is PostgreSQL 14; this service needs PostgreSQL 15 or newer.',
        ),
      );
    } finally {
      await client.end();
      await old.drop();
    }
  });

  test('may be had without being asked, and then says that it does not answer', async () => {
    const away = databaseAt({ url: changed((url) => (url.port = '1')) });
    expect(await away.answers()).toBe(false);
    await expect(away.pool.query('select 1')).rejects.toThrow(/ECONNREFUSED/);
    await away.close();
  });
});

describe('what a client is told of a fault of the database', () => {
  /** The fault that some work on the database ends with. */
  async function faultOf(work: Promise<unknown>): Promise<unknown> {
    return work.then(
      () => null,
      (error: unknown) => asDomainError(error),
    );
  }
  const codeOf = async (work: Promise<unknown>) => {
    const fault = await faultOf(work);
    return fault instanceof DomainError ? fault.code : 'not ours to tell';
  };

  test('a statement that takes too long is a timeout', async () => {
    expect(await codeOf(database.pool.query('select pg_sleep(10)'))).toBe(
      'query_timeout',
    );
  });

  test('a lock that is not given is a timeout', async () => {
    const holder = new Client(clone.url);
    await holder.connect();
    await holder.query('begin; lock table secret in access exclusive mode');
    expect(await codeOf(database.pool.query('select from secret'))).toBe(
      'query_timeout',
    );
    await holder.end();
  });

  test.each([
    [
      'a server that only reads',
      'begin read only; delete from secret',
      'database_unavailable',
    ],
    ['a statement of ours that is wrong', 'selct 1', 'not ours to tell'],
    ['a table that is not there', 'select from nothing', 'not ours to tell'],
    [
      'a row that is there twice',
      `insert into secret values ('cursor', '')`,
      'not ours to tell',
    ],
  ])('%s', async (_, statement, code) => {
    const client = new Client(clone.url);
    await client.connect();
    expect(await codeOf(client.query(statement))).toBe(code);
    await client.end();
  });

  test('a connection cut in the middle of a statement is an absence, for reads and writes', async () => {
    const cut = async (work: Promise<unknown>) => {
      const code = codeOf(work);
      for (;;) {
        await administer(
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and query like '%pg_sleep(1.5)%'`,
        );
        const told = await Promise.race([code, sleep(50)]);
        if (told !== undefined) return told;
      }
    };
    const sleeping = 'select pg_sleep(1.5)';
    expect(await cut(database.pool.query(sleeping))).toBe(
      'database_unavailable',
    );
    expect(
      await cut(database.writes.transaction((tx) => tx.query(sleeping))),
    ).toBe('database_unavailable');
  });

  test('a server without a connection to spare is an absence', async () => {
    await administer(`alter database ${name} connection limit 0`);
    // The limit does not hold for superusers, so another one asks.
    const role = `test_${randomBytes(6).toString('hex')}`;
    await administer(`create role ${role} login password 'x'`);
    try {
      const url = changed((one) => {
        one.username = role;
        one.password = 'x';
      });
      const other = databaseAt({ url });
      expect(await codeOf(other.pool.query('select 1'))).toBe(
        'database_unavailable',
      );
      await other.close();
    } finally {
      await administer(`drop role ${role}`);
      await administer(`alter database ${name} connection limit -1`);
    }
  });

  test('a server that is not there is an absence', async () => {
    for (const host of ['127.0.0.1', 'localhost', 'nowhere.invalid']) {
      const away = databaseAt({
        url: changed((url) => {
          url.hostname = host;
          url.port = '1';
        }),
      });
      expect(await codeOf(away.pool.query('select 1'))).toBe(
        'database_unavailable',
      );
      await away.close();
    }
  });

  test('a pool that is closed is an absence', async () => {
    const closed = databaseAt({ url: clone.url });
    await closed.close();
    expect(await codeOf(closed.pool.query('select 1'))).toBe(
      'database_unavailable',
    );
  });

  test('7: a pool whose connections are all taken is busy, and soon says so', async () => {
    const busy = databaseAt({ url: clone.url, connections: 1 });
    const client = await busy.pool.connect();
    expect(await codeOf(busy.pool.query('select 1'))).toBe('too_busy');
    // The probe has a connection of its own.
    expect(await busy.answers()).toBe(true);
    client.release();
    await busy.close();
  });

  test.each([
    new DomainError('not_found', 'x'),
    new TypeError('x is not a function'),
    'words',
    null,
    undefined,
    { code: 5 },
    { errors: [new TypeError('x')] },
    Object.assign(new Error('relation "x" does not exist'), { code: '42P01' }),
  ])('%p is passed on as it is', (error) => {
    expect(asDomainError(error)).toBe(error);
  });
});

describe('connections that the server ends while they are idle', () => {
  async function endAll(): Promise<void> {
    await administer(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
    );
  }

  test('do not end the process, and the next read and write work', async () => {
    const connections = 3;
    for (let round = 0; round < 3; round++) {
      await Promise.all([
        ...Array.from({ length: connections }, () =>
          database.pool.query('select pg_sleep(0.05)'),
        ),
        database.writes.query('select 1'),
        database.answers(),
      ]);
      broken.length = 0;
      await endAll();
      for (let wait = 0; broken.length < connections + 2 && wait < 100; wait++)
        await sleep(20);
      expect(broken.length).toBeGreaterThanOrEqual(connections + 2);
      const { rows } = await database.pool.query('select 1 as one');
      expect(rows).toEqual([{ one: 1 }]);
      expect(await database.answers()).toBe(true);
      expect(
        await database.writes.transaction((tx) => tx.query('select 1 as one')),
      ).toEqual([{ one: 1 }]);
    }
  });
});

test('dates and large numbers come back as they stand', async () => {
  const { rows } = await database.pool.query(
    `select date '2022-01-28' as day, 9007199254740991::bigint as large`,
  );
  expect(rows).toEqual([{ day: '2022-01-28', large: 9_007_199_254_740_991 }]);
});
