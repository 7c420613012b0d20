import { readFileSync } from 'node:fs';
import { anActor } from '../support/builders.ts';
import { emptyRecord, wholeRecord } from '../support/record.ts';
import { startService, type TestService } from '../support/service.ts';
import { aWriter, type Writer } from '../support/writing.ts';

let service: TestService;
let writer: Writer;
beforeAll(async () => {
  service = await startService();
  writer = await aWriter(service);
});
afterAll(() => service.stop());
beforeEach(async () => {
  await emptyRecord(service.database);
  await service.load([
    anActor('france', { names: [{ lang: 'en', value: 'France' }] }),
    anActor('russia', { names: [{ lang: 'en', value: 'Russia' }] }),
  ]);
});

const send = (
  type: string,
  body: string | Uint8Array,
  parameters: Record<string, string> = {},
) =>
  writer.send(
    'POST',
    `/v1/import?${new URLSearchParams(parameters).toString()}`,
    {
      body,
      headers: { 'content-type': type },
    },
  );
const MAPPING = {
  id: { template: 'row-{No}' },
  type: { value: 'call' },
  date: { column: 'Date', format: ['dd.MM.yyyy'] },
  title: { en: 'Subject' },
  participants: [{ column: 'Who', separator: ',' }],
};
const mapping = JSON.stringify(MAPPING);
const TABLE = 'No;Date;Subject;Who\n1;28.01.2022;Talks;France, Russia\n';

test('a CSV file is taken with the mapping that stands beside it', async () => {
  const { status, json } = await send('text/csv; header=present', TABLE, {
    mapping,
  });
  expect([status, json.created]).toEqual([200, 1]);
  expect((await service.get('/v1/events/row-1')).json).toMatchObject({
    type: 'call',
    date: '2022-01-28',
    participants: [{ actor: 'france' }, { actor: 'russia' }],
  });
  const again = await send('text/csv', TABLE, { mapping });
  expect(again.json).toMatchObject({
    unchanged: 1,
    created: 0,
    duplicates: [],
  });
});

test('without a mapping its columns are named as the fields are', async () => {
  const text = 'id,type,date,title.en\nx,call,2022-01,A call\n';
  expect((await send('text/csv', text)).json).toMatchObject({ created: 1 });
});

test('its media type may say how it is encoded', async () => {
  const bytes = Buffer.concat([
    Buffer.from('id,type,date,title\nx,call,2022-01,'),
    Buffer.from([0xc4, 0xe7, 0xe2, 0xb3, 0xed]),
  ]);
  expect((await send('Text/CSV; charset="windows-1251"', bytes)).status).toBe(
    200,
  );
  expect((await service.get('/v1/events/x')).json.title).toEqual({
    und: 'Дзвін',
  });
  expect((await send('text/csv', bytes)).status).toBe(422);
});

test('names that are not sure are told with their rows, and duplicates are', async () => {
  const { status, json } = await send(
    'text/csv',
    `${TABLE}2;28.01.2022;Talks;Zzyzx\n3;28.01.2022;The same;Russia, France\n4;29.01.2022;Talks;Zzyzx\n`,
    { mapping, atomic: 'false' },
  );
  expect(status).toBe(200);
  expect(json).toMatchObject({
    received: 4,
    created: 2,
    rejected: 2,
    names: [{ name: 'Zzyzx', count: 2, candidates: [] }],
    moreNames: 0,
    duplicates: [{ line: 4, id: 'row-3', like: 'row-1' }],
    moreDuplicates: 0,
    conflicts: [],
    moreConflicts: 0,
    rows: [
      { line: 3, errors: [expect.objectContaining({ received: 'Zzyzx' })] },
      { line: 5, errors: [expect.anything()] },
    ],
  });
});

test('as a problem the report is told as well', async () => {
  const { status, json } = await send(
    'text/csv',
    TABLE.replace('France', 'Zzyzx'),
    { mapping },
  );
  expect(status).toBe(422);
  expect(json).toMatchObject({
    type: '/problems/rejected_rows',
    stored: false,
    names: [{ name: 'Zzyzx' }],
  });
});

test('actors are made of unknown names when that is asked for', async () => {
  const { json } = await send('text/csv', TABLE.replace('France', 'Zzyzx'), {
    mapping,
    createActors: 'true',
  });
  expect(json).toMatchObject({ received: 1, created: 2 });
  expect((await service.get('/v1/actors/zzyzx')).json).toMatchObject({
    kind: 'group',
  });
});

test('GDELT and agendas are taken by their media types', async () => {
  const rows = readFileSync('test/fixtures/events.export.CSV');
  const gdelt = await send('text/tab-separated-values', rows, {
    createActors: 'true',
  });
  expect(gdelt.json).toMatchObject({
    received: 32,
    passedOver: 12,
    rejected: 0,
  });
  const agenda = readFileSync('test/fixtures/agenda.ics');
  const ical = await send('text/calendar', agenda, {
    createActors: 'true',
    mapping: '{"type": "visit"}',
  });
  expect(ical.json).toMatchObject({ received: 7, rejected: 0 });
});

test.each<[string, string, Record<string, string>, number, string]>([
  ['a mapping that is no JSON', 'text/csv', { mapping: '{id' }, 400, 'mapping'],
  [
    'a mapping that does not hold',
    'text/csv',
    { mapping: '{"id": "No"}' },
    400,
    'mapping',
  ],
  [
    'a mapping of columns that are not there',
    'text/csv',
    { mapping: mapping.replace('Subject', 'Title') },
    400,
    'mapping',
  ],
  [
    'a mapping with a prototype',
    'text/csv',
    { mapping: '{"__proto__": {"id": "x"}}' },
    400,
    'mapping',
  ],
  ['columns that are no fields', 'text/csv', {}, 400, 'mapping'],
  ['a mapping of NDJSON', 'application/x-ndjson', { mapping }, 400, 'mapping'],
  [
    'actors of NDJSON',
    'application/x-ndjson',
    { createActors: 'true' },
    400,
    'createActors',
  ],
  [
    'an encoding that is none',
    'text/csv; charset=latin-99',
    { mapping },
    400,
    'mapping',
  ],
])(
  '%s is refused by name, and nothing is kept',
  async (_, type, parameters, status, parameter) => {
    const before = await wholeRecord(service.database);
    const answer = await send(type, TABLE, parameters);
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ type: '/problems/invalid_parameter' });
    for (const error of answer.json.errors)
      expect(error.parameter).toBe(parameter);
    expect(await wholeRecord(service.database)).toEqual(before);
  },
);

test('a mapping longer than an address can be is refused', async () => {
  const { status } = await send('text/csv', TABLE, {
    mapping: `"${'x'.repeat(8000)}"`,
  });
  expect(status).toBe(414);
});

test('other media types are refused with those that are read', async () => {
  for (const type of ['application/json', 'text/plain', 'text/csvx']) {
    const { status } = await send(type, TABLE, { mapping });
    expect(status).toBe(415);
  }
});
