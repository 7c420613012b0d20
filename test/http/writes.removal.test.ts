import { aDocument, anActor, anEvent, tied } from '../support/builders.ts';
import { startService, type TestService } from '../support/service.ts';
import { aWriter, type Writer } from '../support/writing.ts';

let service: TestService;
let writer: Writer;
beforeAll(async () => {
  service = await startService();
  writer = await aWriter(service);
  for (const id of ['france', 'russia']) await writer.put(anActor(id));
});
afterAll(() => service.stop());

const remove = (url: string, query = '') =>
  writer.send('DELETE', `${url}${query}`);

describe.each([
  ['event', (id: string) => anEvent({ id })],
  ['actor', (id: string) => anActor(id)],
  ['document', (id: string) => aDocument(id)],
] as const)('an %s that was removed', (record, draft) => {
  const list = `/v1/${record}s`;

  test('is gone from lists, and its address tells why and where to look', async () => {
    await writer.put(draft('doubled'));
    await writer.put(draft('kept'));
    const url = `${list}/doubled`;
    const reason = encodeURIComponent('Двічі внесено');
    const removed = await remove(url, `?reason=${reason}&successor=kept`);
    expect([removed.status, removed.text]).toEqual([204, '']);
    expect(await service.ids(list)).not.toContain('doubled');
    for (const answer of [
      await service.get(url),
      await remove(url),
      await writer.send('PATCH', url, {
        body: {},
        headers: { 'if-match': '*' },
      }),
    ]) {
      expect(answer.status).toBe(410);
      expect(answer.json).toMatchObject({
        type: '/problems/removed',
        reason: 'Двічі внесено',
        successor: 'kept',
      });
    }
  });

  test('stands as of any instant before', async () => {
    const { text, json } = await writer.put(draft('passing'));
    const url = `${list}/passing`;
    await new Promise((resolve) => setTimeout(resolve, 5));
    await remove(url);
    const asOf = encodeURIComponent(json.revisedAt);
    expect((await service.get(`${url}?asOf=${asOf}`)).text).toBe(text);
    expect((await service.get(`${url}?asOf=2999-01-01`)).status).toBe(410);
  });

  test('can be entered again, as the revision after its removal', async () => {
    const url = `${list}/returning`;
    await writer.put(draft('returning'));
    await remove(url, '?reason=mistake');
    const { id: _, ...body } = draft('returning');
    const again = await writer.send('PUT', url, { body });
    expect([again.status, again.json.revision]).toEqual([201, 3]);
    expect((await service.get(url)).text).toBe(again.text);
    await remove(url);
    const posted = await writer.send('POST', list, {
      body: draft('returning'),
    });
    expect([posted.status, posted.json.revision]).toEqual([201, 5]);
    const { json } = await service.get(`${url}/revisions`);
    expect(
      json.data.map(({ change }: { change: string }) => change).toSorted(),
    ).toEqual(['created', 'created', 'created', 'removed', 'removed']);
  });

  test.each([
    ['nobody', 'unknown_reference'],
    ['itself', 'untrue_record'],
    ['gone', 'unknown_reference'],
    ['NOT AN ID', 'unknown_reference'],
  ])('cannot be succeeded by %s', async (successor, code) => {
    for (const id of ['itself', 'gone']) await writer.put(draft(id));
    await remove(`${list}/gone`);
    const answer = await remove(
      `${list}/itself`,
      `?successor=${encodeURIComponent(successor)}`,
    );
    expect([answer.status, answer.json.type]).toEqual([
      422,
      `/problems/${code}`,
    ]);
    expect(answer.json.errors[0]).toMatchObject({
      parameter: 'successor',
      received: successor,
    });
    expect((await service.get(`${list}/itself`)).status).toBe(200);
    await remove(`${list}/itself`);
  });

  test.each([
    '?reason=',
    '?reason=a%E2%80%AEb',
    '?why=x',
    '?reason=a&reason=b',
  ])('is not removed for %s', async (query) => {
    await writer.put(draft('staying'));
    expect((await remove(`${list}/staying`, query)).status).toBe(400);
    expect((await service.get(`${list}/staying`)).status).toBe(200);
  });
});

describe('what is in use cannot be removed', () => {
  test('an actor: each sort of use is counted', async () => {
    await writer.put(anActor('used'));
    await writer.put(tied('institution', 'ministry', ['part-of', 'used']));
    await writer.put(aDocument('by-used', { authors: ['used'] }));
    await writer.put(aDocument('to-used', { addressees: ['used'] }));
    await writer.put(
      anEvent({ id: 'with-used', participants: [{ actor: 'used' }] }),
    );
    await writer.put(
      anEvent({
        id: 'for-used',
        participants: [{ actor: 'france', onBehalfOf: 'used' }],
      }),
    );
    await writer.put(
      anEvent({
        id: 'of-used',
        participants: [{ actor: 'used', role: 'subject' }],
      }),
    );
    await writer.put(
      anEvent({
        id: 'told-by-used',
        accounts: [{ party: 'used', stance: 'asserts' }],
      }),
    );
    // Through the ministry it is not named itself.
    await writer.put(
      anEvent({ id: 'with-ministry', participants: [{ actor: 'ministry' }] }),
    );
    const answer = await remove('/v1/actors/used');
    expect([answer.status, answer.json.type]).toEqual([
      409,
      '/problems/conflict',
    ]);
    expect(answer.json.detail).toContain('4 events');
    expect(answer.json.detail).toContain('2 documents');
    expect(answer.json.detail).toMatch(/1 actors?\b/);
    expect((await service.get('/v1/actors/used')).status).toBe(200);
  });

  test('a document and an event', async () => {
    await writer.put(aDocument('draft'));
    await writer.put(aDocument('answer', { inReplyTo: ['draft'] }));
    await writer.put(
      anEvent({
        id: 'handover',
        documents: [{ document: 'draft', relation: 'handed-over' }],
      }),
    );
    await writer.put(
      anEvent({
        id: 'later',
        links: [{ relation: 'follows', event: 'handover' }],
      }),
    );
    const draft = await remove('/v1/documents/draft');
    expect(draft.status).toBe(409);
    expect(draft.json.detail).toMatch(/1 events? and 1 documents?\b/);
    expect((await remove('/v1/events/handover')).status).toBe(409);
    for (const url of ['events/later', 'events/handover', 'documents/answer'])
      expect((await remove(`/v1/${url}`)).status).toBe(204);
    expect((await remove('/v1/documents/draft')).status).toBe(204);
  });

  test('at the same instant as somebody begins to use it, one of the two is refused', async () => {
    for (let round = 0; round < 8; round++) {
      const id = `brief-${round}`;
      await writer.put(anActor(id));
      const [removed, used] = await Promise.all([
        remove(`/v1/actors/${id}`),
        writer.send('POST', '/v1/events', {
          body: { ...anEvent(), participants: [{ actor: id }] },
        }),
      ]);
      expect([
        [204, 422],
        [409, 201],
      ]).toContainEqual([removed.status, used.status]);
    }
  });
});
