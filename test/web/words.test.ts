import { frameEn } from '../../src/web/texts/frame.en.ts';
import { frameUk } from '../../src/web/texts/frame.uk.ts';
import { recordEn } from '../../src/web/texts/record.en.ts';
import { recordUk } from '../../src/web/texts/record.uk.ts';
import type { Text } from '../../src/web/texts/text.ts';
import { vocabularyEn } from '../../src/web/texts/vocabulary.en.ts';
import { vocabularyUk } from '../../src/web/texts/vocabulary.uk.ts';
import { wordsIn } from '../../src/web/words.ts';

const english: Record<string, Text> = {
  ...frameEn,
  ...recordEn,
  ...vocabularyEn,
};
const ukrainian: Record<string, Text> = {
  ...frameUk,
  ...recordUk,
  ...vocabularyUk,
};

const formsOf = (text: Text = '') =>
  typeof text === 'string' ? [text] : Object.values(text);
const holesOf = (text: Text = '') =>
  [
    ...new Set(formsOf(text).flatMap((form) => form.match(/\{\w+\}/g) ?? [])),
  ].sort();

test('no text stands in two sheets', () => {
  expect(Object.keys(english)).toHaveLength(
    [frameEn, recordEn, vocabularyEn].flatMap((one) => Object.keys(one)).length,
  );
});

test.each(Object.keys(english))(
  '%s is said in both languages, with the same holes',
  (key) => {
    expect(holesOf(ukrainian[key])).toEqual(holesOf(english[key]));
    for (const form of formsOf(ukrainian[key])) expect(form).not.toBe('');
  },
);

test.each([
  ['en', english],
  ['uk', ukrainian],
] as const)(
  'what is counted in %s has every plural form',
  (language, texts) => {
    const { pluralCategories } = new Intl.PluralRules(
      language,
    ).resolvedOptions();
    for (const [key, text] of Object.entries(texts))
      if (typeof text !== 'string')
        expect([key, Object.keys(text).sort()]).toEqual([
          key,
          [...pluralCategories].sort(),
        ]);
  },
);

test.each([
  [1, '1 день', '1 day'],
  [2, '2 дні', '2 days'],
  [5, '5 днів', '5 days'],
  [11, '11 днів', '11 days'],
  [21, '21 день', '21 days'],
  [1.5, '1,5 дня', '1.5 days'],
])('%d days', (n, uk, en) => {
  expect(wordsIn('uk').say('days', { n })).toBe(uk);
  expect(wordsIn('en').say('days', { n })).toBe(en);
});

test('of a language map the own language is chosen, then English, Ukrainian, the first', () => {
  const uk = wordsIn('uk');
  expect(uk.choose({ en: 'a', uk: 'б' })).toEqual({ lang: 'uk', text: 'б' });
  expect(uk.choose({ fr: 'c', en: 'a' })).toEqual({ lang: 'en', text: 'a' });
  expect(uk.choose({ fr: 'c', de: 'd' })).toEqual({ lang: 'fr', text: 'c' });
  expect(wordsIn('en').choose({ fr: 'c', uk: 'б' }).lang).toBe('uk');
  expect(uk.choose(null).text).toBe('');
});
