import { sample, startService, type TestService } from '../support/service.ts';

describe('GET /v1/timeline', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
    await service.load(sample('security-guarantees'));
  });
  afterAll(() => service.stop());

  test.each([
    [
      'interval=month&from=2021-12&to=2022-01',
      { '2021-12': 2, '2022-01': 8, imprecise: 2, total: 12 },
    ],
    [
      'interval=year',
      { '1997': 1, '2021': 2, '2022': 8, imprecise: 2, total: 13 },
    ],
    [
      'interval=month&actor=russia',
      { '2021-12': 2, '2022-01': 7, imprecise: 2, total: 11 },
    ],
  ])('%s', async (query, expected) => {
    const { status, json } = await service.get(`/v1/timeline?${query}`);
    expect(status).toBe(200);
    const length = query.includes('year') ? 4 : 7;
    const told = json.buckets.filter(({ total }: { total: number }) => total > 0);
    expect({
      ...Object.fromEntries(
        told.map(({ start, total }: { start: string; total: number }) => [
          start.slice(0, length),
          total,
        ]),
      ),
      imprecise: json.imprecise.total,
      total: json.total,
    }).toEqual(expected);
  });

  test('by', async () => {
    for (const q of ['/v1/timeline?interval=month&from=2021-12&by=type&tz=Europe/Kyiv', '/v1/timeline?interval=year&by=actor', '/v1/timeline?interval=year&by=actor&at=actor&top=2', '/v1/facets?by=type,actor,country,document&type=call', '/v1/facets?by=actor&actor=france&top=2', '/v1/actors/russia/counterparts?limit=2','/v1/actors/russia/counterparts?at=actor', '/v1/dyads/france/russia', '/v1/dyads/russia/united-states', '/v1/dyads/russia/united-stats','/v1/timeline?interval=day', '/v1/timeline?interval=day&from=2022-01-27&actor=macron'])
      { const a = await service.get(q); console.log(q, JSON.stringify(a.json, null, 0).slice(0, 1500)); }
  });
});
