import type { Pool } from 'pg';
import { nearest } from '../domain/nearest.ts';
import { ask } from './page.ts';
import { sql } from './sql.ts';
import { type RecordName } from '../domain/record.ts';

const TABLES = {
  actor: sql`actor_version`,
  document: sql`document_version`,
  event: sql`event_version`,
};

/** The ids of a sort that look like one that does not exist: among those that begin alike, or contain it. */
export async function nearestIds(
  pool: Pool,
  record: RecordName,
  id: string,
): Promise<string[]> {
  const begin = id.slice(0, 1);
  const rows = await ask<{ id: string }>(
    pool,
    sql`(select id from ${TABLES[record]} where superseded_at is null and id >= ${begin} and id < ${`${begin}\uffff`} order by id limit 5000)
      union all
      (select id from ${TABLES[record]} where superseded_at is null and id > ${id} order by id limit 5)`,
    true,
  );
  return nearest(id, new Set(rows.map((row) => row.id)));
}
