import { Tallies0008 } from '../../migrations/0008-tallies.ts';
import { backup, restore } from '../../src/storage/backup.ts';
import { migrate, openDatabase } from '../../src/storage/database.ts';
import { migrationNames } from '../../src/storage/migrations.ts';
import { aDocument, anActor, anEvent, tied } from '../support/builders.ts';
import { bareDatabase, cloneDatabase } from '../support/database.ts';
import { wholeRecord } from '../support/record.ts';
import { sample, startService, type TestService } from '../support/service.ts';
import { aWriter, type Writer } from '../support/writing.ts';

let service: TestService;
let writer: Writer;
let whole: Buffer;
beforeAll(async () => {
  service = await startService();
  writer = await aWriter(service, { scope: 'admin' });
  await makeHistory();
  const { json } = await service.get('/v1/changes?limit=500');
  expect(
    new Set(json.data.map(({ change }: { change: string }) => change)),
  ).toEqual(new Set(['created', 'revised', 'removed', 'merged']));
  whole = await bytesOf(backup(service.url));
}, 60_000);
afterAll(() => service.stop());

/** A record in which everything has happened that can: revisions, ties that changed, removals, merges. */
async function makeHistory(): Promise<void> {
  await service.load(sample('security-guarantees'));
  await service.load([
    anActor('land'),
    anActor('realm'),
    tied('person', 'envoy', ['represents', 'land', '2010', null]),
    aDocument('odd', { title: { en: 'A B\\. \\N' } }),
    ...['gone', 'kept', 'twin'].map((id) =>
      anEvent({
        id,
        date: '2020-02-03',
        participants: [{ actor: 'envoy' }, { actor: 'realm' }],
      }),
    ),
  ]);
  await service.load([
    tied('person', 'envoy', ['represents', 'land', '2015', '2021']),
  ]);
  await writer.put({
    ...anEvent({ id: 'kept', date: '2020-02-04' }),
    record: 'event',
  });
  const gone = await service.get('/v1/events/gone');
  await writer.send('DELETE', '/v1/events/gone?reason=never', {
    headers: { 'if-match': gone.headers['etag'] ?? '' },
  });
  await writer.send('POST', '/v1/events/twin/merge', {
    body: { into: 'kept' },
  });
  await writer.send('POST', '/v1/actors/realm/merge', {
    body: { into: 'land' },
  });
  await writer.send('POST', '/v1/events', {
    body: anEvent({ id: 'once' }),
    headers: { 'idempotency-key': 'first' },
  });
}

async function bytesOf(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

async function* chunksOf(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 50_000)
    yield bytes.subarray(at, at + 50_000);
}

/** All rows of a backup, whose order within a table means nothing. */
const rowsOf = (bytes: Buffer) => bytes.toString().split('\n').slice(1).sort();

const QUESTIONS = [
  '/v1/events?limit=500',
  '/v1/events?actor=land',
  '/v1/events?actor=land&asOf=2000-01-01',
  '/v1/events/kept/history',
  '/v1/changes?limit=500',
  '/v1/timeline?interval=month',
  '/v1/facets?facet=type,actor',
  '/v1/actors?limit=500',
  '/v1/documents',
];

async function answersOf(of: TestService): Promise<Record<string, unknown>> {
  const answers: Record<string, unknown> = {};
  for (const url of QUESTIONS) {
    const { status, json } = await of.get(url);
    // A cursor is sealed with the database's own secret.
    answers[url] = [status, { ...json, cursor: null, next: null }];
  }
  return answers;
}

test('what is restored is the record with its history, byte for byte, and goes on', async () => {
  const bare = await bareDatabase();
  await restore(bare.url, chunksOf(whole));
  expect(rowsOf(await bytesOf(backup(bare.url)))).toEqual(rowsOf(whole));
  const restored = await startService({ at: bare.url });
  try {
    expect(await answersOf(restored)).toEqual(await answersOf(service));
    // The same key works, a repeated request gets its first answer, and a new one comes after all others.
    const again = (headers: Record<string, string>) =>
      restored.app.inject({
        method: 'POST',
        url: '/v1/events',
        headers: { authorization: `Bearer ${writer.key}`, ...headers },
        payload: anEvent({ id: 'once' }),
      });
    expect((await again({ 'idempotency-key': 'first' })).statusCode).toBe(201);
    expect((await again({})).statusCode).toBe(409);
    const { text } = await service.get('/v1/timeline?interval=year');
    expect((await restored.get('/v1/timeline?interval=year')).text).toBe(text);
    const fresh = await restored.app.inject({
      method: 'POST',
      url: '/v1/events',
      headers: { authorization: `Bearer ${writer.key}` },
      payload: anEvent({ id: 'fresh' }),
    });
    expect(fresh.statusCode).toBe(201);
    const before = (await service.get('/v1/changes?limit=500')).json;
    const after = (await restored.get('/v1/changes?limit=500')).json;
    expect(after.data.slice(0, -1)).toEqual(before.data);
    expect(after.data.at(-1)).toMatchObject({ id: 'fresh' });
    // Sums by month are kept by triggers, which the restoring had put aside.
    const sums = (await restored.get('/v1/timeline?interval=year')).text;
    expect(sums).not.toBe(text);
  } finally {
    await restored.stop();
    await bare.drop();
  }
});

test('a backup of an older schema is restored and brought up to date', async () => {
  const old = await bareDatabase();
  const bare = await bareDatabase();
  try {
    await restore(old.url, chunksOf(whole));
    const database = await openDatabase({ url: old.url });
    // The older one did not note whose words a change is.
    await database.pool.query('update change set origin = null');
    const record = await wholeRecord(database);
    const applied = async () =>
      (await database.pool.query('select from migrations')).rowCount ?? 0;
    // Before this one the sums by month and their triggers were not there.
    const older = migrationNames.indexOf(new Tallies0008().name);
    while ((await applied()) > older) await database.writes.undoLastMigration();
    await database.close();
    await restore(bare.url, chunksOf(await bytesOf(backup(old.url))));
    expect(await migrate(bare.url)).toEqual([]);
    const restored = await openDatabase({ url: bare.url });
    expect(await wholeRecord(restored)).toEqual(record);
    await restored.close();
  } finally {
    await old.drop();
    await bare.drop();
  }
});

test('what is broken off, damaged or no backup leaves nothing behind', async () => {
  const clone = await cloneDatabase();
  try {
    const head = whole.indexOf('\n') + 1;
    for (const [bytes, words] of [
      [Buffer.alloc(0), 'broken off'],
      [whole.subarray(0, head), 'broken off'],
      [whole.subarray(0, whole.length / 2), 'broken off'],
      [whole.subarray(0, whole.length - 14), 'broken off'],
      [Buffer.from('{"title":"an export"}\n'), 'not a backup'],
      [Buffer.from('PGDMP\n'), 'damaged'],
      [
        Buffer.concat([
          whole.subarray(0, head),
          Buffer.from('{"table":"pg_authid","columns":["rolname"]}\nme\n\\.\n'),
        ]),
        'damaged',
      ],
      [
        Buffer.from(whole.subarray(0, head).toString().replace(/\d+"/, '9"')),
        'newer version',
      ],
    ] as const)
      await expect(restore(clone.url, chunksOf(bytes))).rejects.toThrow(words);
    // Nothing of the failures stayed: it takes the whole one.
    await restore(clone.url, chunksOf(whole));
    await expect(restore(clone.url, chunksOf(whole))).rejects.toThrow(
      'holds a record already',
    );
    expect(rowsOf(await bytesOf(backup(clone.url)))).toEqual(rowsOf(whole));
  } finally {
    await clone.drop();
  }
});
