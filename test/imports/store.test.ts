import { setImmediate as nextTurn } from 'node:timers/promises';
import * as fc from 'fast-check';
import { type EventDraft, understoodDate } from '../../src/domain/event.ts';
import { type SourceRow } from '../../src/imports/row.ts';
import { type Source } from '../../src/imports/source.ts';
import { ROWS_A_TURN } from '../../src/imports/store.ts';
import { openJournal } from '../../src/storage/changes.writes.ts';
import { storeEventBatches } from '../../src/storage/events.writes.ts';
import { writeRecord } from '../../src/storage/record.writes.ts';
import { actorBook } from '../../src/storage/ties.ts';
import { aDocument, anActor, anEvent } from '../support/builders.ts';
import { emptyRecord, standingRecord } from '../support/record.ts';
import { anchors, someEvent, world } from '../support/reference.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());
beforeEach(() => emptyRecord(service.database));

/** What the current record holds of events beside what {@link standingRecord} tells. */
async function columns(): Promise<string[]> {
  const { rows } = await service.database.pool.query<{ row: string }>(
    `select concat_ws(' ', id, revision, begin_earliest, begin_latest, end_earliest, end_latest, sequence, calendar, qualified,
       vagueness, reach, members, members_are_days, words) as row
     from event_version where superseded_at is null
     union all
     select concat_ws(' ', id, actor, participation, scope, role, lane, plain) from event_actor where superseded_at is null
     order by row`,
  );
  return rows.map(({ row }) => row);
}

test('an import leaves the very rows that single writes leave, new and revised', async () => {
  const events = fc.array(someEvent, { minLength: 1, maxLength: 8 });
  const before = [
    ...world,
    aDocument('note-1'),
    aDocument('note-2'),
    ...anchors.map((id) => anEvent({ id })),
  ];
  const numbered = (drafts: readonly EventDraft[]) =>
    drafts.map((draft, index) => ({ ...draft, id: `e-${index}` }));
  await fc.assert(
    fc.asyncProperty(events, events, async (first, second) => {
      const files = [numbered(first), numbered(second)];
      await emptyRecord(service.database);
      await service.load(before);
      for (const drafts of files)
        for (const draft of drafts)
          await service.database.writes.transaction((tx) =>
            writeRecord(
              tx,
              'event',
              draft.id,
              { by: 'x', reason: null },
              () => draft,
            ),
          );
      const written = [await standingRecord(service.database), await columns()];
      await emptyRecord(service.database);
      await service.load(before);
      for (const drafts of files) {
        const { rejected } = await service.load(drafts);
        expect(rejected).toEqual([]);
      }
      expect([await standingRecord(service.database), await columns()]).toEqual(
        written,
      );
    }),
    { numRuns: 15 },
  );
});

/** Counts how many of some things happen in each turn of the event loop. */
function turns() {
  const counts: number[] = [];
  let turn = 0;
  const ended = new AbortController();
  const done = (async () => {
    for (; !ended.signal.aborted; turn++) await nextTurn();
  })();
  return {
    count: () => (counts[turn] = (counts[turn] ?? 0) + 1),
    most: async () => {
      ended.abort();
      await done;
      return Math.max(...counts.filter((count) => count > 0));
    },
  };
}

describe('others get their turn', () => {
  const many = 10 * ROWS_A_TURN;

  test('while rows are read, however fast they come', async () => {
    const { count, most } = turns();
    const source: Source = {
      name: 'made up',
      mediaType: 'text/plain',
      suffixes: [],
      description: '',
      names: false,
      open: () =>
        async function* (): AsyncGenerator<SourceRow> {
          for (let line = 1; line <= many; line++) {
            count();
            yield { line, draft: anActor(`a-${line}`) };
          }
        },
    };
    await service.load('', { source });
    expect(await most()).toBeLessThanOrEqual(ROWS_A_TURN + 1);
  });

  test('while events are composed, however many there are', async () => {
    const { count, most } = turns();
    const events = Array.from({ length: many }, (_, index) => {
      const draft = anEvent({ id: `e-${index}` });
      const { bounds, days } = understoodDate(draft);
      let first = true;
      return {
        draft,
        days,
        get bounds() {
          if (first) count();
          first = false;
          return bounds;
        },
      };
    });
    await service.database.writes.transaction(async (tx) => {
      const journal = await openJournal(tx, null, null);
      const batches = (async function* () {
        yield events;
      })();
      const book = actorBook();
      await storeEventBatches(tx, batches, book, journal, false, () => 0);
      await journal.close();
    });
    expect(await most()).toBeLessThanOrEqual(ROWS_A_TURN + 1);
  });
});
