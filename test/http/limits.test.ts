import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { costs } from '../../src/http/costs.ts';
import { clients, trusted } from '../../src/http/clients.ts';
import { limitsOf, type LimitOptions } from '../../src/http/limits.ts';
import { type Share } from '../../src/http/meters.ts';
import { createKey } from '../../src/storage/keys.writes.ts';
import { addUse } from '../../src/storage/limits.writes.ts';
import { cloneDatabase } from '../support/database.ts';
import { behindProxy, type Listening, listenOn } from '../support/listening.ts';

let clone: Awaited<ReturnType<typeof cloneDatabase>>;
const servers: Listening[] = [];
beforeAll(async () => {
  clone = await cloneDatabase();
});
afterAll(async () => {
  for (const server of servers) await server.stop();
  await clone.drop();
});

async function serve(over: Partial<LimitOptions> = {}): Promise<Listening> {
  const server = await listenOn(clone.url, { limits: behindProxy(over) });
  servers.push(server);
  return server;
}

/** Asks as somebody at an address. */
async function ask(
  { address }: Listening,
  path: string,
  from: string,
  {
    method = 'GET',
    headers = {},
  }: { method?: string; headers?: Record<string, string> } = {},
) {
  const answer = await fetch(`${address}${path}`, {
    method,
    headers: { 'x-forwarded-for': from, ...headers },
  });
  const text = await answer.text();
  return {
    status: answer.status,
    text,
    policy: answer.headers.get('ratelimit-policy'),
    limit: answer.headers.get('ratelimit'),
    retryAfter: answer.headers.get('retry-after'),
    etag: answer.headers.get('etag') ?? '',
  };
}

/** How many points an answer says are left. */
const leftIn = ({ limit }: { limit: string | null }): number =>
  Number(/;r=(\d+);/.exec(limit ?? '')?.[1]);

/** What requests cost, each asked by somebody who has asked nothing before. */
let others = 0;
const somebody = (): string => `198.51.${++others >> 8}.${others & 255}`;

describe('what a request costs', () => {
  const json = { 'content-type': 'application/json' };
  test.each<[keyof typeof costs, string, string, Record<string, string>?]>([
    ['light', 'GET', '/'],
    ['light', 'GET', '/openapi.json'],
    ['light', 'GET', '/nothing'],
    ['light', 'GET', '/v1/nothing'],
    ['page', 'GET', '/v1/events?a=b'],
    ['page', 'GET', '/v1/events?limit=100'],
    ['page', 'HEAD', '/v1/events'],
    ['page', 'GET', '/v1/events/none'],
    ['page', 'GET', '/v1/actors/match?name=a'],
    ['page', 'GET', '/v1/events.atom?limit=100'],
    ['long', 'GET', '/v1/events?limit=500'],
    ['long', 'GET', '/v1/events.ics'],
    ['count', 'GET', '/v1/timeline?interval=year'],
    ['fine', 'GET', '/v1/timeline?interval=day'],
    ['count', 'GET', '/v1/facets?by=type'],
    ['count', 'GET', '/v1/events?count=exact'],
    ['count', 'GET', '/v1/dyads/a/b'],
    ['count', 'GET', '/v1/actors/a/counterparts'],
    ['batch', 'POST', '/v1/actors/match', json],
    ['batch', 'GET', '/v1/reconcile?queries={}'],
    ['write', 'POST', '/v1/events', json],
    ['write', 'DELETE', '/v1/events/none'],
    ['export', 'GET', '/v1/events.csv'],
    ['export', 'GET', '/v1/events', { accept: 'application/x-ndjson' }],
    ['import', 'POST', '/v1/import', { 'content-type': 'text/csv' }],
  ])('%s: %s %s', async (cost, method, path, headers = {}) => {
    const server = servers[0] ?? (await serve());
    const answer = await ask(server, path, somebody(), { method, headers });
    expect(answer.policy).toBe('"address";q=60000;w=60');
    expect(60_000 - leftIn(answer)).toBe(costs[cost]);
  });

  test('nothing, for those who watch the service', async () => {
    const server = servers[0] ?? (await serve());
    for (const path of ['/healthz', '/readyz'])
      expect((await ask(server, path, somebody())).limit).toBeNull();
  });

  test('least when it is remembered, as 200 and as 304', async () => {
    const server = servers[0] ?? (await serve());
    const path = '/v1/timeline?interval=month';
    let answer = await ask(server, path, somebody());
    // It is remembered from the moment that the state of the record was known.
    for (let turn = 0; turn < 3; turn++)
      answer = await ask(server, path, somebody());
    expect(60_000 - leftIn(answer)).toBe(costs.remembered);
    const again = await ask(server, path, somebody(), {
      headers: { 'if-none-match': answer.etag },
    });
    expect([again.status, 60_000 - leftIn(again)]).toEqual([
      304,
      costs.remembered,
    ]);
  });

  test('is told by the documentation', () => {
    const page = readFileSync('docs/operations.md', 'utf8');
    const rows = [...page.matchAll(/^\| `(\w+)` +\| +(\d+) +\|/gm)];
    expect(
      Object.fromEntries(rows.map(([, name, cost]) => [name, Number(cost)])),
    ).toEqual(costs);
  });
});

describe('who has used up a limit', () => {
  test('is refused with the time to come again, and what is cheaper goes on while it fits', async () => {
    const server = await serve({ ofAddress: 150 });
    const me = somebody();
    expect((await ask(server, '/v1/facets?by=type', me)).status).toBe(200);
    const refused = await ask(server, '/v1/facets?by=status', me);
    expect(refused.status).toBe(429);
    expect(refused.policy).toBe('"address";q=150;w=60');
    expect(leftIn(refused)).toBe(50);
    expect(Number(refused.retryAfter)).toBeGreaterThan(55);
    expect(Number(refused.retryAfter)).toBeLessThanOrEqual(60);
    expect(JSON.parse(refused.text)).toMatchObject({
      type: '/problems/too_many_requests',
      status: 429,
      instance: '/v1/facets',
    });
    const page = await ask(server, '/v1/events', me);
    expect([page.status, leftIn(page)]).toEqual([200, 40]);
    // Somebody else is not concerned.
    expect((await ask(server, '/v1/facets?by=status', somebody())).status).toBe(
      200,
    );
  });

  test('is refused remembered answers too', async () => {
    const server = await serve({ ofAddress: 130 });
    const path = '/v1/timeline?interval=year';
    for (let turn = 0; turn < 4; turn++) await ask(server, path, somebody());
    const me = somebody();
    const statuses = [];
    for (let turn = 0; turn < 131; turn++)
      statuses.push((await ask(server, path, me)).status);
    expect(statuses).toEqual([...Array.from({ length: 130 }, () => 200), 429]);
  });

  test('in IPv6 is a network, however many addresses it has', async () => {
    const server = await serve({ ofAddress: 25 });
    const statusOf = async (from: string) =>
      (await ask(server, '/v1/events', from)).status;
    expect(await statusOf('2001:db8:0:1::1')).toBe(200);
    expect(await statusOf('2001:db8:0:1:ffff::2')).toBe(200);
    expect(await statusOf('2001:db8::1:3:0:0:1')).toBe(429);
    expect(await statusOf('2001:db8:0:2::1')).toBe(200);
  });

  test('cannot take another address by writing one', async () => {
    const server = await serve({ ofAddress: 25 });
    const me = somebody();
    const statuses = [];
    // The proxy adds the address that it sees to what the client wrote.
    for (const forged of ['192.0.2.1', '192.0.2.2', 'x'.repeat(500)])
      statuses.push(
        (await ask(server, '/v1/events', `${forged}, ${me}`)).status,
      );
    expect(statuses).toEqual([200, 200, 429]);
  });

  test('with a key has the limit of the key, once it was right', async () => {
    const server = await serve({ ofAddress: 60, ofKey: 1000 });
    const key = await createKey(server.database, {
      name: 'desk',
      scope: 'editor',
      expires: null,
    });
    const headers = { authorization: `Bearer ${key}` };
    const me = somebody();
    // Not looked at by a route that needs none, so it may be any.
    expect((await ask(server, '/v1/events', me, { headers })).policy).toMatch(
      /^"address"/,
    );
    const remove = () =>
      ask(server, '/v1/events/none?reason=x', me, {
        method: 'DELETE',
        headers,
      });
    expect((await remove()).policy).toMatch(/^"address";q=60/);
    expect((await remove()).policy).toMatch(/^"key";q=1000/);
    const elsewhere = await ask(server, '/v1/events', somebody(), { headers });
    expect([elsewhere.policy, leftIn(elsewhere)]).toEqual([
      '"key";q=1000;w=60',
      970,
    ]);
  });

  test('is nobody where nothing is limited, and nobody who is exempt', async () => {
    const free = await serve({ ofAddress: 0 });
    expect((await ask(free, '/v1/events', somebody())).limit).toBeNull();
    const kind = await serve({
      ofAddress: 5,
      exempt: trusted('RATE_LIMIT_EXEMPT', '192.0.2.0/24'),
    });
    expect((await ask(kind, '/v1/events', '192.0.2.9')).status).toBe(200);
    expect((await ask(kind, '/v1/events', '192.0.3.9')).status).toBe(429);
  });
});

describe('servers that share their limits', () => {
  /** Limits of a server, of which we say when it tells the others. */
  function aServer(share: Share) {
    const limits = limitsOf(behindProxy({ ofAddress: 100, share }));
    const request = {
      headers: { 'x-forwarded-for': '203.0.113.7' },
      socket: { remoteAddress: '127.0.0.1' },
    };
    return {
      use: async (points: number) => limits.charge(request as never, points),
      close: () => limits.close(),
    };
  }

  /** Until it is so, or five seconds have passed. */
  async function until(so: () => Promise<boolean>): Promise<boolean> {
    for (const end = Date.now() + 5000; Date.now() < end; await sleep(50))
      if (await so()) return true;
    return false;
  }

  test('count what was used on all of them, and begin anew together', async () => {
    const { database } = servers[0] ?? (await serve());
    const share: Share = (uses, seconds) => addUse(database, uses, seconds);
    const [one, two] = [aServer(share), aServer(share)];
    try {
      await one.use(60);
      await two.use(30);
      // Each has room by itself: 100 - 60 and 100 - 30; together 10 are left.
      const refused = async () =>
        two.use(11).then(
          () => false,
          () => true,
        );
      await sleep(2100);
      await two.use(1);
      expect(await until(refused)).toBe(true);
      await expect(two.use(1)).resolves.not.toBeNull();
    } finally {
      one.close();
      two.close();
    }
  });

  test('go on by themselves while the database is away', async () => {
    let asked = 0;
    const one = aServer(async () => {
      asked++;
      throw new Error('away');
    });
    try {
      await one.use(60);
      expect(await until(async () => asked > 0)).toBe(true);
      await expect(one.use(50)).rejects.toThrow(/40 are left/);
      await expect(one.use(40)).resolves.not.toBeNull();
    } finally {
      one.close();
    }
  });

  test('add up in one statement, by the clock of the database, and forget what is over', async () => {
    const { database } = servers[0] ?? (await serve());
    const add = (entries: [string, number][], seconds = 60) =>
      addUse(database, new Map(entries), seconds);
    await add([
      ['address a', 5],
      ['address b', 7],
    ]);
    const [known] = await add([['address a', 6]]);
    expect(known).toMatchObject({ client: 'address a', used: 11 });
    expect(known?.endsIn).toBeGreaterThan(50_000);
    expect(known?.endsIn).toBeLessThanOrEqual(60_000);
    await database.writes.query(
      `update limit_use set ends_at = now() - interval '2 minutes'`,
    );
    expect(await add([['address a', 3]])).toMatchObject([{ used: 3 }]);
    const rows = (await database.writes.query(
      'select client from limit_use',
    )) as object[];
    expect(rows).toEqual([{ client: 'address a' }]);
  });
});

describe('from where somebody asks', () => {
  const address = (
    proxies: string,
    remoteAddress: string,
    forwarded?: string,
  ): string =>
    clients(
      trusted('TRUST_PROXY', proxies),
      () => false,
    )({
      headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
      socket: { remoteAddress },
    } as never).address;

  test.each([
    [
      'nobody is believed unless named',
      '',
      '192.0.2.1',
      '203.0.113.7',
      '192.0.2.1',
    ],
    [
      'a proxy is believed',
      '192.0.2.0/24',
      '192.0.2.1',
      '203.0.113.7',
      '203.0.113.7',
    ],
    [
      'a client is not',
      '192.0.2.0/24',
      '203.0.113.9',
      '203.0.113.7',
      '203.0.113.9',
    ],
    [
      'nor what it told the proxy',
      '192.0.2.1',
      '192.0.2.1',
      '1.1.1.1, 203.0.113.7',
      '203.0.113.7',
    ],
    [
      'two proxies in a row',
      '2',
      '192.0.2.1',
      '1.1.1.1, 203.0.113.7, 192.0.2.9',
      '203.0.113.7',
    ],
    ['one of them', '1', '192.0.2.1', '1.1.1.1, 203.0.113.7', '203.0.113.7'],
    ['IPv4 as IPv6', '', '::ffff:192.0.2.1', undefined, '192.0.2.1'],
    ['IPv6', '', '2001:db8:1:2:3:4:5:6', undefined, '2001:db8:1:2::/64'],
    ['a link with its zone', '', 'fe80::1%eth0', undefined, 'fe80:0:0:0::/64'],
    ['no address told', '1', '192.0.2.1', 'unknown', '192.0.2.1'],
    ['nothing told', '1', '192.0.2.1', '', '192.0.2.1'],
  ])('%s', (_, proxies, remote, forwarded, expected) => {
    expect(address(proxies, remote, forwarded)).toBe(expected);
  });

  test.each(['10.0.0.0/33', 'example.org', 'fe80::1::2'])(
    'a setting of %s is refused',
    (text) => {
      expect(() => trusted('TRUST_PROXY', text)).toThrow(/^TRUST_PROXY is /);
    },
  );
});
