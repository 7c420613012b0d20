import * as fc from 'fast-check';
import { framesOf } from '../../src/storage/backup.frames.ts';

/** A text in pieces of these lengths, over and over. */
async function* pieces(
  text: string,
  lengths: readonly number[],
): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0, piece = 0; at < bytes.length; piece++) {
    const length = lengths[piece % lengths.length] ?? 1;
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

async function textOf(rows: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of rows) parts.push(part);
  return Buffer.concat(parts).toString();
}

const lengths = fc.array(fc.integer({ min: 1, max: 9 }), {
  minLength: 1,
  maxLength: 5,
});

test('a table is found between its line and its end, however the bytes come', async () => {
  // As COPY writes them: a backslash of the data is two.
  const row = fc
    .array(fc.constantFrom('a', 'і', String.raw`\\`, '.', String.raw`\n`, ' '))
    .map((parts) => parts.join(''));
  const tables = fc.array(fc.array(row, { maxLength: 6 }), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(tables, lengths, async (each, cuts) => {
      const text = each
        .map((rows, index) =>
          [`{"table":${index}}`, ...rows, String.raw`\.`, ''].join('\n'),
        )
        .join('');
      const frames = framesOf(pieces(`${text}{"end":true}\n`, cuts));
      for (const [index, rows] of each.entries()) {
        expect(await frames.line()).toBe(`{"table":${index}}`);
        const expected = rows.map((one) => `${one}\n`).join('');
        expect(await textOf(frames.rows())).toBe(expected);
      }
      expect(await frames.line()).toBe('{"end":true}');
    }),
  );
});

test('what ends too soon is told, in a line and in a table', async () => {
  const cut = 'broken off';
  await expect(framesOf(pieces('{"tab', [4])).line()).rejects.toThrow(cut);
  const frames = framesOf(pieces('{}\na\nb', [2]));
  await frames.line();
  await expect(textOf(frames.rows())).rejects.toThrow(cut);
});
