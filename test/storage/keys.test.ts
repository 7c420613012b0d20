import { createHash } from 'node:crypto';
import { type KeyParts, parseKey } from '../../src/domain/access.ts';
import { type Database, openDatabase } from '../../src/storage/database.ts';
import { findKey, listKeys } from '../../src/storage/keys.reads.ts';
import {
  createKey,
  hashOf,
  type NewKey,
  noteUse,
  revokeKey,
} from '../../src/storage/keys.writes.ts';
import { cloneDatabase } from '../support/database.ts';

let database: Database;
let clone: Awaited<ReturnType<typeof cloneDatabase>>;
beforeAll(async () => {
  clone = await cloneDatabase();
  database = await openDatabase({ url: clone.url, connections: 4 });
});
afterAll(async () => {
  await database.close();
  await clone.drop();
});

async function aKey(
  over: Partial<NewKey> = {},
): Promise<KeyParts & { text: string }> {
  const text = await createKey(database, {
    name: 'desk',
    scope: 'editor',
    expires: null,
    ...over,
  });
  const parts = parseKey(text);
  if (parts === null) throw new Error(`${text} is no key`);
  return { ...parts, text };
}

const listed = async (id: string) =>
  (await listKeys(database.pool)).find((key) => key.id === id);

/** Waits until a note that nobody waits for is written. */
async function lastUse(id: string): Promise<string | null | undefined> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const used = (await listed(id))?.lastUsed;
    if (used) return used;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return null;
}

describe('a new key', () => {
  test('is found by its id, with the hash of its secret', async () => {
    const { id, secret } = await aKey({ name: 'Reuters', scope: 'admin' });
    expect(await findKey(database.pool, id)).toEqual({
      id,
      name: 'Reuters',
      scope: 'admin',
      hash: createHash('sha256').update(secret).digest(),
      valid: true,
      usedLately: false,
    });
  });

  test('is stored nowhere in clear, nor in any form that leads back to it', async () => {
    const { text, secret } = await aKey();
    const { rows } = await database.pool.query<{ row: string }>(
      `select to_jsonb(k)::text || encode(k.hash, 'escape') || encode(k.hash, 'base64') as row from api_key k`,
    );
    const all = rows.map(({ row }) => row).join('\n');
    const bytes = Buffer.from(secret, 'base64url');
    for (const form of [
      text,
      secret,
      bytes.toString('hex'),
      bytes.toString('base64'),
      Buffer.from(secret).toString('hex'),
    ])
      expect(all).not.toContain(form);
    expect(all).toContain(hashOf(secret).toString('hex'));
  });

  test('is like no other', async () => {
    const keys = await Promise.all(Array.from({ length: 50 }, () => aKey()));
    expect(new Set(keys.map(({ id }) => id)).size).toBe(50);
    expect(new Set(keys.map(({ secret }) => secret)).size).toBe(50);
  });

  test.each([
    `Robert'); drop table api_key; --`,
    `$1 \\' " ; delete from api_key`,
    'Олена 🕊',
  ])('keeps its name as it is: %s', async (name) => {
    const { id } = await aKey({ name });
    expect((await findKey(database.pool, id))?.name).toBe(name);
  });
});

describe('a key is valid', () => {
  test('until it expires, by the clock of the database', async () => {
    const { rows } = await database.pool.query<{ soon: string }>(
      `select (now() + interval '1 second')::text as soon`,
    );
    const { id } = await aKey({ expires: rows[0]?.soon ?? null });
    expect((await findKey(database.pool, id))?.valid).toBe(true);
    await database.pool.query('select pg_sleep(1.1)');
    expect((await findKey(database.pool, id))?.valid).toBe(false);
    expect((await listed(id))?.state).toBe('expired');
  });

  test('until it is revoked, and never again', async () => {
    const { id } = await aKey();
    const other = await aKey();
    expect(await revokeKey(database, id)).toBe(true);
    const first = await database.pool.query(
      'select revoked_at from api_key where id = $1',
      [id],
    );
    expect((await findKey(database.pool, id))?.valid).toBe(false);
    expect((await findKey(database.pool, other.id))?.valid).toBe(true);

    expect(await revokeKey(database, id)).toBe(true);
    const again = await database.pool.query(
      'select revoked_at from api_key where id = $1',
      [id],
    );
    expect(again.rows).toEqual(first.rows);
  });
});

test.each(['ffffffffffff', '', '%', `' or 'a' = 'a`])(
  'no key is found or revoked by the id %j',
  async (id) => {
    await aKey();
    expect(await findKey(database.pool, id)).toBeNull();
    expect(await revokeKey(database, id)).toBe(false);
    expect((await listKeys(database.pool)).length).toBeGreaterThan(0);
  },
);

test('the list has every key, oldest first, without its hash', async () => {
  const never = await aKey({ name: 'never' });
  const later = await aKey({
    name: 'later',
    expires: '2999-01-01T00:00:00.000Z',
  });
  const gone = await aKey({ name: 'gone', scope: 'admin' });
  await revokeKey(database, gone.id);
  const created = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  const common = { scope: 'editor', created, expires: null, lastUsed: null };
  expect((await listKeys(database.pool)).slice(-3)).toEqual([
    { ...common, id: never.id, name: 'never', state: 'valid' },
    {
      ...common,
      id: later.id,
      name: 'later',
      expires: '2999-01-01T00:00:00Z',
      state: 'valid',
    },
    { ...common, id: gone.id, name: 'gone', scope: 'admin', state: 'revoked' },
  ]);
});

describe('the last use', () => {
  const writes = async (id: string): Promise<string | undefined> => {
    const { rows } = await database.pool.query<{ xmin: string }>(
      'select xmin::text from api_key where id = $1',
      [id],
    );
    return rows[0]?.xmin;
  };

  test('is noted, and not again within a minute', async () => {
    const { id } = await aKey();
    noteUse(database.pool, id);
    expect(await lastUse(id)).toMatch(/Z$/);
    expect((await findKey(database.pool, id))?.usedLately).toBe(true);

    const before = await writes(id);
    for (let i = 0; i < 10; i += 1) noteUse(database.pool, id);
    await database.pool.query('select pg_sleep(0.2)');
    expect(await writes(id)).toBe(before);

    await database.pool.query(
      `update api_key set last_used_at = now() - interval '61 seconds' where id = $1`,
      [id],
    );
    expect((await findKey(database.pool, id))?.usedLately).toBe(false);
  });

  test('never waits for somebody who holds the row', async () => {
    const { id } = await aKey();
    await database.writes.transaction(async (tx) => {
      await tx.query('select from api_key where id = $1 for update', [id]);
      const began = Date.now();
      for (let i = 0; i < 20; i += 1) noteUse(database.pool, id);
      // Queued behind the notes: it comes back only when they are done.
      await Promise.all(
        Array.from({ length: 4 }, () => findKey(database.pool, id)),
      );
      expect(Date.now() - began).toBeLessThan(900);
    });
  });
});
