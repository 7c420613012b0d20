import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { cloneDatabase } from '../support/database.ts';
import {
  behindProxy,
  type Listening,
  listenOn,
  opened,
} from '../support/listening.ts';

// Fault 25: somebody reads an export at 1 kB/s, or opens more of them than others leave room for.
const LONGEST = 2500;
const EVENTS = 1500;

let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let server: Listening;
beforeAll(async () => {
  clone = await cloneDatabase();
  server = await listenOn(clone.url, {
    limits: behindProxy({ longestExport: LONGEST }),
  });
  const { runImport } = await import('../../src/imports/run.ts');
  const lines = function* () {
    for (let index = 0; index < EVENTS; index++)
      yield Buffer.from(
        `${JSON.stringify({
          record: 'event',
          id: `long-${index}`,
          type: 'call',
          date: '2022-01-28',
          title: { en: 'Call' },
          summary: { en: 'a'.repeat(19_000) },
        })}\n`,
      );
  };
  const report = await runImport(server.database, toAsync(lines()), {});
  expect(report?.created).toBe(EVENTS);
});
afterAll(async () => {
  await server.stop();
  await clone.drop();
});

async function* toAsync(lines: Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield* lines;
}

const exportOf = (from: string): Promise<Socket> =>
  opened(
    server.port,
    `GET /v1/events.ndjson HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${from}\r\n\r\n`,
  );

/** Its first bytes; then nothing more of it is read. */
async function begun(socket: Socket): Promise<string> {
  for (;;) {
    const bytes = socket.read(600) as Buffer | null;
    if (bytes !== null) return bytes.toString('latin1');
    await sleep(10);
  }
}

const runningExports = (): number =>
  server.database.exports.totalCount - server.database.exports.idleCount;

test('25: it is cut off when its time is over, holds little memory meanwhile, and its connection to the database is free again', async () => {
  const before = process.memoryUsage().rss;
  const slow = await exportOf('203.0.113.1');
  expect(await begun(slow)).toContain('200 OK');
  expect(runningExports()).toBe(1);
  let received = 0;
  const began = Date.now();
  while (!slow.closed && Date.now() - began < LONGEST + 5000) {
    received += (slow.read(100) as Buffer | null)?.length ?? 0;
    await sleep(100);
  }
  // What lies in buffers of the system comes still; the end of the export does not.
  slow.on('data', (chunk: Buffer) => (received += chunk.length));
  await sleep(500);
  expect(received).toBeLessThan(EVENTS * 19_000);
  expect(runningExports()).toBe(0);
  expect(process.memoryUsage().rss - before).toBeLessThan(200 * 2 ** 20);
}, 20_000);

test('25: two run at once for an address, a third is told to wait, and others are not concerned', async () => {
  const one = await exportOf('203.0.113.2');
  const two = await exportOf('203.0.113.2');
  for (const each of [one, two]) expect(await begun(each)).toContain('200 OK');
  const third = await begun(await exportOf('203.0.113.2'));
  expect(third).toContain('429 Too Many Requests');
  expect(third.toLowerCase()).toContain('retry-after: 10\r\n');
  const other = await exportOf('203.0.113.3');
  expect(await begun(other)).toContain('200 OK');
  for (const each of [one, other]) each.destroy();
  // Its place is free again as soon as the server sees that it went away.
  let again = '';
  for (let turn = 0; turn < 20 && !again.includes('200 OK'); turn++) {
    await sleep(50);
    const socket = await exportOf('203.0.113.2');
    again = await begun(socket);
    socket.destroy();
  }
  expect(again).toContain('200 OK');
  two.destroy();
}, 20_000);
