import { anActor, anEvent, tied } from '../support/builders.ts';
import { startService, type TestService } from '../support/service.ts';
import { aWriter, type Writer } from '../support/writing.ts';

describe('the log of changes, narrowed by the filters of events', () => {
  let service: TestService;
  let writer: Writer;
  beforeAll(async () => {
    service = await startService();
    writer = await aWriter(service);
    await service.load([
      anActor('here'),
      anActor('there'),
      tied('person', 'minister', ['represents', 'here', '2000', null]),
      ...Array.from({ length: 2500 }, (_, index) =>
        anEvent({ id: `filler-${index}`, type: 'letter' }),
      ),
    ]);
    for (const draft of [
      anEvent({ id: 'a', type: 'call', participants: [{ actor: 'minister' }] }),
      anEvent({ id: 'b', type: 'call', participants: [{ actor: 'there' }] }),
      anEvent({
        id: 'c',
        type: 'visit',
        participants: [{ actor: 'here' }, { actor: 'there' }],
      }),
    ])
      await writer.put(draft);
    // It stops being a call, and then ends.
    const { headers } = await service.get('/v1/events/a');
    await writer.send('PATCH', '/v1/events/a', {
      body: { type: 'meeting' },
      headers: { 'if-match': headers['etag'] ?? '' },
    });
    await writer.send('DELETE', '/v1/events/b');
    // Now the minister stands for nobody: what was said of the past stays said.
    await service.load([tied('person', 'minister')]);
  });
  afterAll(() => service.stop());

  /** Everything from the begin to the end, page by page, and how many pages it took. */
  async function all(
    query: string,
    limit = 100,
  ): Promise<{ told: string[]; pages: number }> {
    const told: string[] = [];
    for (let after = '', pages = 1; ; pages++) {
      const { status, json, text } = await service.get(
        `/v1/changes?${query}&limit=${limit}${after === '' ? '' : `&after=${after}`}`,
      );
      if (status !== 200) throw new Error(text);
      for (const one of json.data as {
        id: string;
        revision: number;
        change: string;
      }[])
        told.push(`${one.id} ${one.revision} ${one.change}`);
      if (json.next === after) return { told, pages };
      after = json.next as string;
    }
  }

  test.each([
    ['type=call', ['a 1 created', 'b 1 created', 'b 2 removed']],
    ['type=meeting', ['a 2 revised']],
    ['actor=here', ['a 1 created', 'c 1 created', 'a 2 revised']],
    ['actor=minister', ['a 1 created', 'a 2 revised']],
    ['actor=here&actor=there', ['c 1 created']],
    ['actor=there,-here', ['b 1 created', 'b 2 removed']],
    ['type=call&from=2023', []],
  ])('%s', async (query, expected) => {
    expect((await all(query)).told).toEqual(expected);
  });

  test('a page may be short or empty before the end, and none is missed', async () => {
    const { told, pages } = await all('type=call', 1);
    expect(told).toEqual(['a 1 created', 'b 1 created', 'b 2 removed']);
    expect(pages).toBeGreaterThan(4);
  });

  test('an actor that does not exist is refused, as in every list', async () => {
    const { status, json } = await service.get('/v1/changes?actor=her');
    expect(status).toBe(400);
    expect(json.errors[0].nearest).toContain('here');
  });
});
