import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { eventually } from '../support/command.ts';
import { aDocument, anActor, anEvent, ndjson } from '../support/builders.ts';
import { emptyRecord, wholeRecord } from '../support/record.ts';
import { startService, type TestService } from '../support/service.ts';
import { aWriter, headerText, type Writer } from '../support/writing.ts';

let service: TestService;
let writer: Writer;
let port: number;
beforeAll(async () => {
  service = await startService();
  writer = await aWriter(service);
  const address = await service.app.listen({ port: 0, host: '127.0.0.1' });
  port = Number(new URL(address).port);
});
beforeEach(() => emptyRecord(service.database));
afterAll(() => service.stop());

const NDJSON = { 'content-type': 'application/x-ndjson' };
const send = (
  body: string | Uint8Array,
  query = '',
  headers: Record<string, string> = {},
) =>
  writer.send('POST', `/v1/import${query}`, {
    body,
    headers: { ...NDJSON, ...headers },
  });

const good = [
  anEvent({
    id: 'call',
    participants: [{ actor: 'france' }, { actor: 'russia' }],
    documents: [{ document: 'readout', relation: 'issued' }],
  }),
  aDocument('readout', { authors: ['france'] }),
  anActor('france'),
  anActor('russia'),
];
const bad = { ...anEvent({ id: 'bad' }), type: 'meting' };
const count = (over: object) => ({
  received: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  rejected: 0,
  passedOver: 0,
  stored: true,
  rows: [],
  more: 0,
  names: [],
  moreNames: 0,
  duplicates: [],
  moreDuplicates: 0,
  conflicts: [],
  moreConflicts: 0,
  ...over,
});
const isEmpty = async () =>
  Object.values(await wholeRecord(service.database)).flat().length === 0;

describe('an import', () => {
  test('takes records in any order, and tells what became of them', async () => {
    const { status, json, headers } = await send(ndjson(good));
    expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
    expect(json).toEqual(count({ received: 4, created: 4 }));
    expect(await service.ids('/v1/events?actor=france')).toEqual(['call']);
  });

  test('taken twice changes nothing', async () => {
    await send(ndjson(good));
    const before = await wholeRecord(service.database);
    expect((await send(ndjson(good))).json).toEqual(
      count({ received: 4, unchanged: 4 }),
    );
    expect(await wholeRecord(service.database)).toEqual(before);
  });

  test('keeps by whom and why with each revision', async () => {
    const reason = 'Архів МЗС';
    await send(ndjson(good), '', { 'x-change-reason': headerText(reason) });
    const { json } = await service.get('/v1/events/call/revisions');
    expect(json.data[0]).toMatchObject({ by: 'desk', reason });
  });

  test('keeps the reason of a row with its revision, in the place of the one for all', async () => {
    const [call, ...others] = good;
    const rows = [{ ...call, reason: ' Звіт\u0438\u0306 ' }, ...others];
    const header = { 'x-change-reason': 'the rest' };
    expect((await send(ndjson(rows), '', header)).status).toBe(200);
    const why = async (url: string) =>
      (await service.get(`${url}/revisions`)).json.data.map(
        ({ reason }: { reason: string }) => reason,
      );
    expect(await why('/v1/events/call')).toEqual(['Звітй']);
    expect(await why('/v1/actors/france')).toEqual(['the rest']);
    expect((await service.get('/v1/events/call')).json).not.toHaveProperty(
      'reason',
    );
    const again = rows.map((row) => ({ ...row, reason: 'again' }));
    expect((await send(ndjson(again))).json).toEqual(
      count({ received: 4, unchanged: 4 }),
    );
    const revised = { ...call, status: 'cancelled', reason: 'called off' };
    await send(ndjson([revised]));
    expect(await why('/v1/events/call')).toEqual(['Звітй', 'called off']);
    const { json } = await service.get('/v1/changes');
    expect(json.data.at(-1)).toMatchObject({
      id: 'call',
      reason: 'called off',
    });
  });

  test.each([7, 'a\u202eb', 'x'.repeat(2001), ['why']])(
    'a reason of a row that cannot be kept is a fault of the row: %j',
    async (reason) => {
      const { status, json } = await send(
        ndjson([{ ...anEvent({ id: 'a' }), type: 'meting', reason }]),
      );
      expect(status).toBe(422);
      expect(
        json.rows[0].errors.map(({ pointer }: { pointer: string }) => pointer),
      ).toEqual(['/reason', '/type']);
    },
  );

  test('with one bad row leaves nothing, and names the row and its faults', async () => {
    const { status, json } = await send(ndjson([...good, bad]));
    expect(status).toBe(422);
    expect(json).toMatchObject({
      type: '/problems/rejected_rows',
      status: 422,
      instance: '/v1/import',
    });
    expect(json).toMatchObject(
      count({
        received: 5,
        rejected: 1,
        stored: false,
        rows: [
          {
            line: 5,
            errors: [
              expect.objectContaining({
                pointer: '/type',
                received: 'meting',
                nearest: expect.arrayContaining(['meeting']),
              }),
            ],
          },
        ],
      }),
    );
    expect(await isEmpty()).toBe(true);
  });

  test('with atomic=false keeps the good rows', async () => {
    const { status, json } = await send(
      ndjson([bad, ...good]),
      '?atomic=false',
    );
    expect(status).toBe(200);
    expect(json).toMatchObject({ created: 4, rejected: 1, stored: true });
    expect(json.rows.map(({ line }: { line: number }) => line)).toEqual([1]);
    expect(await service.ids('/v1/events')).toEqual(['call']);
  });

  test.each([
    ['', good, 200],
    ['', [...good, bad], 422],
    ['&atomic=false', [...good, bad], 200],
  ])(
    'as a dry run%s does all of it and keeps nothing',
    async (query, rows, status) => {
      const answer = await send(ndjson(rows), `?dryRun=true${query}`);
      expect([answer.status, answer.json.stored]).toEqual([status, false]);
      expect(answer.json.rejected).toBe(rows.length - good.length);
      if (status === 200) expect(answer.json.created).toBe(4);
      expect(await isEmpty()).toBe(true);
    },
  );

  test('of nothing is taken as nothing', async () => {
    for (const body of ['', '\n\n', '\ufeff'])
      expect((await send(body)).json).toEqual(count({}));
  });

  test('lists a thousand bad rows by line, and the number of the rest', async () => {
    const rows = Array.from({ length: 1500 }, (_, index) =>
      anEvent({ id: `e${index}`, participants: [{ actor: 'nobody' }] }),
    );
    rows.push({ ...anEvent({ id: 'last' }), type: 'meting' });
    const { status, json } = await send(ndjson(rows));
    expect(status).toBe(422);
    expect([json.rejected, json.rows.length, json.more]).toEqual([
      1501, 1000, 501,
    ]);
    const lines = json.rows.map(({ line }: { line: number }) => line);
    expect(lines).toEqual(
      lines.toSorted((one: number, other: number) => one - other),
    );
  });

  test('tells no more than twenty faults of a row', async () => {
    const participants = Array.from({ length: 500 }, (_, index) => ({
      actor: `nobody-${index}`,
    }));
    const { json } = await send(ndjson([anEvent({ participants })]));
    expect(json.rows[0].errors).toHaveLength(20);
  });

  test('beyond the size of other bodies is taken all the same', async () => {
    const rows = Array.from({ length: 4000 }, (_, index) =>
      anEvent({ id: `e${index}`, title: { en: 'x'.repeat(200) } }),
    );
    const { json } = await send(ndjson(rows));
    expect(json).toEqual(count({ received: 4000, created: 4000 }));
  });

  test('beside another one waits for its turn', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => send(ndjson(good))),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(
      answers.map(({ json }) => json.created).toSorted((a, b) => b - a),
    ).toEqual([4, 0, 0, 0, 0, 0, 0, 0]);
  });
});

describe('an import beside other writers', () => {
  /** Lets no writer commit until it is called. */
  const holdCommits = async () => {
    const other = await service.database.pool.connect();
    await other.query('begin; select pg_advisory_xact_lock(727374003)');
    return async () => {
      await other.query('commit');
      other.release();
    };
  };
  const waiting = async () => {
    const { rows } = await service.database.pool.query<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows[0]?.count;
  };

  test('keeps what it refers to from being removed', async () => {
    await send(ndjson(good));
    await writer.put(anActor('brief'));
    const release = await holdCommits();
    const imported = send(
      ndjson([anEvent({ id: 'late', participants: [{ actor: 'brief' }] })]),
    );
    await eventually(async () => (await waiting()) === 1);
    const removed = writer.send('DELETE', '/v1/actors/brief');
    await eventually(async () => (await waiting()) === 2);
    await release();
    expect([(await imported).status, (await removed).status]).toEqual([
      200, 409,
    ]);
  });

  test('is told when somebody else enters the same record, and leaves nothing', async () => {
    const release = await holdCommits();
    const put = writer.send('PUT', '/v1/actors/twin', {
      body: anActor('twin'),
    });
    await eventually(async () => (await waiting()) === 1);
    const imported = send(
      ndjson([anActor('twin', { kind: 'group' }), anActor('else')]),
    );
    await eventually(async () => (await waiting()) === 2);
    await release();
    expect((await put).status).toBe(201);
    const { status, json } = await imported;
    expect([status, json.type]).toEqual([409, '/problems/conflict']);
    expect(await service.ids('/v1/actors')).toEqual(['twin']);
  });
});

describe('refused unread are', () => {
  test.each([
    ['JSON', { 'content-type': 'application/json' }],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['text', { 'content-type': 'text/plain' }],
    ['gzip', { 'content-encoding': 'gzip' }],
    ['an unknown encoding', { 'content-encoding': 'identity, br' }],
  ])('bodies of %s', async (_, headers) => {
    const body = gzipSync(ndjson(good));
    const answer = await send(body, '', headers);
    expect([answer.status, answer.json.type]).toEqual([
      415,
      '/problems/unsupported_media_type',
    ]);
    expect(await isEmpty()).toBe(true);
  });

  test('requests without a type and a body', async () => {
    const answer = await writer.send('POST', '/v1/import');
    expect(answer.status).toBe(415);
  });

  test.each(['?dryrun=true', '?atomic=maybe', '?atomic=true&atomic=false'])(
    'parameters like %s',
    async (query) => {
      expect((await send(ndjson(good), query)).status).toBe(400);
      expect(await isEmpty()).toBe(true);
    },
  );

  test('strangers', async () => {
    const answer = await send(ndjson(good), '', { authorization: '' });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm=/);
  });
});

describe('on a wire', () => {
  const open = async (headers: readonly string[] = []): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      [
        'POST /v1/import HTTP/1.1',
        'Host: localhost',
        `Authorization: Bearer ${writer.key}`,
        'Content-Type: application/x-ndjson',
        'Transfer-Encoding: chunked',
        ...headers,
        '\r\n',
      ].join('\r\n'),
    );
    return socket;
  };
  const chunk = (text: string) =>
    `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
  const importing = async () => {
    const { rows } = await service.database.pool.query<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity
       where datname = current_database() and query ilike 'copy staged%'`,
    );
    return (rows[0]?.count ?? 0) > 0;
  };

  test('a sender who is gone in the midst of it leaves nothing, and the next has its turn', async () => {
    for (let round = 0; round < 5; round++) {
      const socket = await open();
      socket.write(chunk(ndjson(good)));
      await eventually(importing);
      socket.destroy();
      await eventually(async () => !(await importing()));
      expect(await isEmpty()).toBe(true);
    }
    expect((await send(ndjson(good))).json.created).toBe(4);
  });

  test('a body that takes longer than others may is taken to its end', async () => {
    const socket = await open(['Connection: close']);
    const answer: Buffer[] = [];
    socket.on('data', (data: Buffer) => answer.push(data));
    const closed = once(socket, 'close');
    for (const record of good) {
      socket.write(chunk(ndjson([record])));
      await new Promise((resolve) => setTimeout(resolve, 3000));
    }
    socket.write('0\r\n\r\n');
    await closed;
    expect(Buffer.concat(answer).toString()).toMatch(/"created":4.*/);
  });

  test('a stranger’s body is not waited for', async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const told: Buffer[] = [];
    socket.on('data', (data: Buffer) => told.push(data));
    const closed = once(socket, 'close');
    socket.write(
      'POST /v1/import HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n',
    );
    await closed;
    expect(Buffer.concat(told).toString()).toMatch(/^HTTP\/1.1 401 /);
  });

  test('any other body must be there after ten seconds', async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const told: Buffer[] = [];
    socket.on('data', (data: Buffer) => told.push(data));
    const closed = once(socket, 'close');
    const started = Date.now();
    socket.write(
      `POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${writer.key}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`,
    );
    await closed;
    expect(Buffer.concat(told).toString()).toMatch(/^HTTP\/1.1 408 /);
    expect(Date.now() - started).toBeGreaterThan(9000);
    expect(Date.now() - started).toBeLessThan(14_000);
  });
});
