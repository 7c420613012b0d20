import type { Pool } from 'pg';

/**
 * How the database is: it answers; it is away; or (`unconfirmed`) a standby that has to confirm every write does not, so that
 * commits wait without an end.
 */
export type Condition = 'well' | 'away' | 'unconfirmed';

/** Tells how the database is, to those who have waited for it longer than usual. */
export interface Pulse {
  /** Asks the database, within three seconds; those who ask at the same time share the answer. */
  now(): Promise<Condition>;
  /** What was answered last; well before anybody asked. */
  last(): Condition;
}

/** A commit that has waited so long for a standby waits in vain. */
const UNCONFIRMED = '2 seconds';

/** Feels the pulse on connections that nothing slow runs on. */
export function pulseOf(pool: Pool): Pulse {
  let last: Condition = 'well';
  let asking: Promise<Condition> | null = null;
  const ask = async (): Promise<Condition> => {
    try {
      const { rows } = await pool.query<{ waits: boolean }>(
        `select exists (select from pg_stat_activity where datname = current_database() and wait_event = 'SyncRep'
           and state_change < clock_timestamp() - $1::interval) as waits`,
        [UNCONFIRMED],
      );
      last = rows[0]?.waits === true ? 'unconfirmed' : 'well';
    } catch {
      last = 'away';
    } finally {
      asking = null;
    }
    return last;
  };
  return {
    now: () => (asking ??= ask()),
    last: () => last,
  };
}
