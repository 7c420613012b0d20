import { aDocument, anActor, anEvent, tied } from '../support/builders.ts';
import {
  type Answer,
  startService,
  type TestService,
} from '../support/service.ts';

interface Bucket {
  start: string;
  end: string;
  total: number;
  groups?: Record<string, number>;
  rest?: number;
}

const HOUR = 3_600_000;

function hours({ start, end }: Bucket): number {
  return (Date.parse(end) - Date.parse(start)) / HOUR;
}

/** Buckets that hold something, by the day on which they begin. */
function filled({ json }: Answer): Record<string, number> {
  return Object.fromEntries(
    (json.buckets as Bucket[]).flatMap(({ start, total }) =>
      total === 0 ? [] : [[start.slice(0, 10), total]],
    ),
  );
}

/** A service that holds events of these dates, and a long one in France. */
async function withDates(dates: readonly string[]): Promise<TestService> {
  const service = await startService();
  const { rejected } = await service.load([
    ...dates.map((date, index) => anEvent({ id: `e${index}`, date })),
    anEvent({ id: 'fr', date: '2023-11/2024-02', places: [{ country: 'FR' }] }),
  ]);
  expect(rejected).toEqual([]);
  return service;
}

describe('an empty record', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.stop());

  test('has no buckets, and nothing in them', async () => {
    const { json } = await service.get('/v1/timeline?interval=month&by=type');
    expect(json).toEqual({
      interval: 'month',
      tz: 'UTC',
      buckets: [],
      imprecise: { total: 0, groups: {}, rest: 0 },
      total: 0,
    });
  });

  test('has the buckets of a window, and none in them', async () => {
    const { json } = await service.get(
      '/v1/timeline?interval=month&from=2022-01&to=2022-03',
    );
    expect(json.buckets.map(({ total }: Bucket) => total)).toEqual([0, 0, 0]);
  });

  test.each(['from=2022-05-07', 'to=2022-05-07'])(
    'has the bucket of the edge %s',
    async (edge) => {
      const { json } = await service.get(`/v1/timeline?interval=day&${edge}`);
      expect(json.buckets).toEqual([
        {
          start: '2022-05-07T00:00:00Z',
          end: '2022-05-08T00:00:00Z',
          total: 0,
        },
      ]);
    },
  );

  test('has no values and no counterparts', async () => {
    const { json } = await service.get('/v1/facets?by=type,actor');
    expect(json).toEqual({
      total: 0,
      facets: { type: [], actor: [] },
      rest: {},
    });
  });
});

describe('buckets', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await withDates([
      // The two sides of the night in which Kyiv has 23 hours, and the one in which it has 25.
      '2022-03-26T23:30:00+02:00',
      '2022-03-27T23:30:00+03:00',
      '2022-10-30T23:30:00+02:00',
      // The last day of 2020 and the first of 2021 are of week 53; the fourth of January of week 1.
      '2020-12-28',
      '2021-01-03',
      '2021-01-04',
      '2024-12-30',
      // Edges of quarters, and a leap day.
      '2023-03-31',
      '2023-04-01',
      '2024-02-29',
      '2024-03',
      // Ends of what can be told.
      '0001-01-01',
      '9999-12-31',
      '0001-01-01T00:00:00+14:00',
      '../1918-11-11',
      '[..1918-11-11]',
      '1999~',
      '2023-12/2024-01',
    ]);
  });
  afterAll(() => service.stop());

  test.each([
    ['2022-03-27', 23],
    ['2022-10-30', 25],
    ['2022-05-01', 24],
  ])('the %s has %i hours in Kyiv', async (day, long) => {
    const { json } = await service.get(
      `/v1/timeline?interval=day&tz=Europe/Kyiv&from=${day}&to=${day}`,
    );
    expect(json.buckets).toHaveLength(1);
    expect(hours(json.buckets[0])).toBe(long);
  });

  test('clock times fall on the days of the zone', async () => {
    const days = async (tz: string) =>
      filled(
        await service.get(
          `/v1/timeline?interval=day&tz=${tz}&from=2022-03-20&to=2022-03-31`,
        ),
      );
    expect(await days('Europe/Kyiv')).toEqual({
      '2022-03-26': 1,
      '2022-03-27': 1,
    });
    expect(await days('Asia/Tokyo')).toEqual({
      '2022-03-27': 1,
      '2022-03-28': 1,
    });
  });

  test('a zone whose clocks are set at midnight has its first instant after it', async () => {
    const { json } = await service.get(
      '/v1/timeline?interval=day&tz=America/Havana&from=2024-03-10&to=2024-03-10',
    );
    expect(json.buckets[0]).toMatchObject({
      start: '2024-03-10T01:00:00-04:00',
      end: '2024-03-11T00:00:00-04:00',
    });
  });

  test('a day that a zone skipped holds nothing, and is there', async () => {
    const { json } = await service.get(
      '/v1/timeline?interval=day&tz=Pacific/Apia&from=2011-12-29&to=2011-12-31',
    );
    expect((json.buckets as Bucket[]).map(hours)).toEqual([24, 0, 24]);
  });

  test.each([
    ['week', '2020-12', '2021-01', { '2020-12-28': 2, '2021-01-04': 1 }],
    ['week', '2024-12-29', '2025-01-05', { '2024-12-30': 1 }],
    [
      'quarter',
      '2023-03-31',
      '2023-04-01',
      { '2023-01-01': 1, '2023-04-01': 1 },
    ],
    ['day', '2024-02', '2024-02', { '2024-02-29': 1 }],
    ['year', '1999', '1999', { '1999-01-01': 1 }],
    ['year', '9999', '9999', { '9999-01-01': 1 }],
  ])('by %s from %s to %s', async (interval, from, to, buckets) => {
    const answer = await service.get(
      `/v1/timeline?interval=${interval}&from=${from}&to=${to}`,
    );
    expect(filled(answer)).toEqual(buckets);
    expect(answer.json.total).toBe(
      answer.json.imprecise.total +
        (answer.json.buckets as Bucket[]).reduce(
          (sum, { total }) => sum + total,
          0,
        ),
    );
  });

  test('February of a leap year has 29 buckets, all others empty', async () => {
    const { json } = await service.get(
      '/v1/timeline?interval=day&from=2024-02&to=2024-02&relation=within&certainty=certain',
    );
    expect(json.buckets).toHaveLength(29);
    expect(json.total).toBe(1);
  });

  test('what began nobody knows when is counted apart', async () => {
    const { json } = await service.get(
      '/v1/timeline?interval=year&from=1918&to=1918',
    );
    expect(json.imprecise.total).toBe(2);
    expect((json.buckets as Bucket[]).map(({ total }) => total)).toEqual([0]);
  });

  test('a month leaves open on which day it began: by day it is counted apart, by month it is not', async () => {
    const of = (interval: string) =>
      service.get(
        `/v1/timeline?interval=${interval}&from=2024-03&to=2024-03&relation=within`,
      );
    const [byDay, byMonth] = [await of('day'), await of('month')];
    expect([byDay.json.imprecise.total, filled(byDay)]).toEqual([1, {}]);
    expect([byMonth.json.imprecise.total, filled(byMonth)]).toEqual([
      0,
      { '2024-03-01': 1 },
    ]);
  });

  test('what reaches into the window is placed where it began; a half-open one shows the bucket of its edge', async () => {
    const { json } = await service.get(
      '/v1/timeline?interval=month&from=2024-01-31&to=2024-02-28',
    );
    const open = await service.get(
      '/v1/timeline?interval=month&from=2024-01-31&country=FR',
    );
    expect(
      (json.buckets as Bucket[]).map(({ start, total }) => [
        start.slice(0, 7),
        total,
      ]),
    ).toEqual([
      ['2023-11', 1],
      ['2023-12', 1],
      ['2024-01', 0],
      ['2024-02', 0],
    ]);
    expect(
      (open.json.buckets as Bucket[]).map(({ start, total }) => [
        start.slice(0, 7),
        total,
      ]),
    ).toEqual([
      ['2023-11', 1],
      ['2023-12', 0],
      ['2024-01', 0],
    ]);
  });

  test('the first and the last year there can be', async () => {
    const { json } = await service.get(
      '/v1/timeline?interval=year&to=0001&relation=within&certainty=certain&tz=UTC',
    );
    // A clock far in the east showed the year 1 when UTC had none yet.
    expect(
      (json.buckets as Bucket[]).map(({ start, total }) => [start, total]),
    ).toEqual([
      ['0000-01-01T00:00:00Z', 1],
      ['0001-01-01T00:00:00Z', 1],
    ]);
    const last = await service.get('/v1/timeline?interval=day&from=9999-12-31');
    expect(last.json.buckets).toEqual([
      {
        start: '9999-12-31T00:00:00Z',
        end: '+010000-01-01T00:00:00Z',
        total: 1,
      },
    ]);
  });

  test('an edge with a clock time begins within its bucket', async () => {
    const { json } = await service.get(
      '/v1/timeline?interval=day&tz=Europe/Kyiv&from=2022-03-26T12:00:00Z&to=2022-03-26T21:45:00Z',
    );
    expect(
      (json.buckets as Bucket[]).map(({ start, total }) => [start, total]),
    ).toEqual([['2022-03-26T00:00:00+02:00', 1]]);
  });

  test.each([
    ['day', '1990', '2030', 'week'],
    ['day', '1000', '2030', 'quarter'],
    ['week', '1000', '2030', 'quarter'],
    ['month', '1000', '2030', 'quarter'],
    ['quarter', '0600', '2030', 'year'],
  ])(
    'by %s from %s to %s is too much, and by %s is not',
    async (interval, from, to, fitting) => {
      const url = (one: string) =>
        `/v1/timeline?interval=${one}&from=${from}&to=${to}&relation=within&certainty=certain`;
      const { status, json } = await service.get(url(interval));
      expect(status).toBe(400);
      expect(json.code ?? json.type).toContain('invalid_parameter');
      expect(json.errors[0]).toMatchObject({
        parameter: 'interval',
        received: interval,
        nearest: [fitting],
      });
      expect(json.detail).toContain(fitting);
      expect((await service.get(url(fitting))).status).toBe(200);
    },
  );

  test('exactly 5,000 buckets are made', async () => {
    const ask = (to: string) =>
      service.get(`/v1/timeline?interval=day&from=2001-01-01&to=${to}&topic=x`);
    const { json, status } = await ask('2014-09-09');
    expect(status).toBe(200);
    expect(json.buckets).toHaveLength(5000);
    expect((await ask('2014-09-10')).status).toBe(400);
  });

  test('where not even years fit, it says so; and what reached in from long ago can be left out', async () => {
    const all = await service.get('/v1/timeline?interval=year');
    expect(all.status).toBe(400);
    expect(all.json.errors[0].nearest).toBeUndefined();
    expect(all.json.detail).toContain('narrow the window');
  });
});

describe('splits and facets', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
    const { rejected } = await service.load([
      anActor('france'),
      anActor('russia'),
      anActor('nato', { kind: 'organization' }),
      tied('person', 'macron', ['represents', 'france', '2017', null]),
      tied('person', 'putin', ['represents', 'russia', '2000', null]),
      aDocument('note', { title: { en: 'A note', uk: 'Нота' } }),
      anEvent({
        id: 'a',
        type: 'call',
        topics: ['constructor', 'to-string'],
        participants: [{ actor: 'macron' }, { actor: 'putin' }],
        places: [{ country: 'FR' }, { country: 'SUHH' }],
        documents: [{ document: 'note', relation: 'cited' }],
        sources: [{ title: 'x', publisher: 'A, B: C', language: 'uk' }],
      }),
      anEvent({
        id: 'b',
        type: 'meeting.summit',
        topics: ['constructor'],
        participants: [
          { actor: 'france' },
          { actor: 'russia', role: 'subject' },
        ],
      }),
    ]);
    expect(rejected).toEqual([]);
  });
  afterAll(() => service.stop());

  const facet = async (query: string) =>
    (await service.get(`/v1/facets?${query}`)).json;

  test('values of any name are told apart', async () => {
    const { json, text } = await service.get(
      '/v1/timeline?interval=year&by=topic',
    );
    expect(json.buckets[0]).toMatchObject({
      groups: { constructor: 2, 'to-string': 1 },
      rest: 0,
    });
    expect(text).toContain('"constructor":2');
  });

  test('the rarer values are summed', async () => {
    const { json } = await service.get(
      '/v1/timeline?interval=year&by=topic&top=1',
    );
    expect(json.buckets[0]).toMatchObject({
      total: 2,
      groups: { constructor: 2 },
      rest: 1,
    });
    expect((await facet('by=topic&top=1')).rest).toEqual({
      topic: { values: 1, count: 1 },
    });
  });

  test('actors are counted at the level asked for; who is only spoken of is not', async () => {
    const by = async (at: string) =>
      (await service.get(`/v1/timeline?interval=year&by=actor&at=${at}`)).json
        .buckets[0].groups;
    expect(await by('state')).toEqual({ france: 2, russia: 1 });
    expect(await by('actor')).toEqual({ france: 1, macron: 1, putin: 1 });
  });

  test('a kind of event counts for what it is a kind of, in facets', async () => {
    expect(
      (await facet('by=type')).facets.type.map(
        ({ value, count }: { value: string; count: number }) => [value, count],
      ),
    ).toEqual([
      ['call', 1],
      ['meeting', 1],
      ['meeting.summit', 1],
    ]);
  });

  test('values are called what they are called', async () => {
    const { facets } = await facet(
      'by=actor,document,country,language,publisher,type,topic',
    );
    const labels = Object.fromEntries(
      Object.values(facets)
        .flat()
        .map((one) => {
          const { value, label } = one as { value: string; label: object };
          return [value, label];
        }),
    );
    expect(labels).toMatchObject({
      france: { en: 'france' },
      note: { en: 'A note', uk: 'Нота' },
      FR: { en: 'France', uk: 'Франція' },
      SUHH: null,
      uk: { en: 'Ukrainian' },
      'A, B: C': null,
      call: { en: expect.any(String), uk: expect.any(String) },
      'to-string': null,
    });
  });

  test.each([
    ['', ['meeting', 'meeting.summit'], ['france']],
    ['&own=applied', ['meeting', 'meeting.summit'], ['france']],
    [
      '&own=ignored',
      ['call', 'meeting', 'meeting.summit'],
      ['france', 'russia'],
    ],
  ])(
    'a facet counts under all filters, or under all but that of its own name: %s',
    async (own, types, actors) => {
      const values = async (query: string, name: string) => {
        const { total, facets } = await facet(`${query}${own}`);
        expect(total).toBe(1);
        return facets[name].map(({ value }: { value: string }) => value);
      };
      expect(await values('by=actor,type&type=meeting', 'type')).toEqual(types);
      expect(await values('by=actor,type&type=meeting', 'actor')).toEqual([
        'france',
      ]);
      expect(await values('by=actor&actor=-russia', 'actor')).toEqual(actors);
    },
  );

  test.each([
    ['/v1/timeline', 'interval', /missing/],
    ['/v1/timeline?interval=hour', 'interval', /one of|allowed|known/],
    ['/v1/timeline?interval=day&by=actor&at=person', 'at', /.*/],
    ['/v1/timeline?interval=day&by=publisher', 'by', /.*/],
    ['/v1/timeline?interval=day&by=-type', 'by', /.*/],
    ['/v1/timeline?interval=day&top=0', 'top', /.*/],
    ['/v1/timeline?interval=day&top=101', 'top', /.*/],
    ['/v1/timeline?interval=day&tz=Europe/Kiyv', 'tz', /zone/],
    ['/v1/timeline?interval=day&tz=%2B02:00', 'tz', /zone/],
    ['/v1/timeline?interval=day&order=desc', 'order', /.*/],
    ['/v1/timeline?interval=day&limit=5', 'limit', /.*/],
    ['/v1/timeline?interval=day&interval=month', 'interval', /.*/],
    ['/v1/timeline?interval=day&__proto__=1', '__proto__', /.*/],
    ['/v1/timeline?interval=day&actor=fransia', 'actor', /names no actor/],
    ['/v1/facets', 'by', /missing/],
    ['/v1/facets?by=', 'by', /empty/],
    ['/v1/facets?by=type,', 'by', /empty/],
    ['/v1/facets?by=-type', 'by', /minus/],
    ['/v1/facets?by=type,-country', 'by', /minus/],
    ['/v1/facets?by=contry', 'by', /known/],
    ['/v1/facets?by=constructor', 'by', /known/],
    ['/v1/facets?by=accountBy', 'by', /known/],
    ['/v1/facets?by=type&top=0', 'top', /.*/],
    ['/v1/facets?by=type&top=101', 'top', /.*/],
    ['/v1/facets?by=type&top=1.5', 'top', /.*/],
    ['/v1/facets?by=type&own=none', 'own', /known/],
    ['/v1/facets?by=type&cursor=x', 'cursor', /.*/],
    ['/v1/events?count=all', 'count', /.*/],
    ['/v1/events?explain=maybe', 'explain', /.*/],
  ])('%s is refused for %s', async (url, parameter, message) => {
    const { status, json } = await service.get(url);
    expect(status).toBe(400);
    expect(json.errors[0]).toMatchObject({
      parameter,
      message: expect.stringMatching(message),
    });
  });

  test('an unknown facet is told the nearest', async () => {
    const { json } = await service.get('/v1/facets?by=contry');
    expect(json.errors[0]).toMatchObject({
      received: 'contry',
      nearest: ['country'],
    });
  });

  test('what is named twice is told once', async () => {
    const { facets } = await facet('by=type,type,topic');
    expect(Object.keys(facets)).toEqual(['type', 'topic']);
  });

  test.each([
    '/v1/timeline?interval=month&by=actor&actor=france&from=2020',
    '/v1/timeline?interval=day&tz=Africa/Casablanca&from=2022-01&to=2022-02',
    '/v1/facets?by=type,actor,country,document&actor=france&type=call',
    '/v1/actors/france/counterparts?at=actor',
    '/v1/dyads/france/russia?from=2000',
  ])('%s is one statement', async (url) => {
    const spies = [service.database.counting, service.database.pool].map(
      (pool) => jest.spyOn(pool, 'query'),
    );
    expect((await service.get(url)).status).toBe(200);
    expect(spies.map(({ mock }) => mock.calls.length)).toEqual([1, 0]);
    for (const spy of spies) spy.mockRestore();
  });

  test.each([
    ['/v1/events?actor=france&explain=true', 0],
    ['/v1/events?actor=france&count=exact', 1],
    ['/v1/events?actor=france&count=estimated', 1],
    ['/v1/events?actor=nato&type=call&topic=x&topic=y', 1],
  ])(
    '%s is one statement for the page and %i for counts',
    async (url, counts) => {
      const spies = [service.database.pool, service.database.counting].map(
        (pool) => jest.spyOn(pool, 'query'),
      );
      expect((await service.get(url)).status).toBe(200);
      expect(spies.map(({ mock }) => mock.calls.length)).toEqual([1, counts]);
      for (const spy of spies) spy.mockRestore();
    },
  );
});
