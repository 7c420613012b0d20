import { draftOf } from '../../src/domain/record.ts';
import { aDocument, anActor, anEvent } from '../support/builders.ts';
import { startService, type TestService } from '../support/service.ts';
import {
  aWriter,
  headerText,
  pointersOf,
  type Writer,
} from '../support/writing.ts';

const UUIDV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-/;

let service: TestService;
let writer: Writer;
beforeAll(async () => {
  service = await startService();
  writer = await aWriter(service);
  for (const id of ['france', 'russia']) await writer.put(anActor(id));
});
afterAll(() => service.stop());

const nouns = [
  {
    record: 'event',
    draft: (id: string) =>
      anEvent({
        id,
        participants: [{ actor: 'france' }, { actor: 'russia' }],
        sources: [{ title: 'A report' }],
        accounts: [{ party: 'france', stance: 'asserts', source: 0 }],
      }),
    change: { title: { uk: 'Зустріч' } },
    replacement: { title: { uk: 'Інше' } },
    required: 'title',
  },
  {
    record: 'actor',
    draft: (id: string) =>
      anActor(id, { identifiers: { wikidata: 'Q1', viaf: '2' } }),
    change: { identifiers: { viaf: null, isni: '3' } },
    replacement: { names: [{ lang: 'uk', value: 'Інше' }] },
    required: 'names',
  },
  {
    record: 'document',
    draft: (id: string) =>
      aDocument(id, { date: '2022-01', authors: ['france'] }),
    change: { date: '2022-01-26' },
    replacement: { title: { uk: 'Інше' } },
    required: 'title',
  },
] as const;

describe.each(nouns)(
  'writing $record drafts',
  ({ record, draft, change, replacement, required }) => {
    const list = `/v1/${record}s`;
    let count = 0;
    const fresh = () => draft(`${record}-${++count}`);
    const entered = async () => {
      const one = fresh();
      const answer = await writer.put(one);
      return { one, url: `${list}/${one.id}`, ...answer };
    };

    test('POST enters it under an id made here, and answers what GET answers', async () => {
      const { id: _, record: __, ...body } = draft('x');
      const posted = await writer.send('POST', list, { body });
      expect(posted.status).toBe(201);
      expect(posted.json.id).toMatch(UUIDV7);
      expect(posted.headers['location']).toBe(`${list}/${posted.json.id}`);
      const got = await service.get(posted.headers['location'] ?? '');
      expect(got.text).toBe(posted.text);
      expect(got.headers['etag']).toBe(posted.headers['etag']);
      expect(posted.json).toMatchObject({ record, revision: 1 });
      expect(posted.json.recordedAt).toBe(posted.json.revisedAt);
    });

    test('POST takes the id of the body, once', async () => {
      const body = fresh();
      const first = await writer.send('POST', list, { body });
      expect(first.status).toBe(201);
      expect(first.headers['location']).toBe(`${list}/${body.id}`);
      const again = await writer.send('POST', list, { body });
      expect(again.status).toBe(409);
      expect(again.json.type).toBe('/problems/conflict');
      expect((await service.get(`${list}/${body.id}`)).text).toBe(first.text);
    });

    test('PUT enters, and replaces what its sender has seen', async () => {
      const { one, url, status, headers, text } = await entered();
      expect(status).toBe(201);
      expect(headers['location']).toBe(url);
      const body = { ...one, ...replacement };
      const replaced = await writer.send('PUT', url, {
        body,
        headers: { 'if-match': headers['etag'] ?? '' },
      });
      expect(replaced.status).toBe(200);
      expect(replaced.headers['location']).toBeUndefined();
      expect(replaced.json.revision).toBe(2);
      expect(replaced.json.recordedAt).toBe(JSON.parse(text).recordedAt);
      const got = await service.get(url);
      expect(got.text).toBe(replaced.text);
      expect(got.headers['etag']).toBe(replaced.headers['etag']);
      expect(got.headers['etag']).not.toBe(headers['etag']);
    });

    test('an answer without what is derived can be put back, and changes nothing', async () => {
      const { url, headers, text } = await entered();
      const body = draftOf(text);
      const put = await writer.send('PUT', url, {
        body,
        headers: { 'if-match': headers['etag'] ?? '' },
      });
      expect([put.status, put.text]).toEqual([200, text]);
      expect(put.headers['etag']).toBe(headers['etag']);
      const patched = await writer.send('PATCH', url, {
        body: {},
        headers: { 'if-match': '*' },
      });
      expect([patched.status, patched.text]).toEqual([200, text]);
      expect((await service.get(`${url}/revisions`)).json.data).toHaveLength(1);
    });

    test('PATCH merges, and answers what GET answers', async () => {
      const { url, json, headers } = await entered();
      const patched = await writer.send('PATCH', url, {
        body: change,
        headers: {
          'if-match': headers['etag'] ?? '',
          'content-type': 'application/merge-patch+json',
        },
      });
      expect(patched.status).toBe(200);
      expect(patched.json.revision).toBe(2);
      expect((await service.get(url)).text).toBe(patched.text);
      const merged = {
        event: { title: { en: json.title?.en, uk: 'Зустріч' } },
        actor: { identifiers: { wikidata: 'Q1', isni: '3' } },
        document: { date: '2022-01-26' },
      };
      expect(patched.json).toMatchObject(merged[record]);
      expect(patched.json.identifiers?.viaf).toBeUndefined();
    });

    test.each([
      ['id', 'another', '/id'],
      ['id', null, '/id'],
      ['revision', 7, '/revision'],
      ['recordedAt', '2020-01-01T00:00:00.000Z', '/recordedAt'],
      ['revision', null, '/revision'],
      ['nonsense', null, '/nonsense'],
      ['nonsense', 1, '/nonsense'],
      ['record', 'nothing', '/record'],
      ['__proto__', { kind: 'state' }, '/__proto__'],
      [required, null, `/${required}`],
    ])('PATCH of %s to %j is refused at its place', async (name, value, at) => {
      const { url, text } = await entered();
      const answer = await writer.send('PATCH', url, {
        body: `{"${name}":${JSON.stringify(value)}}`,
        headers: { 'if-match': '*' },
      });
      expect(answer.status).toBe(400);
      expect(answer.json.type).toBe('/problems/invalid_record');
      expect(pointersOf(answer)).toEqual([at]);
      expect((await service.get(url)).text).toBe(text);
    });

    test('PUT under another id than that of the body is refused', async () => {
      const answer = await writer.send('PUT', `${list}/one`, {
        body: draft('two'),
      });
      expect([answer.status, pointersOf(answer)]).toEqual([400, ['/id']]);
    });

    test('PUT without any id in the body takes that of the address', async () => {
      const { id: _, ...body } = fresh();
      const answer = await writer.send('PUT', `${list}/${record}~own`, {
        body,
      });
      expect([answer.status, answer.json.id]).toEqual([201, `${record}~own`]);
    });

    test('what the record derives cannot be sent', async () => {
      const answer = await writer.send('POST', list, {
        body: { ...fresh(), revision: 1, recordedAt: 'now' },
      });
      expect(answer.status).toBe(400);
      expect(pointersOf(answer)).toEqual(['/revision', '/recordedAt']);
    });

    test('PATCH and DELETE find nothing where nothing is', async () => {
      const url = `${list}/nowhere`;
      const patched = await writer.send('PATCH', url, { body: change });
      expect([patched.status, patched.json.type]).toEqual([
        404,
        '/problems/not_found',
      ]);
      expect((await writer.send('DELETE', url)).status).toBe(404);
    });

    test.each(['UPPER', '-a', 'a'.repeat(129), '%20', 'a%00b', 'ї'])(
      'no record is written under the id %s',
      async (id) => {
        for (const method of ['PUT', 'PATCH', 'DELETE']) {
          const answer = await writer.send(
            method,
            `${list}/${id}`,
            method === 'DELETE' ? {} : { body: fresh() },
          );
          expect(answer.status).toBe(400);
          expect(answer.json.errors[0].parameter).toBe('id');
        }
      },
    );

    test('the reason is kept with the revision, and who wrote', async () => {
      const reason = 'Виправлено дату — «28 січня»';
      const { url } = await entered();
      await writer.send('PATCH', url, {
        body: change,
        headers: {
          'if-match': '*',
          'x-change-reason': headerText(`  ${reason} `),
        },
      });
      const { json } = await service.get(`${url}/revisions`);
      const told = (json.data as { revision: number }[]).find(
        ({ revision }) => revision === 2,
      );
      expect(told).toMatchObject({ by: 'desk', reason });
    });

    test.each([
      ['not UTF-8', 'caf\u00e9'],
      ['too long', 'x'.repeat(2001)],
      ['a bidirectional override', headerText('a\u202eb')],
      ['a control character', headerText('a\u0085b')],
    ])('a reason that is %s is refused', async (_, reason) => {
      const answer = await writer.send('POST', list, {
        body: fresh(),
        headers: { 'x-change-reason': reason },
      });
      expect(answer.status).toBe(400);
      expect(answer.json.errors[0].parameter).toBe('X-Change-Reason');
    });
  },
);

test('an event may have the id of an actor that takes part', async () => {
  const answer = await writer.send('PUT', '/v1/events/france', {
    body: anEvent({ id: 'france', participants: [{ actor: 'france' }] }),
  });
  expect(answer.status).toBe(201);
});

test('of an actor’s new ties its events learn, with a revision where it shows', async () => {
  await writer.put(anActor('minister', { kind: 'person' }));
  await writer.put(anActor('envoy', { kind: 'person' }));
  const event = anEvent({
    id: 'told-by-the-envoy',
    participants: [{ actor: 'minister' }, { actor: 'russia' }],
    sources: [{ title: 'A report' }],
    accounts: [{ party: 'envoy', stance: 'asserts', source: 0 }],
  });
  const { json } = await writer.put(event);
  expect(json.corroboration).toBe('reported');
  const question = '/v1/events?actor=france&type=meeting';
  expect(await service.ids(question)).not.toContain(event.id);
  for (const id of ['minister', 'envoy'])
    await writer.put(
      anActor(id, {
        kind: 'person',
        affiliations: [
          { relation: 'represents', to: 'france', from: '2020', until: null },
        ],
      }),
    );
  expect(await service.ids(question)).toContain(event.id);
  const after = await service.get(`/v1/events/${event.id}`);
  expect(after.json).toMatchObject({
    corroboration: 'one-sided',
    revision: 2,
    recordedAt: json.recordedAt,
  });
  const { json: told } = await service.get('/v1/changes?limit=500');
  expect(told.data).toContainEqual(
    expect.objectContaining({ id: event.id, revision: 2, change: 'revised' }),
  );
  expect(
    (await service.get(`/v1/events/${event.id}/revisions`)).json.data,
  ).toHaveLength(2);
});

describe('without a key', () => {
  test.each([
    ['POST', '/v1/events'],
    ['PUT', '/v1/actors/france'],
    ['PATCH', '/v1/actors/france'],
    ['DELETE', '/v1/actors/france'],
  ])('%s %s is 401, and nobody reads the body', async (method, url) => {
    for (const authorization of ['', 'Bearer nonsense']) {
      const answer = await writer.send(method, url, {
        ...(method === 'DELETE' ? {} : { body: '{' }),
        headers: { authorization },
      });
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm=/);
    }
    expect((await service.get('/v1/actors/france')).json.revision).toBe(1);
  });
});
