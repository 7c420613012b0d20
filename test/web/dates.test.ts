import { boundsInWords, whenInWords } from '../../src/web/dates.ts';
import { wordsIn } from '../../src/web/words.ts';

const en = wordsIn('en');
const uk = wordsIn('uk');

// What Intl writes between the ends of a range differs between versions of its data: blanks and dashes of many widths.
const even = (text: string) =>
  text.replaceAll(/[\u00a0\u2009\u202f]/g, ' ').replaceAll(/ ?– ?/g, '–');

test.each([
  ['2022-01-28', '28 January 2022', '28 січня 2022 р.'],
  ['2022-01', 'January 2022', 'січень 2022 р.'],
  ['1997', '1997', '1997'],
  [
    '2022-01-10/2022-01-13',
    '10–13 January 2022 (4 days)',
    '10–13 січня 2022 р. (4 дні)',
  ],
  [
    '[2022-01-10..2022-01-13]',
    'one day: 10–13 January 2022',
    'один із днів: 10–13 січня 2022 р.',
  ],
  [
    '[2021-12-17,2021-12-18]',
    'one of: 17 December 2021 or 18 December 2021',
    'одне з: 17 грудня 2021 р. або 18 грудня 2021 р.',
  ],
  [
    '[..2022-01-26]',
    'no later than 26 January 2022',
    'не пізніше: 26 січня 2022 р.',
  ],
  [
    '[2022-01-28..]',
    'no earlier than 28 January 2022',
    'не раніше: 28 січня 2022 р.',
  ],
  [
    '2022-02-24/..',
    'since 24 February 2022, still going on',
    'від 24 лютого 2022 р., триває досі',
  ],
  ['../1991', 'until 1991', 'до 1991'],
  ['1972-02~', 'February 1972 (approximately)', 'лютий 1972 р. (приблизно)'],
  ['1972?', '1972 (uncertain)', '1972 (непевно)'],
  ['1972%', '1972 (approximately, uncertain)', '1972 (приблизно, непевно)'],
  ['199X', '1990s', '1990-ті роки'],
  ['2022-01-XX', 'one day in January 2022', 'один із днів: січень 2022 р.'],
  ['2022-21', 'spring 2022', 'весна 2022 р.'],
  ['2021-24', 'winter 2021–2022', 'зима 2021–2022 р.'],
  [
    '2022-01-28T15:35:00-05:00',
    '28 January 2022, 15:35 (UTC-05:00)',
    '28 січня 2022 р., 15:35 (UTC-05:00)',
  ],
  [
    '2022-01-28T15:35:10Z',
    '28 January 2022, 15:35:10 (UTC)',
    '28 січня 2022 р., 15:35:10 (UTC)',
  ],
  ['0987-06-01', '1 June 987', '1 червня 987 р.'],
])('%s is %s', (edtf, english, ukrainian) => {
  expect(even(whenInWords(edtf, en))).toBe(english);
  expect(even(whenInWords(edtf, uk))).toBe(ukrainian);
});

test('a clock time without an offset is said with its zone', () => {
  expect(whenInWords('2022-01-28T15:35:00', en, 'Europe/Paris')).toBe(
    '28 January 2022, 15:35 (Europe/Paris)',
  );
});

const day = (text: string) => `${text}T00:00:00Z`;

test.each([
  [
    'certainly 10–13 January 2022',
    ['2022-01-10', '2022-01-10', '2022-01-14', '2022-01-14'],
  ],
  [
    'some time within 1–31 January 2022',
    ['2022-01-01', '2022-01-31', '2022-01-02', '2022-02-01'],
  ],
  [
    'possibly 1 January–31 March 2022, certainly 31 January–1 March 2022',
    ['2022-01-01', '2022-01-31', '2022-03-02', '2022-04-01'],
  ],
])('bounds say: %s', (said, [a = '', b = '', c = '', d = '']) => {
  expect(
    even(
      boundsInWords(
        { begin: [day(a), day(b)], end: [day(c), day(d)], precision: 'day' },
        en,
      ),
    ),
  ).toBe(said);
});

test('an open end is told as open', () => {
  expect(
    even(
      boundsInWords(
        {
          begin: [null, day('2022-01-26')],
          end: [null, day('2022-01-27')],
          precision: 'day',
        },
        en,
      ),
    ),
  ).toBe('some time within …–26 January 2022');
});
