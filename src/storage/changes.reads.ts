import type { Pool } from 'pg';
import { ask } from './page.ts';
import { every, sql } from './sql.ts';
import { type RecordName } from '../domain/record.ts';

/** A change as it is told, and its place in the log. */
export interface LoggedChange {
  position: number;
  body: string;
}

/** Which changes are wanted, from where on. */
export interface ChangeRequest {
  /** The place after which to begin; 0 begins with the first. */
  after: number;
  limit: number;
  records: readonly RecordName[] | null;
}

/** Changes in the order in which they were committed: one statement, one range of the log. */
export async function listChanges(
  pool: Pool,
  { after, limit, records }: ChangeRequest,
): Promise<LoggedChange[]> {
  const conditions = [
    sql`position > ${after}`,
    ...(records === null ? [] : [sql`record = any(${records}::text[])`]),
  ];
  return ask<LoggedChange>(
    pool,
    sql`select position, json_build_object('record', record, 'id', id, 'revision', revision, 'change', change,
        'at', to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'by', by, 'reason', reason,
        'successor', successor)::text as body
      from change where ${every(conditions)} order by position limit ${limit}`,
    true,
  );
}

/** How a record came to an end. */
export interface Fate {
  change: 'removed' | 'merged';
  reason: string | null;
  successor: string | null;
}

/** How the record with an id came to an end; null when it stands, or never was. */
export async function readFate(
  pool: Pool,
  record: RecordName,
  id: string,
): Promise<Fate | null> {
  const rows = await ask<Fate>(
    pool,
    sql`select change, reason, successor from (
        select change, reason, successor from change where record = ${record} and id = ${id} order by revision desc limit 1
      ) last where change in ('removed', 'merged')`,
    true,
  );
  return rows[0] ?? null;
}
