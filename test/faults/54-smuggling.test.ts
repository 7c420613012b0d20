import { cloneDatabase } from '../support/database.ts';
import {
  type Listening,
  listenOn,
  opened,
  untilClosed,
} from '../support/listening.ts';

// Fault 54: requests that a proxy and a server may read differently.
let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let server: Listening;
beforeAll(async () => {
  clone = await cloneDatabase();
  server = await listenOn(clone.url);
});
afterAll(async () => {
  await server.stop();
  await clone.drop();
});

const NEXT = 'GET /v1/event-types HTTP/1.1\r\nHost: x\r\n\r\n';
const POST = 'POST /v1/actors/match HTTP/1.1\r\nHost: x\r\n';

test.each([
  ['two Host headers', 'GET /v1/events HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
  [
    'the same Host twice, asked where answers are remembered',
    'GET /v1/event-types HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n',
  ],
  ['no Host', 'GET /v1/events HTTP/1.1\r\n\r\n'],
  [
    'Content-Length and Transfer-Encoding',
    `${POST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  ['two lengths', `${POST}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}`],
  ['a length with a sign', `${POST}Content-Length: +2\r\n\r\n{}`],
  ['line feeds alone', 'GET /v1/events HTTP/1.1\nHost: x\n\n'],
  ['a space before a colon', 'GET /v1/events HTTP/1.1\r\nHost : x\r\n\r\n'],
  [
    'an encoding that only looks like chunked',
    `${POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
  ],
])('54: %s: 400, and nothing more is read there', async (_, bytes) => {
  // Behind it on the same connection, what somebody would smuggle in.
  const socket = await opened(server.port, bytes + NEXT);
  const text = await untilClosed(socket, 8000);
  expect(text).toMatch(/^HTTP\/1\.1 400 /);
  expect(text).toContain('/problems/malformed_request');
  expect(text.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
});
