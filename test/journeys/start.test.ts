import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { Agent, get } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import {
  commandLine,
  type Ended,
  eventually,
  killCommands,
  runCommand,
  type Running,
  serversOf,
  startCommand,
  type Surroundings,
  watch,
} from '../support/command.ts';
import { administer, cloneDatabase, testUrl } from '../support/database.ts';

/** A service that listens. */
interface Service extends Running {
  address: string;
  /** What it had said by then. */
  welcome: string;
}

const home = mkdtempSync(join(tmpdir(), 'events-start-'));
const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

afterAll(async () => {
  await killCommands();
  rmSync(home, { recursive: true, force: true });
});

async function listening(running: Running): Promise<Service> {
  const [welcome, address = ''] = await running.says(
    /[^]*listening at (\S+)[^]*Own database.*\n/,
  );
  return { ...running, address, welcome };
}

async function serve(
  words: readonly string[],
  surroundings: Surroundings = {},
): Promise<Service> {
  const all = ['serve', '--port', '0', ...words];
  return listening(startCommand(all, { cwd: home, ...surroundings }));
}

/** A database that holds nothing, not even the schema, or only that. */
async function database(kind: 'empty' | 'migrated'): Promise<string> {
  if (kind === 'migrated') {
    const clone = await cloneDatabase();
    cleanUps.push(() => clone.drop());
    return clone.url;
  }
  const name = `test_empty_${process.pid}_${Date.now()}`;
  await administer(`create database ${name}`);
  cleanUps.push(() => administer(`drop database ${name} with (force)`));
  return testUrl(name);
}

async function client(url: string): Promise<Client> {
  const one = new Client(url);
  one.on('error', () => {});
  await one.connect();
  cleanUps.push(() => one.end());
  return one;
}

async function end(service: Running, signal: NodeJS.Signals): Promise<Ended> {
  service.child.kill(signal);
  return service.ended;
}

/** The ids of all events that the service has, page by page. */
async function allEvents(address: string): Promise<string[]> {
  const ids: string[] = [];
  for (let query = ''; ;) {
    const answer = await fetch(`${address}/v1/events?limit=200${query}`);
    const { data, next } = (await answer.json()) as {
      data: { id: string }[];
      next: string | null;
    };
    ids.push(...data.map(({ id }) => id));
    if (next === null) return ids;
    query = `&cursor=${encodeURIComponent(next)}`;
  }
}

/** The ids of all events in the sample files. */
function sampleEvents(): string[] {
  return readdirSync('samples')
    .filter((name) => name.endsWith('.ndjson'))
    .flatMap((name) =>
      readFileSync(`samples/${name}`, 'utf8').trim().split('\n'),
    )
    .map((line): { record: string; id: string } => JSON.parse(line))
    .filter(({ record }) => record === 'event')
    .map(({ id }) => id);
}

/** What is said to somebody who started it wrongly: one line, and no more. */
function refusalOf({ code, signal, err, out }: Ended): string {
  expect({ code, signal }).toEqual({ code: 1, signal: null });
  expect(err).toMatch(/^[^\n]+[.?]\n$/);
  expect(out + err).not.toMatch(/^\s+at /m);
  return err.trim();
}

describe('a directory of its own', () => {
  const dataDir = join(home, 'data');

  test('is begun again after the very first start was killed in the middle', async () => {
    const service = startCommand(['serve', '--port', '0'], { cwd: home });
    await service.says(/PostgreSQL is ready/);
    await end(service, 'SIGKILL');
    await eventually(() => serversOf(dataDir).length === 0);
  });

  test('holds both samples after a first start, which says in plain words how to go on', async () => {
    const began = Date.now();
    const service = await serve([]);
    const { address, welcome } = service;
    expect(Date.now() - began).toBeLessThan(60_000);
    expect(welcome).toMatch(/Loaded the sample timelines: \d+ records/);
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(welcome).toContain(`${address}/docs`);
    expect(welcome).toContain(`in ${dataDir}, kept between starts`);
    expect(welcome).toContain('DATABASE_URL=postgres://');

    const page = await fetch(`${address}/docs`);
    expect(page.status).toBe(200);
    const [, example = ''] = /curl '(.+)'/.exec(welcome) ?? [];
    const answer = await fetch(example);
    const { data } = (await answer.json()) as { data: object[] };
    expect(data).not.toHaveLength(0);

    const events = await allEvents(address);
    expect(new Set(events).size).toBe(events.length);
    expect(events.sort()).toEqual(sampleEvents().sort());

    expect(await end(service, 'SIGTERM')).toMatchObject({ code: 0, err: '' });
    expect(serversOf(dataDir)).toEqual([]);
  });

  test('serves within five seconds at a second start, and the samples are not loaded again', async () => {
    const began = Date.now();
    const service = await serve([]);
    expect(Date.now() - began).toBeLessThan(5000);
    expect(service.welcome).not.toContain('Loaded');
    expect(await allEvents(service.address)).toHaveLength(
      sampleEvents().length,
    );
    // Whoever read its output has gone; that is no reason to stop, nor to fail at the end.
    service.child.stdout?.destroy();
    expect(await end(service, 'SIGINT')).toMatchObject({ code: 0, err: '' });
    expect(serversOf(dataDir)).toEqual([]);
  });

  test('belongs to one service at a time; killed, that leaves nothing behind, and the next starts', async () => {
    const first = await serve([]);
    const second = await runCommand(['serve', '--port', '0'], { cwd: home });
    expect(refusalOf(second)).toBe(
      `The data directory ${dataDir} is in use by another process (pid ${first.child.pid}).`,
    );
    expect((await fetch(`${first.address}/readyz`)).status).toBe(200);
    expect(serversOf(dataDir)).not.toEqual([]);
    await end(first, 'SIGKILL');
    await eventually(() => serversOf(dataDir).length === 0);

    const third = await serve([]);
    expect((await fetch(`${third.address}/readyz`)).status).toBe(200);
    // As npm does with Ctrl-C, which the terminal has sent to both already.
    third.child.kill('SIGINT');
    expect(await end(third, 'SIGINT')).toMatchObject({ code: 0, err: '' });
    expect(serversOf(dataDir)).toEqual([]);
  });
});

describe('a database that DATABASE_URL names', () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'events-elsewhere-'));
  afterAll(() => rmSync(elsewhere, { recursive: true, force: true }));

  test('is filled once by two services that start at once, and nothing embedded is started', async () => {
    const url = await database('empty');
    const surroundings = { cwd: elsewhere, env: { DATABASE_URL: url } };
    const services = await Promise.all([
      serve([], surroundings),
      serve([], surroundings),
    ]);
    const said = services.map(({ welcome }) => welcome).join('');
    expect(said.match(/Loaded/g)).toHaveLength(1);
    expect(said).toContain('in the database that DATABASE_URL names');
    for (const { address } of services)
      expect(await allEvents(address)).toHaveLength(sampleEvents().length);
    expect(readdirSync(elsewhere)).toEqual([]);
    for (const service of services)
      expect(await end(service, 'SIGTERM')).toMatchObject({ code: 0, err: '' });
  });

  test('stays empty with SAMPLES=off, and the example is one that is answered all the same', async () => {
    const url = await database('migrated');
    const env = { DATABASE_URL: url, SAMPLES: 'off' };
    const service = await serve([], { cwd: elsewhere, env });
    expect(await allEvents(service.address)).toEqual([]);
    const [, example = ''] = /curl '(.+)'/.exec(service.welcome) ?? [];
    expect((await fetch(example)).status).toBe(200);
    await end(service, 'SIGTERM');
  });
});

describe('SIGTERM', () => {
  async function serveEmpty(): Promise<Service & { url: string }> {
    const url = await database('migrated');
    const service = await serve(['--database-url', url, '--samples', 'off']);
    return { ...service, url };
  }

  test('lets a request that is running finish, though its connection is kept alive, and takes no new one', async () => {
    const service = await serveEmpty();
    const lock = await client(service.url);
    await lock.query('begin; lock table event_version in exclusive mode');
    await lock.query('lock table event_version in access exclusive mode');
    const agent = new Agent({ keepAlive: true });
    const answer = new Promise<{ status: number; body: string }>(
      (resolve, reject) => {
        const url = `${service.address}/v1/events`;
        get(url, { agent }, (response) => {
          let body = '';
          response.on('data', (data) => (body += String(data)));
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, body }),
          );
        }).on('error', reject);
      },
    );
    const watcher = await client(service.url);
    await eventually(async () => {
      const { rows } = await watcher.query(
        'select from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())',
      );
      return rows.length > 0;
    });
    const ended = end(service, 'SIGTERM');
    await sleep(100);
    await expect(fetch(service.address)).rejects.toThrow('fetch failed');
    await lock.query('commit');
    expect(await answer).toMatchObject({
      status: 200,
      body: expect.stringContaining('"data":[]'),
    });
    const answered = Date.now();
    expect(await ended).toMatchObject({ code: 0, err: '' });
    expect(Date.now() - answered).toBeLessThan(3000);
  });

  test.each([
    ['has not asked yet', ''],
    ['never gets to the end of its request', 'GET / HTTP/1.1\r\nHost: '],
    ['was answered and kept alive', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
  ])('does not wait for a connection that %s', async (_, request) => {
    const service = await serveEmpty();
    const { port } = new URL(service.address);
    const socket = connect(Number(port), '127.0.0.1');
    cleanUps.push(() => socket.destroy());
    await once(socket, 'connect');
    socket.write(request);
    if (request.endsWith('\r\n\r\n')) await once(socket, 'data');
    else await sleep(100);
    const began = Date.now();
    expect(await end(service, 'SIGTERM')).toMatchObject({ code: 0, err: '' });
    expect(Date.now() - began).toBeLessThan(3000);
  });
});

test('a service that npm started ends when npm is killed', async () => {
  const url = await database('migrated');
  const words = ['serve', '--port', '0', '--samples', 'off'];
  const program = `require('node:child_process').spawn(process.argv[1], process.argv.slice(2), { stdio: 'inherit' })
    .once('spawn', function () { console.log('It has the pid ' + this.pid); });`;
  const npm = watch(
    [process.execPath, '-e', program, ...commandLine(), ...words],
    { DATABASE_URL: url, npm_lifecycle_event: 'start' },
    home,
  );
  const { address } = await listening(npm);
  const [, pid] = await npm.says(/It has the pid (\d+)/);
  npm.child.kill('SIGKILL');
  await eventually(() => !existsSync(`/proc/${pid}`));
  await expect(fetch(address)).rejects.toThrow('fetch failed');
});

describe('a start that cannot be', () => {
  const taken = createServer();
  let clone: Awaited<ReturnType<typeof cloneDatabase>>;
  const file = join(home, 'file');

  beforeAll(async () => {
    taken.listen(0, '127.0.0.1');
    await once(taken, 'listening');
    clone = await cloneDatabase();
    writeFileSync(file, '');
  });

  afterAll(async () => {
    taken.close();
    await clone.drop();
  });

  const at = (over: Partial<URL>): string =>
    Object.assign(new URL(clone.url), over).href;
  const database = (url: string) => ({
    env: { DATABASE_URL: url, SAMPLES: 'off' },
  });
  const takenPort = () => String((taken.address() as AddressInfo).port);

  test.concurrent.each<[string, () => [string[], Surroundings], RegExp]>([
    [
      'at a port in use',
      () => [['serve', '--port', takenPort()], database(clone.url)],
      /^The service cannot listen: port \d+ is in use; set PORT to another, or to 0 for any free one\.$/,
    ],
    [
      'at an address of another machine',
      () => [
        ['serve', '--port', '0', '--host', '203.0.113.7'],
        database(clone.url),
      ],
      /^The service cannot listen: 203\.0\.113\.7 is not an address of this machine \(EADDRNOTAVAIL\)\.$/,
    ],
    [
      'with a wrong password',
      () => [['serve'], database(at({ password: 'wrong' }))],
      /^The database cannot be used: password authentication failed .*DATABASE_URL/,
    ],
    [
      'with a database that does not exist',
      () => [['serve'], database(at({ pathname: '/nothing' }))],
      /^The database cannot be used: database "nothing" does not exist.*DATABASE_URL/,
    ],
    [
      'with a DATABASE_URL that is no address',
      () => [['serve'], database('postgres://db:99999/x')],
      /^DATABASE_URL is not a PostgreSQL address such as /,
    ],
    [
      'with a DATABASE_URL of another kind',
      () => [['serve'], database('mysql://db/x')],
      /^DATABASE_URL is malformed; it must be an address such as /,
    ],
    [
      'with a data directory that is a file',
      () => [['serve', '--port', '0', '--data-dir', file], {}],
      /^The database cannot be kept in .*file: it is not a directory\.$/,
    ],
    [
      'with a misspelt variable',
      () => [['serve'], { env: { DATABSE_URL: 'postgres://db/x' } }],
      /^DATABSE_URL is not a setting; did you mean DATABASE_URL\?$/,
    ],
    [
      'with a malformed setting',
      () => [['serve', '--port', 'http'], {}],
      /^--port is "http"; it must be a number from 0 to 65535\.$/,
    ],
    [
      'with an unknown option',
      () => [['serve', '--prot', '1'], {}],
      /^Unknown option '--prot'\. Did you mean --port\?$/,
    ],
    [
      'with an option that has no value',
      () => [['serve', '--port'], {}],
      /^Option '--port <value>' argument missing\.$/,
    ],
    [
      'with a word too many',
      () => [['serve', 'now'], {}],
      /^Too many arguments for 'serve'\. Expected 0 arguments but got 1\.$/,
    ],
    [
      'with an unknown command',
      () => [['serv'], {}],
      /^Unknown command 'serv'\. Did you mean serve\?$/,
    ],
  ])('%s ends with one sentence', async (_, start, sentence) => {
    const [words, surroundings] = start();
    const ended = await runCommand(words, { cwd: home, ...surroundings });
    expect(refusalOf(ended)).toMatch(sentence);
  });

  test('without a command tells which there are', async () => {
    const { code, out, err } = await runCommand([]);
    expect(code).toBe(1);
    expect(out).toBe('');
    for (const command of ['serve', 'import', 'migrate', 'openapi'])
      expect(err).toMatch(new RegExp(`^ +${command} `, 'm'));
  });
});

test('--help ends well and names every setting', async () => {
  const { code, out, err } = await runCommand(['serve', '--help']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  for (const option of ['--host', '--port', '--data-dir', '--database-url'])
    expect(out).toContain(`${option} <value>`);
});
