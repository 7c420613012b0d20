import { anActor, tied } from '../support/builders.ts';
import { sample, startService, type TestService } from '../support/service.ts';
import { type Answer } from '../support/service.ts';
import { aWriter, pointersOf, type Writer } from '../support/writing.ts';

interface Found {
  actor: { id: string; kind: string; name: Record<string, string> };
  score: number;
  sure: boolean;
  reasons: string[];
}

const MATCH = '/v1/actors/match';
const asked = (query: Record<string, string>) =>
  `${MATCH}?${new URLSearchParams(query).toString()}`;
const found = ({ json }: Answer) => json.data as Found[];

describe('a name in the samples', () => {
  let service: TestService;
  let reader: Writer;
  beforeAll(async () => {
    service = await startService();
    await service.load(sample('us-leader-travels'));
    await service.load(sample('security-guarantees'));
    // Nobody needs a key to ask; it is sent along, and does no harm.
    reader = await aWriter(service);
  }, 120_000);
  afterAll(() => service.stop());

  const match = async (query: Record<string, string>) => {
    const answer = await service.get(asked(query));
    if (answer.status !== 200) throw new Error(answer.text);
    return found(answer);
  };

  test.each([
    ['Йенс Столтенберг', 'stoltenberg'],
    ['Єнс Столтенберг', 'stoltenberg'],
    ['Столтенберга', 'stoltenberg'],
    ['Jens Stoltenberg', 'stoltenberg'],
    ['J. Stoltenberg', 'stoltenberg'],
    ['Stoltenberg, Jens', 'stoltenberg'],
    ['Jens Stoltemberg', 'stoltenberg'],
    ['Вашингтон', 'united-states'],
    ['Вашингтона', 'united-states'],
    ['США', 'united-states'],
    ['Сполучених Штатів', 'united-states'],
    ['Сполученими Штатами Америки', 'united-states'],
    ['Riabkov', 'riabkov'],
    ['Rjabkow', 'riabkov'],
    ['Sergueï Riabkov', 'riabkov'],
    ['С. Рябков', 'riabkov'],
    ['Рябков С.', 'riabkov'],
    ['Рябков С. О.', 'riabkov'],
    ['Сергей Алексеевич Рябков', 'riabkov'],
    ['Sergei Alekseyevich Ryabkov', 'riabkov'],
    ['Рябкову', 'riabkov'],
    ['Ryabkvo', 'riabkov'],
    ['Рябов Сергій', 'riabkov'],
    ['Poutine', 'putin'],
    ['Wladimir Putin', 'putin'],
    ['Володимира Путіна', 'putin'],
    ['Emanuel Macron', 'macron'],
    ['Макроном', 'macron'],
    ['Wolodymyr Selenskyj', 'zelenskyy'],
    ['Зеленського', 'zelenskyy'],
    ['Венди Шерман', 'sherman'],
    ['Росією', 'russia'],
    ['Rossiya', 'russia'],
    ['Києва', 'ukraine'],
    ['МИД России', 'ru-mfa'],
    ['U.S.S.R.', 'soviet-union'],
    ['Обами', 'obama-barack'],
  ])('%s is %s', async (name, id) => {
    const [first] = await match({ name });
    expect(first?.actor.id).toBe(id);
  });

  test('a candidate is told in short, with its score and why', async () => {
    const answer = await service.get(asked({ name: 'Йенс Столтенберг' }));
    expect(found(answer)[0]).toEqual({
      actor: {
        id: 'stoltenberg',
        kind: 'person',
        name: {
          en: 'Jens Stoltenberg',
          uk: 'Єнс Столтенберг',
          ru: 'Йенс Столтенберг',
        },
      },
      score: 100,
      sure: true,
      reasons: ['name “Йенс Столтенберг” (ru)', 'as written'],
    });
    expect(answer.headers['etag']).toMatch(/^"/);
  });

  test.each([
    ['президент Росії', '2022-01-28', 'putin'],
    ['President of Russia', '2005', 'putin'],
    ['президента України', '2022', 'zelenskyy'],
    ['президент США', '2022-01-28', 'biden'],
    ['президент Франції', '2022-01-28', 'macron'],
    ['Генеральний секретар НАТО', '2022', 'stoltenberg'],
    ['заступник голови МЗС Росії', '2022-01', 'riabkov'],
    ['Prime Minister of Russia', '2010', 'putin'],
  ])('%s at %s is %s', async (name, at, id) => {
    const [first] = await match({ name, at });
    expect(first?.actor.id).toBe(id);
    expect(first?.reasons.at(-1)).toMatch(
      / (held|represented) |^(held|represented) /,
    );
  });

  test('the office is a candidate beside who held it, and alone when nobody did', async () => {
    const held = await match({ name: 'президент Росії', at: '2022' });
    expect(held.slice(0, 2).map(({ actor }) => actor.id)).toEqual([
      'putin',
      'ru-president',
    ]);
    const ids = (await match({ name: 'президент Росії', at: '2010' })).map(
      ({ actor }) => actor.id,
    );
    expect(ids[0]).toBe('ru-president');
    expect(ids).not.toContain('putin');
  });

  test('without a date it is asked of today', async () => {
    const [first] = await match({ name: 'президент України' });
    const today = new Date().toISOString().slice(0, 10);
    expect(first?.reasons.at(-1)).toContain(`at ${today}`);
  });

  test('kind narrows by the one rule of lists', async () => {
    const kinds = async (kind: string) =>
      new Set(
        (await match({ name: 'президент Росії', at: '2022', kind })).map(
          ({ actor }) => actor.kind,
        ),
      );
    expect(await kinds('person')).toEqual(new Set(['person']));
    expect(await kinds('office')).toEqual(new Set(['office']));
    expect([...(await kinds('-person'))]).not.toContain('person');
    expect([...(await kinds('person,office'))].sort()).toEqual([
      'office',
      'person',
    ]);
    const none = await service.get(
      `${asked({ name: 'президент Росії' })}&kind=person&kind=office`,
    );
    expect(found(none)).toEqual([]);
  });

  test.each([
    'nobody of that name',
    "' or 1=1 --",
    '%x%',
    '_a_',
    String.raw`\'; drop table actor_version; --`,
    `${'a'.repeat(400)}!`,
    '(a+)+$'.repeat(80),
    'ович'.repeat(120),
    'gu'.repeat(250),
    Array.from({ length: 120 }, () => 'in').join(' '),
    'іван '.repeat(99),
    '習近平',
    '1',
    '🙂 a',
    '__proto__',
    'constructor',
  ])('%.20s is answered soon, whatever it is', async (name) => {
    const began = performance.now();
    const { status } = await service.get(asked({ name }));
    expect(status).toBe(200);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  test.each([
    ['', 'name'],
    ['name=', 'name'],
    ['name=%20', 'name'],
    ['name=%E2%80%94%20%3F!%25_', 'name'],
    ['name=%F0%9F%99%82', 'name'],
    [`name=${'a'.repeat(501)}`, 'name'],
    ['name=a%07', 'name'],
    ['name=a%E2%80%AEb', 'name'],
    ['name=a&name=b', 'name'],
    ['name=a&kind=persn', 'kind'],
    ['name=a&kind=', 'kind'],
    ['name=a&at=yesterday', 'at'],
    ['name=a&at=2022-13', 'at'],
    ['name=a&at=2022-01-28T10:00:00', 'at'],
    ['name=a&limit=0', 'limit'],
    ['name=a&limit=51', 'limit'],
    ['name=a&limit=x', 'limit'],
    ['name=a&q=b', 'q'],
    ['nam=a', 'nam'],
  ])('"%s" is refused, naming %s', async (query, parameter) => {
    const { status, json } = await service.get(`${MATCH}?${query}`);
    expect(status).toBe(400);
    expect(
      (json.errors as { parameter: string }[]).map((one) => one.parameter),
    ).toContain(parameter);
  });

  test('a name of 10,000 characters is refused, however it comes', async () => {
    const name = 'Ш'.repeat(10_000);
    expect((await service.get(asked({ name }))).status).toBe(414);
    const { status, json } = await reader.send('POST', MATCH, {
      body: { queries: [{ name }] },
    });
    expect(status).toBe(400);
    expect(json.errors[0].pointer).toBe('/queries/0/name');
  });

  describe('many at once', () => {
    const post = (body: unknown) => reader.send('POST', MATCH, { body });

    test('each is answered as it is alone, in order, and told back', async () => {
      const queries = [
        { name: 'Riabkov' },
        { name: 'президент Росії', at: '2005', kind: 'person' },
        { name: 'nobody at all' },
        { name: 'Росія', kind: ['state', '-person'], limit: 1 },
        { name: 'Riabkov' },
      ];
      const { status, json } = await post({ queries });
      expect(status).toBe(200);
      expect(
        (json.data as { query: unknown }[]).map(({ query }) => query),
      ).toEqual(queries);
      for (const [index, { name, kind, at, limit }] of queries.entries()) {
        const parameters = new URLSearchParams({ name });
        if (at !== undefined) parameters.set('at', at);
        if (limit !== undefined) parameters.set('limit', String(limit));
        for (const one of [kind ?? []].flat()) parameters.append('kind', one);
        const alone = await service.get(`${MATCH}?${parameters.toString()}`);
        expect(json.data[index].data).toEqual(alone.json.data);
      }
    });

    test('a thousand names take two statements for every fifty', async () => {
      const names = ['Riabkov', 'Сергій Рябков', 'президент Росії', 'Mercel'];
      const queries = Array.from({ length: 1000 }, (_, index) => ({
        name: `${names[index % names.length]} ${index % 7 === 0 ? 'x' : ''}`,
      }));
      const query = jest.spyOn(service.database.pool, 'query');
      const { status, json } = await post({ queries });
      const statements = query.mock.calls.length;
      query.mockRestore();
      expect(status).toBe(200);
      expect(json.data).toHaveLength(1000);
      expect(statements).toBeLessThanOrEqual(40);
      expect(json.data[1].data[0].actor.id).toBe('riabkov');
    }, 60_000);

    test.each([
      [{}, '/queries'],
      [[], ''],
      [null, ''],
      [{ queries: [] }, '/queries'],
      [
        { queries: Array.from({ length: 1001 }, () => ({ name: 'a' })) },
        '/queries',
      ],
      [{ queries: [{ name: 'a' }], limit: 1 }, '/limit'],
      [{ queries: [{}] }, '/queries/0/name'],
      [{ queries: [{ name: 'a' }, { name: ' ' }] }, '/queries/1/name'],
      [{ queries: [{ name: '?!' }] }, '/queries/0/name'],
      [{ queries: [{ name: 1 }] }, '/queries/0/name'],
      [{ queries: [{ name: 'a', nme: 'b' }] }, '/queries/0/nme'],
      [{ queries: [{ name: 'a', kind: 'x' }] }, '/queries/0/kind'],
      [{ queries: [{ name: 'a', kind: ['x'] }] }, '/queries/0/kind'],
      [{ queries: [{ name: 'a', at: 'x' }] }, '/queries/0/at'],
      [{ queries: [{ name: 'a', limit: 0 }] }, '/queries/0/limit'],
      [{ queries: [{ name: 'a', limit: '5' }] }, '/queries/0/limit'],
      [{ queries: [{ name: 'a\u0007' }] }, '/queries/0/name'],
    ])('%j is refused at %s', async (body, pointer) => {
      const answer = await post(body);
      expect(answer.status).toBe(400);
      expect(pointersOf(answer)).toContain(pointer);
    });

    test('what is no JSON is refused as everywhere', async () => {
      expect((await reader.send('POST', MATCH, { body: '{' })).status).toBe(
        400,
      );
      const type = { 'content-type': 'text/plain' };
      const sent = { body: 'Riabkov', headers: type };
      expect((await reader.send('POST', MATCH, sent)).status).toBe(415);
      const large = { queries: [{ name: 'x'.repeat(1_100_000) }] };
      expect((await post(large)).status).toBe(413);
      expect((await reader.send('DELETE', MATCH)).status).not.toBe(500);
    });
  });
});

describe('names follow the record', () => {
  let service: TestService;
  let writer: Writer;
  beforeAll(async () => {
    service = await startService();
    writer = await aWriter(service, { scope: 'admin' });
    await service.load([
      anActor('republic', {
        names: [{ lang: 'uk', value: 'Республіка Тест' }],
      }),
      tied('office', 'post', ['part-of', 'republic', '1991', null]),
    ]);
  });
  afterAll(() => service.stop());

  const idsOf = async (name: string) =>
    found(await service.get(asked({ name }))).map(({ actor }) => actor.id);
  const person = (id: string, value: string) =>
    anActor(id, { kind: 'person', names: [{ lang: 'uk', value }] });

  test('of a new actor, of a renamed one, and of one that is gone', async () => {
    await writer.put(person('hanna', 'Ганна Згурська'));
    expect(await idsOf('Hanna Zghurska')).toEqual(['hanna']);
    await writer.put(person('hanna', 'Ганна Щербак'));
    expect(await idsOf('Hanna Zghurska')).toEqual([]);
    expect(await idsOf('Schtscherbak')).toEqual(['hanna']);
    const { headers } = await service.get('/v1/actors/hanna');
    await writer.send('DELETE', '/v1/actors/hanna?reason=test', {
      headers: { 'if-match': headers['etag'] ?? '' },
    });
    expect(await idsOf('Щербак')).toEqual([]);
  });

  test('an office is found with the name of its whole, also after that was merged', async () => {
    await writer.put({
      ...tied('office', 'post', ['part-of', 'republic', '1991', null]),
      names: [{ lang: 'uk', value: 'канцлер' }],
    } as { record: string; id: string });
    await writer.put({
      ...tied('person', 'olha', ['holds', 'post', '2001', '2009']),
      names: [{ lang: 'uk', value: 'Ольга Юрченко' }],
    } as { record: string; id: string });
    const held = async (name: string, at: string) =>
      found(await service.get(asked({ name, at }))).map(
        ({ actor }) => actor.id,
      );
    expect(await held('канцлер Республіки Тест', '2005')).toEqual(
      expect.arrayContaining(['olha', 'post']),
    );
    await writer.put(
      anActor('successor', {
        names: [{ lang: 'uk', value: 'Федерація Проба' }],
      }),
    );
    const { headers } = await service.get('/v1/actors/republic');
    const merged = await writer.send('POST', '/v1/actors/republic/merge', {
      body: { into: 'successor' },
      headers: { 'if-match': headers['etag'] ?? '' },
    });
    expect(merged.status).toBe(200);
    expect(await held('канцлер Федерації Проба', '2005')).toEqual(
      expect.arrayContaining(['olha', 'post']),
    );
    expect(await idsOf('Республіка Тест')).toEqual([]);
  });
});
