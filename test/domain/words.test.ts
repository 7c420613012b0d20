import * as fc from 'fast-check';
import { type Fault } from '../../src/domain/errors.ts';
import {
  LONGEST_QUESTION,
  wordCondition,
  wordsIn,
} from '../../src/domain/words.ts';

test.each([
  ['Прем’єр-міністр О’Браєн', 'премєр міністр обраєн'],
  ["у п'ятницю у п`ятницю у пʼятницю у п´ятницю", 'у пятницю '.repeat(4)],
  ['Київ, Їжак, йод, Ґалаґан', 'київ їжак йод галаган'],
  ['Росси́я и ёлка', 'россия и елка'],
  [
    'Macrón Erdoğan Wałęsa Straße Ørsted İstanbul',
    'macron erdogan walesa strasse orsted istanbul',
  ],
  ['Mac\u0072o\u0301n', 'macron'],
  [
    'l’Élysée, Russia’s, U.S., co\u00adoperation',
    'l elysee russia u s cooperation',
  ],
  ['2022-01-28 №5 ½', '2022 01 28 no5 1 2'],
  ['北京大学 東京が ロシア', '北 京 大 学 東 京 が ロ シ ア'],
  ['러시아는', '러 시 아 는'],
  // A radical alone is no letter.
  ['⺀ สวัสดี', 'ส วั ส ดี'],
  ['दिल्ली में', 'दिल्ली में'],
  ['مُحَمَّد أحمد', 'محمد احمد'],
  ["%_'; drop table -- \\", 'drop table'],
  ['«»—…!?', ''],
])('the words of %s', (text, words) => {
  expect(wordsIn(text).join(' ')).toBe(words.trim());
});

test('words have letters, marks and digits alone, and are no longer than an index takes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const word of wordsIn(text))
        expect(word).toMatch(/^[\p{L}\p{M}\p{N}]{1,64}$/u);
    }),
    { numRuns: 2000 },
  );
  expect(wordsIn('я'.repeat(20_000))).toEqual(['я'.repeat(64)]);
});

test.each([
  ['гарантії безпеки', ['гарантії', 'безпеки'], []],
  ['"гарантії безпеки"', ['гарантії безпеки'], []],
  ['«гарантії безпеки» – Росії', ['гарантії безпеки', 'росії'], []],
  [
    'talks -Macron -"security guarantees"',
    ['talks'],
    ['macron', 'security guarantees'],
  ],
  ['Macron–Putin vice-president', ['macron putin', 'vice president'], []],
  ['"not closed -here', ['not closed here'], []],
  ['x"y z"w', ['x', 'y z', 'w'], []],
  ['-only', [], ['only']],
  ['--twice', [], ['twice']],
  ['a - b -"" % _', ['a', 'b'], []],
  ['a OR b* NOT (c) & d:e', ['a', 'or', 'b', 'not', 'c', 'd e'], []],
])('%s asks for', (question, each, none) => {
  const faults: Fault[] = [];
  const condition = wordCondition(question, faults);
  expect(faults).toEqual([]);
  expect(condition?.each.map((words) => words.join(' '))).toEqual(each);
  expect(condition?.none.map((words) => words.join(' '))).toEqual(none);
});

test.each([
  ['', 'holds no word to look for'],
  ['  ', 'holds no word to look for'],
  ['"" - %_\';*', 'holds no word to look for'],
  ['x '.repeat(33), 'holds more than 32 words'],
  ['x'.repeat(501), 'is longer than 500 characters'],
])('refused: %s', (question, message) => {
  const faults: Fault[] = [];
  expect(wordCondition(question, faults)).toBeNull();
  expect(faults).toMatchObject([{ parameter: 'q', message }]);
});

test('any text is understood or refused, never both', () => {
  const signs = fc.string({
    unit: fc.constantFrom(...Array.from('ab -"«»„\'%_\\ї\u0301京')),
    maxLength: LONGEST_QUESTION + 10,
  });
  fc.assert(
    fc.property(fc.oneof(signs, fc.string({ unit: 'binary' })), (question) => {
      const faults: Fault[] = [];
      const condition = wordCondition(question, faults);
      expect(faults).toHaveLength(condition === null ? 1 : 0);
      for (const words of [
        ...(condition?.each ?? []),
        ...(condition?.none ?? []),
      ])
        expect(words.length).toBeGreaterThan(0);
    }),
    { numRuns: 2000 },
  );
});

test.each(["'", 'а', "а'", 'и\u0306', '́', '-"', '京', 'a-'])(
  'a text that repeats %j takes time in proportion to its length',
  (piece) => {
    const began = performance.now();
    wordsIn(piece.repeat(200_000));
    wordCondition(piece.repeat(200), []);
    // Quadratic, it would be minutes.
    expect(performance.now() - began).toBeLessThan(5000);
  },
);
