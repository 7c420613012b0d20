import { Client } from 'pg';

/** What others have to wait for. */
export interface Held {
  /** How many connections to its database wait for a lock. */
  waiting(): Promise<number>;
  release(): Promise<void>;
}

/** Locks a table for good, whatever becomes of the database: nobody else can even read it. */
export async function holdTable(url: string, table: string): Promise<Held> {
  return hold(url, `lock table ${table} in access exclusive mode`, []);
}

/** Locks the version of an event that stands: nobody else can replace it. */
export async function holdEvent(url: string, id: string): Promise<Held> {
  return hold(
    url,
    'select from event_version where id = $1 and superseded_at is null for update',
    [id],
  );
}

async function hold(
  url: string,
  statement: string,
  values: readonly string[],
): Promise<Held> {
  // Within its transaction a connection does not see who came later.
  const [holder, watcher] = [new Client(url), new Client(url)];
  for (const client of [holder, watcher]) {
    client.on('error', () => undefined);
    await client.connect();
  }
  await holder.query('begin');
  await holder.query(statement, [...values]);
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
