import { setTimeout as sleep } from 'node:timers/promises';
import { aDocument, anActor } from '../support/builders.ts';
import { pageAt, walk } from '../support/paging.ts';
import { sample, startService, type TestService } from '../support/service.ts';
import { aWriter, type Writer } from '../support/writing.ts';

describe('the list of documents', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
    await service.load([
      anActor('russia'),
      anActor('united-states'),
      anActor('nato', { kind: 'organization' }),
      aDocument('draft', {
        kind: 'draft-treaty',
        date: '2021-12-17',
        authors: ['russia'],
        addressees: ['united-states', 'nato'],
        availability: 'published',
        language: 'ru',
      }),
      aDocument('annex', {
        date: '2021-12-17',
        authors: ['russia'],
        partOf: 'draft',
      }),
      aDocument('reply-us', {
        kind: 'reply',
        date: '2022-01-26',
        authors: ['united-states'],
        addressees: ['russia'],
        inReplyTo: ['draft'],
        availability: 'undisclosed',
        language: 'en',
      }),
      aDocument('reply-nato', {
        kind: 'reply',
        date: '2022-01-26',
        authors: ['nato', 'united-states'],
        addressees: ['russia'],
        inReplyTo: ['draft', 'annex'],
        availability: 'leaked',
        language: 'en-US',
      }),
      aDocument('old', { kind: 'treaty', date: '1997' }),
      aDocument('some-day', { date: '[..1990]' }),
      aDocument('never-said-b'),
      aDocument('never-said-a'),
    ]);
  });
  afterAll(() => service.stop());

  const inOrder =
    'some-day old annex draft reply-nato reply-us never-said-a never-said-b';

  test.each([
    ['', inOrder],
    ['kind=reply', 'reply-nato reply-us'],
    ['kind=reply,draft-treaty', 'draft reply-nato reply-us'],
    ['kind=-note&kind=-treaty', 'draft reply-nato reply-us'],
    ['availability=undisclosed', 'reply-us'],
    ['availability=unknown', 'some-day old annex never-said-a never-said-b'],
    ['availability=-unknown', 'draft reply-nato reply-us'],
    ['language=en', 'reply-us'],
    ['language=en,en-US', 'reply-nato reply-us'],
    ['author=russia', 'annex draft'],
    ['author=united-states', 'reply-nato reply-us'],
    ['author=united-states&author=nato', 'reply-nato'],
    ['author=united-states,-nato', 'reply-us'],
    ['addressee=russia', 'reply-nato reply-us'],
    ['addressee=nato,russia', 'draft reply-nato reply-us'],
    ['inReplyTo=draft', 'reply-nato reply-us'],
    ['inReplyTo=draft&inReplyTo=annex', 'reply-nato'],
    ['inReplyTo=-draft&kind=reply', ''],
    ['partOf=draft', 'annex'],
    [
      'unanswered=true',
      'some-day old reply-nato reply-us never-said-a never-said-b',
    ],
    ['unanswered=false', 'annex draft'],
    ['unanswered=true&kind=reply&author=nato', 'reply-nato'],
    ['unanswered=false&kind=reply', ''],
    ['author=russia&addressee=nato&kind=draft-treaty', 'draft'],
  ])('"%s" finds "%s"', async (query, found) => {
    const ids = await service.ids(`/v1/documents?${query}`);
    expect(ids.join(' ')).toBe(found);
  });

  test.each([
    ['author=rusia', 'unknown_value', 'author', 'russia'],
    ['addressee=-natto', 'unknown_value', 'addressee', 'nato'],
    ['inReplyTo=draf', 'unknown_value', 'inReplyTo', 'draft'],
    ['partOf=anex', 'unknown_value', 'partOf', 'annex'],
    ['inReplyTo=russia', 'unknown_value', 'inReplyTo', null],
    ['kind=replay', 'invalid_parameter', 'kind', 'reply'],
    ['availability=hidden', 'invalid_parameter', 'availability', null],
    ['language=english!', 'invalid_parameter', 'language', null],
    ['author=', 'invalid_parameter', 'author', null],
    ['author=A', 'invalid_parameter', 'author', null],
    ['limit=501', 'invalid_parameter', 'limit', null],
    ['unanswered=', 'invalid_parameter', 'unanswered', null],
    ['unanswered=yes', 'invalid_parameter', 'unanswered', null],
    [
      'unanswered=true&unanswered=false',
      'invalid_parameter',
      'unanswered',
      null,
    ],
    ['cursor=', 'invalid_cursor', 'cursor', null],
    ['partOf=%00', 'malformed_request', 'partOf', null],
    ['q=draft', 'unknown_parameter', 'q', null],
  ])('"%s" is %s of %s, near %s', async (query, code, parameter, near) => {
    const { status, json } = await service.get(`/v1/documents?${query}`);
    expect(status).toBe(400);
    expect(json.type).toBe(`/problems/${code}`);
    expect(json.errors[0].parameter).toBe(parameter);
    if (near !== null) expect(json.errors[0].nearest).toContain(near);
  });

  test.each([1, 2, 3, 7])(
    'pages of %s are the whole list cut up, through the undated and back',
    async (limit) => {
      const url = `/v1/documents?limit=${limit}`;
      const pages = await walk(service, url);
      expect(pages.flatMap(({ ids }) => ids).join(' ')).toBe(inOrder);
      const last = pages.at(-1)?.prev ?? null;
      const back = await walk(service, url, 'prev', last);
      expect(back.map(({ ids }) => ids).reverse()).toEqual(
        pages.slice(0, -1).map(({ ids }) => ids),
      );
    },
  );

  test('a cursor of another filter is refused', async () => {
    const { next } = await pageAt(service, '/v1/documents?kind=note&limit=1');
    const { json } = await service.get(`/v1/documents?cursor=${next}`);
    expect(json.type).toBe('/problems/invalid_cursor');
  });
});

describe('documents without a reply', () => {
  let service: TestService;
  let writer: Writer;
  beforeAll(async () => {
    service = await startService();
    writer = await aWriter(service);
  });
  afterAll(() => service.stop());

  const unanswered = (more = '') =>
    service.ids(`/v1/documents?unanswered=true${more}`);
  const answered = (more = '') =>
    service.ids(`/v1/documents?unanswered=false${more}`);

  test('come and go with their replies, and stand as of any instant', async () => {
    for (const id of ['a-note', 'b-note', 'c-note'])
      await writer.put(aDocument(id));
    await writer.put(aDocument('part', { partOf: 'a-note' }));
    expect(await unanswered()).toEqual(['a-note', 'b-note', 'c-note', 'part']);
    expect(await answered()).toEqual([]);
    const at = [await instant()];
    await writer.put(aDocument('reply', { inReplyTo: ['a-note', 'b-note'] }));
    expect(await answered()).toEqual(['a-note', 'b-note']);
    at.push(await instant());
    await writer.put(aDocument('reply', { inReplyTo: ['c-note'] }));
    expect(await unanswered()).toEqual(['a-note', 'b-note', 'part', 'reply']);
    at.push(await instant());
    await writer.send('DELETE', '/v1/documents/reply');
    expect(await answered()).toEqual([]);
    expect(
      await Promise.all(at.map((one) => answered(`&asOf=${one}`))),
    ).toEqual([[], ['a-note', 'b-note'], ['c-note']]);
    expect(await unanswered(`&asOf=${at[1]}`)).toEqual([
      'c-note',
      'part',
      'reply',
    ]);
  });

  test('are cut into pages, and a cursor is of one question', async () => {
    const pages = await walk(service, '/v1/documents?unanswered=true&limit=1');
    expect(pages.flatMap(({ ids }) => ids)).toEqual(await unanswered());
    const { status, json } = await service.get(
      `/v1/documents?unanswered=false&limit=1&cursor=${pages[0]?.next}`,
    );
    expect([status, json.type]).toEqual([400, '/problems/invalid_cursor']);
  });

  /** The instant by the database's clock; nothing that is written later bears it too. */
  async function instant(): Promise<string> {
    const answer = await service.database.pool.query<{ at: string }>(
      `select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at`,
    );
    await sleep(2);
    return answer.rows[0]?.at ?? '';
  }
});

describe('one document', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
    await service.load(sample('security-guarantees'));
  });
  afterAll(() => service.stop());

  test('it is answered as the list has it', async () => {
    const { json } = await service.get('/v1/documents');
    expect(json.data).toHaveLength(8);
    for (const document of json.data as { id: string }[])
      expect((await service.get(`/v1/documents/${document.id}`)).json).toEqual(
        document,
      );
  });

  test('it has an ETag', async () => {
    const url = '/v1/documents/us-reply-2022-01-26';
    const { headers } = await service.get(url);
    const again = await service.get(url, {
      'if-none-match': headers['etag'] ?? '',
    });
    expect(again).toMatchObject({ status: 304, text: '' });
  });

  test.each(['nothing', 'russia', 'US-Reply', 'a%2Fb'])(
    '%s is not found',
    async (id) => {
      const { status, json } = await service.get(`/v1/documents/${id}`);
      expect(status).toBe(404);
      expect(json.type).toBe('/problems/not_found');
    },
  );

  test('a parameter is refused', async () => {
    const { json } = await service.get(
      '/v1/documents/us-reply-2022-01-26?limit=1',
    );
    expect(json.type).toBe('/problems/unknown_parameter');
  });
});
