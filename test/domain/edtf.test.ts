import * as fc from 'fast-check';

import {
  type CalendarDate,
  type ClockTime,
  DateFault,
  type Day,
  type Edtf,
  parseEdtf,
} from '../../src/domain/edtf.ts';

/** A date told in a few words: its unit and the days it names. */
function dateTold(date: CalendarDate | ClockTime | null): string {
  const day = (d: Day) => `${d.year}-${d.month}-${d.day}`;
  if (date === null) return '..';
  if (date.kind === 'date') {
    return `${date.unit} ${day(date.first)} to ${day(date.last)}`;
  }
  const { hour, minute, second, offset } = date;
  return `${day(date)} ${hour}:${minute}:${second} offset ${offset}`;
}

function told(edtf: Edtf): string {
  if (edtf.kind === 'interval') {
    return `from ${dateTold(edtf.begin)} until ${dateTold(edtf.end)}`;
  }
  if (edtf.kind !== 'one-of') return dateTold(edtf);
  const ranges = edtf.members.map(({ first, last }) =>
    first === last
      ? dateTold(first)
      : `${dateTold(first)} .. ${dateTold(last)}`,
  );
  return `one of ${ranges.join(' | ')}`;
}

function faultOf(text: string): DateFault {
  try {
    parseEdtf(text);
  } catch (error) {
    if (error instanceof DateFault) return error;
    throw error;
  }
  throw new Error(`${text} was accepted`);
}

describe('what is read', () => {
  test.each([
    ['1997', 'year 1997-1-1 to 1997-12-31'],
    ['0001', 'year 1-1-1 to 1-12-31'],
    ['9999', 'year 9999-1-1 to 9999-12-31'],
    ['2022-01', 'month 2022-1-1 to 2022-1-31'],
    ['2023-02', 'month 2023-2-1 to 2023-2-28'],
    ['2024-02', 'month 2024-2-1 to 2024-2-29'],
    ['1900-02', 'month 1900-2-1 to 1900-2-28'],
    ['2000-02', 'month 2000-2-1 to 2000-2-29'],
    ['0004-02', 'month 4-2-1 to 4-2-29'],
    ['2022-01-28', 'day 2022-1-28 to 2022-1-28'],
    ['2024-02-29', 'day 2024-2-29 to 2024-2-29'],
    ['0096-02-29', 'day 96-2-29 to 96-2-29'],
    ['199X', 'decade 1990-1-1 to 1999-12-31'],
    ['001X', 'decade 10-1-1 to 19-12-31'],
    ['2022-01-XX', 'day-unspecified 2022-1-1 to 2022-1-31'],
    ['2022-21', 'season 2022-3-1 to 2022-5-31'],
    ['2022-22', 'season 2022-6-1 to 2022-8-31'],
    ['2022-23', 'season 2022-9-1 to 2022-11-30'],
    ['2022-24', 'season 2022-12-1 to 2023-2-28'],
    ['2023-24', 'season 2023-12-1 to 2024-2-29'],
    ['9999-24', 'season 9999-12-1 to 10000-2-29'],
    ['2022-01-28T15:35:00Z', '2022-1-28 15:35:0 offset 0'],
    ['2022-01-28T15:35:00-05:00', '2022-1-28 15:35:0 offset -300'],
    ['2022-01-28T00:00:00+05:45', '2022-1-28 0:0:0 offset 345'],
    ['2022-01-28T23:59:59+15:59', '2022-1-28 23:59:59 offset 959'],
    ['2022-01-28T15:35:00-00:00', '2022-1-28 15:35:0 offset 0'],
    ['2022-01-28T15:35:00', '2022-1-28 15:35:0 offset null'],
    [
      '2022-01-10/2022-01-13',
      'from day 2022-1-10 to 2022-1-10 until day 2022-1-13 to 2022-1-13',
    ],
    ['2022-02-24/..', 'from day 2022-2-24 to 2022-2-24 until ..'],
    ['../1991', 'from .. until year 1991-1-1 to 1991-12-31'],
    [
      '199X/2001-21',
      'from decade 1990-1-1 to 1999-12-31 until season 2001-3-1 to 2001-5-31',
    ],
    [
      '2022-01-XX/2022-01-05',
      'from day-unspecified 2022-1-1 to 2022-1-31 until day 2022-1-5 to 2022-1-5',
    ],
    [
      '2022-01-28T15:35:00Z/2022-01-28T17:35:00+02:00',
      'from 2022-1-28 15:35:0 offset 0 until 2022-1-28 17:35:0 offset 120',
    ],
    ['2022-01-28T15:35:00/..', 'from 2022-1-28 15:35:0 offset null until ..'],
    [
      '[2022-01-10..2022-01-13]',
      'one of day 2022-1-10 to 2022-1-10 .. day 2022-1-13 to 2022-1-13',
    ],
    [
      '[2021-12-17,2021-12]',
      'one of day 2021-12-17 to 2021-12-17 | month 2021-12-1 to 2021-12-31',
    ],
    [
      '[2020,2021..2022]',
      'one of year 2020-1-1 to 2020-12-31 | year 2021-1-1 to 2021-12-31 .. year 2022-1-1 to 2022-12-31',
    ],
    ['[2022]', 'one of year 2022-1-1 to 2022-12-31'],
    // The winter of 2021 lasts into 2022.
    [
      '2022/2021-24',
      'from year 2022-1-1 to 2022-12-31 until season 2021-12-1 to 2022-2-28',
    ],
    ['[..2022]', 'one of .. .. year 2022-1-1 to 2022-12-31'],
    ['[2022..]', 'one of year 2022-1-1 to 2022-12-31 .. ..'],
    [
      '[..2020,2022]',
      'one of .. .. year 2020-1-1 to 2020-12-31 | year 2022-1-1 to 2022-12-31',
    ],
    [
      '[2020,2022..]',
      'one of year 2020-1-1 to 2020-12-31 | year 2022-1-1 to 2022-12-31 .. ..',
    ],
  ])('%s is %s', (text, meaning) => {
    expect(told(parseEdtf(text))).toBe(meaning);
  });

  test.each([
    '2022',
    '2022-01',
    '2022-01-28',
    '199X',
    '2022-01-XX',
    '2022-21',
    '2022-01-28T15:35:00Z',
    '2022-01-28T15:35:00',
    '2022-01-10/2022-01-13',
    '2022-02-24/..',
    '../1991',
    '[2021,2022]',
    '[2022..]',
  ])('%s may be qualified at its end, and means the same days', (text) => {
    const plain = parseEdtf(text);
    expect(plain.qualifier).toBeNull();
    for (const qualifier of ['~', '?', '%']) {
      expect(parseEdtf(text + qualifier)).toEqual({ ...plain, qualifier });
    }
  });
});

describe('what is refused, and where', () => {
  test.each([
    // nothing like a date
    ['', 0, 'such as 2022-01-28'],
    ['today', 0, 'a year of four digits'],
    ['２０２２', 0, 'a year of four digits'],
    ['💥', 0, '"💥" stands'],
    [' 2022', 0, 'spaces'],
    ['2022 ', 4, 'spaces'],
    ['2022\u0000', 4, '"\\u0000"'],
    // years
    ['0000', 0, '0001 to 9999'],
    ['0000-01-01', 0, '0001 to 9999'],
    ['000X', 0, '0001 to 9999'],
    ['988', 3, 'four digits: 0988'],
    ['-0044', 0, 'without a sign'],
    ['+2022', 0, 'without a sign'],
    ['Y17000', 0, 'without a sign'],
    ['12022', 4, 'hyphens'],
    // months, seasons, days
    ['2022-', 5, 'The value ends'],
    ['2022-00', 5, '00 is neither a month'],
    ['2022-13', 5, '13 is neither a month'],
    ['2022-28-01', 5, '28 is neither a month'],
    ['2022-20', 5, 'season'],
    ['2022-25', 5, 'season'],
    ['2022-21-01', 7, 'the end of the value'],
    ['2022-1', 6, 'two digits'],
    ['2022-1-28', 6, 'two digits'],
    ['2022-01-8', 9, 'two digits'],
    ['2022-01-00', 8, '01 to 31'],
    ['2022-02-29', 8, '01 to 28'],
    ['2022-02-30', 8, '01 to 28'],
    ['1900-02-29', 8, '01 to 28'],
    ['2022-04-31', 8, '01 to 30'],
    // other ways of writing a day
    ['28.01.2022', 2, 'The year comes first'],
    ['28-01-2022', 2, 'The year comes first'],
    ['2022/01/28', 7, 'hyphens'],
    ['2022/01', 7, 'hyphen'],
    ['2022.01.28', 4, 'hyphens'],
    ['20220128', 4, 'hyphens'],
    ['2022-028', 7, 'Days of the year'],
    ['2022-W04-5', 5, 'Weeks'],
    ['2022–01', 4, 'plain hyphen'],
    ['2022-2023', 5, '2021/2023'],
    // clock times
    ['2022-01-28T', 11, 'an hour'],
    ['2022-01-28T15', 13, 'the minute'],
    ['2022-01-28T15:35', 16, 'Give the seconds'],
    ['2022-01-28T15:35Z', 16, 'Give the seconds'],
    ['2022-01-28T15:35+02:00', 16, 'Give the seconds'],
    ['2022-01-28T15:35:00.5Z', 19, 'fractions'],
    ['2022-01-28T24:00:00Z', 11, 'Midnight is T00:00:00'],
    ['2022-01-28T15:60:00Z', 14, '00 to 59'],
    ['2016-12-31T23:59:60Z', 17, 'leap second'],
    ['2022-01-28 15:35:00', 10, '"T"'],
    ['2022-01-28t15:35:00z', 10, 'capitals'],
    ['2022-01-28T15:35:00z', 19, 'capitals'],
    ['2022-01-28T15:35:00+0200', 22, '+02:00'],
    ['2022-01-28T15:35:00+02', 22, '+02:00'],
    ['2022-01-28T15:35:00+02:60', 23, '00 to 59'],
    ['2022-01-28T15:35:00+16:00', 19, 'less than 16:00'],
    ['2022-01-28T15:35:00-16:00', 19, 'less than 16:00'],
    ['2022-01T15:35:00Z', 7, 'needs its day'],
    // unspecified digits
    ['20XX', 2, '[1900..1999]'],
    ['XXXX', 0, '[1900..1999]'],
    ['2022-XX', 5, 'write the year alone'],
    ['2022-XX-XX', 5, 'write the year alone'],
    ['2022-1X', 6, '2022-01-XX'],
    ['2022-01-1X', 9, '2022-01-XX'],
    ['199X-01', 4, 'the end of the value'],
    ['2022-01-XXT15:35:00Z', 10, 'the end of the value'],
    ['199x', 3, 'capital X'],
    ['199u', 3, 'capital X'],
    // qualifiers
    ['~2022', 0, 'at the end of the whole value'],
    ['2022~-01', 4, 'at the end of the whole value'],
    ['2022-~01', 5, 'at the end of the whole value'],
    ['2022~/2023', 4, 'at the end of the whole value'],
    ['[2021~,2022]', 5, 'at the end of the whole value'],
    ['2022~?', 5, '"%" says both'],
    // intervals
    ['../..', 3, 'Only one end'],
    ['..', 2, '"/" and the end'],
    ['/..', 0, '".."'],
    ['2022/', 5, '".."'],
    ['/2022', 0, '".."'],
    ['2022/open', 5, '".."'],
    ['2022-01/2022-02/2022-03', 15, 'the end of the value'],
    ['2022-02/2022-01', 8, 'ends before it begins'],
    ['2023/2021-24', 5, 'ends before it begins'],
    [
      '2022-01-28T15:35:00Z/2022-01-28T16:35:00+02:00',
      21,
      'ends before it begins',
    ],
    ['2022-21/2022-02-28', 8, 'ends before it begins'],
    ['2000/199X', 5, 'ends before it begins'],
    ['2022-01-28/2022-01-28T15:35:00Z', 11, 'at both or at neither'],
    ['2022-01-28T15:35:01/2022-01-28T15:35:00', 20, 'ends before it begins'],
    // sets
    ['[]', 1, 'empty set'],
    ['[..]', 3, 'at least one member'],
    ['[2022', 5, '"]"'],
    ['2022]', 4, 'the end of the value'],
    ['[2021,]', 6, 'a year of four digits'],
    ['[,2021]', 1, 'a year of four digits'],
    ['[2021, 2022]', 6, 'spaces'],
    ['[2021..,2022]', 7, 'a year of four digits'],
    ['[2021,..2022]', 6, 'a year of four digits'],
    ['[..2021,2023..]', 12, 'Only one end'],
    ['[2021..2022-01]', 7, 'begins with a year and ends with a month'],
    ['[2022..2021]', 7, 'ends before it begins'],
    ['[2021/2022]', 5, '[2021..2023]'],
    ['[199X]', 1, 'years, months or days'],
    ['[2021,2022-21]', 6, 'years, months or days'],
    ['[2022-01-XX]', 1, 'years, months or days'],
    ['[2022-01-28T15:35:00Z]', 1, 'years, months or days'],
    ['[[2021]]', 1, 'a year of four digits'],
    ['[2021]/2022', 6, 'the end of the value'],
    ['2021..2022', 4, '[2021..2023]'],
    ['2021,2022', 4, 'square brackets'],
    ['{2021,2022}', 0, '[a,b]'],
  ])('%j at %j: %s', (text, position, part) => {
    const fault = faultOf(text);
    expect(fault.position).toBe(position);
    expect(fault.message).toContain(part);
    expect(fault.field).toBe('date');
  });

  test('what is too long is refused unread', () => {
    const members = Array.from({ length: 50 }, () => '2022');
    expect(parseEdtf(`[${members.slice(1).join(',')}]`).kind).toBe('one-of');
    expect(faultOf(`[${members.join(',')}]`).position).toBe(250);
    expect(faultOf('9'.repeat(1e6)).position).toBe(250);
  });
});

describe('whatever comes', () => {
  const alphabet = '0123456789-/.,[]~?%XTZ:+'.split('');
  const dates = ['2022', '2022-01', '2022-01-28', '..', '199X', 'T15:35:00'];
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 30 }),
    fc
      .array(fc.constantFrom(...alphabet, ...dates), { maxLength: 6 })
      .map((parts) => parts.join('')),
  );

  test('a text is read or refused with a place in it, never anything else', () => {
    fc.assert(
      fc.property(texts, (text) => {
        try {
          parseEdtf(text);
        } catch (error) {
          if (!(error instanceof DateFault)) throw error;
          expect(error.position).toBeGreaterThanOrEqual(0);
          expect(error.position).toBeLessThanOrEqual(text.length);
          expect(error.message).toMatch(/^[^\n]+\.$/);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('just the days of the calendar are days', () => {
    const two = (n: number) => String(n).padStart(2, '0');
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9999 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 31 }),
        (year, month, day) => {
          const text = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
          const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
          const long = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30];
          if (day > (long[month - 1] ?? 31)) {
            expect(faultOf(text).position).toBe(8);
          } else {
            const date = { year, month, day };
            expect(parseEdtf(text)).toMatchObject({ first: date, last: date });
          }
        },
      ),
    );
  });
});
