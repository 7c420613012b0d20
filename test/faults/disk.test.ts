import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../../src/storage/database.ts';
import { whenThere } from '../../src/cli/waiting.ts';
import { createKey } from '../../src/storage/keys.writes.ts';
import { anEvent } from '../support/builders.ts';
import {
  commandLine,
  eventually,
  killCommands,
  type Running,
  watch,
} from '../support/command.ts';

const home = mkdtempSync(join(tmpdir(), 'events-disk-'));
const disk = join(home, 'disk');

afterAll(async () => {
  await killCommands();
  rmSync(home, { recursive: true, force: true });
});

// A file system of 160 MB that only the command and its children see. It needs no privilege: in a name space of one's own
// anybody may mount. They keep the right to, under an ordinary number, for PostgreSQL refuses to run as root.
const SMALL_DISK = [
  'unshare',
  '--user',
  '--map-user=1000',
  '--map-group=1000',
  '--keep-caps',
  '--mount',
  'sh',
  '-c',
  'mkdir -p "$0" && mount -t tmpfs -o size=160m tmpfs "$0" && exec "$@"',
  disk,
];

/** Runs a command of ours on the small disk. */
function onSmallDisk(words: readonly string[]): Running {
  return watch(
    [...SMALL_DISK, ...commandLine(), ...words],
    { DATA_DIR: join(disk, 'data'), SAMPLES: 'off' },
    home,
  );
}

interface Put {
  id: string;
  status: number;
  type: string;
}

test('8: a disk that is full: writes are told so, the service outlives its database, and with room again nothing acknowledged is lost', async () => {
  const service = onSmallDisk(['serve', '--port', '0']);
  const [, address = ''] = await service.says(/listening at (\S+)/);
  // The disk as the service sees it.
  const data = `/proc/${service.child.pid}/root${disk}/data`;
  const [, , , port] = readFileSync(
    join(data, 'postgres', 'postmaster.pid'),
    'utf8',
  ).split('\n');
  const password = readFileSync(join(data, 'postgres.password'), 'utf8').trim();
  const url = `postgres://events:${password}@127.0.0.1:${port}/events`;
  // On a busy machine it may take longer to connect than a request would wait.
  const database = await whenThere(
    () => openDatabase({ url, connections: 2 }),
    async () => undefined,
  );
  const key = await createKey(database, {
    name: 'desk',
    scope: 'editor',
    expires: null,
  });

  let count = 0;
  const acknowledged: string[] = [];
  const put = async (): Promise<Put> => {
    const event = anEvent({
      id: `e${count++}`,
      // Not to be squeezed: it needs pages of its own.
      summary: { en: randomBytes(5000).toString('hex') },
    });
    const answer = await fetch(`${address}/v1/events/${event.id}`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(event),
    });
    const { type = '' } = (await answer.json()) as { type?: string };
    if (answer.status === 201) acknowledged.push(event.id);
    return { id: event.id, status: answer.status, type };
  };
  const statusOf = async (path: string) => (await fetch(address + path)).status;

  for (let turn = 0; turn < 20; turn++)
    expect(await put()).toMatchObject({ status: 201 });
  const filler = join(data, 'filler');
  const mebibyte = Buffer.alloc(2 ** 20);
  // Whole pieces first, then what is left beside them.
  for (const piece of [mebibyte, mebibyte.subarray(0, 4096)])
    expect(() => {
      for (;;) appendFileSync(filler, piece);
    }).toThrow(/ENOSPC/);

  let told: Put;
  do told = await put();
  while (told.status === 201);
  expect(told).toMatchObject({ status: 503, type: '/problems/storage_full' });
  expect(await statusOf(`/v1/events/${acknowledged.at(-1)}`)).toBe(200);
  expect(await statusOf('/readyz')).toBe(200);

  // Its log of transactions has no room either: PostgreSQL gives up, and cannot come back.
  await expect(
    (async () => {
      for (;;) {
        await database.pool
          .query('select pg_switch_wal()')
          .catch((error: Error) => {
            // Its last word may be that there is no space: then the next is that it is gone.
            if (!/No space left/.test(error.message)) throw error;
          });
        await put();
      }
    })(),
  ).rejects.toThrow(
    /terminat|ECONNREFUSED|server|timeout|connection|recovery/i,
  );
  await eventually(async () => (await statusOf('/readyz')) === 503);
  expect(await put()).toMatchObject({ status: 503 });
  expect(await statusOf('/healthz')).toBe(200);
  expect(await statusOf('/v1/events')).toBe(503);

  rmSync(filler);
  while ((await put()).status !== 201) await sleep(100);
  expect(await statusOf('/readyz')).toBe(200);
  for (const id of acknowledged)
    expect([id, await statusOf(`/v1/events/${id}`)]).toEqual([id, 200]);
  await database.close();
  service.child.kill('SIGTERM');
  expect(await service.ended).toMatchObject({ code: 0 });
}, 120_000);
