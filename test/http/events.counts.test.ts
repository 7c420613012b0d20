import { anActor, anEvent } from '../support/builders.ts';
import { startService, type TestService } from '../support/service.ts';

describe('lists that are counted', () => {
  let service: TestService;
  const many = 1300;
  beforeAll(async () => {
    service = await startService();
    const { rejected } = await service.load([
      anActor('france'),
      anActor('russia'),
      ...Array.from({ length: many }, (_, index) =>
        anEvent({
          id: `e${index}`,
          date: `20${String(10 + (index % 12))}-0${1 + (index % 9)}`,
          type: index % 2 === 0 ? 'call' : 'meeting',
          participants: [
            { actor: index < 700 ? 'france' : 'russia' },
            { actor: 'russia', role: 'host' },
          ],
        }),
      ),
    ]);
    expect(rejected).toEqual([]);
    await service.database.pool.query('analyze');
  });
  afterAll(() => service.stop());

  test.each([
    ['', many],
    ['actor=france', 700],
    ['actor=russia', many],
    ['actor=russia,france', many],
    ['actor=russia:participant', 600],
    ['type=call', 650],
    ['actor=france&type=call', 350],
    ['actor=france&actor=russia', 700],
    ['from=2010&to=2015', 652],
    ['actor=france&from=2030', 0],
  ])('%s has %i, counted and estimated', async (query, count) => {
    const asked = async (method: string) =>
      (await service.get(`/v1/events?${query}&limit=1&count=${method}`)).json;
    const exact = await asked('exact');
    expect([exact.count, exact.countMethod]).toEqual([count, 'exact']);
    const estimated = await asked('estimated');
    // Of one actor or of nothing there are sums.
    if (count <= 1000 || !query.includes(','))
      expect([estimated.count, estimated.countMethod]).toEqual([
        count,
        'exact',
      ]);
    else {
      expect(estimated.countMethod).toBe('estimated');
      expect(estimated.count).toBeGreaterThan(1000);
      expect(estimated.count).toBeLessThan(20 * count);
    }
    expect((await asked('none')).count).toBeUndefined();
  });

  test('a later page is counted like the first', async () => {
    const { json } = await service.get('/v1/events?actor=france&limit=500');
    const next = await service.get(
      `/v1/events?actor=france&limit=500&count=exact&cursor=${json.next}`,
    );
    expect([next.json.data.length, next.json.count]).toEqual([200, 700]);
  });

  test('an empty page says what each filter keeps away, a thousand at most', async () => {
    const { json } = await service.get(
      '/v1/events?actor=russia&topic=none&type=call,meeting&from=2010&certainty=possible&order=desc',
    );
    expect(json).toMatchObject({
      data: [],
      hints: [
        { parameter: 'topic', received: 'none', count: 1000, more: true },
        { parameter: 'actor', received: 'russia', count: 0, more: false },
        { parameter: 'type', received: 'call,meeting', count: 0, more: false },
        { parameter: 'from', received: '2010', count: 0, more: false },
      ],
    });
    const fewer = await service.get('/v1/events?actor=france&topic=none');
    expect(fewer.json.hints[0]).toEqual({
      parameter: 'topic',
      received: 'none',
      count: 700,
      more: false,
    });
  });

  test('an empty page of an empty question has nothing to leave out; a page that is not empty has no hints', async () => {
    expect(
      (await service.get('/v1/events?actor=france')).json,
    ).not.toHaveProperty('hints');
    const { json } = await service.get('/v1/events?asOf=2001-01-01');
    expect(json.hints).toMatchObject([
      { parameter: 'asOf', count: 1000, more: true },
    ]);
  });

  test('words that nothing has: whose names look like them', async () => {
    const { json } = await service.get('/v1/events?q=Russja');
    expect(json.hints).toEqual([
      {
        parameter: 'q',
        received: 'Russja',
        count: 1000,
        more: true,
        nearest: [{ id: 'russia', name: { en: 'russia' } }],
      },
    ]);
    // `rosa` sounds a little like Russia, by chance.
    for (const word of ['xyzzy', 'rosa']) {
      const none = await service.get(`/v1/events?q=${word}&actor=france`);
      expect(none.json.hints[0].parameter).toBe('q');
      expect(none.json.hints[0]).not.toHaveProperty('nearest');
    }
  });

  test('what was asked for more than four times is left out at once', async () => {
    const topics = Array.from({ length: 100 }, (_, index) => `topic=t${index}`);
    const { status, json } = await service.get(
      `/v1/events?actor=france&actor=russia&${topics.join('&')}`,
    );
    expect(status).toBe(200);
    expect(json.hints).toEqual([
      {
        parameter: 'topic',
        received: expect.stringMatching(/^t0&t1&/),
        count: 700,
        more: false,
      },
      { parameter: 'actor', received: 'france', count: 0, more: false },
      { parameter: 'actor', received: 'russia', count: 0, more: false },
    ]);
  });

  test('filters of every kind at their most are answered', async () => {
    const query = ['topic', 'publisher', 'language', 'type', 'status']
      .flatMap((name) =>
        Array.from({ length: 80 }, () => {
          const value = { type: 'call', status: 'denied' }[name] ?? 'en';
          return `${name}=${value}`;
        }),
      )
      .join('&');
    const { status, json } = await service.get(
      `/v1/events?${query}&from=2010&explain=true&count=exact`,
    );
    expect([status, json.data, json.count]).toEqual([200, [], 0]);
    expect(json.hints).toHaveLength(6);
  });
});

test('where counting is not to be had, an empty page is answered without', async () => {
  const service = await startService();
  try {
    await service.load([anActor('france')]);
    await service.database.counting.end();
    const { status, json } = await service.get('/v1/events?actor=france');
    expect(status).toBe(200);
    expect(json.hints).toEqual([
      { parameter: 'actor', received: 'france', count: null, more: true },
    ]);
    expect((await service.get('/v1/timeline?interval=year')).status).toBe(503);
  } finally {
    await service.stop().catch(() => undefined);
  }
});
