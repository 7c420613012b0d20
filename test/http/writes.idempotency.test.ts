import type { FastifyInstance } from 'fastify';
import { buildApp } from '../../src/http/app.ts';
import { changeSignal } from '../../src/storage/changes.signal.ts';
import {
  cursorSecret,
  type Database,
  openDatabase,
} from '../../src/storage/database.ts';
import { anActor, anEvent } from '../support/builders.ts';
import { startService, type TestService } from '../support/service.ts';
import { aWriter, type Writer } from '../support/writing.ts';

let service: TestService;
let writer: Writer;
/** A second server on the same database. */
let other: { app: FastifyInstance; database: Database; stop(): Promise<void> };
beforeAll(async () => {
  service = await startService();
  writer = await aWriter(service);
  const database = await openDatabase({ url: service.url, connections: 4 });
  const changes = changeSignal(service.url);
  const app = await buildApp({
    database,
    changes,
    secret: await cursorSecret(database),
    version: '0.0.0',
    logLevel: 'silent',
  });
  await app.ready();
  other = {
    app,
    database,
    async stop() {
      await app.close();
      await changes.close();
      await database.close();
    },
  };
});
afterAll(async () => {
  await other.stop();
  await service.stop();
});

let count = 0;
const aKey = () => `attempt-${++count}`;
/** A body without an id: each time it is taken anew, another record is made. */
const aBody = (title: string) => {
  const { id: _, ...body } = anEvent({ title: { en: title } });
  return body;
};
const countOf = async (title: string) => {
  const { rows } = await service.database.pool.query<{ count: number }>(
    `select count(*)::int as count from event_version where body like '%' || $1 || '%'`,
    [title],
  );
  return rows[0]?.count;
};
const post = (
  key: string,
  body: unknown,
  { url = '/v1/events', by = writer } = {},
) => by.send('POST', url, { body, headers: { 'idempotency-key': key } });

test('a repeated request gets the first answer again, byte for byte', async () => {
  const key = aKey();
  const first = await post(key, aBody('repeated'));
  expect(first.status).toBe(201);
  // What becomes of the record meanwhile does not matter.
  await writer.send('PATCH', first.headers['location'] ?? '', {
    body: { title: { en: 'changed' } },
    headers: { 'if-match': '*' },
  });
  const again = await post(key, aBody('repeated'));
  expect([again.status, again.text]).toEqual([201, first.text]);
  for (const name of ['etag', 'location'])
    expect(again.headers[name]).toBe(first.headers[name]);
});

test('another server on the same database gives the first answer too', async () => {
  const key = aKey();
  const first = await post(key, aBody('elsewhere'));
  const again = await other.app.inject({
    method: 'POST',
    url: '/v1/events',
    headers: {
      authorization: `Bearer ${writer.key}`,
      'idempotency-key': key,
      'content-type': 'application/json',
    },
    payload: JSON.stringify(aBody('elsewhere')),
  });
  expect([again.statusCode, again.body]).toEqual([201, first.text]);
  expect(await countOf('elsewhere')).toBe(1);
});

test('at the same instant, on two servers, one event is made', async () => {
  const key = aKey();
  const answers = await Promise.all(
    Array.from({ length: 8 }, async (_, index) =>
      (index % 2 === 0 ? service : other).app.inject({
        method: 'POST',
        url: '/v1/events',
        headers: {
          authorization: `Bearer ${writer.key}`,
          'idempotency-key': key,
          'content-type': 'application/json',
        },
        payload: JSON.stringify(aBody('at once')),
      }),
    ),
  );
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(
    answers.map(() => 201),
  );
  expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
  expect(await countOf('at once')).toBe(1);
});

test('with another body, or at another address, the key is refused', async () => {
  const key = aKey();
  await post(key, aBody('the one'));
  const reused = await post(key, aBody('the other'));
  expect([reused.status, reused.json.type]).toEqual([
    422,
    '/problems/idempotency_key_reuse',
  ]);
  expect(await countOf('the other')).toBe(0);
  const elsewhere = await post(key, aBody('the one'), { url: '/v1/documents' });
  expect(elsewhere.status).toBe(400);
  const { id: _, ...actor } = anActor('x');
  expect((await post(key, actor, { url: '/v1/actors' })).status).toBe(422);
});

test('another caller has keys of their own', async () => {
  const key = aKey();
  const first = await post(key, aBody('whose'));
  const by = await aWriter(service, { name: 'another desk' });
  const second = await post(key, aBody('whose'), { by });
  expect(second.status).toBe(201);
  expect(second.json.id).not.toBe(first.json.id);
});

test('a refused request leaves its key free', async () => {
  const key = aKey();
  const body = {
    ...aBody('refused at first'),
    participants: [{ actor: 'nobody-yet' }],
  };
  expect((await post(key, body)).status).toBe(422);
  await writer.put(anActor('nobody-yet'));
  expect((await post(key, body)).status).toBe(201);
});

test('after 24 hours the key is free again', async () => {
  const key = aKey();
  const first = await post(key, aBody('a day ago'));
  const age = (hours: number) =>
    service.database.pool.query(
      `update idempotency_key set created_at = now() - $2 * interval '1 hour' where key = $1`,
      [key, hours],
    );
  await age(23.9);
  expect((await post(key, aBody('a day ago'))).text).toBe(first.text);
  await age(24.1);
  const again = await post(key, aBody('a day ago'));
  expect(again.status).toBe(201);
  expect(again.json.id).not.toBe(first.json.id);
  await age(24.1);
  expect((await post(key, aBody('something else'))).status).toBe(201);
});

test.each(['', ' ', 'a b', 'x'.repeat(256), 'é'])(
  'the key %j is refused',
  async (key) => {
    const answer = await post(key, aBody('never'));
    expect(answer.status).toBe(400);
    expect(answer.json.errors[0].parameter).toBe('Idempotency-Key');
  },
);

test('answers that nobody may ask for any more are forgotten by later writes', async () => {
  const left = async (): Promise<number> => {
    const { rows } = await service.database.pool.query<{ left: number }>(
      `select count(*) as left from idempotency_key where key like 'old-%'`,
    );
    return rows[0]?.left ?? 0;
  };
  await service.database.pool.query(
    `insert into idempotency_key (caller, key, body_hash, created_at)
     select 'somebody', 'old-' || n, '', now() - interval '25 hours' from generate_series(1, 12) n`,
  );
  for (const [key, remaining] of [
    ['sweep-1', 2],
    ['sweep-2', 0],
  ] as const) {
    await writer.send('POST', '/v1/events', {
      body: anEvent({ id: key }),
      headers: { 'idempotency-key': key },
    });
    expect(await left()).toBe(remaining);
  }
});
