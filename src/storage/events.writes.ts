import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { type UnderstoodEvent } from '../domain/event.ts';
import { type Journal } from './changes.writes.ts';
import { loadLines } from './copy.ts';
import {
  actorsOf,
  derive,
  type DerivedEvent,
  namesBefore,
} from './derivations.ts';
import {
  addCounts,
  addRows,
  EVENT_TABLES,
  type EventRows,
  eventShape,
  type EventTable,
  noRows,
} from './events.rows.ts';
import { type ActorBook } from './ties.ts';
import {
  type Composed,
  composeVersions,
  type Current,
  currentVersions,
  newKeys,
  type Outcome,
  type Stored,
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
  const composed = await composeInTurns(prepared, book);
  await writeEvents(tx, composed, journal);
  return composed.flatMap(({ versions }) => versions.outcomes);
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
  let waiting: ComposedEvents[] = [];
  const told = () =>
    onStored(waiting.flatMap(({ versions }) => versions.outcomes));
  for await (const events of batches) {
    const prepared = await prepare(tx, events, book, journal, maybeKnown);
    const [composed] = await Promise.all([
      composeInTurns(prepared, book),
      writeEvents(tx, waiting, journal),
    ]);
    told();
    waiting = composed;
  }
  await writeEvents(tx, waiting, journal);
  told();
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
interface ComposedEvents {
  versions: Composed<DerivedEvent>;
  rows: EventRows;
}

/** So many events are composed before others get their turn, among them the connection to the database. */
const COMPOSED_AT_ONCE = 50;

async function composeInTurns(
  { events, current, keys, at }: PreparedEvents,
  book: ActorBook,
): Promise<ComposedEvents[]> {
  const composed: ComposedEvents[] = [];
  for (let from = 0; from < events.length; from += COMPOSED_AT_ONCE) {
    if (from > 0) await nextTurn();
    const until = from + COMPOSED_AT_ONCE;
    const derived = events
      .slice(from, until)
      .map((event) =>
        derive(event, book, namesBefore(current.get(event.draft.id)?.body)),
      );
    composed.push(composeEvents(derived, current, keys.slice(from, until), at));
  }
  return composed;
}

function composeEvents(
  events: readonly DerivedEvent[],
  current: ReadonlyMap<string, Current>,
  keys: readonly number[],
  at: number,
): ComposedEvents {
  const versions = composeVersions(
    'event',
    events,
    current,
    eventShape,
    keys,
    at,
  );
  const rows = noRows();
  for (const { item, key } of versions.stored) addRows(rows, item, key, at);
  return { versions, rows };
}

async function writeEvents(
  tx: EntityManager,
  composed: readonly ComposedEvents[],
  journal: Journal,
): Promise<void> {
  await writeVersions(
    tx,
    composed.map(({ versions }) => versions),
    journal,
  );
  await writeRows(
    tx,
    composed.map(({ rows }) => rows),
  );
}

async function writeRows(
  tx: EntityManager,
  rows: readonly EventRows[],
): Promise<void> {
  for (const [table, columns] of Object.entries(EVENT_TABLES))
    await loadLines(
      tx,
      table,
      columns,
      rows.flatMap((some) => some[table as EventTable]),
    );
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
  const composed = composeEvents(events, current, keys, journal.stamp.at);
  await writeEvents(tx, [composed], journal);
  return composed.versions.stored;
}

/** Writes anew for whom events count, and for whom their accounts speak. */
export async function storeCounts(
  tx: EntityManager,
  events: readonly { event: DerivedEvent; key: number }[],
  { stamp }: Journal,
): Promise<void> {
  const rows = noRows();
  for (const { event, key } of events) addCounts(rows, event, key, stamp.at);
  await writeRows(tx, [rows]);
}
