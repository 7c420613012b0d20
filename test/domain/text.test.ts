import * as fc from 'fast-check';
import {
  cleanJson,
  DEEPEST,
  escapePointer,
  MOST_FAULTS,
  shortened,
  textFault,
} from '../../src/domain/text.ts';
import { deep, refusal } from '../support/refusal.ts';

test.each([
  ['a tab and a newline', 'a\tb\nc'],
  ['emoji of several code points', '👩‍❤️‍💋‍👨 🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
  ['marks of direction, which only hint', 'a\u200eb\u200fc\u061cd'],
  ['joiners', 'می\u200cخواهم'],
  ['a soft hyphen and a no-break space', 'a\u00adb\u00a0c'],
  ['private use and non-characters', '\ue000\ufffe\u{10ffff}'],
  ['line and paragraph separators', 'a\u2028b\u2029c'],
  ['nothing', ''],
])('a text may hold %s', (_, text) => {
  expect(textFault(text)).toBeNull();
  expect(cleanJson(text)).toBe(text.normalize('NFC'));
});

test.each([
  ['NUL', 'a\u0000b', 'holds the control character U+0000'],
  ['a bell', '\u0007', 'holds the control character U+0007'],
  ['a carriage return', 'a\r\nb', 'holds the control character U+000D'],
  ['an escape', '\u001b[31mred', 'holds the control character U+001B'],
  ['DEL', '\u007f', 'holds the control character U+007F'],
  ['a C1 control', 'a\u0085b', 'holds the control character U+0085'],
  [
    'a right-to-left override',
    'a\u202eb',
    'holds the bidirectional control character U+202E',
  ],
  [
    'an embedding',
    '\u202a',
    'holds the bidirectional control character U+202A',
  ],
  ['an isolate', '\u2066', 'holds the bidirectional control character U+2066'],
  ['a high surrogate alone', 'a\ud83d', 'holds half of a surrogate pair'],
  ['a low surrogate alone', '\ude00b', 'holds half of a surrogate pair'],
  [
    'surrogates in the wrong order',
    '\ude00\ud83d',
    'holds half of a surrogate pair',
  ],
])('a text that holds %s is refused', (_, text, message) => {
  expect(textFault(text)).toBe(message);
  expect(refusal(cleanJson, { deep: [{ in: text }] })).toEqual({
    code: 'invalid_record',
    pointers: ['/deep/0/in'],
    faults: [{ pointer: '/deep/0/in', message }],
  });
  expect(refusal(cleanJson, { deep: [{ [text]: 1 }] })).toMatchObject({
    faults: [{ pointer: '/deep/0', message: `has a key that ${message}` }],
  });
});

test('every string is brought to NFC, wherever it stands, and nothing else is changed', () => {
  const apart = 'e\u0301';
  expect(
    cleanJson({ a: apart, b: [apart, { c: apart }], n: 1.5, t: true, z: null }),
  ).toEqual({ a: 'é', b: ['é', { c: 'é' }], n: 1.5, t: true, z: null });
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      if (refusal(cleanJson, value) !== null) return;
      expect(JSON.stringify(cleanJson(value)).normalize('NFC')).toBe(
        JSON.stringify(JSON.parse(text)).normalize('NFC'),
      );
    }),
  );
});

test('a `__proto__` key is refused, and nothing gets a new prototype', () => {
  const hostile: unknown = JSON.parse('{"a":{"__proto__":{"admin":true}}}');
  expect(refusal(cleanJson, hostile)).toMatchObject({
    pointers: ['/a/__proto__'],
  });
  expect(Object.getPrototypeOf({})).not.toHaveProperty('admin');
});

test.each([
  [DEEPEST, null],
  [DEEPEST + 1, 'is nested deeper than 32 levels'],
  [10_000, 'is nested deeper than 32 levels'],
])('what is %i levels deep: %s', (levels, message) => {
  const refused = refusal(cleanJson, deep(levels));
  expect(refused?.faults[0]?.message ?? null).toBe(message);
  expect(refused?.pointers[0] ?? null).toBe(
    message === null ? null : '/0'.repeat(DEEPEST),
  );
});

test('a hundred thousand faults are told as twenty', () => {
  const refused = refusal(cleanJson, Array(100_000).fill('\u0000'));
  expect(refused?.faults).toHaveLength(MOST_FAULTS);
});

test.each([
  ['a/b', 'a~1b'],
  ['a~b', 'a~0b'],
  ['~1', '~01'],
  ['ключ', 'ключ'],
  ['x'.repeat(1000), `${'x'.repeat(100)}…`],
  [`${'x'.repeat(99)}👍`, `${'x'.repeat(99)}\ufffd…`],
])('the key %j is a reference token of a JSON Pointer: %j', (key, token) => {
  expect(escapePointer(key)).toBe(token);
});

test.each([
  ['short', 'short'],
  ['x'.repeat(200), 'x'.repeat(200)],
  ['x'.repeat(201), `${'x'.repeat(200)}…`],
  [`${'x'.repeat(199)}👍`, `${'x'.repeat(199)}\ufffd…`],
  ['\ud800', '\ufffd'],
  [[1, 2], '[…]'],
  [{ a: 1 }, '{…}'],
  [5, 5],
  [null, null],
  [undefined, undefined],
])('%j is told back as %j', (received, told) => {
  expect(shortened(received)).toEqual(told);
});
