import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { runImport } from '../../src/imports/run.ts';
import { anEvent, ndjson } from '../support/builders.ts';
import { eventually } from '../support/command.ts';
import { cloneDatabase } from '../support/database.ts';
import {
  behindProxy,
  type Listening,
  listenOn,
  opened,
} from '../support/listening.ts';

// Fault 26, at the other end: somebody asks for large pages and does not read them.
const UNREAD_FOR = 1000;
const EVENTS = 500;
const STATUS = 'HTTP/1.1 200 ';
const PAGE = '/v1/events?limit=500';

let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let server: Listening;
beforeAll(async () => {
  clone = await cloneDatabase();
  server = await listenOn(clone.url, {
    limits: behindProxy({ unreadFor: UNREAD_FOR }),
    // So large a page is remembered, and the second of these is answered from there.
    answerCache: 2 ** 27,
  });
  const lines = Array.from({ length: EVENTS }, (_, index) => ({
    ...anEvent({ id: `long-${index}` }),
    summary: { en: 'a'.repeat(19_000), uk: 'b'.repeat(19_000) },
  }));
  await runImport(server.database, inPieces(ndjson(lines)), {});
});
afterAll(async () => {
  await server.stop();
  await clone.drop();
});

async function* inPieces(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

const ask = (path: string): Promise<Socket> =>
  opened(server.port, `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);

/** Asks until the answer is a page: on a busy machine it may be that there is too much to do. */
async function answered(path: string): Promise<Socket> {
  let socket!: Socket;
  await eventually(async () => {
    socket = await ask(path);
    await once(socket, 'readable');
    const start = String(socket.read(STATUS.length));
    if (start !== STATUS) socket.destroy();
    return start === STATUS;
  }, 30);
  return socket;
}

/** Takes pieces as they are there, with a pause before each, and answers how many bytes came until the end of the connection. */
async function readSlowly(socket: Socket, most: number): Promise<number> {
  let received = 0;
  while (!socket.readableEnded && !socket.destroyed && received < most) {
    await sleep(20);
    received += (socket.read() as Buffer | null)?.length ?? 0;
  }
  return received;
}

/** Reads what still comes. */
async function rest(socket: Socket): Promise<number> {
  let received = 0;
  socket.on('data', (chunk: Buffer) => (received += chunk.length));
  while (!socket.closed) await sleep(20);
  return received;
}

test('26: who takes a byte a second of a page is cut off, and who takes it slowly is not', async () => {
  let whole = 0;
  // So much at once may be too much for a busy machine.
  await eventually(async () => {
    const answer = await fetch(`${server.address}${PAGE}`);
    whole = (await answer.arrayBuffer()).byteLength;
    return answer.status === 200;
  }, 30);
  expect(whole).toBeGreaterThan(15_000_000);
  const drops: Socket[] = [];
  const drip = setInterval(() => {
    for (const socket of drops) socket.read(1);
  }, 1000);
  // One from the routes, the others from memory.
  for (const page of [`${PAGE}&order=desc`, PAGE])
    drops.push(await answered(page));
  const patient = await answered(PAGE);
  const began = Date.now();
  expect(await readSlowly(patient, whole)).toBeGreaterThanOrEqual(whole);
  await sleep(began + 4 * UNREAD_FOR - Date.now());
  clearInterval(drip);
  for (const socket of drops) expect(await rest(socket)).toBeLessThan(whole);
  // Whose answer is gone is not looked at: the connection is kept for the next.
  patient.write('GET /v1/event-types HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(await readSlowly(patient, 1)).toBeGreaterThan(0);
  patient.destroy();
}, 60_000);

test('26: an export that nobody reads for a while has its own limit', async () => {
  const socket = await ask('/v1/events.ndjson');
  await sleep(4 * UNREAD_FOR);
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  for (let turn = 0; turn < 500 && !text.endsWith('\r\n0\r\n\r\n'); turn++)
    await sleep(20);
  expect(text.endsWith('\r\n0\r\n\r\n')).toBe(true);
  socket.destroy();
}, 60_000);
