import { stringify } from 'csv-stringify/sync';
import * as fc from 'fast-check';
import { type EventDraft } from '../../src/domain/event.ts';
import { csv } from '../../src/imports/csv.ts';
import { type Mapping } from '../../src/imports/mapping.ts';
import { type ImportOptions } from '../../src/imports/run.ts';
import { anActor, tied } from '../support/builders.ts';
import { emptyRecord, wholeRecord } from '../support/record.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());
beforeEach(async () => {
  await emptyRecord(service.database);
  await service.load([
    anActor('france', { names: [{ lang: 'en', value: 'France' }] }),
    anActor('russia', {
      names: [
        { lang: 'en', value: 'Russia' },
        { lang: 'uk', value: 'Росія' },
      ],
    }),
    {
      ...tied('person', 'macron', [
        'holds',
        'fr-president',
        '2017-05-14',
        null,
      ]),
      names: [{ lang: 'en', value: 'Emmanuel Macron' }],
    },
    {
      ...tied('person', 'hollande', [
        'holds',
        'fr-president',
        '2012-05-15',
        '2017-05-14',
      ]),
      names: [{ lang: 'en', value: 'François Hollande' }],
    },
    {
      ...tied('office', 'fr-president', ['part-of', 'france', '1958', null]),
      names: [{ lang: 'en', value: 'President of France' }],
    },
  ]);
});

const mapping: Mapping = {
  id: 'No',
  type: 'Kind',
  date: { column: 'Date', format: ['dd.MM.yyyy', 'MMMM d, yyyy'] },
  title: { en: 'Title' },
  participants: [{ column: 'Who', separator: '/' }],
};
const HEADER = 'No;Kind;Date;Title;Who';

const load = (
  bytes: string | Uint8Array,
  options: Omit<ImportOptions, 'mapping'> & {
    mapping?: Partial<Mapping> | undefined;
  } = {},
) =>
  service.load(
    (async function* () {
      yield Buffer.from(bytes);
    })(),
    { mapping, ...options, source: csv },
  );
const event = async (id: string) =>
  (await service.get(`/v1/events/${id}`)).json as EventDraft;
const told = (
  rejected: Awaited<ReturnType<typeof load>>['rejected'],
): [number, string | undefined, string][] =>
  rejected.flatMap(({ line, faults }) =>
    faults.map(({ pointer, message }): [number, string | undefined, string] => [
      line,
      pointer,
      message,
    ]),
  );

describe('a table', () => {
  test('becomes events as its mapping says', async () => {
    const { report, rejected } = await load(
      `${HEADER}\nc1;call;28.01.2022;A call;Emmanuel Macron/russia\nc2;meeting;January 29, 2022;"A; ""meeting""";France\n`,
    );
    expect(rejected).toEqual([]);
    expect(report).toMatchObject({ received: 2, created: 2, stored: true });
    expect(await event('c1')).toMatchObject({
      type: 'call',
      date: '2022-01-28',
      title: { en: 'A call' },
      participants: [{ actor: 'macron' }, { actor: 'russia' }],
    });
    expect(await event('c2')).toMatchObject({
      date: '2022-01-29',
      title: { en: 'A; "meeting"' },
      participants: [{ actor: 'france' }],
    });
  });

  test('taken twice changes nothing', async () => {
    const text = `${HEADER}\nc1;call;28.01.2022;A call;Emmanuel Macron/russia\n`;
    await load(text);
    const before = await wholeRecord(service.database);
    expect((await load(text)).report).toMatchObject({
      received: 1,
      unchanged: 1,
    });
    expect(await wholeRecord(service.database)).toEqual(before);
  });

  const row = 'c1;call;28.01.2022;Дзвінок;Росія';
  test.each<[string, string | Uint8Array, Partial<Mapping>]>([
    ['a byte order mark', `\ufeff${HEADER}\n${row}`, {}],
    ['CRLF', `${HEADER}\r\n${row}\r\n`, {}],
    [
      'a line that says what stands between',
      `sep=;\r\n${HEADER}\r\n${row}`,
      {},
    ],
    ['tabs', `${HEADER}\n${row}`.replaceAll(';', '\t'), {}],
    ['commas', `${HEADER}\n${row}`.replaceAll(';', ','), {}],
    [
      'a sign that is said',
      `${HEADER}\n${row}`.replaceAll(';', '|'),
      { delimiter: '|' },
    ],
    [
      'blank lines and rows of empty cells',
      `\n${HEADER}\n\n;;;;\n${row}\n \n`,
      {},
    ],
    ['no header', row, { columns: ['No', 'Kind', 'Date', 'Title', 'Who'] }],
    [
      'UTF-16',
      Buffer.from(`\ufeff${HEADER}\n${row}`, 'utf16le'),
      { encoding: 'utf-16le' },
    ],
    [
      'windows-1251',
      Buffer.concat([
        Buffer.from(`${HEADER}\nc1;call;28.01.2022;`),
        Buffer.from([0xc4, 0xe7, 0xe2, 0xb3, 0xed, 0xee, 0xea, 0x3b]),
        Buffer.from([0xd0, 0xee, 0xf1, 0xb3, 0xff]),
      ]),
      { encoding: 'windows-1251' },
    ],
  ])('is read with %s', async (_, bytes, over) => {
    const { report, rejected } = await load(bytes, {
      mapping: { ...mapping, ...over },
    });
    expect(rejected).toEqual([]);
    expect(report).toMatchObject({ received: 1, created: 1 });
    expect(await event('c1')).toMatchObject({
      title: { en: 'Дзвінок' },
      participants: [{ actor: 'russia' }],
    });
  });

  test('is read however it comes in pieces', async () => {
    const text = `\ufeff${HEADER}\r\nc1;call;28.01.2022;"Дзвінок\r\n""другий""";Росія\r\n`;
    for (const size of [1, 2, 3, 7]) {
      await service.load(
        (async function* () {
          const bytes = Buffer.from(text);
          for (let at = 0; at < bytes.length; at += size)
            yield bytes.subarray(at, at + size);
        })(),
        { source: csv, mapping },
      );
      expect(await event('c1')).toMatchObject({
        revision: 1,
        title: { en: 'Дзвінок\n"другий"' },
      });
    }
  });
});

const good = 'ok;call;28.01.2022;A call;France';
describe('a broken row is told by its line, and the others are read', () => {
  test.each<[string, string | Uint8Array, string, RegExp]>([
    [
      'too few cells',
      'c1;call;28.01.2022',
      '',
      /has 3 cells, and the header 5/,
    ],
    [
      'too many cells',
      'c1;call;28.01.2022;A;France;x',
      '',
      /has 6 cells, and the header 5/,
    ],
    [
      'a quote in the middle',
      'c1;call;28.01.2022;A "b;France',
      '',
      /in the middle/,
    ],
    [
      'something after a quote',
      'c1;call;28.01.2022;"A"b;France',
      '',
      /closing quotation/,
    ],
    [
      'a quote that nothing closes',
      'c1;call;28.01.2022;"A;France',
      '',
      /nothing closes/,
    ],
    [
      'bytes that are no UTF-8',
      Buffer.from('c1;call;28.01.2022;\xc4\xe7;France', 'latin1'),
      '',
      /not valid UTF-8/,
    ],
    [
      'a date of another format',
      'c1;call;2022-01-28;A;France',
      '/date',
      /is not written as dd.MM.yyyy or MMMM d, yyyy \(column “Date”\)/,
    ],
    [
      'a day that is none',
      'c1;call;31.02.2022;A;France',
      '/date',
      /is not written as/,
    ],
    [
      'an unknown type',
      'c1;cal;28.01.2022;A;France',
      '/type',
      /known type of event \(column “Kind”\)/,
    ],
    [
      'no title',
      'c1;call;28.01.2022;;France',
      '/title',
      /is missing \(column “Title”\)/,
    ],
    ['no date', 'c1;call;;A;France', '/date', /is missing \(column “Date”\)/],
    ['no id', ';call;28.01.2022;A;France', '/id', /is missing \(column “No”\)/],
    [
      'an id that is none',
      'C 1;call;28.01.2022;A;France',
      '/id',
      /pattern.*\(column “No”\)/,
    ],
    [
      'a control character',
      'c1;call;28.01.2022;A\u0007;France',
      '/title/en',
      /control character U\+0007 \(column “Title”\)/,
    ],
    [
      'an actor twice',
      'c1;call;28.01.2022;A;France/france',
      '/participants/1',
      /stands twice.*\(column “Who”\)/,
    ],
    [
      'a name of no words',
      'c1;call;28.01.2022;A;–',
      '/participants/0/actor',
      /cannot be a name.*\(column “Who”\)/,
    ],
    [
      'a name of nobody',
      'c1;call;28.01.2022;A;Zzyzx Qwfp',
      '/participants/0/actor',
      /nobody in the record \(column “Who”\)/,
    ],
  ])('%s', async (_, broken, pointer, message) => {
    const { report, rejected } = await load(
      Buffer.concat([
        Buffer.from(`${HEADER}\n${good}\n`),
        Buffer.from(broken),
        Buffer.from(`\n${good.replace('ok', 'ok2')}\n`),
      ]),
      { keepGoing: true },
    );
    expect(told(rejected)).toEqual([
      [3, pointer, expect.stringMatching(message)],
    ]);
    expect(report).toMatchObject({ received: 3, created: 2, rejected: 1 });
  });

  test('the line of a row of several lines is that of its begin', async () => {
    const { rejected } = await load(
      `${HEADER}\n"c1";call;28.01.2022;"A\nlong\ntitle";France\n\nc2;cal;28.01.2022;"A\nB";France\nc3;cal;28.01.2022;A;France`,
    );
    expect(told(rejected).map(([line]) => line)).toEqual([6, 8]);
  });

  test('all of its faults are told at once', async () => {
    const { rejected } = await load(`${HEADER}\nC1;cal;x;;Nobody Knows`);
    expect(
      told(rejected)
        .map(([, pointer]) => pointer)
        .toSorted((a = '', b = '') => (a < b ? -1 : 1)),
    ).toEqual(['/date', '/id', '/participants/0/actor', '/title']);
  });

  test('a row longer than a record can be', async () => {
    const long = 'x'.repeat(3 << 20);
    const { report, rejected } = await load(
      `${HEADER}\n${good}\nc1;call;28.01.2022;${long};France\n${good.replace('ok', 'ok2')}\n`,
      { keepGoing: true },
    );
    expect(told(rejected)).toEqual([
      [3, '', expect.stringMatching(/is longer than/)],
    ]);
    expect(report).toMatchObject({ received: 3, created: 2 });
  });

  test('a quote that is never closed swallows no other row', async () => {
    const rows = Array.from({ length: 3000 }, (_, index) =>
      good.replace('ok', `ok${index}`).replace('A', 'A'.repeat(450)),
    );
    rows.splice(1, 0, 'c1;call;28.01.2022;"A;France');
    const { report, rejected } = await load(`${HEADER}\n${rows.join('\n')}\n`, {
      dryRun: true,
    });
    expect(told(rejected)).toEqual([
      [3, '', expect.stringMatching(/nothing closes/)],
    ]);
    expect(report).toMatchObject({ received: 3001, rejected: 1 });
  }, 60_000);
});

const refusal = async (
  given: unknown,
  text = `${HEADER}\n${good}`,
): Promise<[string | undefined, string][]> => {
  try {
    await load(text, { mapping: given as Mapping });
  } catch (error) {
    const { faults, code } = error as {
      code: string;
      faults: { pointer?: string; message: string; parameter?: string }[];
    };
    expect(code).toBe('invalid_parameter');
    expect(faults.every(({ parameter }) => parameter === 'mapping')).toBe(true);
    return faults.map(({ pointer, message }) => [pointer, message]);
  }
  return [];
};

describe('a mapping that does not hold is refused before a row is read', () => {
  test.each<[string, unknown, string | undefined, RegExp]>([
    [
      'a column that is not there',
      { ...mapping, title: { en: 'Titel' } },
      '/title/en',
      /does not have/,
    ],
    [
      'a column in a template',
      { ...mapping, title: { en: { template: '{Titel}' } } },
      '/title/en/template',
      /does not have/,
    ],
    [
      'a column of a hash',
      { ...mapping, id: { hash: ['Nr'] } },
      '/id/hash/0',
      /does not have/,
    ],
    ['no title', { ...mapping, title: undefined }, '/title', /is missing/],
    ['no id', { ...mapping, id: undefined }, '/id', /is missing/],
    [
      'an unknown field',
      { ...mapping, titel: 'Title' },
      '/titel',
      /is not a field of a mapping/,
    ],
    [
      'two origins',
      { ...mapping, type: { column: 'Kind', value: 'call' } },
      '/type',
      /in two ways/,
    ],
    [
      'no origin',
      { ...mapping, type: { values: { a: 'call' } } },
      '/type',
      /does not say/,
    ],
    [
      'an id of two origins',
      { ...mapping, id: { column: 'No', hash: ['No'] } },
      '/id',
      /in several ways/,
    ],
    [
      'a template without a column',
      { ...mapping, title: { en: { template: 'x' } } },
      '/title/en/template',
      /names no column/,
    ],
    [
      'a format without a year',
      { ...mapping, date: { column: 'Date', format: ['dd.MM'] } },
      '/date/format/0',
      /has no year/,
    ],
    [
      'a format of macros',
      { ...mapping, date: { column: 'Date', format: ['DDDD'] } },
      '/date/format/0',
      /token DDDD/,
    ],
    [
      'a format that would take for ever',
      {
        ...mapping,
        date: { column: 'Date', format: ['yyyy M d d d d d d d'] },
      },
      '/date/format/0',
      /has d twice/,
    ],
    [
      'a pattern for a separator is none',
      { ...mapping, participants: [{ column: 'Who', separator: '(a+)+$' }] },
      '/participants/0/separator',
      /more than 5 characters/,
    ],
    [
      'a kind that is none',
      { ...mapping, participants: [{ column: 'Who', kind: 'persons' }] },
      '/participants/0/kind',
      /known values/,
    ],
    [
      'an unknown encoding',
      { ...mapping, encoding: 'latin-99' },
      '/encoding',
      /known here/,
    ],
    [
      'a prototype',
      JSON.parse(
        '{"__proto__": {"x": 1}, "id": "No", "type": "Kind", "date": "Date", "title": {"en": "Title"}}',
      ),
      '/__proto__',
      /is not a field/,
    ],
    [
      'a prototype among values',
      {
        ...mapping,
        type: { column: 'Kind', values: JSON.parse('{"__proto__": "call"}') },
      },
      '/type/values/__proto__',
      /is not a field/,
    ],
    [
      'something deep',
      {
        ...mapping,
        title: {
          en: JSON.parse(`${'{"column":'.repeat(60)}"x"${'}'.repeat(60)}`),
        },
      },
      expect.anything() as never,
      /nested/,
    ],
    ['a text', 'No', '', /must be object/],
    ['a list', [], '', /must be object/],
    [
      'thousands of participants',
      {
        ...mapping,
        participants: Array.from({ length: 5000 }, () => ({ column: 'Who' })),
      },
      '/participants',
      /more than 50/,
    ],
  ])('%s', async (_, given, pointer, message) => {
    expect(await refusal(given)).toContainEqual([
      pointer,
      expect.stringMatching(message),
    ]);
  });

  test('a column that the file has twice', async () => {
    expect(await refusal(mapping, `${HEADER};Who\n${good};x`)).toEqual([
      ['/participants/0/column', expect.stringMatching(/twice/)],
    ]);
  });

  test('a header that cannot be read', async () => {
    await expect(
      load(Buffer.from([0xff, 0xfe, 0x41, 0, 10, 0])),
    ).rejects.toMatchObject({
      code: 'malformed_request',
      message: expect.stringMatching(/Line 1.*UTF-8.*encoding/),
    });
    await expect(load('"a\n')).rejects.toMatchObject({
      code: 'malformed_request',
    });
  });
});

describe('without a mapping the columns are named as the fields are', () => {
  test('and hold them', async () => {
    const { rejected } = await load(
      'id,type,date,title.en,title.uk,status,place.en,country,participants,topics,sources\n' +
        'c1,call,2022-01-28?,Call,Дзвінок,announced,Paris,FR,macron:initiator; Росія,a; b,https://a.example/; https://b.example/\n',
      { mapping: undefined },
    );
    expect(rejected).toEqual([]);
    expect(await event('c1')).toMatchObject({
      date: '2022-01-28?',
      status: 'announced',
      title: { en: 'Call', uk: 'Дзвінок' },
      places: [{ name: { en: 'Paris' }, country: 'FR' }],
      participants: [
        { actor: 'macron', role: 'initiator' },
        { actor: 'russia', role: 'participant' },
      ],
      topics: ['a', 'b'],
      sources: [{ url: 'https://a.example/' }, { url: 'https://b.example/' }],
    });
  });

  test('others are refused, and so are those that are wanting', async () => {
    await expect(
      load('id,typ,date\n', { mapping: undefined }),
    ).rejects.toMatchObject({
      faults: [
        expect.objectContaining({ received: 'typ', nearest: ['type'] }),
        expect.objectContaining({
          message: expect.stringMatching(/named type/),
        }),
        expect.objectContaining({
          message: expect.stringMatching(/named title/),
        }),
      ],
    });
  });
});

describe('what a mapping can say', () => {
  test('constants, tables, templates, times, capacities and for whom', async () => {
    const { rejected } = await load(
      'Nr,Art,Tag,Uhr,bis,Stadt,Wer,Als,Für,Quelle\n' +
        '1,Telefonat,28. Januar 2022,15:35,,Genf,Emmanuel Macron,Präsident,France,https://a.example/\n' +
        '2,?,28. Januar 2022,,30. Januar 2022,,,,,\n',
      {
        mapping: {
          id: { template: 'elysee-{Nr}' },
          type: {
            column: 'Art',
            values: { Telefonat: 'call' },
            otherwise: 'meeting',
          },
          channel: { value: 'phone' },
          date: {
            template: '{Tag} {Uhr}',
            until: 'bis',
            format: ['d. MMMM yyyy HH:mm', 'd. MMMM yyyy'],
            locale: 'de',
          },
          dateText: 'Tag',
          timeZone: { value: 'Europe/Paris' },
          title: { de: { template: '{Art} in {Stadt}' } },
          places: [{ name: { de: 'Stadt' }, country: { value: 'CH' } }],
          participants: [
            {
              column: 'Wer',
              role: { value: 'initiator' },
              as: { de: 'Als' },
              onBehalfOf: 'Für',
              kind: 'person',
            },
          ],
          sources: [{ url: 'Quelle', language: { value: 'de' } }],
        },
      },
    );
    expect(rejected).toEqual([]);
    expect(await event('elysee-1')).toMatchObject({
      type: 'call',
      channel: 'phone',
      date: '2022-01-28T15:35:00',
      timeZone: 'Europe/Paris',
      dateText: '28. Januar 2022',
      title: { de: 'Telefonat in Genf' },
      places: [{ name: { de: 'Genf' }, country: 'CH' }],
      participants: [
        {
          actor: 'macron',
          role: 'initiator',
          as: { de: 'Präsident' },
          onBehalfOf: 'france',
        },
      ],
      sources: [{ url: 'https://a.example/', language: 'de' }],
    });
    expect(await event('elysee-2')).toMatchObject({
      type: 'meeting',
      date: '2022-01-28/2022-01-30',
      participants: [],
      sources: [],
    });
  });

  test('a value that its table does not have is told with what it has', async () => {
    const { rejected } = await load(
      `${HEADER}\nc1;constructor;28.01.2022;A;France`,
      {
        mapping: {
          ...mapping,
          type: { column: 'Kind', values: { Anruf: 'call' } },
        },
      },
    );
    expect(rejected[0]?.faults).toEqual([
      expect.objectContaining({
        pointer: '/type',
        received: 'constructor',
        allowed: ['Anruf'],
      }),
    ]);
  });

  test('an id made of what the row says is the same at every import', async () => {
    const hashed = { ...mapping, id: { hash: ['Date', 'Who'], prefix: 'd-' } };
    const text = `${HEADER}\n1;call;28.01.2022;A;France\n2;call;29.01.2022;A;France`;
    await load(text, { mapping: hashed });
    const ids = await service.ids('/v1/events');
    expect(ids).toHaveLength(2);
    for (const id of ids) expect(id).toMatch(/^d-[0-9a-f]{24}$/);
    const { report } = await load(text.replaceAll(';A;', ';B;'), {
      mapping: hashed,
    });
    expect(report).toMatchObject({ updated: 2, created: 0 });
  });
});

describe('what csv-stringify writes is read as it was', () => {
  const cell = fc
    .string({
      unit: fc.constantFrom(
        'a',
        'Ж',
        ' ',
        ',',
        ';',
        '"',
        '\n',
        '\t',
        '😀',
        "'",
        '=',
        '|',
        '{',
        '\r\n',
      ),
    })
    .map((text) => text.replace(/\r\n?/g, '\n').trim().normalize('NFC'));
  test('with any texts, delimiters and line ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ title: cell, summary: cell }), {
          minLength: 1,
          maxLength: 20,
        }),
        fc.constantFrom(',', ';', '\t', '|'),
        fc.constantFrom('windows', 'unix'),
        fc.boolean(),
        async (rows, delimiter, ends, bom) => {
          const table = rows.map(({ title, summary }, index) => [
            `p${index}`,
            `t${title}`,
            summary,
            '2022-01-28',
          ]);
          // It does not quote a line feed in a file of CRLF, as RFC 4180 wants it.
          const text = stringify(
            [['id', 'title', 'summary', 'date'], ...table],
            {
              delimiter,
              record_delimiter: ends,
              bom,
              quoted_match: /\n/,
            },
          );
          await service.database.writes.query(
            'truncate event_version, event_actor cascade',
          );
          const { report, rejected } = await load(text, {
            mapping: {
              delimiter,
              id: 'id',
              type: { value: 'meeting' },
              date: 'date',
              title: { en: 'title' },
              summary: { en: 'summary' },
            },
          });
          expect(rejected).toEqual([]);
          expect(report.received).toBe(rows.length);
          const { json } = await service.get('/v1/events?limit=500');
          const found = new Map(
            (json.data as EventDraft[]).map((one) => [one.id, one]),
          );
          for (const [id = '', title, summary] of table) {
            expect(found.get(id)?.title).toEqual({ en: title?.trim() });
            expect(found.get(id)?.summary).toEqual(
              summary === '' ? null : { en: summary },
            );
          }
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);
});
