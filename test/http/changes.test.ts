import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { closerOf } from '../../src/cli/drain.ts';
import { buildApp } from '../../src/http/app.ts';
import { changeSignal } from '../../src/storage/changes.signal.ts';
import {
  cursorSecret,
  type Database,
  openDatabase,
} from '../../src/storage/database.ts';
import { createKey } from '../../src/storage/keys.writes.ts';
import { aDocument, anActor, anEvent, tied } from '../support/builders.ts';
import { eventually } from '../support/command.ts';
import { cloneDatabase } from '../support/database.ts';
import {
  follow,
  type Following,
  type Message,
  take,
  type ToldChange,
} from '../support/follower.ts';
import { startService, type TestService } from '../support/service.ts';

/** One of several servers on a database, at an address. */
interface Server {
  app: FastifyInstance;
  address: string;
  database: Database;
  /** How often the log of changes was read. */
  reads(): number;
  stop(): Promise<void>;
}

async function startServer(
  url: string,
  options: { heartbeat?: number; mostFollowers?: number } = {},
): Promise<Server> {
  const database = await openDatabase({ url, connections: 8 });
  const changes = changeSignal(url);
  const app = await buildApp({
    database,
    changes,
    secret: await cursorSecret(database),
    version: '0.0.0',
    logLevel: 'silent',
    ...options,
  });
  const close = closerOf(app);
  const query = jest.spyOn(database.pool, 'query');
  return {
    app,
    database,
    address: await app.listen({ host: '127.0.0.1', port: 0 }),
    reads: () =>
      query.mock.calls.filter(([statement]) =>
        (statement as unknown as { text?: string }).text?.includes(
          'from change where',
        ),
      ).length,
    async stop() {
      await close();
      await changes.close();
      await database.close();
    },
  };
}

const keyFor = async (database: Database): Promise<string> =>
  `Bearer ${await createKey(database, { name: 'desk', scope: 'editor', expires: null })}`;

/** The log itself, in its order. */
async function log({ pool }: Database): Promise<string[]> {
  const { rows } = await pool.query<ToldChange>(
    'select record, id, revision, change from change order by position',
  );
  return rows.map(nameOf);
}

function nameOf({ record, id, revision, change }: ToldChange): string {
  return `${record} ${id} ${revision} ${change}`;
}

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

describe('the pages of the log of changes', () => {
  let service: TestService;
  let authorization: string;
  beforeAll(async () => {
    service = await startService();
    authorization = await keyFor(service.database);
    await service.load([
      anActor('france'),
      aDocument('note'),
      anEvent({ id: 'call', participants: [{ actor: 'france' }] }),
    ]);
    for (const [method, url, payload] of [
      [
        'PUT',
        '/v1/events/call',
        anEvent({ id: 'call', title: { en: 'Call' } }),
      ],
      ['DELETE', '/v1/documents/note?reason=twice', undefined],
      ['PUT', '/v1/actors/russia', anActor('russia')],
    ] as const) {
      const { headers } = await service.get(url.split('?')[0] ?? '');
      const answer = await service.app.inject({
        method,
        url,
        headers: {
          authorization,
          ...(headers['etag'] === undefined
            ? {}
            : { 'if-match': headers['etag'] }),
        },
        ...(payload === undefined ? {} : { payload }),
      });
      expect(answer.statusCode).toBeLessThan(300);
    }
  });
  afterAll(() => service.stop());

  const pages = async (query: string) => {
    const found: string[] = [];
    const sizes: number[] = [];
    for (let after = ''; sizes.at(-1) !== 0;) {
      const { status, json } = await service.get(
        `/v1/changes?${query}${after}`,
      );
      expect(status).toBe(200);
      expect(typeof json.next).toBe('string');
      found.push(...(json.data as ToldChange[]).map(nameOf));
      sizes.push(json.data.length as number);
      after = `&after=${json.next}`;
    }
    return { found, sizes };
  };

  test('tell everything in the order in which it was committed, and where to go on, on the last page too', async () => {
    const { found, sizes } = await pages('limit=2');
    expect(found).toEqual([
      'actor france 1 created',
      'document note 1 created',
      'event call 1 created',
      'event call 2 revised',
      'document note 2 removed',
      'actor russia 1 created',
    ]);
    expect(sizes).toEqual([2, 2, 2, 0]);
    expect(found).toEqual(await log(service.database));
  });

  test('tell who, when and why', async () => {
    const { json } = await service.get('/v1/changes');
    expect(json.data[4]).toEqual({
      record: 'document',
      id: 'note',
      revision: 2,
      change: 'removed',
      at: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/) as string,
      by: 'desk',
      reason: 'twice',
      successor: null,
    });
  });

  test.each([
    ['record=event', ['event call 1 created', 'event call 2 revised']],
    ['record=actor,document&limit=3', 4],
    ['record=-event,-document', 2],
  ])('are narrowed to a sort of record with %s', async (query, wanted) => {
    const { found } = await pages(query);
    expect(typeof wanted === 'number' ? found.length : found).toEqual(wanted);
  });

  test('end where nothing happened yet, and go on from there', async () => {
    const { json } = await service.get('/v1/changes?limit=500');
    const url = `/v1/changes?after=${json.next}`;
    const last = await service.get(url);
    expect(last.json).toEqual({ data: [], next: json.next });
    await service.load([anEvent({ id: 'later' })]);
    expect((await service.get(url)).json.data.map(nameOf)).toEqual([
      'event later 1 created',
    ]);
  });

  test.each(['1', 'abc.def', ''])('are not begun after "%s"', async (after) => {
    const answer = await service.get(`/v1/changes?after=${after}`);
    expect(answer).toMatchObject({ status: 400 });
  });

  test('are not begun after the cursor of another list', async () => {
    const { json } = await service.get('/v1/events?limit=1');
    expect(await service.get(`/v1/changes?after=${json.next}`)).toMatchObject({
      status: 400,
    });
  });
});

describe('the stream of changes', () => {
  let clone: Awaited<ReturnType<typeof cloneDatabase>>;
  let server: Server;
  let authorization: string;
  let first: Following;
  let began: number;
  beforeAll(async () => {
    clone = await cloneDatabase();
    server = await startServer(clone.url, { heartbeat: 300 });
    authorization = await keyFor(server.database);
    first = await follow(server.address);
    began = Date.now();
  });
  afterAll(async () => {
    first.abort();
    await server.stop();
    await clone.drop();
  });

  const enter = async (id: string): Promise<void> => {
    const { statusCode, body } = await server.app.inject({
      method: 'POST',
      url: '/v1/events',
      headers: { authorization },
      payload: anEvent({ id }),
    });
    if (statusCode !== 201) throw new Error(body);
  };
  const following = async (lastId: string | null = null, query = '') => {
    const one = await follow(server.address, lastId, query);
    cleanUps.push(() => one.abort());
    return one;
  };

  test('tells of a change as it happens, and goes on exactly where it broke', async () => {
    const one = await following();
    expect(one.status).toBe(200);
    await enter('a');
    const [a] = await take(one, 1);
    for (const id of ['b', 'c', 'd', 'e']) {
      const asked = Date.now();
      await enter(id);
      const [told] = await take(one, 1);
      expect(told?.change).toMatchObject({ id, change: 'created', by: 'desk' });
      expect(Date.now() - asked).toBeLessThan(1500);
    }
    one.abort();
    const again = await following(a?.id);
    expect((await take(again, 4)).map(({ change }) => change.id)).toEqual([
      'b',
      'c',
      'd',
      'e',
    ]);
    const page = await server.app.inject(`/v1/changes?after=${a?.id}`);
    expect(
      page.json<{ data: { id: string }[] }>().data.map(({ id }) => id),
    ).toEqual(['b', 'c', 'd', 'e']);
  });

  test('says that it lives when nothing happens', async () => {
    const { json } = await pageOf(server);
    const one = await following(json.next);
    const said: Message[] = [];
    for (let count = 0; count < 2; count++) {
      const { value } = await one.messages.next();
      if (value !== undefined) said.push(value);
    }
    expect(said).toEqual([
      { comment: 'still here' },
      { comment: 'still here' },
    ]);
  });

  test('is refused after an id that is none', async () => {
    expect((await following('nonsense')).status).toBe(400);
  });

  test('goes on when the connection that listens is killed', async () => {
    const { json } = await pageOf(server);
    const one = await following(json.next);
    await enter('f');
    await take(one, 1);
    const { rows } = await server.database.pool.query<{ killed: boolean }>(
      `select pg_terminate_backend(pid) as killed from pg_stat_activity
       where application_name = 'diplomatic-events changes' and datname = current_database()`,
    );
    expect(rows).toEqual([{ killed: true }]);
    await enter('g');
    await take(one, 1);
    // It listens again, and does not only look now and then.
    await eventually(async () => {
      const listening = await server.database.pool.query(
        `select from pg_stat_activity where application_name = 'diplomatic-events changes' and datname = current_database() and query ilike 'listen%'`,
      );
      return listening.rowCount === 1;
    });
    for (const id of ['h', 'i']) {
      await enter(id);
      expect((await take(one, 1))[0]?.change.id).toBe(id);
    }
  });

  test('waits for who reads slowly instead of piling up what they have not read', async () => {
    const { json } = await pageOf(server);
    await server.database.writes.query(
      `insert into change (record, id, revision, change, at, by, reason)
       select 'event', 'many-' || g, 1, 'created', now(), null, repeat('x', 2000) from generate_series(1, 20000) g`,
    );
    const before = server.reads();
    const { port } = server.app.server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    cleanUps.push(() => socket.destroy());
    socket.write(
      `GET /v1/changes HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nLast-Event-ID: ${json.next}\r\n\r\n`,
    );
    socket.pause();
    let reads = -1;
    for (let quiet = 0; quiet < 4;) {
      await sleep(250);
      quiet = server.reads() === reads ? quiet + 1 : 0;
      reads = server.reads();
    }
    // What the sockets of the system hold is not ours; it is a few megabytes of the forty.
    expect(reads - before).toBeLessThan(60);
    let events = 0;
    socket.on('data', (chunk: Buffer) => {
      events += chunk.toString('latin1').split('event: change').length - 1;
    });
    socket.resume();
    await eventually(() => events > 19_900);
  });

  test('is not cut off by the deadline of other requests', async () => {
    await sleep(Math.max(0, 10_700 - (Date.now() - began)));
    const before = (await log(server.database)).length;
    await enter('z');
    expect((await take(first, before + 1)).at(-1)?.change.id).toBe('z');
  });
});

async function pageOf({ app }: Server): Promise<{ json: { next: string } }> {
  let next = '';
  for (;;) {
    const answer = await app.inject(
      `/v1/changes?limit=500${next === '' ? '' : `&after=${next}`}`,
    );
    const json = answer.json<{ data: unknown[]; next: string }>();
    if (json.data.length === 0) return { json };
    next = json.next;
  }
}

describe('a server with followers', () => {
  test('takes no more than it can, and a place is free when one goes away', async () => {
    const clone = await cloneDatabase();
    cleanUps.push(() => clone.drop());
    const server = await startServer(clone.url, { mostFollowers: 2 });
    cleanUps.push(() => server.stop());
    const one = await follow(server.address);
    const two = await follow(server.address);
    expect((await follow(server.address)).status).toBe(503);
    one.abort();
    const began = Date.now();
    let three = await follow(server.address);
    while (three.status === 503 && Date.now() - began < 5000) {
      await sleep(20);
      three = await follow(server.address);
    }
    expect(three.status).toBe(200);
    expect(Date.now() - began).toBeLessThan(1500);
    for (const each of [two, three]) each.abort();
  });

  test('ends their streams when it is closed, also of those who do not read', async () => {
    const clone = await cloneDatabase();
    cleanUps.push(() => clone.drop());
    const server = await startServer(clone.url);
    await server.database.writes.query(
      `insert into change (record, id, revision, change, at, by, reason)
       select 'event', 'many-' || g, 1, 'created', now(), null, repeat('x', 2000) from generate_series(1, 10000) g`,
    );
    const { json } = await pageOf(server);
    const one = await follow(server.address, json.next);
    const { port } = server.app.server.address() as AddressInfo;
    const lazy = connect(port, '127.0.0.1');
    lazy.on('error', () => {});
    lazy.write(
      'GET /v1/changes HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n',
    );
    await once(lazy, 'readable');
    await sleep(500);
    const began = Date.now();
    const closed = server.stop();
    const said: Message[] = [];
    for await (const message of one.messages) said.push(message);
    expect(said).toEqual([{ end: expect.stringMatching(/^\{.*\}$/) }]);
    await closed;
    expect(Date.now() - began).toBeLessThan(4000);
    lazy.destroy();
  });
});

describe('followers of two servers on one database', () => {
  test('see every change once and in one order, while eight write side by side and followers die and come back', async () => {
    const clone = await cloneDatabase();
    cleanUps.push(() => clone.drop());
    const servers = [
      await startServer(clone.url),
      await startServer(clone.url),
    ];
    for (const server of servers) cleanUps.push(() => server.stop());
    const [one, other] = servers as [Server, Server];
    const authorization = await keyFor(one.database);
    const send = async (
      { app }: Server,
      method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
      url: string,
      payload?: object,
      headers: Record<string, string> = {},
    ) =>
      app.inject({
        method,
        url,
        headers: { authorization, ...headers },
        ...(payload === undefined ? {} : { payload }),
      });
    for (const actor of [
      anActor('league', { kind: 'organization' }),
      anActor('france'),
      anActor('russia'),
    ])
      expect(
        (await send(one, 'PUT', `/v1/actors/${actor.id}`, actor)).statusCode,
      ).toBe(201);

    const statuses = new Map<number, number>();
    const committed: string[] = [];
    const writer = async (number: number): Promise<void> => {
      const server = number % 2 === 0 ? one : other;
      for (let turn = 0; turn < 20; turn++) {
        // Few records, so that the writers meet.
        const event = `/v1/events/e-${(number * 7 + turn * 5) % 9}`;
        const current = await server.app.inject(event);
        const match = { 'if-match': current.headers['etag'] ?? '' };
        const payload = anEvent({
          id: event.slice(11),
          title: { en: `Written by ${number} in turn ${turn}` },
          participants: [{ actor: turn % 2 === 0 ? 'france' : 'russia' }],
        });
        const kind = (number + turn) % 5;
        const answer =
          kind === 0
            ? await send(
                server,
                'PUT',
                event,
                payload,
                current.statusCode === 200 ? match : {},
              )
            : kind === 1
              ? await send(
                  server,
                  'PATCH',
                  event,
                  { title: payload.title },
                  match,
                )
              : kind === 2 && turn % 3 === 0
                ? await send(server, 'DELETE', event, undefined, match)
                : kind === 3
                  ? await send(
                      server,
                      'PUT',
                      '/v1/actors/france',
                      tied('state', 'france', [
                        'member-of',
                        'league',
                        `19${50 + number}`,
                        turn % 2 === 0 ? null : `20${10 + turn}`,
                      ]),
                      {
                        'if-match': String(
                          (await server.app.inject('/v1/actors/france'))
                            .headers['etag'],
                        ),
                      },
                    )
                  : await send(server, 'POST', '/v1/events', {
                      ...payload,
                      id: `w-${number}-${turn}`,
                    });
        const { statusCode } = answer;
        statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
        if (statusCode === 200 || statusCode === 201) {
          const { id, revision } = answer.json<{
            id: string;
            revision: number;
          }>();
          committed.push(`${id} ${revision}`);
        }
      }
    };

    let writing = true;
    const enough = async (seen: readonly string[]) =>
      !writing && seen.length >= (await log(one.database)).length;
    /** Pages, begun anew from the last `next` now and then. */
    const pager = async ({ app }: Server): Promise<string[]> => {
      const seen: string[] = [];
      for (let after = ''; !(await enough(seen));) {
        const answer = await app.inject(`/v1/changes?limit=7${after}`);
        // One of two answers is lost on the way: it is asked again.
        if (Math.random() < 0.3) continue;
        const { data, next } = answer.json<{
          data: ToldChange[];
          next: string;
        }>();
        seen.push(...data.map(nameOf));
        after = `&after=${next}`;
        if (data.length === 0) await sleep(10);
      }
      return seen;
    };
    /** A stream that breaks now and then and goes on behind the last event it received, at either server. */
    const streamer = async (number: number): Promise<string[]> => {
      const seen: string[] = [];
      let lastId: string | null = null;
      for (let turn = number; !(await enough(seen)); turn++) {
        const stream = await follow(
          (servers[turn % 2] as Server).address,
          lastId,
        );
        const dies = setTimeout(
          () => stream.abort(),
          100 + Math.random() * 400,
        );
        for await (const message of stream.messages) {
          if (!('change' in message)) continue;
          lastId = message.id;
          seen.push(nameOf(message.change));
          if (await enough(seen)) stream.abort();
        }
        clearTimeout(dies);
      }
      return seen;
    };
    const followers = Promise.all([
      pager(one),
      pager(other),
      streamer(0),
      streamer(1),
    ]);
    await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(writer));
    writing = false;
    const seen = await followers;

    const whole = await log(one.database);
    for (const each of seen) expect(each).toEqual(whole);
    expect(new Set(whole).size).toBe(whole.length);
    const told = new Set(
      whole.map((line) => line.split(' ').slice(1, 3).join(' ')),
    );
    expect(committed.filter((write) => !told.has(write))).toEqual([]);
    expect(committed.length).toBeGreaterThan(60);
    const last = new Map<string, number>();
    for (const line of whole) {
      const [record = '', id = '', revision] = line.split(' ');
      expect(Number(revision)).toBe((last.get(`${record} ${id}`) ?? 0) + 1);
      last.set(`${record} ${id}`, Number(revision));
    }
    // Writers that meet are told so, and nothing else.
    expect(
      [...statuses.keys()].filter(
        (status) => ![200, 201, 204, 404, 409, 410, 412, 428].includes(status),
      ),
    ).toEqual([]);
  }, 60_000);
});
