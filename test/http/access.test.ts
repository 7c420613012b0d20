import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { fastify } from 'fastify';
import { Type } from 'typebox';
import { parseKey } from '../../src/domain/access.ts';
import { requireScope } from '../../src/http/access.ts';
import { limitsOf, unlimited } from '../../src/http/limits.ts';
import { PROBLEM_JSON, sendProblem } from '../../src/http/problems.ts';
import { type Database, openDatabase } from '../../src/storage/database.ts';
import { listKeys } from '../../src/storage/keys.reads.ts';
import {
  createKey,
  type NewKey,
  revokeKey,
} from '../../src/storage/keys.writes.ts';
import { cloneDatabase } from '../support/database.ts';

/** A service with a route for editors and one for admins, which tell who asks. */
function anApp({ pool }: Database) {
  const app = fastify().withTypeProvider<TypeBoxTypeProvider>();
  app.setErrorHandler((error, request, reply) =>
    sendProblem(error, request, reply),
  );
  const limits = limitsOf(unlimited);
  const editor = requireScope(pool, 'editor', limits);
  const admin = requireScope(pool, 'admin', limits);
  const body = Type.Object({ title: Type.String() });
  app.post(
    '/events',
    { onRequest: editor, schema: { body } },
    async (request) => ({
      caller: await editor(request),
      title: request.body.title,
    }),
  );
  // Without the hook, as a handler that decides for itself would.
  app.delete('/events', async (request) => ({ caller: await admin(request) }));
  return app;
}

let clone: Awaited<ReturnType<typeof cloneDatabase>>;
const databases: Database[] = [];
const apps: ReturnType<typeof anApp>[] = [];
beforeAll(async () => {
  clone = await cloneDatabase();
  for (const _ of ['one server', 'another']) {
    const database = await openDatabase({ url: clone.url, connections: 4 });
    databases.push(database);
    apps.push(anApp(database));
  }
});
afterAll(async () => {
  for (const app of apps) await app.close();
  for (const database of databases) await database.close();
  await clone.drop();
});

const database = (): Database => databases[0] as Database;

const aKey = (over: Partial<NewKey> = {}): Promise<string> =>
  createKey(database(), {
    name: 'desk',
    scope: 'editor',
    expires: null,
    ...over,
  });
const idOf = (key: string): string => parseKey(key)?.id ?? '';

async function ask(
  authorization: string | undefined,
  method: 'POST' | 'DELETE' = 'POST',
  app = apps[0],
) {
  const answer = await app?.inject({
    method,
    url: '/events',
    headers: authorization === undefined ? {} : { authorization },
    ...(method === 'POST' ? { payload: { title: 'Call' } } : {}),
  });
  if (answer === undefined) throw new Error('there is no such app');
  return {
    status: answer.statusCode,
    challenge: answer.headers['www-authenticate'],
    type: answer.headers['content-type'],
    text: answer.body,
    json: answer.json() as { caller?: unknown; detail?: string; type?: string },
  };
}

/** With another character at one place. */
const slip = (key: string, at: number): string => {
  const place = at < 0 ? key.length + at : at;
  return `${key.slice(0, place)}${key[place] === '0' ? '1' : '0'}${key.slice(place + 1)}`;
};

describe('a valid key', () => {
  test('lets its owner in, and the handler knows who it is', async () => {
    const key = await aKey({ name: 'Олена' });
    const { status, json } = await ask(`Bearer ${key}`);
    expect(status).toBe(200);
    expect(json).toEqual({
      caller: { key: idOf(key), name: 'Олена', scope: 'editor' },
      title: 'Call',
    });
  });

  test.each(['bearer', 'BEARER', 'Bearer ', 'Bearer      '])(
    'counts after %j',
    async (scheme) => {
      const { status } = await ask(`${scheme} ${await aKey()}`);
      expect(status).toBe(200);
    },
  );

  test('is looked up once per request, on every request', async () => {
    const key = await aKey();
    const asked = jest.spyOn(database().pool, 'query');
    const lookUps = () =>
      asked.mock.calls.filter(([query]) =>
        (query as unknown as { text: string }).text.includes('hash'),
      ).length;
    await ask(`Bearer ${key}`);
    expect(lookUps()).toBe(1);
    await ask(`Bearer ${key}`);
    expect(lookUps()).toBe(2);
    asked.mockRestore();
  });

  test('of an admin is good for what editors may do', async () => {
    const key = await aKey({ scope: 'admin' });
    expect((await ask(`Bearer ${key}`)).status).toBe(200);
    expect((await ask(`Bearer ${key}`, 'DELETE')).status).toBe(200);
  });

  test('has its last use on record soon after, a wrong one with its id has not', async () => {
    const key = await aKey();
    const lastUsed = async () =>
      (await listKeys(database().pool)).find(({ id }) => id === idOf(key))
        ?.lastUsed;
    await ask(`Bearer ${slip(key, -1)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await lastUsed()).toBeNull();
    await ask(`Bearer ${key}`);
    let used = await lastUsed();
    for (let attempt = 0; !used && attempt < 100; attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      used = await lastUsed();
    }
    expect(Math.abs(Date.parse(used ?? '') - Date.now())).toBeLessThan(60_000);
  });
});

describe('without a key', () => {
  test.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Basic dXNlcjpwYXNzd29yZA==',
    'Digest username="x"',
    'BearerX',
  ])('%j is 401 and told how, without an error', async (header) => {
    const { status, challenge, type, json } = await ask(header);
    expect(status).toBe(401);
    expect(challenge).toBe('Bearer realm="diplomatic-events"');
    expect(type).toBe(PROBLEM_JSON);
    expect(json.type).toBe('/problems/unauthorized');
    expect(json.detail).toContain('editor');
  });

  test('a key without its scheme is none', async () => {
    const { status, challenge } = await ask(await aKey());
    expect([status, challenge]).toEqual([
      401,
      'Bearer realm="diplomatic-events"',
    ]);
  });

  test('nobody learns what is wrong with their body', async () => {
    const answer = await apps[0]?.inject({
      method: 'POST',
      url: '/events',
      payload: {},
    });
    expect(answer?.statusCode).toBe(401);
  });
});

test('whatever is wrong with a key, the answer is the same', async () => {
  const key = await aKey();
  const expired = await aKey({ expires: '2001-01-01T00:00:00.000Z' });
  const revoked = await aKey();
  await revokeKey(database(), idOf(revoked));
  const wrong = {
    'the last letter of the secret': slip(key, -1),
    'the first letter of the secret': slip(key, 17),
    'the id': slip(key, 5),
    'the prefix': slip(key, 0),
    'the secret of another key': `${key.slice(0, 17)}${(await aKey()).slice(17)}`,
    'the id alone': key.slice(0, 16),
    capitals: key.toUpperCase(),
    'a blank within': `${key.slice(0, 20)} ${key.slice(20)}`,
    'something after it': `${key}, ${key}`,
    'quotes round it': `"${key}"`,
    expired,
    revoked,
    'expired, and its secret wrong': slip(expired, -1),
    'revoked, and its secret wrong': slip(revoked, -1),
    'a word': 'letmein',
    'SQL in the id': `det_' or 1=1 --_${key.slice(17)}`,
    'letters of Latin-1': 'd\u00e9t\u00e9',
    'too long': 'x'.repeat(10_000),
    'blanks for ever': `a${' '.repeat(10_000)}b`,
    'a true key, repeated for ever': key.repeat(160),
  };
  const answers = new Set<string>();
  for (const [what, text] of Object.entries(wrong)) {
    const { status, challenge, text: body } = await ask(`Bearer ${text}`);
    expect([what, status, challenge]).toEqual([
      what,
      401,
      'Bearer realm="diplomatic-events", error="invalid_token"',
    ]);
    answers.add(body);
  }
  expect([...answers]).toHaveLength(1);
  expect((await ask(`Bearer ${key}`)).status).toBe(200);
});

test('too narrow a key is 403 and told the scope that is missing', async () => {
  const { status, challenge, type, json } = await ask(
    `Bearer ${await aKey()}`,
    'DELETE',
  );
  expect(status).toBe(403);
  expect(challenge).toBe(
    'Bearer realm="diplomatic-events", error="insufficient_scope", scope="admin"',
  );
  expect(type).toBe(PROBLEM_JSON);
  expect(json.type).toBe('/problems/forbidden');
  expect(json.detail).toContain('the scope admin');
});

describe('on every server at once', () => {
  const everywhere = (key: string) =>
    Promise.all(
      apps.map(async (app) => (await ask(`Bearer ${key}`, 'POST', app)).status),
    );

  test('a new key works', async () => {
    expect(await everywhere(await aKey())).toEqual([200, 200]);
  });

  test('a revoked key has stopped working', async () => {
    const key = await aKey();
    expect(await everywhere(key)).toEqual([200, 200]);
    await revokeKey(databases[1] as Database, idOf(key));
    expect(await everywhere(key)).toEqual([401, 401]);
  });

  test('an expired key has stopped working', async () => {
    const key = await aKey({ expires: '2999-01-01T00:00:00.000Z' });
    expect(await everywhere(key)).toEqual([200, 200]);
    await database().pool.query(
      'update api_key set expires_at = now() where id = $1',
      [idOf(key)],
    );
    expect(await everywhere(key)).toEqual([401, 401]);
  });
});

test('a key cannot be judged while the database is away: that is 503, and nobody gets in', async () => {
  const away = await openDatabase({ url: clone.url, connections: 1 });
  const app = anApp(away);
  const key = await aKey();
  await away.close();
  const { status, challenge } = await ask(`Bearer ${key}`, 'POST', app);
  expect([status, challenge]).toEqual([503, undefined]);
  await app.close();
});
