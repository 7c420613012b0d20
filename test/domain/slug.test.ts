import { ID_PATTERN } from '../../src/domain/schemas.ts';
import { slugOf } from '../../src/domain/slug.ts';

test.each([
  ['Emmanuel Macron', 'en', 'emmanuel-macron'],
  ['Сергій Рябков', 'uk', 'serhii-riabkov'],
  ['Сергей Рябков', 'ru', 'sergei-riabkov'],
  ['François  d’Estaing', 'fr', 'francois-destaing'],
  ['Łukasz Straße', 'und', 'lukasz-strasse'],
  ['G-20 (2022)', 'en', 'g-20-2022'],
  ['長老会議', 'ja', ''],
  ['–', 'en', ''],
])('%s (%s) is written %j', (text, language, expected) => {
  expect(slugOf(text, language)).toBe(expected);
});

test('however long the text, it can stand in an id', () => {
  const slug = slugOf('Міністерство '.repeat(50));
  expect(slug).toMatch(new RegExp(ID_PATTERN));
  expect(slug.length).toBeLessThanOrEqual(80);
});
