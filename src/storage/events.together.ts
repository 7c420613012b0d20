import { DomainError } from '../domain/errors.ts';
import { type EventDraft, understoodDate } from '../domain/event.ts';
import { referencesOf } from '../domain/record.ts';
import { openJournal } from './changes.writes.ts';
import { type Database } from './database.ts';
import { actorsOf, derive } from './derivations.ts';
import { storeDerived } from './events.writes.ts';
import { prepared } from './prepared.ts';
import { type Author, type Written } from './record.writes.ts';
import { holdAtHand, mayBeCircular } from './references.writes.ts';
import { type KeptBook, keptBook } from './ties.ts';
import { DERIVING_LOCK } from './ties.locks.ts';
import {
  type Committed,
  inToldTransaction,
  type Transaction,
} from './transaction.ts';
import { currentVersions } from './versions.ts';

/** Where new events of several requests are entered in one transaction. */
export interface EventDesk {
  /**
   * Enters an event that is new and that nothing stands in the way of; answers null, with nothing done, for any other: it
   * has to be written by itself.
   */
  enter(
    author: Author,
    draft: EventDraft,
    committed: Committed,
  ): Promise<Written | null>;
}

interface Entry {
  author: Author;
  draft: EventDraft;
  committed: Committed;
  resolve: (written: Written | null) => void;
  reject: (error: unknown) => void;
}

const MOST_TOGETHER = 64;

/**
 * The desk of one server. Commits follow each other (see {@link openJournal}), so what arrives while one runs is entered
 * together with the next: nobody waits for company, and the busier it is the less each costs.
 */
export function eventDesk(database: Database): EventDesk {
  const book = keptBook();
  let waiting: Entry[] = [];
  let running = false;
  const run = async () => {
    running = true;
    while (waiting.length > 0) {
      const batch = nextBatch(waiting);
      waiting = waiting.filter((entry) => !batch.includes(entry));
      await enterBatch(database, batch, book);
    }
    running = false;
  };
  return {
    enter: (author, draft, committed) =>
      new Promise((resolve, reject) => {
        waiting.push({ author, draft, committed, resolve, reject });
        if (!running) void run();
      }),
  };
}

/** Those who wait and have the first one's author; each id once. */
function nextBatch(waiting: readonly Entry[]): Entry[] {
  const [first] = waiting;
  const batch = new Map<string, Entry>();
  for (const entry of waiting)
    if (
      batch.size < MOST_TOGETHER &&
      !batch.has(entry.draft.id) &&
      entry.author.by === first?.author.by &&
      entry.author.reason === first.author.reason
    )
      batch.set(entry.draft.id, entry);
  return [...batch.values()];
}

async function enterBatch(
  database: Database,
  batch: readonly Entry[],
  book: KeptBook,
): Promise<void> {
  let committing = false;
  try {
    const told = (lsn: string) => {
      for (const { committed } of batch) committed(lsn);
    };
    const written = await inToldTransaction(database, told, async (tx) => {
      committing = false;
      const bodies = await enterTogether(tx, batch, book);
      committing = true;
      return bodies;
    });
    for (const { draft, resolve } of batch) {
      const body = written.get(draft.id);
      resolve(body === undefined ? null : { body, created: true });
    }
  } catch (error) {
    // What failed before the commit is undone: each by itself is told its own. Of a failed commit nobody knows, and a
    // database that is away or too slow is so for each.
    const told =
      committing || (error instanceof DomainError && error.code !== 'conflict');
    for (const { resolve, reject } of batch)
      if (told) reject(error);
      else resolve(null);
  }
}

/**
 * Enters those of these events that can be at once, and waits for nobody on the way: what others are just writing, and
 * what should be refused, is left out.
 * @returns by id the finished JSON of those entered
 */
async function enterTogether(
  tx: Transaction,
  batch: readonly Entry[],
  kept: KeptBook,
): Promise<Map<string, string>> {
  const [first] = batch;
  if (first === undefined) return new Map();
  const { by, reason } = first.author;
  const apart = batch.flatMap(({ draft }) => {
    const references = referencesOf(draft);
    return references.some((one) => mayBeCircular(draft, one))
      ? []
      : [{ draft, references }];
  });
  const ids = apart.map(({ draft }) => draft.id);
  // What was there before the lock is seen by statements after it.
  const locked = await lockFree(tx, ids);
  const known = await currentVersions(tx, 'event', ids);
  const held = await holdAtHand(
    tx,
    apart.flatMap(({ references }) => references),
  );
  const drafts = apart
    .filter(
      ({ draft: { id }, references }) =>
        locked.has(id) &&
        !known.has(id) &&
        references.every((one) => held.has(`${one.record}:${one.id}`)),
    )
    .map(({ draft }) => draft);
  if (drafts.length === 0) return new Map();
  const book = await kept.current(tx);
  await book.open(tx, drafts.flatMap(actorsOf));
  const journal = await openJournal(tx, by, reason, 'hand');
  const events = drafts.map((draft) =>
    derive({ draft, ...understoodDate(draft) }, book, new Map()),
  );
  const stored = await storeDerived(tx, events, new Map(), journal);
  await journal.close();
  return new Map(stored.map(({ item, body }) => [item.draft.id, body]));
}

/**
 * Which of these ids no other writer of them holds; they are held from now on, and so are the ties of all actors (see
 * {@link DERIVING_LOCK}): none while somebody is about to have changed some.
 */
async function lockFree(
  tx: Transaction,
  ids: readonly string[],
): Promise<Set<string>> {
  const rows = await prepared<{ id: string }>(
    tx,
    `select id from (select pg_try_advisory_xact_lock_shared($2) as free offset 0) ties, unnest($1::text[]) id
     where free and pg_try_advisory_xact_lock(hashtextextended('event:' || id, 0))`,
    [ids, DERIVING_LOCK],
  );
  return new Set(rows.map(({ id }) => id));
}
