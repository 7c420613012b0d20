import * as fc from 'fast-check';
import { type Line, linesOf, LONGEST_LINE } from '../../src/imports/lines.ts';

async function* inChunks(
  bytes: Uint8Array,
  cuts: readonly number[],
): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (const cut of [...cuts, bytes.length]) {
    // The buffer of a chunk is used again, as streams may do.
    const chunk = Buffer.from(bytes.subarray(start, cut));
    yield chunk;
    chunk.fill(0x0a);
    start = cut;
  }
}

async function linesIn(chunks: AsyncIterable<Uint8Array>): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const line of linesOf(chunks)) lines.push(line);
  return lines;
}

const linesOfText = (text: string | Uint8Array, cuts: number[] = []) =>
  linesIn(inChunks(Buffer.from(text), cuts));

test.each<[string, string, (string | number)[]]>([
  ['nothing', '', []],
  ['a newline alone', '\n', []],
  ['a line', 'a\n', [1, 'a']],
  ['a missing final newline', 'a\nb', [1, 'a', 2, 'b']],
  ['CRLF', 'a\r\nb\r\n', [1, 'a', 2, 'b']],
  ['empty lines, which still count', '\n\na\n \t\r\n\nb\n\n', [3, 'a', 6, 'b']],
  ['a byte order mark', '\ufeffa\nb\n', [1, 'a', 2, 'b']],
  ['a byte order mark alone', '\ufeff\n', []],
  ['marks between files put together', '\ufeffa\n\ufeffb\n', [1, 'a', 2, 'b']],
  ['blanks around', '  a b  \n', [1, 'a b']],
  ['any script', 'Київ 😀\u2028x\n', [1, 'Київ 😀\u2028x']],
])('%s: %j', async (_, text, expected) => {
  const lines = await linesOfText(text);
  expect(
    lines.flatMap((one) => [one.line, 'text' in one ? one.text : one.fault]),
  ).toEqual(expected);
});

test.each([
  ['a lone continuation byte', [0x80]],
  ['an overlong slash', [0xc0, 0xaf]],
  ['half a character', [0xd0]],
  ['a surrogate', [0xed, 0xa0, 0x80]],
  ['Latin-1', [0x63, 0x61, 0x66, 0xe9]],
  ['UTF-16', [0xff, 0xfe, 0x61, 0x00]],
])('a line of %s is not UTF-8; those around it are read', async (_, bytes) => {
  const text = Buffer.concat([
    Buffer.from('before\n'),
    Buffer.from(bytes),
    Buffer.from('\nafter'),
  ]);
  expect(await linesOfText(text)).toEqual([
    { line: 1, text: 'before' },
    { line: 2, fault: 'is not valid UTF-8' },
    { line: 3, text: 'after' },
  ]);
});

test('wherever the chunks are cut, the lines are the same', async () => {
  const text = '\ufeffa\r\n\nКиїв 😀\n\n  {"é":1}\r\nlast';
  const bytes = Buffer.from(text);
  const expected = await linesOfText(text);
  expect(expected.map(({ line }) => line)).toEqual([1, 3, 5, 6]);
  for (let cut = 0; cut <= bytes.length; cut++)
    expect(await linesOfText(text, [cut])).toEqual(expected);
  expect(await linesOfText(text, [...bytes.keys()])).toEqual(expected);
});

test('any bytes in any chunks give what splitting the whole would give', async () => {
  const byte = fc.oneof(
    fc.constantFrom(0x0a, 0x0a, 0x0d, 0x20, 0x41),
    fc.nat(255),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(byte, { maxLength: 60 }),
      fc.array(fc.nat(60), { maxLength: 8 }),
      async (bytes, cuts) => {
        const whole = Buffer.from(bytes);
        const sorted = cuts
          .filter((cut) => cut <= bytes.length)
          .sort((a, b) => a - b);
        const expected = whole
          .toString('latin1')
          .split('\n')
          .flatMap((latin, index): Line[] => {
            const line = index + 1;
            try {
              const text = new TextDecoder('utf-8', { fatal: true })
                .decode(Buffer.from(latin, 'latin1'))
                .trim();
              return text === '' ? [] : [{ line, text }];
            } catch {
              return [{ line, fault: 'is not valid UTF-8' }];
            }
          });
        expect(await linesIn(inChunks(whole, sorted))).toEqual(expected);
      },
    ),
    { numRuns: 500 },
  );
});

test('a line of the greatest length is read, one byte more is refused', async () => {
  const [longest] = await linesOfText('x'.repeat(LONGEST_LINE));
  expect(longest).toEqual({ line: 1, text: 'x'.repeat(LONGEST_LINE) });
  expect(
    await linesOfText(`a\n${'x'.repeat(LONGEST_LINE + 1)}\nb`, [
      1000,
      LONGEST_LINE / 2,
    ]),
  ).toEqual([
    { line: 1, text: 'a' },
    { line: 2, fault: 'is longer than 1048576 bytes' },
    { line: 3, text: 'b' },
  ]);
});

test('a line of 50 MB is refused without being held, and the next ones are read', async () => {
  const size = 50_000_000;
  const chunk = Buffer.alloc(65_536, 'x');
  const before = process.memoryUsage();
  let most = 0;
  async function* bytes() {
    yield Buffer.from('first\n');
    for (let sent = 0; sent < size; sent += chunk.length) {
      yield chunk;
      const { arrayBuffers, heapUsed } = process.memoryUsage();
      most = Math.max(
        most,
        arrayBuffers + heapUsed - before.arrayBuffers - before.heapUsed,
      );
    }
    yield Buffer.from('\nsecond\nthird');
  }
  expect(await linesIn(bytes())).toEqual([
    { line: 1, text: 'first' },
    { line: 2, fault: 'is longer than 1048576 bytes' },
    { line: 3, text: 'second' },
    { line: 4, text: 'third' },
  ]);
  expect(most).toBeLessThan(20_000_000);
});

test('a stream that breaks off breaks the lines off', async () => {
  async function* broken() {
    yield Buffer.from('a\nb');
    throw new Error('the connection was reset');
  }
  const seen: Line[] = [];
  await expect(
    (async () => {
      for await (const line of linesOf(broken())) seen.push(line);
    })(),
  ).rejects.toThrow('the connection was reset');
  expect(seen).toEqual([{ line: 1, text: 'a' }]);
});
