import * as fc from 'fast-check';
import { csvRecords, delimiterOf } from '../../src/imports/csv-records.ts';
import { LONGEST_LINE } from '../../src/imports/lines.ts';

async function records(
  text: string | Buffer,
  size = 1 << 16,
): Promise<[number, string][]> {
  const bytes = Buffer.from(text as string);
  const found: [number, string][] = [];
  const chunks = async function* () {
    for (let at = 0; at < bytes.length; at += size) {
      // The buffer of a chunk is used again, as streams may do.
      const chunk = Buffer.from(bytes.subarray(at, at + size));
      yield chunk;
      chunk.fill(0x22);
    }
  };
  const delimiters = { bytes: new Set([0x2c]) };
  for await (const one of csvRecords(chunks(), delimiters))
    found.push([one.line, 'fault' in one ? one.fault : String(one.bytes)]);
  return found;
}

test.each<[string, string, [number, string][]]>([
  ['nothing', '', []],
  ['blank lines', '\n \r\n\t\n', []],
  ['a mark alone', '\ufeff', []],
  ['a record without a line end', 'a', [[1, 'a']]],
  [
    'records',
    'a,b\nc\r\n\nd',
    [
      [1, 'a,b\n'],
      [2, 'c\r\n'],
      [4, 'd'],
    ],
  ],
  [
    'line ends in quotes',
    'a,"b\n\nc"\n"d\n"\ne',
    [
      [1, 'a,"b\n\nc"\n'],
      [4, '"d\n"\n'],
      [6, 'e'],
    ],
  ],
  [
    'doubled quotes',
    '"a""\n""b"\nc',
    [
      [1, '"a""\n""b"\n'],
      [3, 'c'],
    ],
  ],
  [
    'a quote within a bare cell',
    'a "b\nc',
    [
      [1, 'a "b\n'],
      [2, 'c'],
    ],
  ],
  [
    'a quote that nothing closes',
    'a\n"b,\nc\nd\n',
    [
      [1, 'a\n'],
      [2, 'opens a quotation mark that nothing closes'],
      [3, 'c\n'],
      [4, 'd\n'],
    ],
  ],
  [
    'the same on the last line',
    'a\n"b',
    [
      [1, 'a\n'],
      [2, '"b'],
    ],
  ],
])('%s: %j', async (_, text, expected) => {
  expect(await records(text)).toEqual(expected);
  for (const size of [1, 2, 3])
    expect(await records(text, size)).toEqual(expected);
});

test('records put together are the file again, wherever it is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r\n', 'Ж') }),
      fc.integer({ min: 1, max: 9 }),
      async (text, size) => {
        const found = await records(`${text}\n`, size);
        expect(found).toEqual(await records(`${text}\n`));
        if (found.every(([, one]) => !one.includes('nothing closes')))
          expect(
            found
              .map(([, one]) => one)
              .join('')
              .replace(/\s/g, ''),
          ).toBe(text.replace(/\s/g, ''));
      },
    ),
  );
});

test('what is too long is told once and not held', async () => {
  const long = 'x'.repeat(3 * LONGEST_LINE);
  for (const text of [long, `"${long}"`, `"${long}`, `${long},"${long}`])
    expect(await records(`a\n${text}\nb\n`)).toEqual([
      [1, 'a\n'],
      [2, expect.stringMatching(/is longer than/)],
      [3, 'b\n'],
    ]);
});

test('quotes made to be read again and again are read twice at most', async () => {
  // Seen from any line, the quote it opens is closed on the next, where another one is opened.
  const text = 'x"y,"\n'.repeat(LONGEST_LINE / 4);
  const found = await records(text);
  expect(found.length).toBeGreaterThan(1000);
  // Each reading in vain is told: one for each stretch that is too long to be a record.
  const vain = found.filter(([, told]) => /nothing closes/.test(told));
  expect(vain.length).toBeGreaterThan(0);
  expect(vain.length).toBeLessThanOrEqual(text.length / LONGEST_LINE + 1);
});

test.each([
  ['a,b,c', ','],
  ['a;b;c', ';'],
  ['a\tb', '\t'],
  ['a|b', '|'],
  ['"a;b;c;d",e,f', ','],
  ['a', ','],
])('%j has %j between its cells', (header, expected) => {
  expect(delimiterOf(header)).toBe(expected);
});
