import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { type EventDraft } from '../domain/event.ts';
import { load } from './copy.ts';
import { eventWords } from './words.ts';

const AT_ONCE = 1000;

/**
 * Makes the words of all versions of events that have none: those written before there were words. Each batch is a
 * transaction, so what breaks off goes on at the next start.
 */
export async function wordEvents(writes: DataSource): Promise<void> {
  for (let left = true; left;)
    left = await writes.transaction(async (tx) => {
      const rows: { key: number; body: string }[] = await tx.query(
        'select key, body from event_version where words is null order by key limit $1',
        [AT_ONCE],
      );
      if (rows.length === 0) return false;
      await tx.query(
        'create temp table worded (key bigint, words tsvector) on commit drop',
      );
      await load(
        tx,
        'worded',
        ['key', 'words'],
        rows.map(({ key, body }) => [
          key,
          eventWords(JSON.parse(body) as EventDraft),
        ]),
      );
      await tx.query(
        'update event_version v set words = w.words from worded w where v.key = w.key and v.key = any($1)',
        [rows.map(({ key }) => key)],
      );
      return true;
    });
}

/**
 * Files in the index of words and terms what was written since. PostgreSQL puts new entries into a list beside a GIN index, as
 * filing many at once is four times cheaper; but every search reads that list whole.
 */
export async function fileWords(pool: Pool): Promise<void> {
  await pool.query(`select gin_clean_pending_list('event_found')`);
}
