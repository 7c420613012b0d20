import * as fc from 'fast-check';
import { type EventDraft } from '../../src/domain/event.ts';
import { type EventQuestion } from '../../src/domain/filter.ts';
import { aDocument, anEvent } from '../support/builders.ts';
import {
  anchors,
  someEvent,
  slowList,
  someQuestion,
  urlOf,
  world,
} from '../support/reference.ts';
import { startService, type TestService } from '../support/service.ts';

const questions = 300;

describe('the list of events finds what a slow reading of the contract finds', () => {
  let service: TestService;
  let events: EventDraft[];
  let answer: ReturnType<typeof slowList>;
  beforeAll(async () => {
    service = await startService();
    events = [
      ...anchors.map((id) => anEvent({ id, date: '2023-06-15' })),
      ...fc.sample(someEvent, 150),
    ];
    answer = slowList(world, events);
    const { rejected } = await service.load([
      ...world,
      aDocument('note-1'),
      aDocument('note-2'),
      ...events,
    ]);
    expect(rejected).toEqual([]);
  });
  afterAll(() => service.stop());

  test('in the same order, whatever is asked and however the pages are cut', async () => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(
        someQuestion,
        fc.constantFrom(500, 500, 60, 20),
        async (question, limit) => {
          const right = answer(question);
          const ids = await allIds(question, limit);
          found += Math.min(1, right.length);
          if (ids.join() !== right.join())
            throw new Error(told(question, ids, right));
        },
      ),
      { numRuns: questions },
    );
    // Questions that find nothing prove little.
    expect(found).toBeGreaterThan(questions / 5);
    // Each empty page also looks for what would fill it.
  }, 120_000);

  async function allIds(
    question: EventQuestion,
    limit: number,
  ): Promise<string[]> {
    const ids: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const url = urlOf(question, {
        limit,
        ...(cursor === undefined ? {} : { cursor }),
      });
      const { status, json, text } = await service.get(url);
      if (status !== 200) throw new Error(`${url}: ${text}`);
      ids.push(...(json.data as { id: string }[]).map(({ id }) => id));
      cursor = json.next as string | null;
    }
    return ids;
  }

  function told(
    question: EventQuestion,
    ids: readonly string[],
    right: readonly string[],
  ): string {
    const differing = events.filter(
      ({ id }) => ids.includes(id) !== right.includes(id),
    );
    return [
      JSON.stringify(question),
      `found ${ids.join(' ')}`,
      `right ${right.join(' ')}`,
      ...differing
        .slice(0, 3)
        .map((event) => `differs: ${JSON.stringify(event)}`),
    ].join('\n');
  }
});
