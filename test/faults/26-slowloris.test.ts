import { setTimeout as sleep } from 'node:timers/promises';
import { cloneDatabase } from '../support/database.ts';
import {
  type Listening,
  listenOn,
  opened,
  untilClosed,
} from '../support/listening.ts';

// Fault 26: many connections whose requests never come to their end.
const MOST = 200;

let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let server: Listening;
beforeAll(async () => {
  clone = await cloneDatabase();
  server = await listenOn(clone.url, { mostConnections: MOST });
});
afterAll(async () => {
  await server.stop();
  await clone.drop();
});

const HEADERS = 'GET /v1/events HTTP/1.1\r\nHost: x\r\n';
const BODY =
  'POST /v1/actors/match HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{';

test('26: headers and bodies that come by drops are ended in ten seconds, and others are served meanwhile', async () => {
  const lasted = async (text: string, drop: string): Promise<number> => {
    const socket = await opened(server.port, text);
    const began = Date.now();
    const drops = setInterval(() => socket.write(drop), 500);
    await untilClosed(socket, 15_000);
    clearInterval(drops);
    return Date.now() - began;
  };
  const slow = [
    ...Array.from({ length: 60 }, () => lasted(HEADERS, 'X: y\r\n')),
    ...Array.from({ length: 60 }, () => lasted(BODY, ' ')),
  ];
  await sleep(1000);
  const answer = await fetch(`${server.address}/v1/event-types`);
  expect(answer.status).toBe(200);
  // The ten seconds, and one in which nobody looks.
  for (const each of await Promise.all(slow)) expect(each).toBeLessThan(12_000);
}, 25_000);

test('26: more connections than there are places for are closed at once, and places become free', async () => {
  const held = await Promise.all(
    Array.from({ length: MOST }, () => opened(server.port, '')),
  );
  const further = await opened(server.port, `${HEADERS}\r\n`);
  expect(await untilClosed(further, 2000)).toBe('');
  for (const each of held) each.destroy();
  await sleep(300);
  const later = await opened(
    server.port,
    `${HEADERS}Connection: close\r\n\r\n`,
  );
  expect(await untilClosed(later, 5000)).toContain('200 OK');
}, 20_000);
