import { Readable } from 'node:stream';
import { ndjsonRows } from '../../src/imports/ndjson.ts';
import { type Row } from '../../src/imports/row.ts';
import { aDocument, anActor, anEvent, ndjson } from '../support/builders.ts';

async function rowsOf(text: string | Uint8Array): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of ndjsonRows(Readable.from([Buffer.from(text)])))
    rows.push(row);
  return rows;
}

test('each line is a draft, in any order of records', async () => {
  const records = [anEvent(), anActor('france'), aDocument('note'), anEvent()];
  expect(await rowsOf(ndjson(records))).toEqual(
    records.map((draft, index) => ({ line: index + 1, draft })),
  );
});

test('a draft is in NFC', async () => {
  const [row] = await rowsOf(
    ndjson([
      anActor('x', { names: [{ lang: 'fr', value: 'E\u0301lyse\u0301e' }] }),
    ]),
  );
  expect(row).toMatchObject({ draft: { names: [{ value: 'Élysée' }] } });
});

const levels = 10_000;

test.each<[string, string, object]>([
  [
    'words',
    'hello',
    { pointer: '', message: 'The line is not JSON.', received: 'hello' },
  ],
  ['half an object', '{"record":"actor"', { message: 'The line is not JSON.' }],
  ['two objects', '{} {}', { message: 'The line is not JSON.' }],
  ['JSON5', "{record:'actor'}", { message: 'The line is not JSON.' }],
  ['NaN', 'NaN', { message: 'The line is not JSON.' }],
  [
    'a line far too long to be told back',
    'x'.repeat(10_000),
    { received: `${'x'.repeat(200)}…` },
  ],
  [
    'a list',
    '[{"record":"actor"}]',
    { pointer: '', message: 'The line is not a JSON object.', received: '[…]' },
  ],
  [
    'null',
    'null',
    { message: 'The line is not a JSON object.', received: null },
  ],
  [
    'a text',
    '"actor"',
    { message: 'The line is not a JSON object.', received: 'actor' },
  ],
  [
    'a number beyond all',
    '1e400',
    { message: 'The line is not a JSON object.' },
  ],
  [
    'no record',
    '{"id":"x"}',
    {
      pointer: '/record',
      message: 'is missing',
      allowed: ['actor', 'document', 'event'],
    },
  ],
  [
    'an unknown record',
    '{"record":"acter"}',
    {
      pointer: '/record',
      message: 'is not a kind of record',
      received: 'acter',
      nearest: ['actor'],
    },
  ],
  [
    'a record in capitals',
    '{"record":"EVENT"}',
    { received: 'EVENT', nearest: ['event'] },
  ],
  [
    'a record named like a prototype’s',
    '{"record":"constructor"}',
    { received: 'constructor' },
  ],
  [
    'a record of __proto__',
    '{"record":"__proto__"}',
    { received: '__proto__' },
  ],
  [
    'a record of null',
    '{"record":null}',
    { pointer: '/record', received: null },
  ],
  [
    'a record that cannot be made a text',
    '{"record":{"toString":0,"valueOf":0}}',
    { pointer: '/record', received: '{…}' },
  ],
  [
    'a record of lists in lists',
    `{"record":${'['.repeat(levels)}${']'.repeat(levels)}}`,
    { pointer: '/record', received: '[…]' },
  ],
  [
    'lists in lists',
    `${'['.repeat(levels)}${']'.repeat(levels)}`,
    { message: 'The line is not a JSON object.' },
  ],
  [
    'half a megabyte of open brackets',
    '['.repeat(500_000),
    { message: 'The line is not JSON.' },
  ],
  [
    'objects in objects',
    `{"record":"event","title":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`,
    { message: 'is nested deeper than 32 levels' },
  ],
])(
  'a line of %s is a bad row, and the next one is read',
  async (_, text, fault) => {
    const rows = await rowsOf(`${text}\n${ndjson([anActor('next')])}`);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ line: 1, faults: [fault] });
    expect(rows[1]).toMatchObject({ line: 2, draft: { id: 'next' } });
  },
);

test.each([
  [
    'names itself as far as it can',
    { record: 'event', id: 'x' },
    { record: 'event', id: 'x' },
  ],
  ['has an id that is none', { record: 'event', id: 'X' }, { record: 'event' }],
  ['has an id of a number', { record: 'actor', id: 5 }, { record: 'actor' }],
])('a bad row that %s', async (_, value, named) => {
  const [row] = await rowsOf(JSON.stringify(value));
  const { line, faults, ...rest } = row as { line: number; faults: unknown[] };
  expect(line).toBe(1);
  expect(faults.length).toBeGreaterThan(0);
  expect(rest).toEqual(named);
});

test('bytes that are not UTF-8 and lines too long are bad rows', async () => {
  const rows = await rowsOf(
    Buffer.concat([
      Buffer.from([0xff, 0x0a]),
      Buffer.alloc(1_100_000, 'x'),
      Buffer.from(`\n${ndjson([anActor('next')])}`),
    ]),
  );
  expect(rows).toMatchObject([
    {
      line: 1,
      faults: [{ pointer: '', message: 'The line is not valid UTF-8.' }],
    },
    {
      line: 2,
      faults: [{ message: 'The line is longer than 1048576 bytes.' }],
    },
    { line: 3, draft: { id: 'next' } },
  ]);
});
