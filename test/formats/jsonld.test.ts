import * as fc from 'fast-check';
import { type JsonLdDocument, toRDF } from 'jsonld';
import { type AnsweredEvent } from '../../src/domain/answered.ts';
import { type About } from '../../src/formats/format.ts';
import { jsonld } from '../../src/formats/jsonld.ts';
import {
  anyDate,
  answered,
  EVERY_DATE,
  HOSTILE,
  hostile,
  written,
} from '../support/formats.ts';
import { expanded, strictly } from '../support/schema-org.ts';

async function graphOf(
  events: readonly AnsweredEvent[],
  over: Partial<About> = {},
) {
  const document = JSON.parse(await written(jsonld, events, over)) as {
    '@graph': Record<string, unknown>[];
  } & JsonLdDocument;
  expect(await expanded(document)).toHaveLength(events.length);
  return document['@graph'];
}

const one = async (
  draft: Parameters<typeof answered>[0],
  over: Partial<About> = {},
) => {
  const [node] = await graphOf([answered(draft)], over);
  return node ?? {};
};

test.each([
  ['2022-01-28', '2022-01-28', undefined],
  ['2022-01', '2022-01', undefined],
  ['1997', '1997', undefined],
  ['0987', '0987', undefined],
  ['2022-01-10/2022-01-13', '2022-01-10', '2022-01-13'],
  ['2022-01/2022-03', '2022-01', '2022-03'],
  ['1991/1993-04-05', '1991', '1993-04-05'],
  ['198X/1999', undefined, '1999'],
  ['2022-02-24/..', '2022-02-24', undefined],
  ['../1991', undefined, '1991'],
  ['[2022-01-10..2022-01-13]', '2022-01', undefined],
  ['[2021-12-17,2021-12-18]', '2021-12', undefined],
  ['[2022-03-10,2022-01-13]', '2022', undefined],
  ['[2022-01-28]', '2022-01-28', undefined],
  ['[1990..1995]', undefined, undefined],
  ['[..2022-01-28]', undefined, undefined],
  ['[2022-01-28..]', undefined, undefined],
  ['2022-01-XX', '2022-01', undefined],
  ['2022-21', '2022', undefined],
  ['2022-24', undefined, undefined],
  ['199X', undefined, undefined],
  ['2022-01-28~', undefined, undefined],
  ['2022-01-28?', undefined, undefined],
  ['2022-01-10/2022-01-13%', undefined, undefined],
  ['2022-01-28T15:35:00-05:00', '2022-01-28T15:35:00-05:00', undefined],
  ['2022-01-28T15:35:00Z', '2022-01-28T15:35:00Z', undefined],
  ['2022-01-28T15:35:20', '2022-01-28T15:35:20+02:00', undefined],
  ['1878-07-13T12:00:00', '1878-07-13T09:57:56Z', undefined],
  [
    '2022-03-27T01:00:00/2022-03-27T05:00:00',
    '2022-03-27T01:00:00+02:00',
    '2022-03-27T05:00:00+03:00',
  ],
  ['2022-01-28T15:35:00Z/..', '2022-01-28T15:35:00Z', undefined],
  ['../2022-01-28T15:35:00Z', undefined, '2022-01-28T15:35:00Z'],
])('%s starts %s and ends %s', async (date, startDate, endDate) => {
  const node = await one({ date, timeZone: 'Europe/Kyiv' });
  expect([node['startDate'], node['endDate']]).toEqual([startDate, endDate]);
  expect(node['dcterms:date']).toEqual({
    '@type': 'edtf:EDTF',
    '@value': date,
  });
});

test('an event is told whole', async () => {
  const node = await one(
    {
      id: 'talks',
      type: 'talks.round',
      channel: 'in-person',
      date: '[2022-01-10..2022-01-13]',
      title: { en: 'Talks', uk: 'Переговори' },
      summary: { en: 'About everything' },
      places: [
        { name: { en: 'Geneva' }, country: 'CH', coordinates: [6.14, 46.2] },
      ],
      participants: [
        { actor: 'usa', role: 'host' },
        { actor: 'russia', name: { uk: 'Росія' } },
        { actor: 'spokesman', role: 'speaker' },
        { actor: 'normandy-four', role: 'framework' },
        { actor: 'ukraine', role: 'subject' },
      ],
      documents: [{ document: 'draft', relation: 'discussed' }],
      links: [
        { relation: 'part-of', event: 'series' },
        { relation: 'follows', event: 'call' },
      ],
      topics: ['security'],
      sources: [
        {
          url: 'https://example.org/1',
          title: 'A report',
          publisher: 'An agency',
          language: 'uk',
          publishedAt: '2022-01',
          archivedUrl: 'https://archive.example.org/1',
        },
        { title: 'Heard', publishedAt: '2022-01-28~' },
      ],
    },
    { lang: 'uk' },
  );
  const actor = (id: string, name = id) => ({
    '@id': `https://events.example.org/v1/actors/${id}`,
    name,
  });
  expect(node).toEqual({
    '@type': 'Event',
    '@id': 'https://events.example.org/v1/events/talks',
    identifier: 'talks',
    url: 'https://events.example.org/v1/events/talks',
    name: 'Переговори',
    description: 'About everything',
    disambiguatingDescription:
      'один день у проміжку від 10 до 13 січня 2022 року',
    'dcterms:date': {
      '@type': 'edtf:EDTF',
      '@value': '[2022-01-10..2022-01-13]',
    },
    startDate: '2022-01',
    eventStatus: 'https://schema.org/EventScheduled',
    eventAttendanceMode: 'https://schema.org/OfflineEventAttendanceMode',
    keywords: ['раунд переговорів', 'security'],
    location: [
      {
        '@type': 'Place',
        name: 'Geneva',
        address: { '@type': 'PostalAddress', addressCountry: 'CH' },
        geo: { '@type': 'GeoCoordinates', longitude: 6.14, latitude: 46.2 },
      },
    ],
    organizer: [actor('usa')],
    attendee: [actor('russia', 'Росія')],
    performer: [actor('spokesman')],
    contributor: [actor('normandy-four')],
    about: [actor('ukraine')],
    workFeatured: [{ '@id': 'https://events.example.org/v1/documents/draft' }],
    superEvent: [{ '@id': 'https://events.example.org/v1/events/series' }],
    subjectOf: [
      {
        '@type': 'CreativeWork',
        name: 'A report',
        url: 'https://example.org/1',
        archivedAt: 'https://archive.example.org/1',
        publisher: { '@type': 'Organization', name: 'An agency' },
        inLanguage: 'uk',
        datePublished: '2022-01',
      },
      { '@type': 'CreativeWork', name: 'Heard' },
    ],
  });
});

test.each([
  ['held', 'EventScheduled', 'It'],
  ['scheduled', 'EventScheduled', 'Scheduled: It'],
  ['announced', 'EventScheduled', 'Announced: It'],
  ['postponed', 'EventPostponed', 'Postponed: It'],
  ['cancelled', 'EventCancelled', 'Cancelled: It'],
  ['denied', undefined, 'Denied: It'],
] as const)('what was %s', async (status, expected, name) => {
  const node = await one({ status, title: { en: 'It' } });
  expect(node['eventStatus']).toBe(
    expected && `https://schema.org/${expected}`,
  );
  expect(node['name']).toBe(name);
});

test('as triples, the date keeps its datatype and an event its class', async () => {
  const document = JSON.parse(
    await written(jsonld, [answered({ id: 'call', date: '2022-01~' })]),
  ) as JsonLdDocument;
  const triples = await toRDF(document, {
    ...strictly,
    format: 'application/n-quads',
  });
  expect(triples).toContain(
    '<https://events.example.org/v1/events/call> <http://purl.org/dc/terms/date> "2022-01~"^^<http://id.loc.gov/datatypes/edtf/EDTF> .',
  );
  expect(triples).toContain(
    '<https://events.example.org/v1/events/call> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://schema.org/Event> .',
  );
});

test.each(HOSTILE)(
  'texts come out as they went in, and fit into a page (%#)',
  async (text) => {
    const events = [hostile(text, 'a'), hostile(text, 'b')];
    expect(await written(jsonld, events)).not.toContain('<');
    const [node] = await graphOf(events);
    expect(node?.['name']).toBe(text);
  },
);

test.each(['javascript:alert(1)', 'data:text/html,x', 'https://'])(
  '%s is told and never an address',
  async (url) => {
    const event = answered({ sources: [{ title: 'x' }] });
    const sources = event.sources.map((source) => ({
      ...source,
      url,
      archivedUrl: url,
      title: null,
    }));
    const [node] = await graphOf([{ ...event, sources }]);
    expect(node?.['subjectOf']).toEqual([
      { '@type': 'CreativeWork', name: url },
    ]);
  },
);

test('every date makes one node', async () => {
  const events = EVERY_DATE.map((date, index) =>
    answered({ id: `e${index}`, date, timeZone: 'Europe/Kyiv' }),
  );
  expect(await graphOf(events)).toHaveLength(EVERY_DATE.length);
});

test('any date starts and ends as ISO 8601 says it', async () => {
  const iso = /^\d{4}(-\d\d(-\d\d(T\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d))?)?)?$/;
  await fc.assert(
    fc.asyncProperty(fc.array(anyDate, { maxLength: 5 }), async (dates) => {
      const events = dates.map((date, index) =>
        answered({ id: `e${index}`, date, timeZone: 'Europe/Kyiv' }),
      );
      for (const node of await graphOf(events))
        for (const date of [node['startDate'], node['endDate']])
          if (date !== undefined) expect(date).toMatch(iso);
    }),
  );
});
