import { spawn } from 'node:child_process';
import { makeKey } from '../../src/cli/keys.ts';
import { readConfig } from '../../src/config.ts';
import { parseKey } from '../../src/domain/access.ts';
import { StartError } from '../../src/domain/errors.ts';
import { type Database, openDatabase } from '../../src/storage/database.ts';
import { findKey, listKeys } from '../../src/storage/keys.reads.ts';
import {
  createKey,
  hashOf,
  type NewKey,
  revokeKey,
} from '../../src/storage/keys.writes.ts';
import { cloneDatabase } from '../support/database.ts';

let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let database: Database;
beforeAll(async () => {
  clone = await cloneDatabase();
  database = await openDatabase({ url: clone.url, connections: 1 });
});
afterAll(async () => {
  await database.close();
  await clone.drop();
});

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** Runs `keys` with these arguments, as its user would, on the database of this test. */
function keys(...given: string[]): Promise<Ended> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'src/main.ts', 'keys', ...given],
    {
      env: { ...process.env, DATABASE_URL: clone.url },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const ended = { out: '', err: '' };
  child.stdout.on('data', (text) => (ended.out += String(text)));
  child.stderr.on('data', (text) => (ended.err += String(text)));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...ended }));
  });
}

// Each process takes seconds to start: what a test needs beforehand is made here.
const aKey = (over: Partial<NewKey> = {}): Promise<string> =>
  createKey(database, {
    name: 'desk',
    scope: 'editor',
    expires: null,
    ...over,
  });

test('without a key there is nothing to list, and that is said', async () => {
  expect((await keys('list')).out).toMatch(/^There are no keys/);
});

test('a key is shown once: alone on standard output, what is to know about it beside', async () => {
  const { code, out, err } = await keys(
    'create',
    '--name=desk',
    '--scope=admin',
    '--expires=2999-06-30',
  );
  expect(code).toBe(0);
  expect(out).toMatch(/^det_[0-9a-f]{12}_[A-Za-z0-9_-]{43}\n$/);
  const { id, secret } = parseKey(out.trim()) ?? { id: '', secret: '' };
  expect(err).toMatch(/^This key is shown only now: [^\n]+\n$/);
  expect(err).toContain(id);
  expect(err).not.toContain(secret);
  expect(await findKey(database.pool, id)).toMatchObject({
    name: 'desk',
    scope: 'admin',
    hash: hashOf(secret),
    valid: true,
  });
});

test('the list is a table of all keys and their states, without their secrets', async () => {
  const name = `O'Neil"); drop table api_key; -- Олена`;
  const named = await aKey({ name, expires: '2999-06-30T23:59:59.999Z' });
  const revoked = await aKey({ name: 'old desk' });
  await revokeKey(database, parseKey(revoked)?.id ?? '');
  const { code, out } = await keys('list');
  expect(code).toBe(0);
  expect(out).not.toContain(parseKey(named)?.secret);
  const [head = '', ...rows] = out.trimEnd().split('\n');
  const cells = (row = ''): string[] => row.split(/ {2,}/);
  expect(cells(head)).toEqual(
    ['id', 'name', 'scope', 'created', 'expires', 'last used'].concat('state'),
  );
  const rowOf = (key: string) =>
    cells(rows.find((row) => row.startsWith(parseKey(key)?.id ?? '?')));
  expect(rowOf(named)).toEqual([
    parseKey(named)?.id,
    name,
    'editor',
    expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    '2999-06-30T23:59:59Z',
    'never',
    'valid',
  ]);
  expect(rowOf(revoked).at(-1)).toBe('revoked');
});

test('a key is revoked by its id or by the whole key, and again without harm', async () => {
  const key = await aKey();
  const { id = '' } = parseKey(key) ?? {};
  for (const given of [id, key])
    expect(await keys('revoke', given)).toEqual({
      code: 0,
      out: `The key ${id} is revoked.\n`,
      err: '',
    });
  expect((await findKey(database.pool, id))?.valid).toBe(false);
});

test('a key is rotated: the new one has its name and scope, and the old one ends after the overlap and not before', async () => {
  const old = await aKey({ name: 'wire', scope: 'admin' });
  const { id = '' } = parseKey(old) ?? {};
  const { code, out, err } = await keys('rotate', old, '--overlap', '2');
  expect(code).toBe(0);
  expect(err).toContain(`and the key ${id} is good for 2 hours more at most.`);
  const made = parseKey(out.trim());
  expect(await findKey(database.pool, made?.id ?? '')).toMatchObject({
    name: 'wire',
    scope: 'admin',
    hash: hashOf(made?.secret ?? ''),
    valid: true,
  });
  const listed = (await listKeys(database.pool)).find((key) => key.id === id);
  expect(listed?.state).toBe('valid');
  const left = Date.parse(listed?.expires ?? '') - Date.now();
  expect(left / 3_600_000).toBeCloseTo(2, 1);
  // Without an overlap it ends at once; what has ended is not rotated.
  await keys('rotate', id, '--overlap', '0');
  expect((await findKey(database.pool, id))?.valid).toBe(false);
  const again = await keys('rotate', id);
  expect([again.code, again.out]).toEqual([1, '']);
  expect(again.err).toMatch(/^There is no valid key with the id/);
}, 30_000);

test.each([
  [['rotate', 'x', '--overlap', '1.5'], /^--overlap is "1.5"/],
  [['create', '--name', 'desk'], /--scope/],
  [['revoke', `' or 1=1 --`], /^There is no key with the id "' or 1=1 --"/],
])('%j ends with one sentence', async (given, sentence) => {
  const { code, out, err } = await keys(...given);
  expect([code, out]).toEqual([1, '']);
  expect(err).toMatch(sentence);
  expect(err).toMatch(/^[^\n]+\n$/);
});

// Asked of the command itself: each process takes a second to start.
describe('nothing is made', () => {
  const desk = { name: 'desk', scope: 'editor' };
  const count = async (): Promise<number> =>
    (await listKeys(database.pool)).length;

  test.each([
    [{ ...desk, scope: '' }, /^--scope is ""; it must be editor or admin\.$/],
    [{ ...desk, scope: 'Admin' }, /^--scope is "Admin"/],
    [{ ...desk, scope: 'toString' }, /^--scope is "toString"/],
    [{ ...desk, name: ' ' }, /^--name is empty\.$/],
    [{ ...desk, name: 'a\u001b[2J' }, /^--name holds .*control/],
    [{ ...desk, name: 'x'.repeat(101) }, /^--name is longer than 100/],
    [{ ...desk, expires: '' }, /^--expires is "": /],
    [{ ...desk, expires: 'tomorrow' }, /^--expires is "tomorrow": /],
    [{ ...desk, expires: '2030-02-30' }, /^--expires is "2030-02-30": /],
    [{ ...desk, expires: '2001-01-01' }, /is past already/],
  ])('with %j', async (flags, sentence) => {
    const before = await count();
    const config = readConfig({ databaseUrl: clone.url });
    const made = makeKey(config, flags);
    await expect(made).rejects.toThrow(StartError);
    await expect(made).rejects.toThrow(sentence);
    expect(await count()).toBe(before);
  });
});
