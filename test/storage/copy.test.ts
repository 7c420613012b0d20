import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import type { EntityManager } from 'typeorm';
import { type Cell, load, timestamp } from '../../src/storage/copy.ts';
import { type Database, openDatabase } from '../../src/storage/database.ts';
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

const columns = ['n', 'text', 'list', 'number', 'flag', 'at'];

/** Loads rows into a table made for it, and reads them back. */
async function loaded(
  rows: Cell[][] | AsyncIterable<Cell[]>,
): Promise<Record<string, unknown>[]> {
  return database.writes.transaction(async (tx) => {
    await tx.query(
      'create temp table hostile (n int, text text, list text[], number float8, flag boolean, at timestamptz) on commit drop',
    );
    await load(tx, 'hostile', columns, rows);
    return tx.query(
      'select n, text, list, number, flag, at::text from hostile order by n',
    );
  });
}

const texts = [
  '',
  ' ',
  '\\N',
  '\\.',
  '\\',
  '\\\\',
  '\t',
  '\n',
  'a\tb\nc\rd\\te',
  '"',
  '""',
  `'; drop table hostile; --`,
  '{}',
  '{a,b}',
  'NULL',
  'null',
  '\u0001\u001f\u007f',
  '😀👩‍❤️‍💋‍👨',
  'Київ',
  '\u2028\u2029\ufeff',
  'x'.repeat(100_000),
];

test.each(texts.map((text) => [text.slice(0, 40), text]))(
  'the text %j comes back as it went, in a column and in a list',
  async (_, text) => {
    const rows = await loaded([[1, text, [text, 'and', text], 1, true, null]]);
    expect(rows).toMatchObject([{ text, list: [text, 'and', text] }]);
  },
);

test('any text does', async () => {
  const text = fc
    .string({ unit: 'binary', maxLength: 30 })
    .map((one) => one.replaceAll('\0', '').toWellFormed());
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(text, fc.array(text, { maxLength: 4 })), {
        maxLength: 20,
      }),
      async (pairs) => {
        const rows = await loaded(
          pairs.map(([one, list], n) => [n, one, list, null, null, null]),
        );
        expect(rows.map(({ text: one, list }) => [one, list])).toEqual(pairs);
      },
    ),
    { numRuns: 50 },
  );
});

test('null is null, and not a text', async () => {
  const [row] = await loaded([[1, null, null, null, null, null]]);
  expect(row).toEqual({
    n: 1,
    text: null,
    list: null,
    number: null,
    flag: null,
    at: null,
  });
});

test.each([0, -0, 1.5, 1e21, 1e-7, -2_147_483_648, Number.MAX_SAFE_INTEGER])(
  'the number %j comes back as it went',
  async (number) => {
    const [row] = await loaded([[1, null, [], number, false, null]]);
    expect(row).toMatchObject({ list: [], number: number + 0, flag: false });
  },
);

const utc = (text: string) => Date.parse(text);

test.each([
  [utc('2022-01-28T15:35:00Z'), '2022-01-28T15:35:00.000Z'],
  [utc('2022-01-28T15:35:00.123Z'), '2022-01-28T15:35:00.123Z'],
  [utc('0001-01-01T00:00:00Z'), '0001-01-01T00:00:00.000Z'],
  [utc('0000-12-31T10:00:00Z'), '0001-12-31T10:00:00.000Z BC'],
  [utc('9999-12-31T23:59:59Z'), '9999-12-31T23:59:59.000Z'],
  [utc('+010000-01-01T00:00:00Z'), '10000-01-01T00:00:00.000Z'],
  [Infinity, 'infinity'],
  [-Infinity, '-infinity'],
])('the instant %d is the timestamp %s', async (instant, expected) => {
  expect(timestamp(instant)).toBe(expected);
  const rows: { same: boolean }[] = await database.writes.query(
    `select extract(epoch from $1::timestamptz)::float8 = $2::float8 as same`,
    [expected, String(instant / 1000)],
  );
  expect(rows).toEqual([{ same: true }]);
});

test('instants keep their order in the database', async () => {
  const instants = [
    -Infinity,
    '0000-12-31T12:00:00Z',
    '0001-01-01',
    '0999',
    '1970-01-01',
    '9999-12-31',
    '+010000-01-01T00:00:00Z',
    Infinity,
  ].map((one) => (typeof one === 'string' ? utc(one) : one));
  const rows = await database.writes.query<{ sorted: boolean }[]>(
    'select array(select unnest($1::timestamptz[]) order by 1) = $1::timestamptz[] as sorted',
    [instants.map(timestamp)],
  );
  expect(rows).toEqual([{ sorted: true }]);
});

test('rows may come as a stream, and as many as they like', async () => {
  async function* rows(): AsyncGenerator<Cell[]> {
    for (let n = 0; n < 50_000; n++)
      yield [n, 'x'.repeat(50), ['a', 'b'], n, true, null];
  }
  const warnings: Error[] = [];
  const warned = (warning: Error) => warnings.push(warning);
  process.on('warning', warned);
  try {
    const found = await loaded(rows());
    expect(found).toHaveLength(50_000);
    expect(found.at(-1)).toMatchObject({ n: 49_999 });
  } finally {
    process.off('warning', warned);
  }
  expect(warnings).toEqual([]);
});

test('no rows are no statement; a stream of none loads nothing', async () => {
  expect(await loaded([])).toEqual([]);
  expect(await loaded(Readable.from([]) as AsyncIterable<Cell[]>)).toEqual([]);
});

describe('a load that fails', () => {
  /** Fails inside a transaction; the connection must be usable afterwards. */
  const failing = (work: (tx: EntityManager) => Promise<void>) =>
    database.writes.transaction(work).then(
      () => 'nothing',
      (error: Error) => error.message,
    );
  afterEach(async () => {
    expect(await database.writes.query('select 1 as one')).toEqual([
      { one: 1 },
    ]);
  });

  test.each<[string, string, string[], Cell[][], RegExp]>([
    [
      'its table is not there',
      'nowhere',
      ['a'],
      [[1]],
      /"nowhere" does not exist/,
    ],
    ['its column is not there', 'secret', ['a'], [['x']], /column "a"/],
    [
      'a value has the wrong type',
      'event_link',
      ['event_key'],
      [['x']],
      /bigint/,
    ],
    [
      'a value must not be null',
      'secret',
      ['purpose', 'value'],
      [['x', null]],
      /not-null/,
    ],
    [
      'a row is there already',
      'secret',
      ['purpose', 'value'],
      [['cursor', 'x']],
      /duplicate key/,
    ],
    [
      'a text holds NUL',
      'secret',
      ['purpose', 'value'],
      [['a\0', 'x']],
      /invalid byte sequence/,
    ],
    [
      'it fails long before its end',
      'secret',
      ['purpose', 'value'],
      Array.from({ length: 50_000 }, (_, n) => [
        n === 0 ? 'cursor' : `p${n}`,
        'x'.repeat(50),
      ]),
      /duplicate key/,
    ],
  ])('because %s rolls back', async (_, table, names, rows, message) => {
    expect(await failing((tx) => load(tx, table, names, rows))).toMatch(
      message,
    );
  });

  test.each([0, 1, 20_000])(
    'because its stream fails after %i rows rolls back, and nobody waits',
    async (count) => {
      async function* broken(): AsyncGenerator<Cell[]> {
        for (let n = 0; n < count; n++) yield [`p${n}`, 'x'.repeat(50)];
        throw new Error('broken off');
      }
      const message = await failing((tx) =>
        load(tx, 'secret', ['purpose', 'value'], broken()),
      );
      expect(message).toBe('broken off');
      expect(
        await database.writes.query('select count(*) as count from secret'),
      ).toEqual([{ count: 1 }]);
    },
  );
});
