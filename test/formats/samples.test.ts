import { check } from '@placemarkio/check-geojson';
import { parse } from 'csv-parse/sync';
import { parseAtomFeed, parseJsonFeed } from 'feedsmith';
import ICAL from 'ical.js';
import { SaxesParser } from 'saxes';
import { type AnsweredEvent } from '../../src/domain/answered.ts';
import { atom } from '../../src/formats/atom.ts';
import { csv } from '../../src/formats/csv.ts';
import { feedJson } from '../../src/formats/feed-json.ts';
import { type Format } from '../../src/formats/format.ts';
import { geojson } from '../../src/formats/geojson.ts';
import { ics } from '../../src/formats/ics.ts';
import { formats } from '../../src/formats/index.ts';
import { jsonld } from '../../src/formats/jsonld.ts';
import { timeline } from '../../src/formats/timeline.ts';
import { about, written } from '../support/formats.ts';
import { expanded } from '../support/schema-org.ts';
import { sample, startService, type TestService } from '../support/service.ts';
import { slidesIn } from '../support/timelinejs.ts';

let service: TestService;
const events: AnsweredEvent[] = [];

// Both real timelines, as the service answers them.
beforeAll(async () => {
  service = await startService();
  await service.load(sample('security-guarantees'));
  await service.load(sample('us-leader-travels'));
  let cursor: string | null = '';
  while (cursor !== null) {
    const { json }: { json: { data: AnsweredEvent[]; next: string | null } } =
      await service.get(`/v1/events?limit=500${cursor && `&cursor=${cursor}`}`);
    events.push(...json.data);
    cursor = json.next;
  }
}, 120_000);
afterAll(() => service.stop());

test('are more than four thousand events', () => {
  expect(events.length).toBe(4282);
});

const idsIn: [Format, (text: string) => unknown[] | Promise<unknown[]>][] = [
  [
    csv,
    (text) =>
      parse(text, { columns: true, record_delimiter: '\r\n' }).map(
        (row) => (row as { id: string }).id,
      ),
  ],
  [
    ics,
    (text) =>
      new ICAL.Component(ICAL.parse(text) as unknown[])
        .getAllSubcomponents('vevent')
        .map((one) =>
          new ICAL.Event(one).uid.replace('@diplomatic-events', ''),
        ),
  ],
  [
    atom,
    (text) => {
      const parser = new SaxesParser({ xmlns: true });
      parser.on('error', (error) => {
        throw error;
      });
      parser.write(text).close();
      const { entries = [] } = parseAtomFeed(text);
      expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
      return entries.map(({ links }) => links?.[0]?.href?.split('/').at(-1));
    },
  ],
  [
    feedJson,
    (text) =>
      (parseJsonFeed(JSON.parse(text)).items ?? []).map(({ url }) =>
        url?.split('/').at(-1),
      ),
  ],
  [
    geojson,
    (text) => {
      const found = check(text);
      if (found.type !== 'FeatureCollection') throw new Error(found.type);
      return found.features.map(({ id }) => id);
    },
  ],
  [
    timeline,
    async (text) => (await slidesIn(text)).map(({ unique_id: id }) => id),
  ],
  [
    jsonld,
    async (text) =>
      (await expanded(JSON.parse(text))).map((node) =>
        String(node['@id']).split('/').at(-1),
      ),
  ],
];

test('every format is looked at', () => {
  expect(idsIn.map(([format]) => format)).toEqual(formats);
});

describe.each(idsIn.map(([format, read]) => ({ format, read })))(
  '$format.suffix',
  ({ format, read }) => {
    const told = async (some: AnsweredEvent[], lang: string | null) => {
      const found = await read(await written(format, some, { lang }));
      // TimelineJS puts its slides in order by itself.
      expect(format === timeline ? new Set(found) : found).toEqual(
        format === timeline
          ? new Set(some.map(({ id }) => id))
          : some.map(({ id }) => id),
      );
      expect(found).toHaveLength(some.length);
    };

    test('tells each of them', () => told(events, null), 60_000);

    test('tells each of them in Ukrainian', () =>
      told(events.slice(-500), 'uk'));

    test('is the same bytes twice', async () => {
      const some = events.slice(0, 200);
      expect(await written(format, some)).toBe(await written(format, some));
    });
  },
);

test('a row per participation and per dyad is as many rows as there are', async () => {
  const rows = async (over: Parameters<typeof about>[0]) =>
    parse(await written(csv, events, over), { columns: true }).length;
  const parts = events.flatMap(({ participants }) => participants);
  expect(await rows({ rows: 'participations' })).toBe(parts.length);
  expect(await rows({ expansion: 'dyads' })).toBeGreaterThan(events.length);
});
