import { Client } from 'pg';
import { every, join, sql } from '../../src/storage/sql.ts';
import { testUrl } from '../support/database.ts';

const hostile = `'; drop table event_version; -- $1 \\ "`;

test('a value becomes a parameter and never enters the text', () => {
  expect(sql`select ${hostile}, ${2}, ${null}`.compile()).toEqual({
    text: 'select $1, $2, $3',
    values: [hostile, 2, null],
  });
});

test('pieces are put in, and their parameters numbered through', () => {
  const inner = sql`b = ${2}`;
  const statement = sql`select ${1} where ${inner} and (${sql`c = ${hostile} or ${inner}`}) limit ${4}`;
  expect(statement.compile()).toEqual({
    text: 'select $1 where b = $2 and (c = $3 or b = $4) limit $5',
    values: [1, 2, hostile, 2, 4],
  });
  // Compiling leaves nothing behind.
  expect(statement.compile()).toEqual(statement.compile());
  expect(inner.compile()).toEqual({ text: 'b = $1', values: [2] });
});

test.each([
  [sql`true`, 'true', []],
  [sql``, '', []],
  [sql`${sql`${sql`${1}`}`}`, '$1', [1]],
  [sql`${['a', 'b']}::text[]`, '$1::text[]', [['a', 'b']]],
  [join([], sql`, `), '', []],
  [join([sql`a`], sql`, `), 'a', []],
  [
    join([sql`${1}`, sql`${2}`, sql`${3}`], sql` or `),
    '$1 or $2 or $3',
    [1, 2, 3],
  ],
  [every([]), 'true', []],
  [every([sql`a or ${1}`, sql`b`]), '(a or $1) and (b)', [1]],
  [sql`not ${every([sql`a`])}`, 'not (a)', []],
])('%#: the text is %2$j', (piece, text, values) => {
  expect(piece.compile()).toEqual({ text, values });
});

test('what only looks like a piece is a value', () => {
  const forged = { strings: ['drop table event_version'], parts: [] };
  expect(sql`select ${forged}`.compile()).toEqual({
    text: 'select $1',
    values: [forged],
  });
});

test('hostile values come back from the server as they went', async () => {
  const client = new Client(testUrl('postgres'));
  await client.connect();
  try {
    const values = [hostile, '$1', '\\N', '{"a":1}', '😀', ''];
    const { rows } = await client.query(
      sql`select ${values}::text[] as list, ${hostile}::text as one`.compile(),
    );
    expect(rows).toEqual([{ list: values, one: hostile }]);
  } finally {
    await client.end();
  }
});
