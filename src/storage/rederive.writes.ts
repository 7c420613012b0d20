import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { type Corroboration } from '../domain/account.ts';
import { DAY } from '../domain/bounds.ts';
import { type EventDraft, understoodDate } from '../domain/event.ts';
import { type TieChange } from '../domain/tie-change.ts';
import { type Journal } from './changes.writes.ts';
import { timestamp } from './copy.ts';
import { actorsOf, climbed, derive, type DerivedEvent } from './derivations.ts';
import { storeDerived } from './events.writes.ts';
import {
  openRecounts,
  type Recounts,
  STORED_COUNTS,
  type StoredCounts,
} from './recounts.ts';
import { type ActorBook, actorBook } from './ties.ts';
import { lockTies, waitForDerivations } from './ties.locks.ts';
import { type Current } from './versions.ts';

const REDERIVED_AT_ONCE = 1000;

/** After so many events, a few milliseconds' work, whoever else needs this thread gets his turn. */
const EVENTS_A_TURN = 50;

/** A tenure's days are those of the place, an event's bounds may be instants: they are never further apart than this. */
const APART = 2 * DAY;

/**
 * Derives anew for whom events count, and how they are corroborated, after the ties of these actors changed: every
 * event in which one of them, or anyone who may climb to one of them, is named or gives an account, and which may have
 * been when that makes a difference.
 *
 * What differs is found out first, while others write what they like, and written at the end.
 * @param since events that this transaction has stored under keys beyond this one are derived already
 * @returns how many events count differently now
 */
export async function rederiveEvents(
  tx: EntityManager,
  changes: readonly TieChange[],
  journal: Journal,
  since: number | null = null,
): Promise<number> {
  if (changes.length === 0) return 0;
  await tx.query('set local statement_timeout = 0');
  // Two at once would each see but half of what changed. What was known of ties before may no longer be so.
  await lockTies(tx);
  const book = actorBook();
  await tx.query(
    'create temp table affected (key bigint primary key, look integer) on commit drop',
  );
  let done = await rederiveAffected(tx, changes, 1, since, book, journal);
  // Those that were entered meanwhile by what the ties were. Few: nobody enters any while this is done.
  await waitForDerivations(tx);
  done += await rederiveAffected(tx, changes, 2, since, book, journal);
  await tx.query('drop table affected');
  return done;
}

/** Derives anew the events that these changes concern, but for those that were derived by an earlier look. */
async function rederiveAffected(
  tx: EntityManager,
  changes: readonly TieChange[],
  look: number,
  since: number | null,
  book: ActorBook,
  journal: Journal,
): Promise<number> {
  const found = await findAffected(tx, changes, look);
  if (found === 0) return 0;
  const recounts = await openRecounts(tx);
  const untold = await compareAffected(tx, look, since, book, recounts);
  const retold = await retell(tx, untold, book, journal.derived);
  const recounted = await recounts.write(tx, journal.stamp.at);
  return retold + recounted;
}

/** Looks for the events, and answers how many there are. */
async function findAffected(
  tx: EntityManager,
  changes: readonly TieChange[],
  look: number,
): Promise<number> {
  const spans = changes.flatMap(({ actor, spans }) =>
    spans.map(({ from, until }) => ({ actor, from, until })),
  );
  // What names them, for each table has an index for that (offset 0: the planner, who cannot know how few they are, would read all).
  const [counted]: { found: number }[] = await tx.query(
    `with recursive below (id, first, last) as (
       select id collate "C", first, last from unnest($2::text[], $3::timestamptz[], $4::timestamptz[]) changed (id, first, last)
       union
       select a.actor, first, last from affiliation a join below on a.target = below.id where a.superseded_at is null
     ), naming (key) as (
       select a.event_key from below cross join lateral (
         select event_key from event_actor a
         where a.actor = below.id and a.superseded_at is null and a.scope = 0 and a.lane in (0, 1)
           and a.begin_earliest < last and a.end_latest > first offset 0) a
       union
       select a.event_key from below cross join lateral (
         select event_key from event_account a where a.actor = below.id and a.superseded_at is null and a.scope = 0 offset 0) a
       cross join lateral (
         select from event_version e where e.key = a.event_key and e.begin_earliest < last and e.end_latest > first offset 0) e
     ), added as (
       insert into affected select key, $1 from naming
       on conflict do nothing returning key
     )
     select count(*) as found from added`,
    [
      look,
      spans.map(({ actor }) => actor),
      spans.map(({ from }) => timestamp(from - APART)),
      spans.map(({ until }) => timestamp(until + APART)),
    ],
  );
  return counted?.found ?? 0;
}

/** An event as it stands, with its rows; all but the key null where there is nothing to derive. */
interface Standing extends StoredCounts {
  key: number;
  body: string | null;
}

/** Some of the affected events, in the order of their keys. */
async function readAffected(
  tx: EntityManager,
  look: number,
  since: number | null,
  after: number,
): Promise<Standing[]> {
  return tx.query(
    `select k.key, e.body, ${STORED_COUNTS}
     from (select key from affected where look = $1 and key > $2 order by key limit ${REDERIVED_AT_ONCE}) k
     left join event_version e on e.key = k.key and e.superseded_at is null
       and (e.key > $3 and e.xmin = pg_current_xact_id()::xid) is not true order by k.key`,
    [look, after, since],
  );
}

/**
 * Compares for whom the affected events count with for whom they counted, a batch at a time: while one is compared, the
 * database reads the next.
 * @returns the keys of those that are corroborated otherwise, and so have to be told anew
 */
async function compareAffected(
  tx: EntityManager,
  look: number,
  since: number | null,
  book: ActorBook,
  recounts: Recounts,
): Promise<number[]> {
  const untold: number[] = [];
  for (let rows = await readAffected(tx, look, since, 0); rows.length > 0;) {
    const events = await understood(rows);
    await book.open(
      tx,
      events.flatMap(({ event }) => actorsOf(event.draft)),
    );
    const compared = async () => {
      for (const [index, { key, event, before }] of events.entries()) {
        if (index % EVENTS_A_TURN === 0) await nextTurn();
        const now = climbed(event, book);
        if (now.corroboration === event.draft.corroboration)
          recounts.compare(key, event, now, before);
        else untold.push(key);
      }
    };
    const last = rows.at(-1)?.key ?? 0;
    [rows] = await Promise.all([
      readAffected(tx, look, since, last),
      compared(),
    ]);
    await recounts.spill(tx);
  }
  return untold;
}

/** An event's draft as a finished body has it, with what is derived. */
type TextOfEvent = EventDraft & {
  corroboration: Corroboration;
  revision: number;
  revisedAt: string;
};

async function understood(rows: readonly Standing[]) {
  const events = [];
  for (const { key, body, ...before } of rows) {
    if (body === null) continue;
    const draft = JSON.parse(body) as TextOfEvent;
    events.push({ key, before, event: { draft, ...understoodDate(draft) } });
    if (events.length % EVENTS_A_TURN === 0) await nextTurn();
  }
  return events;
}

/** Stores new versions of these events, as far as they still stand, and answers how many. */
async function retell(
  tx: EntityManager,
  keys: readonly number[],
  book: ActorBook,
  journal: Journal,
): Promise<number> {
  let done = 0;
  for (let from = 0; from < keys.length; from += REDERIVED_AT_ONCE) {
    const rows: { key: number; body: string }[] = await tx.query(
      // Held: who replaces the event meanwhile would otherwise be replaced in turn.
      'select key, body from event_version where superseded_at is null and key = any($1) order by key for update',
      [keys.slice(from, from + REDERIVED_AT_ONCE)],
    );
    const current = new Map<string, Current>();
    const events: DerivedEvent[] = [];
    for (const { key, body } of rows) {
      const draft = JSON.parse(body) as TextOfEvent;
      const { id, revision, revisedAt } = draft;
      const since = Date.parse(revisedAt);
      current.set(id, { id, key, body, revision, since });
      events.push(derive({ draft, ...understoodDate(draft) }, book, new Map()));
      if (events.length % EVENTS_A_TURN === 0) await nextTurn();
    }
    const stored = await storeDerived(tx, events, current, journal);
    // They are derived already, and not to be looked at again.
    await tx.query('insert into affected select unnest($1::bigint[]), 0', [
      stored.map(({ key }) => key),
    ]);
    done += stored.length;
  }
  return done;
}
