import { anActor, anEvent, tied } from '../support/builders.ts';
import { startService, type TestService } from '../support/service.ts';
import { aWriter, type Writer } from '../support/writing.ts';

const two = (a: string, b: string): { participants: { actor: string }[] } => ({
  participants: [{ actor: a }, { actor: b }],
});

interface Met {
  actor: { id: string };
  count: number;
}

describe('contacts', () => {
  let service: TestService;
  let writer: Writer;
  beforeAll(async () => {
    service = await startService();
    writer = await aWriter(service, { scope: 'admin' });
    const { rejected } = await service.load([
      anActor('france'),
      anActor('russia'),
      anActor('spain'),
      anActor('actors'),
      anActor('dyads'),
      anActor('old'),
      anActor('older~'),
      anActor('gone'),
      anActor('nato', { kind: 'organization' }),
      tied('state', 'norway', ['member-of', 'nato', '1949', null]),
      tied('person', 'macron', ['represents', 'france', '2017', null]),
      tied('person', 'attal', ['represents', 'france', '2017', null]),
      tied('person', 'putin', ['represents', 'russia', '2000', null]),
      anEvent({ id: 'first', date: '2022-01-10', ...two('macron', 'putin') }),
      anEvent({ id: 'month', date: '2022-03', ...two('france', 'russia') }),
      anEvent({
        id: 'set',
        date: '[2022-12-31,2023-01-01]',
        ...two('macron', 'russia'),
      }),
      anEvent({
        id: 'clock',
        date: '2023-03-01T23:30:00Z',
        channel: 'phone',
        type: 'call',
        ...two('macron', 'putin'),
      }),
      anEvent({
        id: 'long',
        date: '2023-04-01/2023-06-30',
        ...two('macron', 'putin'),
      }),
      anEvent({ id: 'within', date: '2023-05-01', ...two('macron', 'putin') }),
      anEvent({ id: 'after', date: '2023-07-02', ...two('macron', 'putin') }),
      // None of these is a contact.
      anEvent({
        id: 'planned',
        date: '2024-01-01',
        status: 'scheduled',
        ...two('macron', 'putin'),
      }),
      anEvent({
        id: 'denied',
        date: '2024-01-02',
        status: 'denied',
        ...two('macron', 'putin'),
      }),
      anEvent({
        id: 'off',
        date: '2024-01-03',
        status: 'cancelled',
        ...two('macron', 'putin'),
      }),
      anEvent({ id: 'own', date: '2024-01-04', ...two('macron', 'attal') }),
      anEvent({
        id: 'spoken-of',
        date: '2024-01-05',
        participants: [
          { actor: 'macron' },
          { actor: 'russia', role: 'subject' },
        ],
      }),
      // Still going on, and begun nobody knows when.
      anEvent({ id: 'open', date: '2000-01-01/..', ...two('spain', 'russia') }),
      anEvent({
        id: 'unknown',
        date: '[..1990-01-01]',
        ...two('spain', 'france'),
      }),
      anEvent({ id: 'north', date: '2020-01-01', ...two('norway', 'russia') }),
    ]);
    expect(rejected).toEqual([]);
  });
  afterAll(() => service.stop());

  const ledger = async (path: string) => {
    const { status, json, text } = await service.get(`/v1/dyads/${path}`);
    if (status !== 200) throw new Error(text);
    return json;
  };

  test('the ledger of two actors', async () => {
    const { first, last, silenceDays, ...json } = await ledger('france/russia');
    expect(json).toEqual({
      total: 7,
      byType: { meeting: 6, call: 1 },
      byChannel: { unknown: 6, phone: 1 },
      byYear: { 2022: 2, 2023: 4 },
      // Of the last day of one year or the first of the next.
      imprecise: 1,
      // The last day of March on which they can have met, and the first of the two.
      longestGap: { from: '2022-03-31', to: '2022-12-31', days: 275 },
    });
    expect([first.id, last.id]).toEqual(['first', 'after']);
    expect(first).toMatchObject({ record: 'event', date: '2022-01-10' });
    expect(silenceDays).toBeGreaterThan(1000);
  });

  test('it is the same the other way round', async () => {
    const [one, other] = await Promise.all([
      ledger('france/russia'),
      ledger('russia/france'),
    ]);
    expect(one).toEqual(other);
  });

  test('a gap within a longer contact is none', async () => {
    const { longestGap } = await ledger('france/russia?from=2023-04-01');
    expect(longestGap).toEqual({
      from: '2023-06-30',
      to: '2023-07-02',
      days: 2,
    });
  });

  test.each([
    ['UTC', '2023-03-01', 59],
    // There it is the next day already.
    ['Europe/Kyiv', '2023-03-02', 60],
  ])('clock times fall on the days of %s', async (tz, to, days) => {
    const { longestGap } = await ledger(
      `france/russia?from=2022-12-31&to=2023-03-05&tz=${tz}`,
    );
    expect(longestGap).toEqual({ from: '2023-01-01', to, days });
  });

  test('what still goes on leaves no silence; what nobody knows the begin of fits no year', async () => {
    expect(await ledger('spain/russia')).toMatchObject({
      total: 1,
      longestGap: null,
      silenceDays: 0,
    });
    expect(await ledger('spain/france')).toMatchObject({
      byYear: {},
      imprecise: 1,
      longestGap: null,
      silenceDays: expect.any(Number),
    });
  });

  test('who never dealt with each other has an empty ledger', async () => {
    expect(await ledger('france/nato')).toEqual({
      total: 0,
      byType: {},
      byChannel: {},
      byYear: {},
      imprecise: 0,
      first: null,
      last: null,
      longestGap: null,
      silenceDays: null,
    });
  });

  test('filters narrow it, and what was not held counts only where it is asked for', async () => {
    const { total } = await ledger('france/russia');
    expect((await ledger('france/russia?channel=phone')).total).toBe(1);
    expect((await ledger('france/russia?status=cancelled')).total).toBe(1);
    expect((await ledger('france/russia?status=held,denied')).total).toBe(
      total + 1,
    );
    expect((await ledger('france/russia?status=-cancelled')).total).toBe(total);
    expect(
      (await ledger('france/russia?status=held&status=cancelled')).total,
    ).toBe(0);
    expect(
      (await ledger('france/russia?certainty=certain&to=2022')).total,
    ).toBe(2);
    expect((await ledger('nato/russia?scope=members')).total).toBe(1);
  });

  const met = async (path: string) =>
    (await service.get(`/v1/actors/${path}`)).json.data.map(
      ({ actor, count }: Met) => [actor.id, count],
    );

  test('counterparts are neither own people nor own superiors', async () => {
    expect(await met('france/counterparts')).toEqual([
      ['russia', 7],
      ['spain', 1],
    ]);
    expect(await met('france/counterparts?at=actor')).toEqual([
      ['putin', 5],
      ['russia', 2],
      ['spain', 1],
    ]);
    expect(await met('macron/counterparts?at=actor')).toEqual([
      ['putin', 5],
      ['attal', 1],
      ['russia', 1],
    ]);
    expect(await met('macron/counterparts')).toEqual([['russia', 6]]);
  });

  test('members count for what they are members of where that is asked', async () => {
    expect(await met('russia/counterparts?from=2020&to=2020')).toEqual([
      ['norway', 1],
      ['spain', 1],
    ]);
    expect(
      await met('russia/counterparts?from=2020&to=2020&scope=members'),
    ).toEqual([
      ['nato', 1],
      ['norway', 1],
      ['spain', 1],
    ]);
  });

  test('pages follow each other', async () => {
    const { json, headers } = await service.get(
      '/v1/actors/france/counterparts?at=actor&limit=2',
    );
    expect(headers['link']).toContain('rel="next"');
    const next = await service.get(
      `/v1/actors/france/counterparts?at=actor&limit=2&cursor=${json.next}`,
    );
    expect(next.json.data.map(({ actor }: Met) => actor.id)).toEqual(['spain']);
    expect(next.json.next).toBeNull();
  });

  test.each([
    '/v1/actors/russia/counterparts?at=actor',
    '/v1/actors/france/counterparts?at=state',
    '/v1/actors/france/counterparts?at=actor&type=call',
    '/v1/events?actor=france',
  ])('a cursor is of no use to %s', async (url) => {
    const { json } = await service.get(
      '/v1/actors/france/counterparts?at=actor&limit=2',
    );
    const answer = await service.get(
      `${url}${url.includes('?') ? '&' : '?'}cursor=${json.next}`,
    );
    expect(answer.status).toBe(400);
    expect(answer.json.type).toContain('invalid_cursor');
  });

  test.each([
    ['/v1/actors/fransia/counterparts', 404, 'id', 'france'],
    ['/v1/dyads/fransia/russia', 404, 'a', 'france'],
    ['/v1/dyads/russia/fransia', 404, 'b', 'france'],
    ['/v1/dyads/russia/france?actor=spane', 400, 'actor', 'spain'],
    ['/v1/dyads/russia/france?accountBy=spane', 400, 'accountBy', 'spain'],
  ])('%s is %i and names %s', async (url, status, parameter, near) => {
    const answer = await service.get(url);
    expect(answer.status).toBe(status);
    expect(answer.json.errors[0]).toMatchObject({
      parameter,
      nearest: expect.arrayContaining([near]),
    });
  });

  test.each([
    ['/v1/dyads/france/RUSSIA', 404, 'b'],
    ['/v1/dyads/france:host/russia', 404, 'a'],
    ['/v1/actors/a%20b/counterparts', 404, 'id'],
    ['/v1/dyads/france/france', 400, 'b'],
    ['/v1/dyads/france/russia?at=actor', 400, 'at'],
    ['/v1/dyads/france/russia?limit=5', 400, 'limit'],
    ['/v1/dyads/france/russia?explain=true', 400, 'explain'],
    ['/v1/actors/france/counterparts?limit=501', 400, 'limit'],
    ['/v1/actors/france/counterparts?limit=9e99', 400, 'limit'],
    ['/v1/actors/france/counterparts?order=desc', 400, 'order'],
    ['/v1/actors/france/counterparts?at=people', 400, 'at'],
    [`/v1/dyads/france/russia?${'actor=spain&'.repeat(7)}`, 400, 'actor'],
    [
      `/v1/actors/france/counterparts?${'actor=spain&'.repeat(8)}`,
      400,
      'actor',
    ],
    ['/v1/dyads/france/russia?asOf=2001-01-01', 404, 'a'],
  ])('%s is %i for %s', async (url, status, parameter) => {
    const answer = await service.get(url);
    expect(answer.status).toBe(status);
    expect(answer.json.errors[0]).toMatchObject({ parameter });
  });

  test('as many actors as are allowed beside those of the path', async () => {
    expect(
      (await ledger(`france/russia?${'actor=spain&'.repeat(6)}`)).total,
    ).toBe(0);
    expect(
      await met(`france/counterparts?${'actor=spain&'.repeat(7)}`),
    ).toEqual([]);
  });

  async function end(method: string, id: string, rest: string, body?: object) {
    const { headers } = await service.get(`/v1/actors/${id}`);
    const { status, text } = await writer.send(
      method,
      `/v1/actors/${id}${rest}`,
      {
        ...(body === undefined ? {} : { body }),
        headers: {
          'if-match': headers['etag'] ?? '',
          'x-change-reason': 'as it is',
        },
      },
    );
    if (status >= 300) throw new Error(text);
  }

  test('an actor that was removed is 410', async () => {
    await end('DELETE', 'gone', '?reason=never+was');
    for (const url of [
      '/v1/actors/gone/counterparts',
      '/v1/dyads/gone/france',
      '/v1/dyads/france/gone',
    ]) {
      const { status, json } = await service.get(url);
      expect([status, json.reason]).toEqual([410, 'never was']);
    }
  });

  test('an actor that was merged is sought under its successor, in its own place alone', async () => {
    for (const id of ['old', 'older~', 'actors', 'dyads'])
      await end('POST', id, '/merge', { into: 'spain' });
    const location = async (url: string) => {
      const { status, headers } = await service.get(url);
      return [status, headers['location']];
    };
    const moved = async (from: string, to: string) =>
      expect([from, ...(await location(from))]).toEqual([from, 308, to]);
    await moved(
      '/v1/actors/old/counterparts?at=actor',
      '/v1/actors/spain/counterparts?at=actor',
    );
    await moved('/v1/dyads/old/france?tz=UTC', '/v1/dyads/spain/france?tz=UTC');
    await moved('/v1/dyads/france/old', '/v1/dyads/france/spain');
    await moved('/v1/dyads/old/actors', '/v1/dyads/spain/actors');
    await moved('/v1/dyads/dyads/france', '/v1/dyads/spain/france');
    await moved('/v1/actors/actors', '/v1/actors/spain');
    await moved(
      '/v1/actors/actors/counterparts',
      '/v1/actors/spain/counterparts',
    );
    await moved(
      '/v1/actors/older%7E/counterparts',
      '/v1/actors/spain/counterparts',
    );
    // Both were the same one all along.
    expect((await service.get('/v1/dyads/spain/spain')).status).toBe(400);
  });
});
