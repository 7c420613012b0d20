import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { type AnsweredEvent } from '../../src/domain/answered.ts';
import { csv } from '../../src/formats/csv.ts';
import { type About } from '../../src/formats/format.ts';
import {
  anyDate,
  answered,
  EVERY_DATE,
  HOSTILE,
  hostile,
  written,
} from '../support/formats.ts';

async function rows(
  events: readonly AnsweredEvent[],
  over: Partial<About> = {},
): Promise<Record<string, string>[]> {
  return parse(await written(csv, events, over), {
    columns: true,
    record_delimiter: '\r\n',
  });
}

test('the columns are these, whatever the events', async () => {
  const head = (await written(csv, [])).trimEnd();
  expect(head.split(',')).toEqual([
    'id',
    'type',
    'type_label',
    'status',
    'channel',
    'date',
    'date_text',
    'when',
    'begin_earliest',
    'begin_latest',
    'end_earliest',
    'end_latest',
    'precision',
    'time_zone',
    'sequence',
    'title',
    'summary',
    'places',
    'countries',
    'coordinates',
    'participants',
    'participant_names',
    'documents',
    'accounts',
    'links',
    'topics',
    'sources',
    'corroboration',
    'revision',
    'recorded_at',
    'revised_at',
  ]);
});

test('every line ends in CRLF, and nothing stands before the header', async () => {
  const text = await written(csv, [answered(), answered()]);
  expect(text.startsWith('id,')).toBe(true);
  expect(text.split('\r\n')).toHaveLength(4);
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
});

test('an event is a row of its values', async () => {
  const event = answered({
    id: 'talks',
    type: 'talks.round',
    date: '2022-01-10/2022-01-13',
    places: [
      { name: { en: 'Geneva' }, country: 'CH', coordinates: [6.14, 46.2] },
      { country: 'FR' },
    ],
    participants: [
      { actor: 'usa', name: { en: 'United States', uk: 'США' }, role: 'host' },
      { actor: 'russia', name: { en: 'Russia' } },
    ],
    accounts: [{ party: 'usa', stance: 'confirms' }],
    links: [{ relation: 'follows', event: 'call' }],
    documents: [{ document: 'draft', relation: 'discussed' }],
    topics: ['security', 'minsk'],
    sources: [{ url: 'https://example.org/1' }, { title: 'A report' }],
  });
  const [row] = await rows([event], { lang: 'uk' });
  expect(row).toMatchObject({
    id: 'talks',
    type: 'talks.round',
    type_label: 'раунд переговорів',
    date: '2022-01-10/2022-01-13',
    when: '10–13 січня 2022 року',
    begin_earliest: '2022-01-10',
    begin_latest: '2022-01-10',
    end_earliest: '2022-01-13',
    end_latest: '2022-01-13',
    places: 'Geneva',
    countries: 'CH; FR',
    coordinates: 'POINT (6.14 46.2)',
    participants: 'usa:host; russia:participant',
    participant_names: 'США; Russia',
    documents: 'draft:discussed',
    accounts: 'usa:confirms',
    links: 'call:follows',
    topics: 'security; minsk',
    sources: 'https://example.org/1; A report',
    revision: '1',
    recorded_at: '2024-05-01T10:00:00.123456Z',
  });
});

test.each([
  ['2022-01-28', '2022-01-28', '2022-01-28', '2022-01-28', '2022-01-28'],
  [
    '[2022-01-10..2022-01-13]',
    '2022-01-10',
    '2022-01-13',
    '2022-01-10',
    '2022-01-13',
  ],
  ['2022-01', '2022-01-01', '2022-01-31', '2022-01-01', '2022-01-31'],
  ['2022-02-24/..', '2022-02-24', '2022-02-24', '', ''],
  ['../1991', '', '', '1991-01-01', '1991-12-31'],
  ['[..2022-01-28]', '', '2022-01-28', '', '2022-01-28'],
  ['[2022-01-28..]', '2022-01-28', '', '2022-01-28', ''],
  [
    '2022-01-28T15:35:00-05:00',
    '2022-01-28T20:35:00Z',
    '2022-01-28T20:35:00Z',
    '2022-01-28T20:35:00Z',
    '2022-01-28T20:35:00Z',
  ],
  ['9999-12-31', '9999-12-31', '9999-12-31', '9999-12-31', '9999-12-31'],
])('the edges of %s', async (date, ...edges) => {
  const [row] = await rows([answered({ date })]);
  expect([
    row?.begin_earliest,
    row?.begin_latest,
    row?.end_earliest,
    row?.end_latest,
  ]).toEqual(edges);
});

describe('rows', () => {
  const event = answered({
    type: 'call',
    participants: [
      {
        actor: 'macron',
        role: 'initiator',
        onBehalfOf: 'france',
        as: { uk: 'президент' },
      },
      { actor: 'putin', inferred: true },
      { actor: 'macron', role: 'speaker' },
      { actor: 'ukraine', role: 'subject' },
    ],
  });

  test('one per participation', async () => {
    const found = await rows([event, answered()], { rows: 'participations' });
    expect(
      found.map((row) => [
        row.actor,
        row.role,
        row.as,
        row.on_behalf_of,
        row.inferred,
      ]),
    ).toEqual([
      ['macron', 'initiator', 'президент', 'france', 'false'],
      ['putin', 'participant', '', '', 'true'],
      ['macron', 'speaker', '', '', 'false'],
      ['ukraine', 'subject', '', '', 'false'],
    ]);
  });

  test('one per two that took part, in the order told', async () => {
    const found = await rows([event, answered()], { expansion: 'dyads' });
    expect(
      found.map((row) => [row.actor_1, row.role_1, row.actor_2, row.role_2]),
    ).toEqual([
      ['macron', 'initiator', 'putin', 'participant'],
      ['putin', 'participant', 'macron', 'speaker'],
    ]);
    expect(found.every((row) => row.id === event.id)).toBe(true);
  });

  test('codes of other vocabularies stand last, each with its match', async () => {
    const visit = answered({ type: 'visit.state' });
    const found = await rows([event, visit, answered({ type: 'letter' })], {
      crosswalk: ['cameo', 'plover'],
    });
    expect(Object.keys(found[0] ?? {}).slice(-5)).toEqual([
      'revised_at',
      'cameo',
      'cameo_match',
      'plover',
      'plover_match',
    ]);
    expect(
      found.map((row) => [
        row.cameo,
        row.cameo_match,
        row.plover,
        row.plover_match,
      ]),
    ).toEqual([
      ['041', 'exact', 'CONSULT:phone', 'close'],
      ['042; 043', 'broad; broad', 'CONSULT:visit', 'broad'],
      ['', '', '', ''],
    ]);
  });

  test('one vocabulary alone brings its own columns alone', async () => {
    const [row] = await rows([event], { crosswalk: ['plover'] });
    expect(Object.keys(row ?? {}).slice(-2)).toEqual([
      'plover',
      'plover_match',
    ]);
  });
});

test.each(HOSTILE)(
  'no cell is a formula, and none is lost (%#)',
  async (text) => {
    const found = await rows([hostile(text, 'a'), hostile(text, 'b')], {
      rows: 'participations',
    });
    expect(found).toHaveLength(4);
    for (const row of found)
      for (const cell of Object.values(row))
        expect(cell).not.toMatch(/^\s*[=+\-@＝＋－＠\t\r]/);
    expect(found[0]?.title?.replace(/^'/, '')).toBe(text);
  },
);

test('a line end within a cell is quoted, whichever it is (RFC 4180)', async () => {
  for (const end of ['\n', '\r', '\r\n']) {
    const text = await written(csv, [
      { ...answered({ date: '2022' }), title: { en: `a${end}b` } },
    ]);
    expect(text).toContain(`"a${end}b"`);
  }
});

test('every date makes one row', async () => {
  const events = EVERY_DATE.map((date) =>
    answered({ date, timeZone: 'Europe/Kyiv' }),
  );
  const found = await rows(events);
  expect(found.map(({ date }) => date)).toEqual(EVERY_DATE);
  expect(found.map(({ when }) => when).filter((when) => when === '')).toEqual(
    [],
  );
});

test('any events are as many rows', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.tuple(anyDate, fc.string({ unit: 'grapheme', minLength: 1 })),
      ),
      async (all) => {
        const events = all.map(([date, text]) => ({
          ...answered({ date, timeZone: 'Europe/Kyiv' }),
          title: { en: text },
        }));
        const found = await rows(events);
        expect(found.map(({ date }) => date)).toEqual(
          all.map(([date]) => date),
        );
      },
    ),
  );
});

test('one event is held at a time', async () => {
  let held = 0;
  async function* three() {
    for (let count = 0; count < 3; count += 1) {
      held += 1;
      yield answered({ participants: [{ actor: 'one' }, { actor: 'other' }] });
    }
  }
  const seen: number[] = [];
  for await (const piece of csv.write(three(), {
    ...(await import('../support/formats.ts')).about(),
  }))
    seen.push(piece.length > 0 ? held : -1);
  expect(seen).toEqual([0, 1, 2, 3]);
});
