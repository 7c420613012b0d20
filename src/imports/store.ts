import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ActorDraft } from '../domain/actor.ts';
import { type DocumentDraft } from '../domain/document.ts';
import {
  type EventDraft,
  type UnderstoodEvent,
  understoodDate,
} from '../domain/event.ts';
import { type TieChange } from '../domain/tie-change.ts';
import { storeActors } from '../storage/actors.writes.ts';
import { openJournal } from '../storage/changes.writes.ts';
import { storeDocuments } from '../storage/documents.writes.ts';
import { storeEventBatches } from '../storage/events.writes.ts';
import { tablesAside } from '../storage/imports.aside.ts';
import {
  analyzeLoaded,
  anyKnown,
  letDraftsGo,
  stagedCount,
  stagedDrafts,
  withOwnReasons,
} from '../storage/imports.staged.ts';
import { rederiveEvents } from '../storage/rederive.writes.ts';
import { tallyLater, tallyStored } from '../storage/tallies.writes.ts';
import { actorBook } from '../storage/ties.ts';
import { watchTies } from '../storage/ties.locks.ts';
import { type Transaction } from '../storage/transaction.ts';
import { type Outcome } from '../storage/versions.ts';

/** Who imports and why, and who is told how far it is. */
export interface Storing {
  by: string | null;
  reason: string | null;
  /** Called when all is stored, before anything of it is in the log of changes; what it throws undoes all. */
  beforeLogged: () => Promise<void>;
  /** Told what became of some records more, of so many in all. */
  onStored: (outcomes: readonly Outcome[], total: number) => void;
}

const AT_ONCE = 100;

/** As many as make each of their tables worth a load of its own. */
const EVENTS_AT_ONCE = 1000;

/**
 * After so many rows, a few milliseconds' work, whoever else needs this thread gets his turn: pages are answered
 * meanwhile.
 */
export const ROWS_A_TURN = 50;

/** Stores what is staged and was not refused: actors and documents first, for events follow from them. */
export async function storeStaged(
  tx: Transaction,
  { by, reason, beforeLogged, onStored }: Storing,
): Promise<void> {
  const journal = await openJournal(tx, by, reason);
  const entries = await withOwnReasons(tx, journal);
  const book = actorBook();
  const total = await stagedCount(tx);
  const count = (outcomes: readonly Outcome[]) => onStored(outcomes, total);
  const tiesChanged: TieChange[] = [];
  for await (const rows of stagedDrafts(tx, 'actor', AT_ONCE)) {
    const stored = await storeActors(
      tx,
      rows.map(({ draft }) => JSON.parse(draft) as ActorDraft),
      entries,
    );
    tiesChanged.push(...stored.tiesChanged);
    count(stored.outcomes);
  }
  for await (const rows of stagedDrafts(tx, 'document', AT_ONCE))
    count(
      await storeDocuments(
        tx,
        rows.map(({ draft }) => JSON.parse(draft) as DocumentDraft),
        entries,
      ),
    );
  const ties = await watchTies(tx);
  const known = await anyKnown(tx, 'event');
  const aside = await tablesAside(tx, total);
  const since = await tallyLater(tx);
  await storeEventBatches(tx, stagedEvents(tx), book, entries, known, count);
  if (aside !== null) await letDraftsGo(tx);
  await aside?.index();
  // Before the sums are made: else nothing is known of new tables when these are joined.
  await analyzeLoaded(tx, total);
  await tallyStored(tx, since);
  await aside?.guard();
  const others = total === 0 ? [] : await ties.changed();
  await rederiveEvents(tx, [...tiesChanged, ...others], journal);
  await beforeLogged();
  await journal.write();
  await aside?.putInPlace();
  await journal.close();
}

/** The events in the file's order, understood. */
async function* stagedEvents(
  tx: Transaction,
): AsyncGenerator<UnderstoodEvent[]> {
  for await (const rows of stagedDrafts(tx, 'event', EVENTS_AT_ONCE)) {
    const events: UnderstoodEvent[] = [];
    for (const { draft: text } of rows) {
      const draft = JSON.parse(text) as EventDraft;
      events.push({ draft, ...understoodDate(draft) });
      if (events.length % ROWS_A_TURN === 0) await nextTurn();
    }
    yield events;
  }
}
