import { createReadStream, readFileSync } from 'node:fs';
import { type EventDraft } from '../../src/domain/event.ts';
import { eventTypes } from '../../src/domain/event-types.ts';
import { gdelt } from '../../src/imports/gdelt.ts';
import { CODES } from '../../src/imports/gdelt-codes.ts';
import { type ImportOptions } from '../../src/imports/run.ts';
import { sourceOfFile } from '../../src/imports/sources.ts';
import { anActor } from '../support/builders.ts';
import { emptyRecord, wholeRecord } from '../support/record.ts';
import { startService, type TestService } from '../support/service.ts';

const FILE = 'test/fixtures/events.export.CSV';
const text = readFileSync(FILE, 'utf8');

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

/** Known by ISO codes, by CAMEO's, or by name alone. */
const powers = [
  anActor('france', { identifiers: { 'iso3166-1': 'FR' } }),
  anActor('united-states', { identifiers: { 'iso3166-1-alpha-3': 'USA' } }),
  anActor('russia', { identifiers: { cameo: 'RUS', 'iso3166-1': 'RU' } }),
  anActor('ua', { names: [{ lang: 'en', value: 'Ukraine' }] }),
  anActor('uk', { names: [{ lang: 'en', value: 'United Kingdom' }] }),
  anActor('de', {
    names: [
      { lang: 'de', value: 'Deutschland' },
      { lang: 'en', value: 'Germany' },
    ],
  }),
  anActor('romania', { names: [{ lang: 'en', value: 'Romania' }] }),
  anActor('nato', {
    kind: 'organization',
    names: [
      { lang: 'en', value: 'NATO' },
      { lang: 'en', value: 'North Atlantic Treaty Organization', alias: true },
    ],
  }),
  anActor('un', { kind: 'organization', identifiers: { cameo: 'UNO' } }),
  anActor('eu', {
    kind: 'organization',
    names: [{ lang: 'en', value: 'European Union' }],
  }),
];
beforeEach(async () => {
  await emptyRecord(service.database);
  await service.load(powers);
});

const load = (
  bytes: string | AsyncIterable<Uint8Array> = createReadStream(FILE),
  options: ImportOptions = {},
) => service.load(bytes, { ...options, source: gdelt });
const row = (line: number) => text.split('\n')[line - 1] ?? '';
const idOf = (line: number) => `gdelt-${row(line).split('\t')[0]}`;
const event = async (line: number) =>
  (await service.get(`/v1/events/${idOf(line)}`)).json as EventDraft;
const parts = async (line: number) =>
  ((await event(line)).participants ?? []).map(
    ({ actor, role, as }) => `${actor}:${role}${as ? ` ${as['en']}` : ''}`,
  );

test('of a file the diplomacy of states and organizations is taken, the rest is passed over', async () => {
  const { report, rejected } = await load();
  expect(rejected).toEqual([]);
  expect(report).toMatchObject({
    received: 32,
    created: 20,
    passedOver: 12,
    stored: true,
    names: [],
  });
  expect(await event(3)).toMatchObject({
    id: idOf(3),
    type: 'talks',
    status: 'held',
    date: '2022-01-28',
    title: {
      en: 'GDELT: UNITED STATES – RUSSIA: Engage in negotiation (CAMEO 046)',
    },
    places: [
      {
        name: { en: 'Geneva, Genève, Switzerland' },
        country: null,
        coordinates: [6.14, 46.2],
      },
    ],
    accounts: [],
    sources: [{ url: 'https://news.example/1026000003' }],
  });
});

test.each<[number, string, string[]]>([
  [1, 'call', ['france:participant', 'russia:participant']],
  [2, 'call', ['russia:participant KREMLIN', 'france:participant']],
  [4, 'visit', ['united-states:guest', 'ua:host']],
  [5, 'visit', ['ua:host', 'united-states:guest']],
  [6, 'meeting', ['nato:participant', 'russia:participant']],
  [7, 'mediation', ['un:mediator', 'ua:participant']],
  [8, 'sanctions', ['eu:initiator', 'russia:addressee']],
  [9, 'signing', ['de:signatory', 'ua:signatory']],
  [10, 'meeting', ['united-states:participant', 'romania:participant']],
  [11, 'statement', ['russia:speaker KREMLIN', 'united-states:subject']],
  [12, 'statement', ['russia:speaker KREMLIN']],
  [14, 'visit', ['uk:guest BRITISH ARMY', 'ua:host']],
  [16, 'talks.suspension', ['united-states:initiator', 'russia:participant']],
])('line %i is a %s of %j', async (line, type, expected) => {
  await load();
  expect((await event(line)).type).toBe(type);
  expect(await parts(line)).toEqual(expected);
});

test('a country is not pretended to be a point, and a source without an address has a title', async () => {
  await load();
  expect((await event(9)).places).toEqual([
    { name: { en: 'Switzerland' }, country: null, coordinates: null },
  ]);
  expect((await event(32)).sources).toMatchObject([
    { url: null, title: 'BBC Monitoring' },
  ]);
});

test('the same file again changes nothing', async () => {
  await load();
  const before = await wholeRecord(service.database);
  const { report } = await load();
  expect(report).toMatchObject({ created: 0, updated: 0, unchanged: 20 });
  expect(await wholeRecord(service.database)).toEqual(before);
});

test('two rows of one call are told as candidates and both taken', async () => {
  const { report } = await load();
  expect(report.duplicates).toContainEqual({
    line: 2,
    id: idOf(2),
    like: idOf(1),
    reasons: [
      'same day: 2022-01-28',
      'same type: call',
      'same actors: france, russia',
    ],
  });
});

test('a power that the record does not have is told, and made when that is asked for', async () => {
  await emptyRecord(service.database);
  await service.load(powers.filter(({ id }) => id !== 'romania'));
  const { report, rejected } = await load(undefined, { keepGoing: true });
  expect(report).toMatchObject({ rejected: 1, created: 19 });
  expect(report.names).toEqual([
    { name: 'Romania', count: 1, candidates: expect.anything() },
  ]);
  expect(rejected).toEqual([
    {
      line: 10,
      faults: [
        expect.objectContaining({
          pointer: '/participants/1/actor',
          message: 'is nobody in the record (actor ROM)',
        }),
      ],
    },
  ]);
  const made = await load(undefined, { createActors: true });
  expect(made.report).toMatchObject({ rejected: 0, created: 2, unchanged: 19 });
  const { json } = await service.get('/v1/actors/romania');
  expect(json).toMatchObject({
    kind: 'state',
    names: [{ lang: 'en', value: 'Romania' }],
    identifiers: { cameo: 'ROM', 'iso3166-1': 'RO' },
  });
  expect((await load()).report).toMatchObject({ unchanged: 20 });
});

test('into an empty record all of its powers can be made, however alike some names are', async () => {
  await emptyRecord(service.database);
  const niger = text
    .split('\n')[0]
    ?.replace('1026000001', '1')
    .replace('RUS\tRUSSIA\tRUS', 'NER\tNIGER\tNER');
  const nigeria = niger
    ?.replace(/^1\t/, '2\t')
    .replace('NER\tNIGER\tNER', 'NGA\tNIGERIA\tNGA');
  const file = `${text}${niger}\n${nigeria}\n`;
  const { report, rejected } = await load(file, { createActors: true });
  expect(rejected).toEqual([]);
  expect(report.created).toBe(22 + 12);
  expect(await service.ids('/v1/actors?kind=state&limit=100')).toEqual(
    expect.arrayContaining(['niger', 'nigeria', 'united-states']),
  );
  const before = await wholeRecord(service.database);
  const again = await load(file, { createActors: true });
  expect(again.report).toMatchObject({ created: 0, unchanged: 22 });
  expect(await wholeRecord(service.database)).toEqual(before);
});

test.each<[string, string | Buffer, RegExp]>([
  ['a ragged row', row(1).split('\t').slice(0, 60).join('\t'), /60 cells/],
  ['a day that is none', row(1).replace('20220128', '20220230'), /SQLDATE/],
  ['no id', row(1).replace('1026000001', ''), /GLOBALEVENTID/],
  ['an id that is none', row(1).replace('1026000001', 'x y'), /GLOBALEVENTID/],
  [
    'bytes that are no UTF-8',
    Buffer.from('\xff\t'.repeat(61), 'latin1'),
    /UTF-8/,
  ],
  ['a row of a CSV file', '1,20220128', /1 cells/],
])('%s is told by its line', async (_, broken, message) => {
  const { rejected } = await load(
    (async function* () {
      yield Buffer.concat([
        Buffer.from(`${row(1)}\n`),
        Buffer.from(broken as string),
        Buffer.from(`\n${row(3)}\n`),
      ]);
    })(),
    { keepGoing: true },
  );
  expect(rejected).toEqual([
    {
      line: 2,
      faults: [
        expect.objectContaining({ message: expect.stringMatching(message) }),
      ],
    },
  ]);
});

test('the header that some tools add is passed by', async () => {
  const header = `GLOBALEVENTID${'\tx'.repeat(60)}`;
  expect((await load(`${header}\r\n${row(1)}\r\n`)).report).toMatchObject({
    received: 1,
    created: 1,
  });
});

test('each code is taken as a type that answers to it or to what it is a part of', () => {
  const codes = new Map(
    eventTypes.map(({ code, cameo }) => [code, cameo.map((one) => one.code)]),
  );
  for (const [code, { type }] of CODES) {
    const known = codes.get(type) ?? [];
    const parent = `${code.slice(0, 2)}0`;
    expect([code, known.includes(code) || known.includes(parent)]).toEqual([
      code,
      true,
    ]);
  }
});

test('its files are known by the end of their names', () => {
  expect(sourceOfFile('20220128.export.CSV').name).toBe('gdelt');
  expect(sourceOfFile('a.csv').name).toBe('csv');
  expect(sourceOfFile('a.ics').name).toBe('ical');
  expect(sourceOfFile('-').name).toBe('ndjson');
});

test('a power is found by its identifiers however late it comes in a file', async () => {
  await service.load([
    anActor('kiribati', {
      names: [{ lang: 'gil', value: 'Ribaberiki' }],
      identifiers: { 'iso3166-1': 'KI' },
    }),
  ]);
  const of = (id: number, from: number) =>
    row(from).replace(/^\d+/, String(id));
  const late = of(999, 1).replace('FRA\tFRANCE\tFRA', 'KIR\tKIRIBATI\tKIR');
  // Organizations have fewer schemes than states.
  const first = of(1, 7).replace('UKR\tUKRAINE\tUKR', '\t\t');
  const rows = Array.from({ length: 300 }, (_, index) =>
    first.replace(/^\d+/, String(index)),
  );
  const { report, rejected } = await load([...rows, late].join('\n'));
  expect(rejected).toEqual([]);
  expect(report).toMatchObject({ created: 301 });
  const { json } = await service.get('/v1/events/gdelt-999');
  expect(json.participants[0].actor).toBe('kiribati');
});
