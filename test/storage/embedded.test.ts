import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { StartError } from '../../src/domain/errors.ts';
import {
  type EmbeddedServer,
  startEmbedded,
} from '../../src/storage/embedded.ts';
import { postmasterOf, signal } from '../support/signals.ts';

const home = mkdtempSync(join(tmpdir(), 'events-embedded-'));
// Node makes it for its owner alone; a usual data directory can be entered by others.
chmodSync(home, 0o755);
const dataDir = join(home, 'data');
const cleanUps: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

async function start(
  folder = dataDir,
  ifRunning: 'join' | 'refuse' = 'refuse',
): Promise<EmbeddedServer> {
  const server = await startEmbedded({ dataDir: folder, ifRunning });
  cleanUps.push(() => server.stop());
  return server;
}

/** Starts a server in a Node process of its own, and answers when that has said its line. */
async function startChild(
  folder: string,
): Promise<{ child: ChildProcess; line: string }> {
  const child = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      join(__dirname, '../support/embedded-child.ts'),
      folder,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  cleanUps.push(() => void child.kill('SIGKILL'));
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (data) => resolve(String(data).trim()));
    child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
  });
  return { child, line };
}

/** Starts in the moment in which another process begins to. */
async function startWhenSeen(folder: string): Promise<EmbeddedServer> {
  await eventually(() => existsSync(folder));
  return start(folder, 'join');
}

async function ask<Row extends object>(
  url: string,
  statement: string,
): Promise<Row[]> {
  const client = new Client(url);
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}

function postmaster(folder: string): number {
  return postmasterOf(join(folder, 'postgres'));
}

/** The processes, watchdogs included, that have the directory in their command or stand in it; zombies are none. */
function processesOf(folder: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return [];
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      const at = readlinkSync(`/proc/${pid}/cwd`);
      const cluster = join(folder, 'postgres');
      return at === cluster || command.includes(cluster) ? [command] : [];
    } catch {
      return [];
    }
  });
}

async function eventually(what: () => boolean | Promise<boolean>) {
  const deadline = Date.now() + 10_000;
  while (!(await what())) {
    if (Date.now() > deadline) throw new Error('it did not come true in 10 s');
    await sleep(50);
  }
}

/** Expects a start to fail with one sentence for the operator, and answers it. */
async function refusal(started: Promise<unknown>): Promise<string> {
  const error = await started.then(
    () => new Error('it started'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StartError);
  const { message } = error instanceof Error ? error : { message: '' };
  expect(message).toMatch(/^[^\n]+\.$/);
  return message;
}

test('a first start gives an empty PostgreSQL 18 that listens on this machine only', async () => {
  const server = await start();
  expect(server.joined).toBe(false);
  expect(new URL(server.url).hostname).toBe('127.0.0.1');
  const [row] = await ask<{ facts: unknown[] }>(
    server.url,
    `select array[current_database(), current_user, current_setting('server_encoding'),
       current_setting('TimeZone'), current_setting('listen_addresses'), current_setting('unix_socket_directories')]::text[] as facts`,
  );
  expect(row?.facts).toEqual([
    'events',
    'events',
    'UTF8',
    'UTC',
    '127.0.0.1',
    '',
  ]);
  expect(statSync(join(dataDir, 'postgres.password')).mode & 0o777).toBe(0o600);
});

test('a wrong password is refused', async () => {
  const url = new URL((await start()).url);
  url.password = 'wrong';
  await expect(ask(url.href, 'select 1')).rejects.toThrow(
    /password authentication failed/,
  );
});

test('data survives a restart, and the address stays', async () => {
  const first = await start();
  await ask(first.url, `create table kept as select 'Reykjavík' as place`);
  await first.stop();
  await first.stop();
  expect(processesOf(dataDir)).toEqual([]);
  const second = await start();
  expect(await ask(second.url, 'table kept')).toEqual([{ place: 'Reykjavík' }]);
  expect(second.url).toBe(first.url);
});

test('settings add to the defaults and override them', async () => {
  const server = await startEmbedded({
    dataDir,
    ifRunning: 'refuse',
    settings: { max_connections: '17', work_mem: '5MB' },
  });
  cleanUps.push(() => server.stop());
  expect(
    await ask(
      server.url,
      `select current_setting('max_connections') as a, current_setting('work_mem') as b`,
    ),
  ).toEqual([{ a: '17', b: '5MB' }]);
});

test('a setting that PostgreSQL does not know is reported in its words', async () => {
  const started = startEmbedded({
    dataDir,
    ifRunning: 'refuse',
    settings: { no_such_setting: '1' },
  });
  expect(await refusal(started)).toContain('no_such_setting');
  expect(processesOf(dataDir)).toEqual([]);
});

test('a second start is refused, or joins', async () => {
  const first = await start();
  const message = await refusal(start());
  expect(message).toContain(dataDir);
  expect(message).toContain(`pid ${process.pid}`);

  const second = await start(dataDir, 'join');
  expect(second).toMatchObject({ joined: true, url: first.url });
  await second.stop();
  expect(await ask(first.url, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('of two that start at once on a fresh directory one starts and the other joins', async () => {
  const folder = join(home, 'race');
  const [{ line }, server] = await Promise.all([
    startChild(folder),
    startWhenSeen(folder),
  ]);
  expect(line).toBe(`${server.joined ? 'started' : 'joined'} ${server.url}`);
});

test('of two that start at once in one process one is refused', async () => {
  const folder = join(home, 'race-2');
  const outcomes = await Promise.allSettled([start(folder), start(folder)]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual([
    'fulfilled',
    'rejected',
  ]);
});

test('a killed Node leaves no process behind, and the directory starts again', async () => {
  const { child, line } = await startChild(dataDir);
  const url = line.replace('started ', '');
  await ask(url, 'create table before_kill as select 1 as one');
  child.kill('SIGKILL');

  const server = await start();
  expect(await ask(server.url, 'table before_kill')).toEqual([{ one: 1 }]);
  await server.stop();
  expect(processesOf(dataDir)).toEqual([]);
});

test('a killed Node leaves no process behind even if nobody starts again', async () => {
  const { child } = await startChild(dataDir);
  expect(processesOf(dataDir)).not.toEqual([]);
  child.kill('SIGKILL');
  await eventually(() => processesOf(dataDir).length === 0);
  expect(readdirSync(join(dataDir, 'postgres'))).not.toContain(
    'postmaster.pid',
  );
});

test('a killed PostgreSQL is started again at the same address', async () => {
  const server = await start();
  const killed = postmaster(dataDir);
  signal(killed, 'SIGKILL');
  await eventually(async () => {
    try {
      await ask(server.url, 'select 1');
      return postmaster(dataDir) !== killed;
    } catch {
      return false;
    }
  });
});

test('the directory starts again after everything was killed at once', async () => {
  const { child, line } = await startChild(dataDir);
  await ask(
    line.replace('started ', ''),
    'create table before_crash as select 1 as one',
  );
  child.kill('SIGKILL');
  signal(postmaster(dataDir), 'SIGKILL');
  const server = await start();
  expect(await ask(server.url, 'table before_crash')).toEqual([{ one: 1 }]);
});

test('what a killed first start left behind is swept away', async () => {
  const folder = join(home, 'half');
  mkdirSync(join(folder, 'postgres.new-half'), { recursive: true });
  writeFileSync(join(folder, 'postgres.new-half', 'PG_VERSION'), '18\n');
  writeFileSync(join(folder, 'postgres.password'), '');
  writeFileSync(join(folder, 'owner.pid'), '1 of-another-life 00\n');
  await start(folder);
  expect(readdirSync(folder)).not.toContain('postgres.new-half');
});

// Nobody else can make what is closed to the server's own user.
const closedHome = process.getuid?.() === 0 ? 'of root' : 'of its own';

test(`a directory below a closed home ${closedHome} holds a database`, async () => {
  const closed = join(home, 'closed');
  mkdirSync(closed);
  chmodSync(closed, 0o700);
  const folder = join(closed, 'data');
  const first = await start(folder);
  await ask(
    first.url,
    'create extension pg_trgm; create table kept as select 1 as one; checkpoint',
  );
  await ask(first.url, 'create database copied template template0');
  await first.stop();
  const second = await start(folder);
  expect(await ask(second.url, 'table kept')).toEqual([{ one: 1 }]);
  expect(statSync(join(folder, 'postgres')).uid === 0).toBe(false);
});

test.each([
  ['a file', () => writeFileSync(join(home, 'file'), ''), 'file'],
  ['below a file', () => writeFileSync(join(home, 'file2'), ''), 'file2/data'],
])('a data directory that is %s is refused', async (_, make, name) => {
  make();
  expect(await refusal(start(join(home, name)))).toContain(join(home, name));
});

test('a data directory that cannot be made is refused', async () => {
  expect(await refusal(start('/proc/events'))).toContain('/proc/events');
});

test.each([
  ['something else', 'notes.txt', 'not a PostgreSQL database'],
  ['a cluster of another PostgreSQL', 'PG_VERSION', 'PostgreSQL 9'],
])('a directory that holds %s is left alone', async (_, name, words) => {
  const folder = mkdtempSync(join(home, 'other-'));
  mkdirSync(join(folder, 'postgres'));
  writeFileSync(join(folder, 'postgres', name), '9\n');
  expect(await refusal(start(folder))).toContain(words);
  expect(readFileSync(join(folder, 'postgres', name), 'utf8')).toBe('9\n');
});
