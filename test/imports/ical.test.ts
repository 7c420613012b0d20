import { readFileSync } from 'node:fs';
import { type EventDraft } from '../../src/domain/event.ts';
import { ical } from '../../src/imports/ical.ts';
import { type ImportOptions } from '../../src/imports/run.ts';
import { anActor } from '../support/builders.ts';
import { emptyRecord, wholeRecord } from '../support/record.ts';
import { startService, type TestService } from '../support/service.ts';

const agenda = readFileSync('test/fixtures/agenda.ics', 'utf8');

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());
beforeEach(async () => {
  await emptyRecord(service.database);
  await service.load([
    anActor('macron', {
      kind: 'person',
      names: [{ lang: 'fr', value: 'Emmanuel Macron' }],
    }),
    anActor('putin', {
      kind: 'person',
      names: [{ lang: 'en', value: 'Vladimir Putin' }],
    }),
  ]);
});

const load = (text: string, options: ImportOptions = {}) =>
  service.load(text, { ...options, source: ical });
const entry = (...lines: string[]) =>
  ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', ...lines, 'END:VEVENT', 'END:VCALENDAR']
    .map((line) => `${line}\r\n`)
    .join('');
const events = async () => {
  const { json } = await service.get('/v1/events?limit=100');
  return new Map(
    (json.data as EventDraft[]).map((one) => [
      one.id.replace(/^ical-(.*)-[0-9a-f]{12}$/, '$1'),
      one,
    ]),
  );
};

test('an agenda becomes events', async () => {
  const { report, rejected } = await load(agenda, {
    mapping: { type: 'call', channel: 'phone', language: 'en' },
  });
  expect(rejected).toEqual([]);
  expect(report).toMatchObject({ received: 7, created: 7 });
  expect((await events()).get('call-1')).toMatchObject({
    id: expect.stringMatching(/^ical-call-1-[0-9a-f]{12}$/),
    type: 'call',
    status: 'scheduled',
    channel: 'phone',
    title: {
      fr: 'Entretien téléphonique avec Vladimir Poutine, président de la Fédération de Russie',
    },
    summary: { en: 'Première ligne\nseconde ligne' },
    places: [
      { name: { en: 'Palais de l’Élysée' }, coordinates: [2.3167, 48.8704] },
    ],
    participants: [
      { actor: 'macron', role: 'chair' },
      { actor: 'putin', role: 'participant' },
    ],
    topics: ['securite-europeenne', 'minsk'],
    sources: [{ url: 'https://elysee.example/agenda/1' }],
  });
});

test.each<[string, string, string | null, string]>([
  [
    'call-1',
    '2022-01-28T11:30:00/2022-01-28T12:30:00',
    'Europe/Paris',
    'scheduled',
  ],
  ['day', '2022-01-28', null, 'announced'],
  ['days', '2022-01-28/2022-01-30', null, 'cancelled'],
  ['utc', '2022-01-28T10:30:00Z/2022-01-28T12:00:00Z', null, 'scheduled'],
  ['outlook', '2022-07-28T11:30:00+02:00', null, 'scheduled'],
  ['floating', '2022-01-28T11:30:00', 'Europe/Paris', 'scheduled'],
  [
    'flight',
    '2022-01-28T10:00:00+01:00/2022-01-28T12:00:00-05:00',
    null,
    'scheduled',
  ],
])('%s takes place %s (%s), %s', async (name, date, timeZone, status) => {
  await load(agenda);
  expect((await events()).get(name)).toMatchObject({ date, timeZone, status });
});

test('the same agenda again changes nothing', async () => {
  await load(agenda);
  const before = await wholeRecord(service.database);
  expect((await load(agenda)).report).toMatchObject({ unchanged: 7 });
  expect(await wholeRecord(service.database)).toEqual(before);
});

test('a clock time of no zone is a day, and its text is kept', async () => {
  const { rejected } = await load(
    entry('UID:1', 'DTSTART:20220128T113000', 'SUMMARY:x'),
  );
  expect(rejected).toEqual([]);
  expect((await events()).get('1')).toMatchObject({
    date: '2022-01-28',
    dateText: '2022-01-28T11:30:00',
    title: { und: 'x' },
  });
});

test('two times of one repeated entry are two events', async () => {
  const time = (day: string) =>
    entry(
      'UID:weekly',
      `RECURRENCE-ID;VALUE=DATE:${day}`,
      `DTSTART;VALUE=DATE:${day}`,
      'SUMMARY:x',
    );
  const { report } = await load(time('20220128') + time('20220204'));
  expect(report).toMatchObject({ created: 2 });
});

const good = ['UID:1', 'DTSTART;VALUE=DATE:20220128', 'SUMMARY:x'];
test.each<[string, string, number, string, RegExp]>([
  [
    'a repeated entry',
    entry(...good, 'RRULE:FREQ=WEEKLY'),
    2,
    '/date',
    /repeats \(RRULE\).*DTSTART/,
  ],
  [
    'an entry without a time',
    entry('UID:1', 'SUMMARY:x'),
    2,
    '/date',
    /no DTSTART/,
  ],
  [
    'a day that is none',
    entry('UID:1', 'DTSTART;VALUE=DATE:20220431', 'SUMMARY:x'),
    2,
    '/date',
    /cannot be read: 2022-04-31/,
  ],
  [
    'a time that is none',
    entry('UID:1', 'DTSTART:2022-01-28T10:00:00Z', 'SUMMARY:x'),
    2,
    '/date',
    /cannot be read/,
  ],
  [
    'a zone that nobody knows',
    entry('UID:1', 'DTSTART;TZID=Mars/Olympus:20220128T100000', 'SUMMARY:x'),
    2,
    '/date',
    /Mars\/Olympus/,
  ],
  [
    'an end before the begin',
    entry(...good, 'DTEND;VALUE=DATE:20220101'),
    2,
    '/date',
    /./,
  ],
  [
    'no UID',
    entry('DTSTART;VALUE=DATE:20220128', 'SUMMARY:x'),
    2,
    '/id',
    /is missing \(UID\)/,
  ],
  [
    'no SUMMARY',
    entry('UID:1', 'DTSTART;VALUE=DATE:20220128'),
    2,
    '/title',
    /is missing \(SUMMARY\)/,
  ],
  [
    'a name of nobody',
    entry(...good, 'ATTENDEE;CN=Zzyzx Qwfp:mailto:a@b.example'),
    2,
    '/participants/0/actor',
    /nobody in the record \(ATTENDEE\)/,
  ],
  ['a line that is none', entry(...good, 'BROKEN'), 2, '', /no iCalendar/],
  [
    'an entry that does not end',
    'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\n',
    2,
    '',
    /does not end/,
  ],
  [
    'an entry within an entry',
    entry('UID:0', 'BEGIN:VEVENT', ...good),
    2,
    '',
    /does not end/,
  ],
  [
    'an entry longer than a record can be',
    entry(
      ...good,
      ...Array.from({ length: 50_000 }, () => ` ${'x'.repeat(60)}`),
    ),
    2,
    '',
    /is longer than/,
  ],
])('%s is told by its line', async (_, text, line, pointer, message) => {
  const { report, rejected } = await load(
    text + entry('UID:after', 'DTSTART;VALUE=DATE:20220128', 'SUMMARY:x'),
    { keepGoing: true },
  );
  expect(rejected[0]).toEqual({
    line,
    faults: [
      expect.objectContaining({
        pointer,
        message: expect.stringMatching(message),
      }),
    ],
  });
  expect(report.created).toBeGreaterThan(0);
  expect((await events()).has('after')).toBe(true);
});

test('bytes that are no UTF-8 are told', async () => {
  const { rejected } = await service.load(
    (async function* () {
      yield Buffer.from(entry(...good, 'LOCATION:Caf\xe9'), 'latin1');
    })(),
    { source: ical },
  );
  expect(rejected).toEqual([
    {
      line: 2,
      faults: [
        expect.objectContaining({ message: 'Line 6 is not valid UTF-8.' }),
      ],
    },
  ]);
});

test('what is said of an agenda must hold', async () => {
  for (const mapping of [{ typ: 'visit' }, { status: 'helt' }, 'visit'])
    await expect(load(agenda, { mapping })).rejects.toMatchObject({
      code: 'invalid_parameter',
      faults: [expect.objectContaining({ parameter: 'mapping' })],
    });
  expect(
    (await load(agenda, { mapping: { type: 'visitt' } })).rejected[0]?.faults,
  ).toEqual([expect.objectContaining({ pointer: '/type' })]);
});
