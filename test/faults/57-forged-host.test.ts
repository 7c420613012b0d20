import { createKey } from '../../src/storage/keys.writes.ts';
import { cloneDatabase } from '../support/database.ts';
import {
  behindProxy,
  type Listening,
  listenOn,
  opened,
  untilClosed,
} from '../support/listening.ts';

// Fault 57: whoever asks names another host, or another address of their own.
let clone: Awaited<ReturnType<typeof cloneDatabase>>;
const servers: Listening[] = [];
beforeAll(async () => {
  clone = await cloneDatabase();
});
afterAll(async () => {
  for (const server of servers) await server.stop();
  await clone.drop();
});

const HOME = 'https://example.org/diplomacy';
const serve = async (
  options: Parameters<typeof listenOn>[1] = {},
): Promise<Listening> => {
  const server = await listenOn(clone.url, options);
  servers.push(server);
  return server;
};

const FORGED = [
  'X-Forwarded-Host: evil.example',
  'X-Forwarded-Proto: gopher',
  'X-Forwarded-Prefix: /evil',
  'Forwarded: host=evil.example;proto=gopher',
];

async function ask(
  { port }: Listening,
  request: string,
  host: string,
  headers: string[],
  body = '',
): Promise<string> {
  const socket = await opened(
    port,
    [
      `${request} HTTP/1.1`,
      `Host: ${host}`,
      'Connection: close',
      ...headers,
      '',
      body,
    ].join('\r\n'),
  );
  return untilClosed(socket, 8000);
}

const key = async ({ database }: Listening): Promise<string> =>
  createKey(database, { name: 'desk', scope: 'editor', expires: null });

async function enter(server: Listening, id: string, headers: string[] = []) {
  const body = JSON.stringify({
    id,
    type: 'call',
    date: '2022-01-28',
    title: { en: 'Call' },
  });
  return ask(
    server,
    'POST /v1/events',
    'evil.example',
    [
      `Authorization: Bearer ${await key(server)}`,
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      ...headers,
    ],
    body,
  );
}

const LINKED = [
  '/v1/events.atom?limit=1',
  '/v1/events.feed.json?limit=1',
  '/v1/events.ics?limit=1',
  '/v1/events.jsonld?limit=1',
  '/v1/reconcile',
  '/v1/events?limit=1',
  '/openapi.json',
];

test('57: with a public address every link begins with it, whatever was asked', async () => {
  const server = await serve({ publicUrl: HOME, limits: behindProxy() });
  const entered = await enter(server, 'call-1', FORGED);
  expect(entered).toContain('201 Created');
  expect(entered).toContain(`location: ${HOME}/v1/events/call-1\r\n`);
  await enter(server, 'call-2');
  for (const path of LINKED)
    // The second time from memory, perhaps.
    for (const host of ['evil.example', 'evil.example', 'other.example']) {
      const text = await ask(server, `GET ${path}`, host, FORGED);
      expect(text).toContain('200 OK');
      expect(text).toContain(HOME);
      expect(text).not.toMatch(/evil\.example|other\.example|gopher/);
    }
  const page = await ask(server, 'GET /v1/events?limit=1', 'evil.example', []);
  expect(page).toMatch(
    /\r\nlink: <https:\/\/example\.org\/diplomacy\/v1\/events\?limit=1&cursor=[^>]+>; rel="next"\r\n/,
  );
});

test('57: without one nobody gets links that another has asked for, and what proxies pass on is not believed', async () => {
  const server = await serve({ limits: behindProxy() });
  await enter(server, 'call-3');
  for (const path of LINKED.slice(0, 5)) {
    for (let turn = 0; turn < 4; turn++) {
      const text = await ask(server, `GET ${path}`, 'one.example', FORGED);
      expect(text).toContain('200 OK');
      expect(text).not.toMatch(/evil\.example|gopher/);
    }
    const other = await ask(server, `GET ${path}`, 'two.example', []);
    expect(other).toContain('http://two.example/');
    expect(other).not.toContain('one.example');
    // The proxy is believed about TLS alone.
    const secure = await ask(server, `GET ${path}`, 'two.example', [
      'X-Forwarded-Proto: https',
    ]);
    expect(secure).toContain('https://two.example/');
    expect(secure).not.toContain('http://two.example/');
  }
});

test('57: nothing of it is believed where no proxy is trusted', async () => {
  const server = await serve({
    limits: behindProxy({ ofAddress: 25, proxies: () => false }),
  });
  const statuses = [];
  for (const from of ['203.0.113.1', '203.0.113.2', '203.0.113.3']) {
    const text = await ask(server, 'GET /v1/events', 'x', [
      `X-Forwarded-For: ${from}`,
      'X-Forwarded-Proto: https',
    ]);
    statuses.push(Number(text.split(' ')[1]));
  }
  expect(statuses).toEqual([200, 200, 429]);
});
