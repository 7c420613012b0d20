import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { type UnderstoodEvent } from '../domain/event.ts';
import { type Journal } from './changes.writes.ts';
import {
  actorsOf,
  derive,
  type DerivedEvent,
  namesBefore,
} from './derivations.ts';
import {
  addHanging,
  EVENT_TABLES,
  type EventRows,
  eventShape,
  type EventTable,
  noRows,
} from './events.rows.ts';
import { type TableRows } from './rows.ts';
import { type ActorBook } from './ties.ts';
import {
  addVersion,
  type Current,
  currentVersions,
  newKeys,
  type Outcome,
  type Stored,
  type VersionBatch,
  versionBatch,
  writeVersions,
} from './versions.ts';

/** Stores events. References and circles have been checked; an id stands once in a batch. */
export async function storeEvents(
  tx: EntityManager,
  events: readonly UnderstoodEvent[],
  book: ActorBook,
  journal: Journal,
): Promise<Outcome[]> {
  const prepared = await prepare(tx, events, book, journal, true);
  const batch = await composed(prepared, book);
  await writeEvents(tx, batch, journal);
  return batch.versions.outcomes;
}

/**
 * Stores many events, a batch at a time: while the database takes in one batch, the next is composed.
 * @param maybeKnown false where the record is known to have none of them
 * @param onStored told what became of each batch, in their order
 */
export async function storeEventBatches(
  tx: EntityManager,
  batches: AsyncIterable<readonly UnderstoodEvent[]>,
  book: ActorBook,
  journal: Journal,
  maybeKnown: boolean,
  onStored: (outcomes: readonly Outcome[]) => void,
): Promise<void> {
  let waiting: EventBatch | null = null;
  const write = async () => {
    const batch = waiting;
    if (batch === null) return;
    await writeEvents(tx, batch, journal);
    onStored(batch.versions.outcomes);
  };
  for await (const events of batches) {
    const prepared = await prepare(tx, events, book, journal, maybeKnown);
    const [next] = await Promise.all([composed(prepared, book), write()]);
    waiting = next;
  }
  await write();
}

/** Events with all that must be asked of the database before they can be composed. */
interface PreparedEvents {
  events: readonly UnderstoodEvent[];
  current: ReadonlyMap<string, Current>;
  keys: readonly number[];
  /** When they are entered, in milliseconds. */
  at: number;
}

async function prepare(
  tx: EntityManager,
  events: readonly UnderstoodEvent[],
  book: ActorBook,
  journal: Journal,
  maybeKnown: boolean,
): Promise<PreparedEvents> {
  const current = maybeKnown
    ? await currentVersions(
        tx,
        'event',
        events.map(({ draft }) => draft.id),
      )
    : new Map<string, Current>();
  for (const { since } of current.values()) journal.notBefore(since);
  await book.open(
    tx,
    events.flatMap(({ draft }) => actorsOf(draft)),
  );
  const keys = await newKeys(tx, events.length);
  return { events, current, keys, at: journal.stamp.at };
}

/** Versions of events with the rows that hang on them, ready to be written. */
interface EventBatch {
  versions: VersionBatch;
  rows: EventRows;
}

/** So many events are composed before others get their turn, among them the connection to the database. */
const COMPOSED_AT_ONCE = 50;

async function composed(
  { events, current, keys, at }: PreparedEvents,
  book: ActorBook,
): Promise<EventBatch> {
  const batch = { versions: versionBatch('event', at), rows: noRows() };
  for (const [index, event] of events.entries()) {
    if (index % COMPOSED_AT_ONCE === COMPOSED_AT_ONCE - 1) await nextTurn();
    const before = current.get(event.draft.id);
    addEvent(
      batch,
      derive(event, book, namesBefore(before?.body)),
      before,
      keys[index] ?? 0,
    );
  }
  return batch;
}

function addEvent(
  { versions, rows }: EventBatch,
  event: DerivedEvent,
  before: Current | undefined,
  key: number,
): Stored<DerivedEvent> | null {
  const stored = addVersion(versions, event, before, eventShape, key);
  if (stored !== null) addHanging(rows, event, key, versions.at);
  return stored;
}

async function writeEvents(
  tx: EntityManager,
  { versions, rows }: EventBatch,
  journal: Journal,
): Promise<void> {
  await writeVersions(tx, versions, journal, tablesOf(rows));
}

function tablesOf(rows: EventRows): TableRows[] {
  return Object.entries(EVENT_TABLES).map(([table, columns]) => ({
    table,
    columns,
    rows: rows[table as EventTable],
  }));
}

/** Stores derived events as new versions, with all their index rows. */
export async function storeDerived(
  tx: EntityManager,
  events: readonly DerivedEvent[],
  current: ReadonlyMap<string, Current>,
  journal: Journal,
): Promise<Stored<DerivedEvent>[]> {
  for (const { since } of current.values()) journal.notBefore(since);
  const keys = await newKeys(tx, events.length);
  const batch = {
    versions: versionBatch('event', journal.stamp.at),
    rows: noRows(),
  };
  const stored = events
    .map((event, index) =>
      addEvent(batch, event, current.get(event.draft.id), keys[index] ?? 0),
    )
    .filter((one) => one !== null);
  await writeEvents(tx, batch, journal);
  return stored;
}
