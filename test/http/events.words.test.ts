import { anActor, anEvent } from '../support/builders.ts';
import { walk } from '../support/paging.ts';
import { sample, startService, type TestService } from '../support/service.ts';
import { aWriter, type Writer } from '../support/writing.ts';

/** The address of a question of words, with more parameters behind. */
const asking = (q: string, more = '') =>
  `/v1/events?q=${encodeURIComponent(q)}${more}`;

describe('the words of the sample report', () => {
  const inOrder = [
    'handover-drafts',
    'signing-founding-act-1997',
    'statement-stoltenberg',
    'publication-drafts-2021-12-17',
    'call-biden-putin-2021-12-30',
    'talks-us-nato-russia-2022-01',
    'statement-sherman-2022-01',
    'statement-riabkov-2022-01',
    'handover-nato-reply-2022-01-26',
    'handover-us-reply-2022-01-26',
    'meeting-normandy-advisers-2022-01-26',
    'call-macron-putin-2022-01-28',
    'statement-kremlin-2022-01-28',
  ];
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
    await service.load(sample('security-guarantees'));
  });
  afterAll(() => service.stop());

  const numbers = async (q: string, more = '') =>
    (await service.ids(asking(q, more)))
      .map((id) => inOrder.indexOf(id) + 1)
      .join(' ');

  // Looked up by hand in the texts of the sample.
  test.each([
    ['Рябков', '6 8'],
    ['Рябкова', '6 8'],
    ['Рябковым', '6 8'],
    ['Ryabkov', '6 8'],
    ['RYABKOV', '6 8'],
    ['нападати', '8'],
    ['перемовини', '5 6 7 8 12 13'],
    ['перемовинами', '5 6 7 8 12 13'],
    ['переговоры', '6 7 8 12'],
    ['гарантія', '4 5 8 9 10 12'],
    ['гарантиям', '4'],
    ['посла', '9 10'],
    ['послом', '9 10'],
    ['Києва', '12 13'],
    ['вимоги', '13'],
    ['вимагати', '2 4 8'],
    ['Élysée', '12'],
    ['elysee', '12'],
    ['Париж', '11'],
    ['guarantee', '4 5 8 9 10 12'],
    ['"security guarantees"', '4 5 9 10 12'],
    ['"guarantees security"', ''],
    ['security guarantees', '4 5 9 10 12'],
    ['guarantees security', '4 5 9 10 12'],
    ['"гарантія безпеки"', '4 5 9 10 12'],
    ['гарантії -Макрон', '4 5 8 9 10'],
    ['-гарантії', '1 2 3 6 7 11 13'],
    ['гарантії -"security guarantees"', '8'],
    ['перемовини посла', ''],
  ])('%s is found in %s', async (q, answer) => {
    expect(await numbers(q)).toBe(answer);
  });

  test('words stand beside every other filter, and the list stays chronological', async () => {
    expect(await numbers('гарантії', '&actor=russia&type=handover')).toBe(
      '9 10',
    );
    expect(await numbers('перемовини', '&order=desc')).toBe('13 12 8 7 6 5');
    expect(await numbers('перемовини', '&from=2022-01-28')).toBe('12 13');
    expect(await numbers('перемовини', '&actor=france&actor=russia')).toBe(
      '12',
    );
  });

  test('pages follow each other both ways', async () => {
    const url = asking('перемовини', '&limit=2');
    const forward = await walk(service, url);
    const last = forward.at(-1)?.prev ?? null;
    const back = await walk(service, url, 'prev', last);
    expect(
      forward.map(({ ids }) => ids.map((id) => inOrder.indexOf(id) + 1)),
    ).toEqual([
      [5, 6],
      [7, 8],
      [12, 13],
    ]);
    expect(back.flatMap(({ ids }) => ids).toSorted()).toEqual(
      forward
        .slice(0, -1)
        .flatMap(({ ids }) => ids)
        .toSorted(),
    );
  });

  test('a cursor of one question is not taken for another', async () => {
    const { json } = await service.get(asking('перемовини', '&limit=2'));
    const answer = await service.get(
      asking('гарантії', `&limit=2&cursor=${json.next}`),
    );
    expect(answer.json.type).toMatch(/invalid_cursor$/);
  });

  test.each([
    asking('Рябков'),
    asking('"гарантії безпеки" -Макрон', '&actor=russia'),
  ])('%s is one statement', async (url) => {
    const query = jest.spyOn(service.database.pool, 'query');
    const { json } = await service.get(url);
    expect(query).toHaveBeenCalledTimes(1);
    query.mockRestore();
    // An empty page would also look for what would fill it.
    expect(json.data).not.toHaveLength(0);
  });

  test.each([
    ['', 'holds no word'],
    ['%_', 'holds no word'],
    ['"\'; -- "', 'holds no word'],
    ['*:&|!()<->', 'holds no word'],
    ['x '.repeat(40), 'more than 32 words'],
    ['"'.repeat(499), 'holds no word'],
  ])('refused: %s', async (q, message) => {
    const { status, json } = await service.get(asking(q));
    expect(status).toBe(400);
    expect(json.errors[0]).toMatchObject({
      parameter: 'q',
      message: expect.stringContaining(message),
    });
  });

  test.each([
    ['x'.repeat(501), 400],
    [`${'a'.repeat(5000)}!`, 400],
    ['(a+)+$'.repeat(500), 400],
    ['x'.repeat(10_000), 414],
    ['"'.repeat(10_000), 414],
  ])('a question of thousands of characters is refused', async (q, refusal) => {
    const { status, json } = await service.get(asking(q));
    expect(status).toBe(refusal);
    expect(json.status).toBe(refusal);
    if (refusal === 400)
      expect(json.errors[0]).toMatchObject({ parameter: 'q' });
  });

  test.each([
    "%_'; drop table event_version; --",
    "\\'обіцянки\\",
    'a:* & !b <-> (c | d)',
    "'' 'x'::tsquery",
    '(x+x+)+y',
    '\u{1F600} x \u{10FFFF}',
    'x'.repeat(500),
    '京'.repeat(32),
  ])('%s is nothing but words', async (q) => {
    const { status, json } = await service.get(asking(q));
    expect(status).toBe(200);
    expect(json.data).toEqual([]);
  });

  test('given twice, it is refused', async () => {
    const { status } = await service.get('/v1/events?q=a&q=b');
    expect(status).toBe(400);
  });
});

describe('words of any script and of every version', () => {
  let service: TestService;
  let writer: Writer;
  beforeAll(async () => {
    service = await startService();
    writer = await aWriter(service);
    await service.load([
      anActor('macron', {
        kind: 'person',
        names: [
          { lang: 'en', value: 'Emmanuel Macron' },
          { lang: 'uk', value: 'Еммануель Макрон' },
        ],
      }),
      anActor('mccartney', { kind: 'person' }),
      anEvent({
        id: 'accents',
        title: { fr: 'Déjeuner à l’Élysée', es: 'Cumbre con Macrón' },
        summary: { pl: 'Rozmowa z Wałęsą', tr: 'Erdoğan' },
        places: [{ name: { de: 'Straße des 17. Juni' } }],
      }),
      anEvent({
        id: 'apostrophes',
        title: { uk: 'Прем’єр О’Браєн у п’ятницю' },
        summary: { en: 'Prime Minister O’Brien spoke' },
      }),
      anEvent({
        id: 'east',
        title: {
          zh: '北京大学访问',
          ja: 'プーチン大統領',
          ko: '러시아는 말했다',
        },
        summary: { ar: 'زيارة أحمد', hi: 'दिल्ली में', he: 'שָׁלוֹם' },
      }),
      anEvent({
        id: 'told',
        title: { en: 'Call' },
        participants: [
          { actor: 'macron', as: { en: 'guarantor of the treaty' } },
        ],
        accounts: [
          {
            party: 'macron',
            stance: 'asserts',
            text: { en: 'Nothing signed' },
          },
        ],
        sources: [{ title: 'Headlined', publisher: 'Imprinted' }],
        dateText: 'on a Tuesday',
      }),
    ]);
  });
  afterAll(() => service.stop());

  test.each([
    ['macron', 'accents told'],
    ['Macrón', 'accents told'],
    ['Макроном', 'told'],
    ['elysee', 'accents'],
    ['dejeuner', 'accents'],
    ['Walesa', 'accents'],
    ['Wałęsą', 'accents'],
    ['walesa erdogan', 'accents'],
    ['strasse', 'accents'],
    ["прем'єр", 'apostrophes'],
    ['премєром', 'apostrophes'],
    ['О`Браєна', 'apostrophes'],
    ["п'ятниця", 'apostrophes'],
    ["O'Brien", 'apostrophes'],
    ["O'Brien's", 'apostrophes'],
    ['北京', 'east'],
    ['大学', 'east'],
    ['京北', ''],
    ['大統領', 'east'],
    ['러시아', 'east'],
    ['احمد', 'east'],
    ['दिल्ली', 'east'],
    ['שלום', 'east'],
    ['guarantors', 'told'],
    ['"nothing signed"', 'told'],
    ['headlined', ''],
    ['imprinted', ''],
    ['tuesday', ''],
    // The end of one text and the begin of another.
    ['"call emmanuel"', ''],
    ['call emmanuel', 'told'],
  ])('%s is found in %s', async (q, answer) => {
    expect((await service.ids(asking(q))).join(' ')).toBe(answer);
  });

  test('each version is found by its own words: now, and as it stood', async () => {
    const at = async () => {
      const { rows } = await service.database.pool.query<{ now: string }>(
        `select to_json(clock_timestamp() at time zone 'UTC') #>> '{}' || 'Z' as now`,
      );
      await new Promise((resolve) => setTimeout(resolve, 20));
      return encodeURIComponent(rows[0]?.now ?? '');
    };
    const before = await at();
    await writer.put(
      anEvent({ id: 'moving', title: { uk: 'Підготовка угоди' } }),
    );
    const first = await at();
    await writer.put(anEvent({ id: 'moving', title: { uk: 'Підписання' } }));
    const second = await at();
    const { headers } = await service.get('/v1/events/moving');
    await writer.send('PATCH', '/v1/events/moving', {
      body: { title: { uk: 'Святкування' } },
      headers: { 'if-match': headers['etag'] ?? '' },
    });
    const found = async (q: string, more = '') =>
      (await service.ids(asking(q, more))).join(' ');
    expect(await found('угода')).toBe('');
    expect(await found('угода', `&asOf=${before}`)).toBe('');
    expect(await found('угода', `&asOf=${first}`)).toBe('moving');
    expect(await found('угода', `&asOf=${second}`)).toBe('');
    expect(await found('підписанням', `&asOf=${second}`)).toBe('moving');
    expect(await found('підписанням')).toBe('');
    expect(await found('святкуванням')).toBe('moving');
    expect(await found('-святкування')).not.toContain('moving');
    const { json } = await service.get(
      `/v1/changes?q=${encodeURIComponent('підписання')}`,
    );
    expect(
      (json.data as { id: string; revision: number }[]).map(
        ({ id, revision }) => `${id} ${revision}`,
      ),
    ).toEqual(['moving 2']);
  });

  test('a name counts as it was recorded, also after a merge and another tie', async () => {
    await service.load([
      anActor('old-alias', {
        kind: 'person',
        names: [{ lang: 'en', value: 'Zebedee Quill' }],
      }),
      anActor('true-name', {
        kind: 'person',
        names: [{ lang: 'en', value: 'Ursula Brandt' }],
      }),
      anActor('office', { kind: 'office' }),
      anEvent({
        id: 'named',
        participants: [{ actor: 'old-alias' }],
        accounts: [{ party: 'old-alias', stance: 'asserts' }],
      }),
    ]);
    expect(await service.ids(asking('zebedee'))).toEqual(['named']);
    await service.load([
      anActor('old-alias', {
        kind: 'person',
        names: [{ lang: 'en', value: 'Renamed' }],
        affiliations: [
          { relation: 'represents', to: 'macronia', from: '2000' },
        ],
      }),
      anActor('macronia'),
    ]);
    expect(await service.ids(asking('zebedee'))).toEqual(['named']);
    const admin = await aWriter(service, { scope: 'admin', name: 'chief' });
    const { status } = await admin.send('POST', '/v1/actors/old-alias/merge', {
      body: { into: 'true-name' },
    });
    expect(status).toBe(200);
    const { json } = await service.get('/v1/events/named');
    // Whatever name the event now bears, it is that which is found.
    for (const word of (json.participants[0].name.en as string).split(' '))
      expect(await service.ids(asking(word))).toEqual(['named']);
  });
});
