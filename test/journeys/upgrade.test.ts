import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { createKey } from '../../src/storage/keys.writes.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { anActor, anEvent, tied } from '../support/builders.ts';
import {
  killCommands,
  type Running,
  startCommand,
  watch,
} from '../support/command.ts';
import { bareDatabase } from '../support/database.ts';

// The old version runs where the packages are found.
const dist = join(__dirname, '../../dist');
let folder = '';
let database: Awaited<ReturnType<typeof bareDatabase>>;

beforeAll(async () => {
  mkdirSync(dist, { recursive: true });
  folder = mkdtempSync(join(dist, 'previous-'));
  const packed = readFileSync(
    join(__dirname, '../fixtures/previous/main.mjs.br'),
  );
  writeFileSync(join(folder, 'main.mjs'), brotliDecompressSync(packed));
  database = await bareDatabase();
});

afterAll(async () => {
  await killCommands();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

const WORDS = ['serve', '--port', '0', '--samples', 'on'];

async function addressOf(running: Running): Promise<string> {
  const [, address = ''] = await running.says(/listening at (\S+)/);
  return address;
}

/** Sends until the answer is no "not now". */
async function send(
  address: string,
  method: string,
  path: string,
  key: string,
  body: object,
): Promise<number> {
  for (;;) {
    const { status } = await fetch(`${address}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
    if (status !== 503) return status;
  }
}

const QUESTIONS = [
  '/v1/events?limit=500',
  '/v1/events?actor=land&limit=500',
  '/v1/events?actor=envoy&certainty=certain&limit=500',
  '/v1/events?actor=land&actor=realm',
  '/v1/events?q=meeting&actor=realm&limit=500',
  '/v1/events?actor=land&type=talks&from=2020&to=2023&order=desc',
  '/v1/timeline?interval=month',
  '/v1/timeline?interval=year&actor=land',
  '/v1/facets?by=actor,type',
  '/v1/dyads/land/realm',
  '/v1/actors/land/counterparts',
  '/v1/changes?limit=500',
];

/** What a server answers to each question. */
async function answersOf(address: string): Promise<Record<string, unknown>> {
  const answers: Record<string, unknown> = {};
  for (const question of QUESTIONS) {
    const answer = await fetch(address + question);
    const text = (await answer.text()).replaceAll(address, '');
    expect([question, answer.status]).toEqual([question, 200]);
    answers[question] = JSON.parse(text) as unknown;
  }
  return answers;
}

test('the old version goes on serving while the new one migrates and serves beside it, and both answer the same of what either writes', async () => {
  const env = { DATABASE_URL: database.url };
  const old = watch(
    [process.execPath, join(folder, 'main.mjs'), ...WORDS],
    env,
  );
  const before = await addressOf(old);
  const opened = await openDatabase({ url: database.url, connections: 1 });
  const key = await createKey(opened, {
    name: 'desk',
    scope: 'admin',
    expires: null,
  });
  await opened.close();
  const base = [
    anActor('land'),
    anActor('realm'),
    tied('person', 'envoy', ['represents', 'land', '2010', null]),
  ];
  for (const actor of base)
    expect(
      await send(before, 'PUT', `/v1/actors/${actor.id}`, key, actor),
    ).toBe(201);
  let count = 0;
  const write = async (address: string): Promise<number> => {
    const id = `written-${count++}`;
    return send(address, 'PUT', `/v1/events/${id}`, key, {
      ...anEvent({
        id,
        date: `202${count % 4}-0${1 + (count % 9)}`,
        title: { en: `A meeting, the ${count}th` },
        participants: [{ actor: 'envoy' }, { actor: 'realm' }],
      }),
    });
  };

  // Reading and writing go on through the old one for as long as the new one needs to migrate and start.
  const statuses: number[] = [];
  const joined = new AbortController();
  const traffic = (async () => {
    while (!joined.signal.aborted) {
      statuses.push(await write(before));
      const { status } = await fetch(`${before}/v1/events?actor=land`);
      if (status !== 503) statuses.push(status);
    }
  })();
  const present = startCommand(WORDS, { env });
  const after = await addressOf(present);
  joined.abort();
  await traffic;
  expect(new Set(statuses)).toEqual(new Set([201, 200]));
  expect(count).toBeGreaterThan(3);

  for (const address of [before, after, before, after, after])
    expect(await write(address)).toBe(201);
  // A tie that changes moves what the other version has written.
  const moved = tied('person', 'envoy', ['represents', 'land', '2021', null]);
  const { headers } = await fetch(`${after}/v1/actors/envoy`);
  const replaced = await fetch(`${after}/v1/actors/envoy`, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'if-match': headers.get('etag') ?? '',
    },
    body: JSON.stringify(moved),
  });
  expect(replaced.status).toBe(200);

  const told = await answersOf(after);
  expect(await answersOf(before)).toEqual(told);
  const listed = told['/v1/events?q=meeting&actor=realm&limit=500'] as {
    data: { id: string }[];
  };
  const ids = listed.data.map(({ id }) => id);
  expect(ids.filter((id) => id.startsWith('written-'))).toHaveLength(count);
  for (const running of [old, present]) running.child.kill('SIGTERM');
  expect((await old.ended).code).toBe(0);
  expect((await present.ended).code).toBe(0);
}, 120_000);
