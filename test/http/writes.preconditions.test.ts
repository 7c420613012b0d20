import { anEvent } from '../support/builders.ts';
import { startService, type TestService } from '../support/service.ts';
import { aWriter, statusesOf, type Writer } from '../support/writing.ts';

let service: TestService;
let writer: Writer;
beforeAll(async () => {
  service = await startService();
  writer = await aWriter(service);
});
afterAll(() => service.stop());

async function entered() {
  const event = anEvent();
  const { headers } = await writer.put(event);
  const etag = headers['etag'] ?? '';
  return { event, etag, url: `/v1/events/${event.id}` };
}

const methods = ['PUT', 'PATCH'] as const;

describe.each(methods)('%s of what exists', (method) => {
  const change = (
    { event, url }: Awaited<ReturnType<typeof entered>>,
    headers: Record<string, string>,
    title = 'New',
  ) =>
    writer.send(method, url, {
      body: { ...(method === 'PUT' ? event : {}), title: { en: title } },
      headers,
    });

  test('needs If-Match, and is told which', async () => {
    const one = await entered();
    const answer = await change(one, {});
    expect(answer.status).toBe(428);
    expect(answer.json).toMatchObject({
      type: '/problems/precondition_required',
      errors: [{ parameter: 'If-Match', allowed: [one.etag] }],
    });
  });

  test('is refused when somebody else was faster, and told the current ETag', async () => {
    const one = await entered();
    const { headers } = await change(one, { 'if-match': one.etag }, 'First');
    const stale = await change(one, { 'if-match': one.etag }, 'Second');
    expect(stale.status).toBe(412);
    expect(stale.json).toMatchObject({
      type: '/problems/precondition_failed',
      errors: [
        {
          parameter: 'If-Match',
          received: one.etag,
          allowed: [headers['etag']],
        },
      ],
    });
    expect((await service.get(one.url)).json.title).toEqual({ en: 'First' });
  });

  test.each([
    ['any', () => '*'],
    ['the current one', (etag: string) => etag],
    ['the current one among others', (etag: string) => `"x",${etag} , "y"`],
  ])('is taken with %s', async (_, match) => {
    const one = await entered();
    const answer = await change(one, { 'if-match': match(one.etag) });
    expect([answer.status, answer.json.revision]).toEqual([200, 2]);
  });

  test.each([
    ['weak', (etag: string) => `W/${etag}`],
    ['without its quotes', (etag: string) => etag.replaceAll('"', '')],
    ['another', () => '"x"'],
    ['nothing', () => '""'],
    ['a list with a star', () => '"x", *'],
  ])('is refused with a validator that is %s', async (_, match) => {
    const one = await entered();
    const answer = await change(one, { 'if-match': match(one.etag) });
    expect(answer.status).toBe(412);
    expect((await service.get(one.url)).json.revision).toBe(1);
  });

  test('an If-None-Match that holds does not stand in for If-Match', async () => {
    const one = await entered();
    const answer = await change(one, { 'if-none-match': '"x"' });
    expect(answer.status).toBe(428);
  });

  test.each([
    ['any', () => '*'],
    ['the current one', (etag: string) => etag],
    ['the current one, weak', (etag: string) => `"x", W/${etag}`],
  ])('is refused when If-None-Match names %s', async (_, match) => {
    const one = await entered();
    const answer = await change(one, {
      'if-match': '*',
      'if-none-match': match(one.etag),
    });
    expect(answer.status).toBe(412);
    expect(answer.json.errors[0].parameter).toBe('If-None-Match');
  });
});

test('PUT of what does not exist cannot match anything', async () => {
  for (const match of ['*', '"x"']) {
    const event = anEvent();
    const answer = await writer.send('PUT', `/v1/events/${event.id}`, {
      body: event,
      headers: { 'if-match': match },
    });
    expect(answer.status).toBe(412);
    expect((await service.get(`/v1/events/${event.id}`)).status).toBe(404);
  }
});

test('PUT with If-None-Match: * enters only what does not exist', async () => {
  const event = anEvent();
  const put = () =>
    writer.send('PUT', `/v1/events/${event.id}`, {
      body: event,
      headers: { 'if-none-match': '*' },
    });
  expect((await put()).status).toBe(201);
  expect((await put()).status).toBe(412);
});

test('DELETE holds to If-Match when it is sent', async () => {
  const one = await entered();
  const remove = (headers: Record<string, string>) =>
    writer.send('DELETE', one.url, { headers });
  expect((await remove({ 'if-match': '"x"' })).status).toBe(412);
  expect((await remove({ 'if-match': one.etag })).status).toBe(204);
});

describe('at the same instant', () => {
  test('of two who replace one record, exactly one is refused', async () => {
    for (let round = 0; round < 5; round++) {
      const { event, etag, url } = await entered();
      const answers = await Promise.all(
        ['one', 'two'].map((title) =>
          writer.send('PUT', url, {
            body: { ...event, title: { en: title } },
            headers: { 'if-match': etag },
          }),
        ),
      );
      expect(statusesOf(answers)).toEqual([200, 412]);
    }
  });

  test('of two who enter one id, exactly one is refused', async () => {
    for (const method of ['PUT', 'POST']) {
      const event = anEvent();
      const url = method === 'PUT' ? `/v1/events/${event.id}` : '/v1/events';
      const answers = await Promise.all(
        [1, 2].map((sequence) =>
          writer.send(method, url, { body: { ...event, sequence } }),
        ),
      );
      expect(statusesOf(answers)).toEqual([201, method === 'PUT' ? 428 : 409]);
    }
  });

  test('of twenty who patch one version, one is taken and all others are told the current ETag', async () => {
    const { etag, url } = await entered();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        writer.send('PATCH', url, {
          body: { sequence: index + 1 },
          headers: { 'if-match': etag },
        }),
      ),
    );
    const taken = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ status }) => status === 412);
    expect([taken.length, refused.length]).toEqual([1, 19]);
    for (const { json } of refused)
      expect(json.errors[0].allowed).toEqual([taken[0]?.headers['etag']]);
    expect((await service.get(`${url}/revisions`)).json.data).toHaveLength(2);
  });
});
