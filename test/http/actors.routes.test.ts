import { anActor, tied } from '../support/builders.ts';
import { linksOf, pageAt, walk } from '../support/paging.ts';
import { sample, startService, type TestService } from '../support/service.ts';

describe('the list of actors', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
    await service.load([
      anActor('russia', {
        names: [
          { lang: 'uk', value: 'Росія' },
          { lang: 'en', value: 'Russia' },
          { lang: 'en', value: 'Russian Federation', alias: true },
        ],
      }),
      tied('state', 'france', ['member-of', 'nato', '1949', null]),
      tied('state', 'german-democratic-republic', [
        'member-of',
        'warsaw-pact',
        '1956',
        '1990',
      ]),
      tied(
        'state',
        'poland',
        ['member-of', 'warsaw-pact', '1955', '1991'],
        ['member-of', 'nato', '1999', null],
      ),
      anActor('nato', { kind: 'organization' }),
      anActor('warsaw-pact', { kind: 'organization' }),
      tied('institution', 'ru-mfa', ['part-of', 'russia', '1991', null]),
      tied('office', 'ru-minister', ['part-of', 'ru-mfa', '1991', null]),
      anActor('riabkov', {
        kind: 'person',
        names: [
          { lang: 'uk', value: 'Сергій Рябков' },
          { lang: 'en', value: 'Sergei Ryabkov' },
          { lang: 'fr', value: 'Sergueï Riabkov' },
        ],
      }),
      anActor('percent', {
        kind: 'group',
        names: [{ lang: 'en', value: String.raw`100% of a_b\c` }],
      }),
    ]);
  });
  afterAll(() => service.stop());

  const everybody =
    'france german-democratic-republic nato percent poland riabkov ru-mfa ru-minister russia warsaw-pact';

  test.each([
    ['', everybody],
    ['q=Рябков', 'riabkov'],
    ['q=рябков', 'riabkov'],
    ['q=РЯБКОВ', 'riabkov'],
    ['q=Сергій Рябков', 'riabkov'],
    ['q=Рябков Сергій', 'riabkov'],
    ['q=sergei рябков', 'riabkov'],
    ['q=serguei', 'riabkov'],
    ['q=Sergue\u0308i', 'riabkov'],
    ['q=Serguei\u0308', 'riabkov'],
    ['q=Сергіи', 'riabkov'],
    ['q=federation', 'russia'],
    ['q=RUSSIA', 'russia'],
    ['q=ru', 'ru-mfa ru-minister russia'],
    ['q=%25', 'percent'],
    ['q=a_b', 'percent'],
    ['q=a.b', ''],
    [String.raw`q=\c`, 'percent'],
    ['q=" or 1=1', ''],
    ["q='", ''],
    ['q=nobody', ''],
    ['kind=state', 'france german-democratic-republic poland russia'],
    [
      'kind=state,person',
      'france german-democratic-republic poland riabkov russia',
    ],
    ['kind=-state', 'nato percent riabkov ru-mfa ru-minister warsaw-pact'],
    ['kind=state&kind=person', ''],
    ['memberOf=nato', 'france poland'],
    ['memberOf=warsaw-pact', 'german-democratic-republic poland'],
    ['memberOf=nato&memberOf=warsaw-pact', 'poland'],
    ['memberOf=nato,-warsaw-pact', 'france'],
    ['memberOf=-nato&kind=state', 'german-democratic-republic russia'],
    ['partOf=russia', 'ru-mfa'],
    ['partOf=russia,ru-mfa', 'ru-mfa ru-minister'],
    ['partOf=nato', ''],
    ['q=r&kind=state&memberOf=nato', 'france'],
  ])('"%s" finds "%s"', async (query, found) => {
    const ids = await service.ids(`/v1/actors?${encodeURI(decoded(query))}`);
    expect(ids.join(' ')).toBe(found);
  });

  // The table is written plainly but for the percent sign.
  const decoded = (query: string) => query.replace('%25', '%');

  test.each([
    ['memberOf=nat', 'unknown_value', 'memberOf', 'nato'],
    ['memberOf=nato,-warsaw', 'unknown_value', 'memberOf', 'warsaw-pact'],
    ['partOf=rusia', 'unknown_value', 'partOf', 'russia'],
    ['kind=stat', 'invalid_parameter', 'kind', 'state'],
    ['memberOf=NATO', 'invalid_parameter', 'memberOf', null],
    ['partOf=', 'invalid_parameter', 'partOf', null],
    ['kind=,', 'invalid_parameter', 'kind', null],
    ['q=', 'invalid_parameter', 'q', null],
    ['q=%20', 'invalid_parameter', 'q', null],
    ['q=%CC%81', 'invalid_parameter', 'q', null],
    ['q=a&q=b', 'invalid_parameter', 'q', null],
    [`q=${'a'.repeat(201)}`, 'invalid_parameter', 'q', null],
    ['q=%00', 'malformed_request', 'q', null],
    ['q=%ff', 'malformed_request', 'q', null],
    ['limit=0', 'invalid_parameter', 'limit', null],
    ['limit=501', 'invalid_parameter', 'limit', null],
    ['cursor=x', 'invalid_cursor', 'cursor', null],
    ['order=desc', 'unknown_parameter', 'order', null],
    ['__proto__=1', 'unknown_parameter', '__proto__', null],
    ['knd=state', 'unknown_parameter', 'knd', 'kind'],
  ])('"%s" is %s of %s, near %s', async (query, code, parameter, near) => {
    const { status, json } = await service.get(`/v1/actors?${query}`);
    expect(status).toBe(400);
    expect(json.type).toBe(`/problems/${code}`);
    expect(json.errors[0].parameter).toBe(parameter);
    if (near !== null) expect(json.errors[0].nearest).toContain(near);
  });

  test.each([1, 2, 3, 7])(
    'pages of %s are the whole list cut up, forwards and backwards',
    async (limit) => {
      for (const filter of ['', 'kind=state', 'q=ru', 'kind=-state']) {
        const whole = await service.ids(`/v1/actors?${filter}&limit=500`);
        const url = `/v1/actors?${filter}&limit=${limit}`;
        const pages = await walk(service, url);
        expect(pages.flatMap(({ ids }) => ids)).toEqual(whole);
        expect(pages[0]?.prev).toBeNull();
        const last = pages.at(-1)?.prev ?? null;
        if (last === null) continue;
        const back = await walk(service, url, 'prev', last);
        expect(back.map(({ ids }) => ids).reverse()).toEqual(
          pages.slice(0, -1).map(({ ids }) => ids),
        );
      }
    },
  );

  test('the Link headers lead through the list, whatever the words', async () => {
    // ü and р: what stands in the address is not what stands in its Link.
    const query = 'q=r%C3%BC+%D1%80,%26';
    const none = await service.get(`/v1/actors?${query}&limit=1`);
    expect(none.json.data).toEqual([]);
    let url: string | undefined = '/v1/actors?limit=2&q=R%C3%BC';
    const seen: string[] = [];
    while (url !== undefined) {
      const answer = await service.get(url);
      seen.push(...answer.json.data.map(({ id }: { id: string }) => id));
      url = linksOf(answer)['next'];
    }
    expect(seen).toEqual(await service.ids('/v1/actors?q=ru&limit=500'));
    expect(seen.length).toBeGreaterThan(2);
  });

  test('a cursor goes with its words and filters only', async () => {
    const { next } = await pageAt(service, '/v1/actors?q=r&limit=1');
    expect(next).not.toBeNull();
    for (const query of ['q=s', 'q=r&kind=state', ''])
      expect(
        (await service.get(`/v1/actors?${query}&cursor=${next}`)).status,
      ).toBe(400);
    expect(
      (await service.get(`/v1/actors?q=R&cursor=${next}&limit=5`)).status,
    ).toBe(200);
  });

  test('a new actor neither repeats nor hides another', async () => {
    const { ids, next } = await pageAt(
      service,
      '/v1/actors?kind=format,state&limit=2',
    );
    await service.load([
      anActor('a-format', { kind: 'format' }),
      anActor('z-format', { kind: 'format' }),
    ]);
    const rest = await walk(
      service,
      '/v1/actors?kind=format,state&limit=2',
      'next',
      next,
    );
    expect([...ids, ...rest.flatMap((page) => page.ids)]).toEqual([
      'france',
      'german-democratic-republic',
      'poland',
      'russia',
      'z-format',
    ]);
  });
});

describe('one actor', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
    await service.load(sample('security-guarantees'));
  });
  afterAll(() => service.stop());

  test('it is answered with its ties, each with all its fields', async () => {
    const { status, json } = await service.get('/v1/actors/macron');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      record: 'actor',
      id: 'macron',
      kind: 'person',
      revision: 1,
      affiliations: [{ relation: 'holds', to: 'fr-president', sources: [] }],
    });
  });

  test('it is answered as the list has it', async () => {
    const { json } = await service.get('/v1/actors?limit=500');
    expect(json.data).toHaveLength(36);
    for (const actor of json.data as { id: string }[])
      expect((await service.get(`/v1/actors/${actor.id}`)).json).toEqual(actor);
  });

  test('an end that is not known stays away, and one that has not come is null', async () => {
    await service.load([
      tied('person', 'somebody', ['represents', 'france', '2020']),
      tied('person', 'someone', ['represents', 'france', '2020', null]),
    ]);
    const tieOf = async (id: string) =>
      (await service.get(`/v1/actors/${id}`)).json.affiliations[0] as object;
    expect(await tieOf('somebody')).not.toHaveProperty('until');
    expect(await tieOf('someone')).toHaveProperty('until', null);
  });

  test('it has an ETag, which a revision changes', async () => {
    const { headers } = await service.get('/v1/actors/france');
    const etag = headers['etag'] ?? '';
    const again = await service.get('/v1/actors/france', {
      'if-none-match': etag,
    });
    expect(again).toMatchObject({ status: 304, text: '' });
    await service.load([anActor('france')]);
    const revised = await service.get('/v1/actors/france', {
      'if-none-match': etag,
    });
    expect(revised.status).toBe(200);
    expect(revised.json.revision).toBe(2);
  });

  test.each([
    'nobody',
    'handover-drafts',
    'RUSSIA',
    'russia%00',
    'russia%2F..',
    '..%2frussia',
    "russia'",
    '%F0%9F%98%80',
  ])('%s is not found', async (id) => {
    const { status, json } = await service.get(`/v1/actors/${id}`);
    expect(status).toBe(404);
    expect(json).toMatchObject({ type: '/problems/not_found', status: 404 });
  });

  test('a parameter is refused', async () => {
    const { json } = await service.get('/v1/actors/russia?q=1');
    expect(json.type).toBe('/problems/unknown_parameter');
  });
});
