import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { whenInWords } from '../../src/formats/doubt.ts';
import { anyDate, EVERY_DATE } from '../support/formats.ts';

const when = (date: string, lang: string | null = null) =>
  whenInWords({ date, timeZone: 'Europe/Kyiv' }, lang);

test.each([
  ['1997', '1997', '1997 рік'],
  ['2022-01', 'January 2022', 'січень 2022 року'],
  ['2022-01-28', '28 January 2022', '28 січня 2022 року'],
  [
    '2022-01-28T15:35:00-05:00',
    '28 January 2022, 15:35 (UTC-05:00)',
    '28 січня 2022 року, 15:35 (UTC-05:00)',
  ],
  [
    '2022-01-28T15:35:20',
    '28 January 2022, 15:35:20 (Europe/Kyiv)',
    '28 січня 2022 року, 15:35:20 (Europe/Kyiv)',
  ],
  [
    '2022-01-28T15:35:00Z/2022-01-28T17:00:00Z',
    '28 January 2022, 15:35–17:00 (UTC)',
    '28 січня 2022 року, 15:35–17:00 (UTC)',
  ],
  ['2022-01-10/2022-01-13', '10–13 January 2022', '10–13 січня 2022 року'],
  [
    '2022-01-28/2022-02-03',
    '28 January – 3 February 2022',
    '28 січня – 3 лютого 2022 року',
  ],
  [
    '2021-12-28/2022-01-03',
    '28 December 2021 – 3 January 2022',
    '28 грудня 2021 року – 3 січня 2022 року',
  ],
  ['2022-01-28/2022-01-28', '28 January 2022', '28 січня 2022 року'],
  ['2022-01/2022-03', 'January – March 2022', 'січень – березень 2022 року'],
  ['2022-01/2022-01', 'within January 2022', 'упродовж січня 2022 року'],
  ['2022-01-XX/2022-01-XX', 'within January 2022', 'упродовж січня 2022 року'],
  ['1991/1993', '1991–1993', '1991 рік – 1993 рік'],
  ['2022-02-24/..', 'since 24 February 2022', 'від 24 лютого 2022 року'],
  ['../1991', 'until 1991', 'до 1991 року включно'],
  ['2021~', 'about 2021', 'близько 2021 року'],
  [
    '2022-01-28?',
    '28 January 2022 (uncertain)',
    '28 січня 2022 року (непевно)',
  ],
  [
    '2022-01%',
    'about January 2022 (uncertain)',
    'близько січня 2022 року (непевно)',
  ],
  [
    '2022-01-10/2022-01-13~',
    '10–13 January 2022 (approximately)',
    '10–13 січня 2022 року (приблизно)',
  ],
  ['199X', 'the 1990s', '1990-ті роки'],
  ['194X', 'the 1940s', '1940-ві роки'],
  ['200X~', 'about the 2000s', 'близько 2000-х років'],
  ['200X', 'the 2000s', '2000-ні роки'],
  ['2022-01-XX', 'one day in January 2022', 'один із днів січня 2022 року'],
  ['2022-21', 'spring 2022', 'весна 2022 року'],
  ['2022-24~', 'about winter 2022–2023', 'близько зими 2022–2023 років'],
  [
    '[2022-01-10..2022-01-13]',
    'one day between 10 and 13 January 2022',
    'один день у проміжку від 10 до 13 січня 2022 року',
  ],
  ['[2022-01-28]', '28 January 2022', '28 січня 2022 року'],
  [
    '[2021-12-17,2021-12-18]',
    'either 17 or 18 December 2021',
    'або 17, або 18 грудня 2021 року',
  ],
  [
    '[2022-01-20,2021-12-17,2022-01-18,2022-02-03]',
    'either 20 January 2022, 17 December 2021, 18 January or 3 February 2022',
    'або 20 січня 2022 року, або 17 грудня 2021 року, або 18 січня, або 3 лютого 2022 року',
  ],
  [
    '[2021-12-17,2021-12-20..2021-12-22]',
    'either 17 December 2021 or between 20 and 22 December 2021',
    'або 17 грудня 2021 року, або у проміжку від 20 до 22 грудня 2021 року',
  ],
  [
    '[1990..1995]',
    'some time between 1990 and 1995',
    'колись у проміжку від 1990 року до 1995 року',
  ],
  [
    '[..2022-01-28]',
    'no later than 28 January 2022',
    'не пізніше 28 січня 2022 року',
  ],
  [
    '[2022-01-28..]',
    'no earlier than 28 January 2022',
    'не раніше 28 січня 2022 року',
  ],
])('%s is "%s"', (date, en, uk) => {
  expect(when(date)).toBe(en);
  expect(when(date, 'fr')).toBe(en);
  expect(when(date, 'uk-UA')).toBe(uk);
});

test('the documentation says the same', () => {
  const rows = readFileSync('docs/formats.md', 'utf8')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter((cells) => cells.length === 5 && /^`[^`]+`$/.test(cells[1] ?? ''));
  expect(rows.length).toBeGreaterThan(10);
  for (const [, date = '', en, uk] of rows) {
    const edtf = date.replaceAll('`', '');
    expect([edtf, when(edtf), when(edtf, 'uk')]).toEqual([edtf, en, uk]);
  }
});

test.each(['en', 'uk'])(
  'two dates that differ are told differently (%s)',
  (lang) => {
    // These three only write one meaning in two ways.
    const same = [
      '2022-01-28/2022-01-28',
      '[2022-01-28]',
      '2022-01-XX/2022-01-XX',
    ];
    const dates = EVERY_DATE.filter((date) => !same.includes(date));
    const words = dates.map((date) => when(date, lang));
    expect(new Set(words).size).toBe(dates.length);
  },
);

test.each(['en', 'uk'])(
  'there are words for every date, and no hole in them (%s)',
  (lang) => {
    fc.assert(
      fc.property(anyDate, (date) => {
        const words = when(date, lang);
        expect(words).not.toMatch(/undefined|null|NaN|^\s|\s$|\s\s|\( ?\)/);
        expect(words).toMatch(/\d/);
      }),
    );
  },
);
