import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { type Journal } from './changes.writes.ts';
import { type Reached } from '../domain/affiliation.ts';
import { type EventDraft, understoodDate } from '../domain/event.ts';
import { timestamp } from './copy.ts';
import { actorsOf, derive, type DerivedEvent } from './derivations.ts';
import { storeCounts, storeDerived } from './events.writes.ts';
import { type ActorBook, actorBook } from './ties.ts';
import { lockTies, waitForDerivations } from './ties.locks.ts';
import { type Current } from './versions.ts';

const REDERIVED_AT_ONCE = 1000;

/**
 * Derives anew for whom events count, and how they are corroborated, after the ties of these actors changed: every
 * event in which one of them, or anyone who may climb to one of them, is named or gives an account.
 * @returns how many events count differently now
 */
export async function rederiveEvents(
  tx: EntityManager,
  actors: readonly string[],
  journal: Journal,
): Promise<number> {
  if (actors.length === 0) return 0;
  // Two at once would each see but half of what changed. What was known of ties before may no longer be so.
  await lockTies(tx);
  const book = actorBook();
  const below: { id: string }[] = await tx.query(
    `with recursive below (id) as (
       select unnest($1::text[]) collate "C"
       union
       select a.actor from affiliation a join below on a.target = below.id where a.superseded_at is null
     )
     select id from below`,
    [actors],
  );
  const ids = below.map(({ id }) => id);
  await tx.query(
    'create temp table affected (key bigint primary key, look integer) on commit drop',
  );
  let done = await rederiveNaming(tx, ids, 1, book, journal);
  // Those that were entered meanwhile by what the ties were. Few: nobody enters any while this is done.
  await waitForDerivations(tx);
  done += await rederiveNaming(tx, ids, 2, book, journal);
  await tx.query('drop table affected');
  return done;
}

/** Derives anew the events that name one of these actors, but for those that were derived by an earlier look. */
async function rederiveNaming(
  tx: EntityManager,
  actors: readonly string[],
  look: number,
  book: ActorBook,
  journal: Journal,
): Promise<number> {
  // What names them, for each table has an index for that.
  await tx.query(
    `insert into affected
     select event_key, $2::integer from event_actor where superseded_at is null and scope = 0 and actor = any($1)
     union
     select event_key, $2::integer from event_account where superseded_at is null and scope = 0 and actor = any($1)
     on conflict do nothing`,
    [actors, look],
  );
  let done = 0;
  for (let after = 0; ;) {
    const keys: { key: number }[] = await tx.query(
      'select key from affected where look = $3 and key > $1 order by key limit $2',
      [after, REDERIVED_AT_ONCE, look],
    );
    if (keys.length === 0) return done;
    after = keys.at(-1)?.key ?? after;
    const rows: { key: number; body: string }[] = await tx.query(
      // Held: who takes the event out meanwhile would leave behind the rows that are added here.
      'select key, body from event_version where superseded_at is null and key = any($1) order by key for update',
      [keys.map(({ key }) => key)],
    );
    const { count, retold } = await rederiveBatch(
      tx,
      rows,
      book,
      journal.derived,
    );
    await tx.query('insert into affected select unnest($1::bigint[]), 0', [
      retold,
    ]);
    done += count;
    await nextTurn();
  }
}

/** Derives some events anew: how many count differently now, and the keys of the versions that had to be made. */
async function rederiveBatch(
  tx: EntityManager,
  rows: readonly { key: number; body: string }[],
  book: ActorBook,
  journal: Journal,
): Promise<{ count: number; retold: number[] }> {
  const events = rows.map(({ key, body }) => {
    const draft = JSON.parse(body) as EventDraft & {
      revision: number;
      revisedAt: string;
    };
    return { key, body, draft, event: { draft, ...understoodDate(draft) } };
  });
  const current = new Map(
    events.map(({ key, body, draft }): [string, Current] => [
      draft.id,
      {
        id: draft.id,
        key,
        body,
        revision: draft.revision,
        since: Date.parse(draft.revisedAt),
      },
    ]),
  );
  await book.open(
    tx,
    events.flatMap(({ event }) => actorsOf(event.draft)),
  );
  const derived = events.map((one) => ({
    ...one,
    event: derive(one.event, book, new Map()),
  }));
  const before = await storedCounts(
    tx,
    rows.map(({ key }) => key),
  );
  const retold = await storeDerived(
    tx,
    derived.map(({ event }) => event),
    current,
    journal,
  );
  const retoldKeys = new Set(
    retold.map(({ before: replaced }) => replaced?.key),
  );
  const recounted = derived
    .filter(({ key }) => !retoldKeys.has(key))
    .map(({ key, event }) => difference(key, event, before.get(key)))
    .filter((one) => one !== null);
  await closeCounts(
    tx,
    recounted.flatMap(({ gone }) => gone),
    journal,
  );
  await storeCounts(tx, recounted, journal);
  return {
    count: retold.length + recounted.length,
    retold: retold.map(({ key }) => key),
  };
}

/** The tables of who counts for what, and the column that says for which part of the event. */
const PARTS = { event_actor: 'participation', event_account: 'account' };

type CountTable = keyof typeof PARTS;

/** The rows of an event as the record has them, each as a text to compare it by. */
type StoredCounts = Record<CountTable, ReadonlySet<string>>;

async function storedCounts(
  tx: EntityManager,
  keys: readonly number[],
): Promise<Map<number, StoredCounts>> {
  const rows: {
    key: number;
    actors: string | null;
    accounts: string | null;
  }[] = await tx.query(
    `select k.key, (
         select string_agg(concat_ws(' ', participation, actor, scope, certain, array_to_string(path, '>')), ',')
         from event_actor a where a.superseded_at is null and a.event_key = k.key
       ) as actors, (
         select string_agg(concat_ws(' ', account, actor, scope, certain), ',')
         from event_account a where a.superseded_at is null and a.event_key = k.key
       ) as accounts
       from unnest($1::bigint[]) k (key)`,
    [keys],
  );
  const set = (text: string | null) => new Set(text?.split(','));
  return new Map(
    rows.map(({ key, actors, accounts }) => [
      key,
      { event_actor: set(actors), event_account: set(accounts) },
    ]),
  );
}

/** A row that no longer holds, or comes again with the others of its actor. */
interface GoneCount {
  table: CountTable;
  key: number;
  part: number;
  actor: string;
  scope: number;
}

/** An event whose counts are not what they were: with those of the actors for whom they are not, as they are and were. */
interface Recounted {
  key: number;
  event: DerivedEvent;
  gone: GoneCount[];
}

function difference(
  key: number,
  event: DerivedEvent,
  before: StoredCounts | undefined,
): Recounted | null {
  const gone: GoneCount[] = [];
  const fresh = (
    table: CountTable,
    parts: DerivedEvent['counts'],
  ): DerivedEvent['counts'] => {
    const was = before?.[table] ?? new Set();
    const is = new Set(
      parts.flatMap((actors, index) =>
        actors.map((one) => countText(table, index, one)),
      ),
    );
    // All rows of an actor come and go together: the sums by month count him once a statement (migration 0008).
    const changed = new Set(
      [...was, ...is]
        .filter((text) => !was.has(text) || !is.has(text))
        .map((text) => text.split(' ')[1]),
    );
    for (const text of was) {
      const [part, actor = '', scope] = text.split(' ');
      if (changed.has(actor))
        gone.push({
          table,
          key,
          part: Number(part),
          actor,
          scope: Number(scope),
        });
    }
    return parts.map((actors) =>
      actors.filter(({ actor }) => changed.has(actor)),
    );
  };
  const counts = fresh('event_actor', event.counts);
  const tellers = fresh('event_account', event.tellers);
  return gone.length + counts.flat().length + tellers.flat().length === 0
    ? null
    : { key, event: { ...event, counts, tellers }, gone };
}

/** A row as {@link storedCounts} tells it; an account's path is not kept. */
function countText(
  table: CountTable,
  index: number,
  { actor, scope, certain, path }: Reached,
): string {
  const row = `${index} ${actor} ${scope} ${certain ? 't' : 'f'}`;
  return table === 'event_actor' && path.length > 1
    ? `${row} ${path.join('>')}`
    : row;
}

async function closeCounts(
  tx: EntityManager,
  gone: readonly GoneCount[],
  { stamp }: Journal,
): Promise<void> {
  for (const [table, part] of Object.entries(PARTS)) {
    const rows = gone.filter((one) => one.table === table);
    if (rows.length === 0) continue;
    // By their keys first, which have an index; the rest is compared beside them.
    await tx.query(
      `update ${table} set superseded_at = $1 where superseded_at is null and event_key = any($2)
       and (event_key, ${part}, actor, scope) in (
         select key, part, actor collate "C", scope
         from unnest($2::bigint[], $3::int[], $4::text[], $5::smallint[]) gone (key, part, actor, scope)
       )`,
      [
        timestamp(stamp.at),
        rows.map(({ key }) => key),
        rows.map((one) => one.part),
        rows.map(({ actor }) => actor),
        rows.map(({ scope }) => scope),
      ],
    );
  }
}
