import { Client } from 'pg';

/** A table that nobody else can even read. */
export interface HeldTable {
  /** How many connections to its database wait for a lock. */
  waiting(): Promise<number>;
  release(): Promise<void>;
}

/** Locks a table for good, whatever becomes of the database. */
export async function holdTable(
  url: string,
  table: string,
): Promise<HeldTable> {
  // Within its transaction a connection does not see who came later.
  const [holder, watcher] = [new Client(url), new Client(url)];
  for (const client of [holder, watcher]) {
    client.on('error', () => undefined);
    await client.connect();
  }
  await holder.query(`begin; lock table ${table} in access exclusive mode`);
  return {
    async waiting() {
      const { rows } = await watcher.query<{ count: number }>(
        `select count(*)::int as count from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows[0]?.count ?? 0;
    },
    async release() {
      await holder.end();
      await watcher.end();
    },
  };
}
