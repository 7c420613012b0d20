import { randomBytes } from 'node:crypto';
import { MOST_WRONG } from '../../src/http/limits.ts';
import { createKey, revokeKey } from '../../src/storage/keys.writes.ts';
import { cloneDatabase } from '../support/database.ts';
import { behindProxy, type Listening, listenOn } from '../support/listening.ts';

// Fault 55: somebody tries keys.
let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let server: Listening;
beforeAll(async () => {
  clone = await cloneDatabase();
  server = await listenOn(clone.url, { limits: behindProxy() });
});
afterAll(async () => {
  await server.stop();
  await clone.drop();
});

const wrongKey = (id = randomBytes(6).toString('hex')): string =>
  `det_${id}_${randomBytes(32).toString('base64url')}`;
const rightKey = () =>
  createKey(server.database, { name: 'desk', scope: 'editor', expires: null });

async function write(key: string, from: string) {
  const answer = await fetch(`${server.address}/v1/events/none?reason=x`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${key}`, 'x-forwarded-for': from },
  });
  const text = await answer.text();
  return {
    status: answer.status,
    text,
    retryAfter: Number(answer.headers.get('retry-after')),
  };
}

test('55: after so many wrong keys an address is told to wait, and only that one', async () => {
  const statuses: number[] = [];
  for (let turn = 0; turn < MOST_WRONG + 5; turn++)
    statuses.push((await write(wrongKey(), '203.0.113.1')).status);
  expect(statuses.slice(0, MOST_WRONG)).toEqual(
    Array.from({ length: MOST_WRONG }, () => 401),
  );
  expect(statuses.slice(MOST_WRONG)).toEqual([429, 429, 429, 429, 429]);
  const key = await rightKey();
  const refused = await write(key, '203.0.113.1');
  expect(refused.status).toBe(429);
  expect(refused.retryAfter).toBeGreaterThan(30);
  expect((await write(key, '203.0.113.2')).status).toBe(404);
  // Known by now for a right one: somebody else at the same address does not keep its owner out.
  expect((await write(key, '203.0.113.1')).status).toBe(404);
});

test('55: many at once get no further than those that are under way', async () => {
  const answers = await Promise.all(
    Array.from({ length: 300 }, () => write(wrongKey(), '203.0.113.3')),
  );
  const looked = answers.filter(({ status }) => status === 401).length;
  expect(looked).toBeLessThan(300);
  expect((await write(wrongKey(), '203.0.113.3')).status).toBe(429);
});

test('55: no answer tells whether a key is known, was revoked or is no key at all', async () => {
  const key = await rightKey();
  const id = key.split('_')[1] ?? '';
  const revoked = await rightKey();
  // Right until a moment ago.
  expect((await write(revoked, '203.0.113.4')).status).toBe(404);
  await revokeKey(server.database, revoked.split('_')[1] ?? '');
  const answers = [];
  for (const one of [wrongKey(), wrongKey(id), revoked, 'nonsense'])
    answers.push(await write(one, '203.0.113.4'));
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
});
