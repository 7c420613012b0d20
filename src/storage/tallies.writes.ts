import type { EntityManager } from 'typeorm';
import { type Database } from './database.ts';
import { inTransaction } from './transaction.ts';
import { fileWords } from './words.writes.ts';

const SETTLING_LOCK = 727_374_005;

/**
 * Adds what has changed since to the sums by month, inside a transaction of its own in a quiet moment. Readers see the same
 * before and after; where another transaction is at it, it is left to that one.
 */
export async function settleTallies(tx: EntityManager): Promise<void> {
  const [answer]: { taken: boolean }[] = await tx.query(
    'select pg_try_advisory_xact_lock($1) as taken',
    [SETTLING_LOCK],
  );
  if (answer?.taken !== true) return;
  await tx.query(
    `with changed as (delete from event_tally_change returning *),
     totals as (
       insert into event_tally_total as t (subject, count) select subject, sum(count) from changed group by subject order by subject
       on conflict (subject) do update set count = t.count + excluded.count),
     before as (
       delete from event_tally t using (select distinct subject, begins from changed) c
       where t.subject = c.subject and t.begins = c.begins returning t.*)
     insert into event_tally (subject, begins, begins_latest, ends, skipping, count)
     select subject, begins, begins_latest, ends, skipping, sum(count)
     from (select * from changed union all select * from before) t
     group by subject, begins, begins_latest, ends, skipping having sum(count) <> 0`,
  );
}

/**
 * Leaves the new versions that this transaction stores out of the sums until {@link tallyStored}: once for all is many times
 * cheaper than statement by statement. None of them may be replaced before that.
 * @returns the key after which they come
 */
export async function tallyLater(tx: EntityManager): Promise<number> {
  const [last]: { key: number }[] = await tx.query(
    `select nextval('version_key') as key, set_config('events.tally', 'later', true)`,
  );
  return last?.key ?? 0;
}

/** Adds up the versions of events stored since {@link tallyLater}. */
export async function tallyStored(
  tx: EntityManager,
  since: number,
): Promise<void> {
  await tx.query(
    `select tally_later($1), set_config('events.tally', '', true)`,
    [since],
  );
}

/** How often a server looks whether there is something to add up. */
const SETTLE_EVERY = 20_000;

/** Adds up in quiet moments what single writes have changed, and files their words, until it is stopped. */
export function keepSettling(database: Database): {
  stop(): Promise<void>;
} {
  let running = Promise.resolve();
  const timer = setInterval(() => {
    // What fails is tried again: until then readers add up a little more.
    running = running
      .then(() => settleIfChanged(database))
      .then(() => fileWords(database.pool))
      .catch(() => {});
  }, SETTLE_EVERY).unref();
  return {
    stop() {
      clearInterval(timer);
      return running;
    },
  };
}

async function settleIfChanged(database: Database): Promise<void> {
  const { rowCount } = await database.pool.query(
    'select from event_tally_change limit 1',
  );
  // An import may hold the totals: it is tried again rather than waited for.
  if (rowCount === 1) await inTransaction(database, settleTallies);
}
