import type { EntityManager } from 'typeorm';
import { type Reached } from '../domain/affiliation.ts';
import { type UnderstoodEvent } from '../domain/event.ts';
import { copyBytes, type CopyBytes, copyLine, timestamp } from './copy.ts';
import { type Climbed } from './derivations.ts';
import { addCounts, EVENT_TABLES, noRows } from './events.rows.ts';
import { addRows } from './rows.ts';

/** The tables of who counts for what, and the column that says for which part of the event. */
const PARTS = { event_actor: 'participation', event_account: 'account' };

type CountTable = keyof typeof PARTS;
const TABLES = Object.keys(PARTS) as CountTable[];

/** The rows of an event as the record has them, one text each, with commas between them; null where there are none. */
export interface StoredCounts {
  actors: string | null;
  accounts: string | null;
}

/** Answers {@link StoredCounts} of the event whose key is `k.key`, as columns of a statement. */
export const STORED_COUNTS = `
  (select string_agg(concat_ws(' ', participation, actor, scope, certain, array_to_string(path, '>')), ',')
   from event_actor a where a.superseded_at is null and a.event_key = k.key) as actors,
  (select string_agg(concat_ws(' ', account, actor, scope, certain), ',')
   from event_account a where a.superseded_at is null and a.event_key = k.key) as accounts`;

/**
 * For whom events count otherwise than the record has it: gathered aside, so that nobody waits while it is found out, and
 * written at once.
 */
export interface Recounts {
  /** Takes note of an event that may count differently. */
  compare(
    key: number,
    event: UnderstoodEvent,
    now: Climbed,
    before: StoredCounts,
  ): void;
  /** Puts aside what has been noted in memory. */
  spill(tx: EntityManager): Promise<void>;
  /**
   * Writes what was noted, but of events that others have replaced or removed since, and answers how many events count
   * differently now. From here to the end of the transaction, who replaces one of them waits.
   * @param at when they are entered, in milliseconds
   */
  write(tx: EntityManager, at: number): Promise<number>;
}

/** Begins to gather recounts; another may begin in the same transaction when these are written. */
export async function openRecounts(tx: EntityManager): Promise<Recounts> {
  await tx.query(
    TABLES.map(
      (table) => `
        create temp table gone_${table} (key bigint, part integer, actor text collate "C", scope smallint) on commit drop;
        create temp table fresh_${table} (like ${table} including generated) on commit drop;`,
    ).join(''),
  );
  let fresh = noRows();
  let gone = noGone();
  const spill = async (tx: EntityManager) => {
    const [rows, closed] = [fresh, gone];
    fresh = noRows();
    gone = noGone();
    await addRows(
      tx,
      TABLES.flatMap((table) => [
        { table: `gone_${table}`, columns: GONE, rows: closed[table] },
        {
          table: `fresh_${table}`,
          columns: EVENT_TABLES[table],
          rows: rows[table],
        },
      ]),
    );
  };
  return {
    compare(key, event, now, before) {
      const actors = difference(before.actors, now.counts, rowWithPath);
      const accounts = difference(before.accounts, now.tellers, row);
      if (actors === null && accounts === null) return;
      for (const { part, actor, scope } of actors?.gone ?? [])
        gone.event_actor.add(copyLine([key, part, actor, scope]));
      for (const { part, actor, scope } of accounts?.gone ?? [])
        gone.event_account.add(copyLine([key, part, actor, scope]));
      const counts = actors?.fresh ?? [];
      const tellers = accounts?.fresh ?? [];
      // When they are entered is told when they are.
      addCounts(fresh, { ...event, counts, tellers }, key, 0);
    },
    spill,
    async write(tx, at) {
      await spill(tx);
      const [found]: { some: boolean }[] = await tx.query(
        `select ${TABLES.flatMap((table) => [`gone_${table}`, `fresh_${table}`])
          .map((table) => `exists (select from ${table})`)
          .join(' or ')} as some`,
      );
      let count = 0;
      if (found?.some === true) {
        count = await holdStanding(tx);
        for (const table of TABLES) await writeCounts(tx, table, at);
        await tx.query('drop table standing');
      }
      await tx.query(
        `drop table ${TABLES.flatMap((table) => [`gone_${table}`, `fresh_${table}`]).join(', ')}`,
      );
      return count;
    },
  };
}

const GONE = ['key', 'part', 'actor', 'scope'];

const noGone = (): Record<CountTable, CopyBytes> => ({
  event_actor: copyBytes(),
  event_account: copyBytes(),
});

/** Holds the events that count differently, as far as they still stand: whose version is replaced has other rows by now. */
async function holdStanding(tx: EntityManager): Promise<number> {
  await tx.query(
    `create temp table standing on commit drop as
     select key from event_version where superseded_at is null and key = any (array(${TABLES.flatMap(
       (table) => [
         `select key from gone_${table}`,
         `select event_key from fresh_${table}`,
       ],
     ).join(' union ')})) order by key for no key update`,
  );
  await tx.query(
    `analyze standing, ${TABLES.map((table) => `gone_${table}`).join(', ')}`,
  );
  const [held]: { count: number }[] = await tx.query(
    'select count(*) from standing',
  );
  return held?.count ?? 0;
}

/** Closes what no longer holds, and adds what does now. */
async function writeCounts(
  tx: EntityManager,
  table: CountTable,
  at: number,
): Promise<void> {
  await tx.query(
    `update ${table} a set superseded_at = $1 from gone_${table} g join standing using (key)
     where a.superseded_at is null and a.event_key = g.key and a.${PARTS[table]} = g.part and a.actor = g.actor and a.scope = g.scope`,
    [timestamp(at)],
  );
  const columns = EVENT_TABLES[table].filter((name) => name !== 'recorded_at');
  await tx.query(
    `insert into ${table} (${columns.join(', ')}, recorded_at) select ${columns.join(', ')}, $1 from fresh_${table}
     where event_key in (select key from standing)`,
    [timestamp(at)],
  );
}

/** A row that no longer holds, or comes again with the others of its actor. */
interface GoneCount {
  part: number;
  actor: string;
  scope: number;
}

/** What of some rows is not as it was; null where all is. */
function difference(
  before: string | null,
  parts: readonly Reached[][],
  textOf: (index: number, one: Reached) => string,
): { gone: GoneCount[]; fresh: Reached[][] } | null {
  const was = new Set(before?.split(','));
  const is = parts.map((actors, index) =>
    actors.map((one) => textOf(index, one)),
  );
  const all = new Set(is.flat());
  // All rows of an actor come and go together: the sums by month count him once a statement (migration 0008).
  const changed = new Set<string | undefined>();
  for (const text of all)
    if (!was.has(text)) changed.add(text.split(' ', 2)[1]);
  for (const text of was)
    if (!all.has(text)) changed.add(text.split(' ', 2)[1]);
  if (changed.size === 0) return null;
  return {
    gone: [...was].flatMap((text) => {
      const [part, actor = '', scope] = text.split(' ', 3);
      return changed.has(actor)
        ? [{ part: Number(part), actor, scope: Number(scope) }]
        : [];
    }),
    fresh: parts.map((actors) =>
      actors.filter(({ actor }) => changed.has(actor)),
    ),
  };
}

/** A row as {@link STORED_COUNTS} tells it; an account's path is not kept. */
function row(index: number, { actor, scope, certain }: Reached): string {
  return `${index} ${actor} ${scope} ${certain ? 't' : 'f'}`;
}

function rowWithPath(index: number, one: Reached): string {
  return one.path.length > 1
    ? `${row(index, one)} ${one.path.join('>')}`
    : row(index, one);
}
