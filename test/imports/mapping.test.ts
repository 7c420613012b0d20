import { readFileSync } from 'node:fs';
import { csv } from '../../src/imports/csv.ts';
import { dateReader, formatFault } from '../../src/imports/mapped-date.ts';
import { mappingSchema } from '../../src/imports/mapping-schema.ts';
import { type SourceRow } from '../../src/imports/row.ts';

const read = (path: string) => readFileSync(path, 'utf8');

test('the schema in the documents is the one in the code', () => {
  expect(JSON.parse(read('docs/mapping.schema.json'))).toEqual(
    JSON.parse(JSON.stringify(mappingSchema)),
  );
});

describe('the example in the documents', () => {
  const text = read('docs/examples/agenda.csv');
  const mapping: unknown = JSON.parse(
    read('docs/examples/agenda.mapping.json'),
  );

  test('is read as it says', async () => {
    const rows: SourceRow[] = [];
    const chunks = (async function* () {
      yield Buffer.from(text);
    })();
    for await (const row of csv.open({ mapping })(chunks)) rows.push(row);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({
      line: 2,
      faults: [],
      event: {
        id: 'agenda-1',
        type: 'call',
        date: '2022-01-28',
        dateText: '28 janvier 2022',
        title: { fr: 'Entretien : Situation en Ukraine' },
        participants: [
          { as: { fr: 'Président' } },
          { as: { fr: 'Président' } },
        ],
        topics: ['agenda'],
        sources: [{ url: 'https://example.org/agenda/1', language: 'fr' }],
      },
      mentions: [
        { participant: 0, name: 'Emmanuel Macron' },
        { participant: 1, name: 'Vladimir Putin' },
      ],
    });
  });

  test('is what the page shows', () => {
    const page = read('docs/imports.md');
    const [shown = ''] = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(
      ([, json]) => json,
    );
    expect(JSON.parse(shown)).toEqual(mapping);
    for (const line of text.split('\n').slice(0, 2))
      expect(page).toContain(line);
  });
});

test.each([
  ['dd.MM.yyyy', 'en', '28.01.2022', '2022-01-28'],
  ['dd.MM.yyyy', 'en', '28.1.2022', null],
  ['d.M.yyyy', 'en', '28.1.2022', '2022-01-28'],
  ['dd.MM.yyyy', 'en', '31.02.2022', null],
  ['MMMM d, yyyy', 'en', 'January 28, 2022', '2022-01-28'],
  ['EEEE, MMMM d, yyyy', 'en', 'Friday, January 28, 2022', '2022-01-28'],
  ['EEEE, MMMM d, yyyy', 'en', 'Thursday, January 28, 2022', null],
  ['d MMMM yyyy', 'uk', '28 січня 2022', '2022-01-28'],
  ['d MMMM yyyy', 'ru', '28 января 2022', '2022-01-28'],
  ["d MMMM yyyy 'р.'", 'uk', '28 січня 2022 р.', '2022-01-28'],
  ['LLLL yyyy', 'uk', 'січень 2022', '2022-01'],
  ['yyyy', 'en', '2022', '2022'],
  ['dd/MM/yy', 'en', '28/01/22', '2022-01-28'],
  ['dd.MM.yyyy HH:mm', 'en', '28.01.2022 15:35', '2022-01-28T15:35:00'],
  ['M/d/yyyy h:mm a', 'en', '1/28/2022 3:35 PM', '2022-01-28T15:35:00'],
  [
    "yyyy-MM-dd'T'HH:mm:ssZZ",
    'en',
    '2022-01-28T15:35:00-05:00',
    '2022-01-28T15:35:00-05:00',
  ],
  ['edtf', 'en', '2022-01~', '2022-01~'],
])('as %s (%s) %s is %s', (format, locale, text, expected) => {
  expect(formatFault(format)).toBeNull();
  expect(dateReader([format], locale)(text)).toBe(expected);
});

test.each([
  ['dd.MM', /no year/],
  ['dd yyyy', /day without a month/],
  ['yyyy HH', /time without a day/],
  ['dd.MM.yyyy hh:mm', /without a/],
  ['dd.MM.yyyy mm', /without its hour/],
  ['dd.MM.yyyy dd', /d twice/],
  ['MMMM LLLL yyyy', /two months/],
  ['yyyyy', /token yyyyy/],
  ['DD', /token DD/],
  ["yyyy 'year", /token y,/],
  ['SSSSSSSSS yyyy', /token S/],
])('%s is no format: %s', (format, fault) => {
  expect(formatFault(format)).toMatch(fault);
});

test('a cell that is no date by its mere length is none', () => {
  const start = performance.now();
  expect(dateReader(['dd.MM.yyyy'], 'en')('2'.repeat(1_000_000))).toBeNull();
  expect(performance.now() - start).toBeLessThan(100);
});
