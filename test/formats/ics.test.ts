import * as fc from 'fast-check';
import ICAL from 'ical.js';
import { type AnsweredEvent } from '../../src/domain/answered.ts';
import { type About } from '../../src/formats/format.ts';
import { ics } from '../../src/formats/ics.ts';
import {
  anyDate,
  answered,
  EVERY_DATE,
  HOSTILE,
  hostile,
  written,
} from '../support/formats.ts';

/** A calendar as ical.js reads it; each line is looked at too, because ical.js forgives. */
async function calendar(
  events: readonly AnsweredEvent[],
  over: Partial<About> = {},
): Promise<ICAL.Component> {
  const text = await written(ics, events, over);
  const lines = text.split('\r\n');
  expect(lines.pop()).toBe('');
  for (const line of lines) {
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(line).toMatch(/^( |[A-Z][A-Z0-9-]*[;:])/);
    expect(line.isWellFormed()).toBe(true);
    // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
    expect(line).not.toMatch(/[\u0000-\u0008\u000a-\u001f]/);
  }
  return new ICAL.Component(ICAL.parse(text) as unknown[]);
}

async function eventsOf(
  events: readonly AnsweredEvent[],
  over: Partial<About> = {},
): Promise<ICAL.Event[]> {
  const component = await calendar(events, over);
  return component
    .getAllSubcomponents('vevent')
    .map((one) => new ICAL.Event(one));
}

const one = async (
  draft: Parameters<typeof answered>[0],
  over: Partial<About> = {},
) => {
  const [event] = await eventsOf([answered(draft)], over);
  if (event === undefined) throw new Error('there is no event');
  return event;
};

const value = (event: ICAL.Event, name: string) =>
  String(event.component.getFirstPropertyValue(name));

test('a calendar says what it is called and when to come again', async () => {
  const component = await calendar([], { title: 'Russia; 2022, all' });
  // ical.js leaves the escapes of properties that it does not know.
  const told = (name: string) =>
    String(component.getFirstPropertyValue(name)).replaceAll(/\\([;,])/g, '$1');
  expect(told('version')).toBe('2.0');
  // A method is that of a message, which would need an organizer (RFC 5546).
  expect(component.getFirstProperty('method')).toBeNull();
  expect(told('x-wr-calname')).toBe('Russia; 2022, all');
  expect(told('name')).toBe('Russia; 2022, all');
  expect(told('refresh-interval')).toBe('PT1H');
  expect(told('x-published-ttl')).toBe('PT1H');
  expect(told('source')).toBe(
    'https://events.example.org/v1/events.x?actor=russia',
  );
});

test('an event is told whole', async () => {
  const event = await one(
    {
      id: 'call',
      type: 'call',
      date: '2022-01-28',
      title: { en: 'A call', uk: 'Розмова' },
      summary: { uk: 'Про все' },
      places: [
        { name: { en: 'Geneva' }, country: 'CH', coordinates: [6.14, 46.2] },
      ],
      topics: ['security', 'minsk'],
      sources: [{ url: 'https://example.org/1', title: 'A report' }],
      revision: 7,
    },
    { lang: 'uk' },
  );
  expect(event.uid).toBe('call@diplomatic-events');
  expect(event.summary).toBe('Розмова');
  expect(event.location).toBe('Geneva, CH');
  expect(event.sequence).toBe(7);
  expect(value(event, 'geo')).toBe('46.2,6.14');
  expect(value(event, 'url')).toBe('https://events.example.org/v1/events/call');
  expect(value(event, 'dtstamp')).toBe('2024-06-01T12:30:00Z');
  expect(value(event, 'last-modified')).toBe('2024-06-01T12:30:00Z');
  expect(value(event, 'x-edtf')).toBe('2022-01-28');
  expect(event.component.getFirstProperty('categories')?.getValues()).toEqual([
    'телефонна розмова',
    'security',
    'minsk',
  ]);
  expect(event.description.split('\n').slice(0, 3)).toEqual([
    'Про все',
    '',
    'Коли: 28 січня 2022 року',
  ]);
  expect(event.description).toContain('A report https://example.org/1');
});

test.each([
  ['2022-01-28', '2022-01-28', '2022-01-29', null],
  ['2022-01-10/2022-01-13', '2022-01-10', '2022-01-14', null],
  [
    '[2022-01-10..2022-01-13]',
    '2022-01-10',
    '2022-01-14',
    'one day between 10 and 13 January 2022',
  ],
  [
    '2022-01-10/2022-01-13~',
    '2022-01-10',
    '2022-01-14',
    '10–13 January 2022 (approximately)',
  ],
  ['2022-01', '2022-01-01', '2022-02-01', 'January 2022'],
  ['1997', '1997-01-01', '1998-01-01', '1997'],
  ['199X', '1990-01-01', '2000-01-01', 'the 1990s'],
  ['2022-02-24/..', '2022-02-24', '2022-02-25', 'since 24 February 2022'],
  ['1991/..', '1991-01-01', '1992-01-01', 'since 1991'],
  ['../1991-12-26', '1991-12-26', '1991-12-27', 'until 26 December 1991'],
  ['../1991', '1991-01-01', '1992-01-01', 'until 1991'],
  [
    '[..2022-01-28]',
    '2022-01-28',
    '2022-01-29',
    'no later than 28 January 2022',
  ],
  [
    '[2022-01-28..]',
    '2022-01-28',
    '2022-01-29',
    'no earlier than 28 January 2022',
  ],
  ['9999', '9999-01-01', '9999-12-31', '9999'],
  ['9999-12-31', '9999-12-31', '9999-12-31', null],
])('%s is drawn from %s to before %s', async (date, begin, end, words) => {
  const event = await one({ date, title: { en: 'It' } });
  expect(event.startDate.isDate).toBe(true);
  expect(event.startDate.toString()).toBe(begin);
  const told = event.component.getFirstPropertyValue('dtend');
  expect(told === null ? begin : told.toString()).toBe(end);
  expect(event.summary).toBe(words === null ? 'It' : `It (${words})`);
});

describe('clock times', () => {
  const instant = (time: ICAL.Time | null) =>
    time === null ? null : new Date(time.toUnixTime() * 1000).toISOString();
  const dtend = (event: ICAL.Event) =>
    event.component.getFirstPropertyValue('dtend') as ICAL.Time | null;

  test.each([
    ['2022-01-28T15:35:00-05:00', null, '2022-01-28T20:35:00.000Z', null],
    [
      '2022-01-28T15:35:00Z/2022-01-28T17:00:00Z',
      null,
      '2022-01-28T15:35:00.000Z',
      '2022-01-28T17:00:00.000Z',
    ],
    ['2022-01-28T15:35:00Z/..', null, '2022-01-28T15:35:00.000Z', null],
    ['../2022-01-28T15:35:00Z', null, '2022-01-28T15:35:00.000Z', null],
    ['2022-01-28T15:35:00', 'Europe/Kyiv', '2022-01-28T13:35:00.000Z', null],
    ['2022-07-28T15:35:00', 'Europe/Kyiv', '2022-07-28T12:35:00.000Z', null],
    [
      '2022-03-27T01:00:00/2022-03-27T05:00:00',
      'Europe/Kyiv',
      '2022-03-26T23:00:00.000Z',
      '2022-03-27T02:00:00.000Z',
    ],
    ['1991-08-24T18:00:00', 'Europe/Kyiv', '1991-08-24T15:00:00.000Z', null],
    [
      '1914-06-28T10:50:00',
      'Europe/Sarajevo',
      '1914-06-28T09:50:00.000Z',
      null,
    ],
    ['1878-07-13T12:00:00', 'Europe/Kyiv', '1878-07-13T09:57:56.000Z', null],
    ['1815-06-09T12:00:00', 'Europe/Vienna', null, null],
    ['2200-06-09T12:00:00', 'America/New_York', null, null],
    [
      '2022-01-28T15:35:00Z',
      'America/New_York',
      '2022-01-28T15:35:00.000Z',
      null,
    ],
    // The clock showed this time twice, and iCalendar would mean the other one.
    ['2022-10-30T01:30:00Z', 'Europe/Kyiv', '2022-10-30T01:30:00.000Z', null],
    ['2022-10-30T00:30:00Z', 'Europe/Kyiv', '2022-10-30T00:30:00.000Z', null],
  ])('%s in %s', async (date, timeZone, begin, end) => {
    const draft = { date, timeZone };
    const event = await one(draft);
    const recorded = answered(draft).bounds.begin[0] ?? '';
    expect(instant(event.startDate)).toBe(
      begin ?? new Date(recorded).toISOString(),
    );
    expect(instant(dtend(event))).toBe(end);
    expect(event.summary).not.toContain('undefined');
  });

  test('a zone is told once, with the clock as it was set, and bears the name the event gives it', async () => {
    const component = await calendar([
      answered({ date: '2022-01-28T15:35:00', timeZone: 'Europe/Kyiv' }),
      answered({ date: '2022-07-28T15:35:00', timeZone: 'Europe/Kyiv' }),
      answered({ date: '2022-07-28', timeZone: 'America/New_York' }),
    ]);
    const zones = component.getAllSubcomponents('vtimezone');
    expect(zones.map((zone) => zone.getFirstPropertyValue('tzid'))).toEqual([
      'Europe/Kyiv',
    ]);
    expect(
      zones[0]
        ?.getAllSubcomponents()
        .map((rule) => [
          rule.name,
          String(rule.getFirstPropertyValue('dtstart')),
          String(rule.getFirstPropertyValue('tzoffsetfrom')),
          String(rule.getFirstPropertyValue('tzoffsetto')),
        ]),
    ).toEqual([
      ['standard', '2021-10-31T04:00:00', '+03:00', '+02:00'],
      ['daylight', '2022-03-27T03:00:00', '+02:00', '+03:00'],
    ]);
  });

  test('any clock time is the instant that the record made of it', async () => {
    const zones = [
      'Europe/Kyiv',
      'America/New_York',
      'Asia/Kathmandu',
      'Africa/Casablanca',
      'Europe/Dublin',
      'Australia/Lord_Howe',
      'Pacific/Apia',
      'UTC',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.date({
          min: new Date('1850-01-01'),
          max: new Date('2100-01-01'),
          noInvalidDate: true,
        }),
        fc.constantFrom(...zones),
        async (date, timeZone) => {
          const whole = `${date.toISOString().slice(0, 19)}Z`;
          const event = await one({ date: whole, timeZone });
          expect(instant(event.startDate)).toBe(new Date(whole).toISOString());
        },
      ),
      { numRuns: 300 },
    );
  });
});

test.each([
  ['held', 'CONFIRMED', 'It'],
  ['scheduled', 'CONFIRMED', 'Scheduled: It'],
  ['announced', 'TENTATIVE', 'Announced: It'],
  ['postponed', 'TENTATIVE', 'Postponed: It'],
  ['cancelled', 'CANCELLED', 'Cancelled: It'],
  ['denied', 'CANCELLED', 'Denied: It'],
] as const)('what was %s is %s', async (status, expected, summary) => {
  const event = await one({ status, title: { en: 'It' } });
  expect(value(event, 'status')).toBe(expected);
  expect(event.summary).toBe(summary);
});

test('a removed event is cancelled by a later sequence under its old name', async () => {
  const removed = answered({ id: 'gone', revision: 3 });
  const [stands, gone] = await eventsOf([answered({ id: 'here' })], {
    removed: [removed],
  });
  expect(stands && value(stands, 'status')).toBe('CONFIRMED');
  expect(gone?.uid).toBe('gone@diplomatic-events');
  expect(gone && value(gone, 'status')).toBe('CANCELLED');
  expect(gone?.sequence).toBe(4);
});

test.each(HOSTILE)('texts come out as they went in (%#)', async (text) => {
  const [event, other, ...more] = await eventsOf(
    [hostile(text, 'a'), hostile(text, 'b')],
    { title: text },
  );
  expect(event?.summary).toBe(text);
  expect(other?.uid).toBe('b@diplomatic-events');
  expect(more).toEqual([]);
});

test('every date makes one event', async () => {
  const all = EVERY_DATE.map((date) =>
    answered({ date, timeZone: 'Europe/Kyiv' }),
  );
  const found = await eventsOf(all);
  expect(found.map((event) => value(event, 'x-edtf'))).toEqual(EVERY_DATE);
});

test('any date makes an event that ends after it begins', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyDate, { maxLength: 5 }), async (dates) => {
      const all = dates.map((date) =>
        answered({ date, timeZone: 'Europe/Kyiv' }),
      );
      const found = await eventsOf(all);
      expect(found).toHaveLength(dates.length);
      for (const event of found) {
        const end = event.component.getFirstPropertyValue(
          'dtend',
        ) as ICAL.Time | null;
        // ical.js takes the years before 100 for those of the last century.
        if (end !== null && event.startDate.year >= 100)
          expect(end.compare(event.startDate)).toBe(1);
      }
    }),
  );
});

test('an early year has four digits', async () => {
  const text = await written(ics, [answered({ date: '0001-02-03' })]);
  expect(text).toContain('\r\nDTSTART;VALUE=DATE:00010203\r\n');
});

test('the same events are the same bytes', async () => {
  const all = [
    answered({ id: 'a', date: '2022-01-28T15:35:00', timeZone: 'Europe/Kyiv' }),
  ];
  expect(await written(ics, all)).toBe(await written(ics, all));
});
