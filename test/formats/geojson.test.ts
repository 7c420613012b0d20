import { check } from '@placemarkio/check-geojson';
import * as fc from 'fast-check';
import { type AnsweredEvent } from '../../src/domain/answered.ts';
import { type About } from '../../src/formats/format.ts';
import { geojson } from '../../src/formats/geojson.ts';
import {
  anyDate,
  answered,
  EVERY_DATE,
  HOSTILE,
  hostile,
  written,
} from '../support/formats.ts';

async function featuresOf(
  events: readonly AnsweredEvent[],
  over: Partial<About> = {},
) {
  const found = check(await written(geojson, events, over));
  if (found.type !== 'FeatureCollection') throw new Error(found.type);
  return found.features;
}

test.each([
  ['nowhere', [], null],
  ['a country alone', [{ country: 'CH' }], null],
  [
    'one place',
    [{ country: 'CH', coordinates: [6.14, 46.2] }],
    { type: 'Point', coordinates: [6.14, 46.2] },
  ],
  [
    'several places',
    [
      { country: 'CH', coordinates: [6.14, 46.2] },
      { country: 'FR' },
      { country: 'US', coordinates: [-77.03, 38.9] },
    ],
    {
      type: 'MultiPoint',
      coordinates: [
        [6.14, 46.2],
        [-77.03, 38.9],
      ],
    },
  ],
] as const)('%s', async (_, places, geometry) => {
  const event = answered({ places: structuredClone(places) as never });
  const [feature] = await featuresOf([event]);
  expect(feature?.geometry).toEqual(geometry);
});

test('a feature says what the event was and when, with its doubt', async () => {
  const [feature, lasted] = await featuresOf(
    [
      answered({
        id: 'call',
        type: 'call',
        date: '[2022-01-10..2022-01-13]',
        title: { uk: 'Розмова' },
        participants: [
          { actor: 'macron', name: { uk: 'Макрон' }, onBehalfOf: 'france' },
        ],
      }),
      answered({ date: '2022-01-10/2022-01-13' }),
    ],
    { lang: 'uk' },
  );
  expect(feature?.id).toBe('call');
  expect(feature?.properties).toMatchObject({
    title: 'Розмова',
    type_label: 'телефонна розмова',
    date: '[2022-01-10..2022-01-13]',
    when: 'один день у проміжку від 10 до 13 січня 2022 року',
    begin_earliest: '2022-01-10',
    begin_latest: '2022-01-13',
    end_earliest: '2022-01-10',
    end_latest: '2022-01-13',
    participants: [
      {
        actor: 'macron',
        name: 'Макрон',
        role: 'participant',
        on_behalf_of: 'france',
      },
    ],
    url: 'https://events.example.org/v1/events/call',
  });
  expect(lasted?.properties).toMatchObject({
    when: '10–13 січня 2022 року',
    begin_latest: '2022-01-10',
    end_earliest: '2022-01-13',
  });
});

test('what is open is null', async () => {
  const [feature] = await featuresOf([answered({ date: '2022-02-24/..' })]);
  expect(feature?.properties).toMatchObject({
    begin_earliest: '2022-02-24',
    end_earliest: null,
    end_latest: null,
  });
});

test('the neighbouring pages are named', async () => {
  const text = await written(geojson, [], {
    next: 'https://events.example.org/n',
  });
  expect(JSON.parse(text).links).toEqual([
    {
      rel: 'self',
      href: 'https://events.example.org/v1/events.x?actor=russia',
      type: 'application/geo+json',
    },
    {
      rel: 'next',
      href: 'https://events.example.org/n',
      type: 'application/geo+json',
    },
  ]);
});

test.each(HOSTILE)('texts come out as they went in (%#)', async (text) => {
  const found = await featuresOf([hostile(text, 'a'), hostile(text, 'b')]);
  expect(found.map(({ properties }) => properties?.title)).toEqual([
    text,
    text,
  ]);
});

test('every date makes one feature', async () => {
  const events = EVERY_DATE.map((date) =>
    answered({ date, timeZone: 'Europe/Kyiv' }),
  );
  const found = await featuresOf(events);
  expect(found.map(({ properties }) => properties?.date)).toEqual(EVERY_DATE);
});

test('any events are as many features', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.tuple(
          anyDate,
          fc.double({ min: -180, max: 180, noNaN: true }),
          fc.double({ min: -90, max: 90, noNaN: true }),
        ),
      ),
      async (all) => {
        const events = all.map(([date, longitude, latitude]) =>
          answered({
            date,
            timeZone: 'Europe/Kyiv',
            places: [{ country: 'CH', coordinates: [longitude, latitude] }],
          }),
        );
        expect(await featuresOf(events)).toHaveLength(all.length);
      },
    ),
  );
});
