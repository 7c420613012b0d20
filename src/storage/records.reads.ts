import type { Pool } from 'pg';
import { type RecordName } from '../domain/record.ts';
import { ask, IN_BYTES } from './page.ts';
import { type Sql, sql } from './sql.ts';
import { standing } from './standing.ts';

/** A step in the life of a record, with what it was before and after; `body` is null when it ended there. */
export interface Revision {
  revision: number;
  change: string;
  at: string;
  by: string | null;
  reason: string | null;
  successor: string | null;
  body: string | null;
  before: string | null;
}

const TABLES: Record<RecordName, Sql> = {
  actor: sql`actor_version`,
  document: sql`document_version`,
  event: sql`event_version`,
};

/** The steps in the life of a record after one of them, in order; one statement. */
export async function listRevisions(
  pool: Pool,
  record: RecordName,
  id: string,
  after: number,
  limit: number,
): Promise<Revision[]> {
  const versions = TABLES[record];
  return ask<Revision>(
    pool,
    sql`select c.revision, c.change, to_char(c.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, c.by, c.reason,
        c.successor, v.body, b.body as before
      from change c
      left join ${versions} v on v.id = c.id and v.revision = c.revision
      left join lateral (
        select body from ${versions} p where p.id = c.id and p.revision < c.revision order by revision desc limit 1
      ) b on true
      where c.record = ${record} and c.id = ${id} and c.revision > ${after} order by c.revision limit ${limit}`,
    true,
  );
}

/** The finished JSON of a record as it stands, in UTF-8, or null. */
export async function readBody(
  pool: Pool,
  record: RecordName,
  id: string,
): Promise<Buffer | null> {
  const [row] = await ask<[body: Buffer]>(
    pool,
    sql`select body from ${TABLES[record]} where id = ${id} and superseded_at is null`,
    true,
    IN_BYTES,
  );
  return row?.[0] ?? null;
}

/** The finished JSON of a record as it stood at an instant (milliseconds), in UTF-8, or null when it did not stand then. */
export async function readBodyAsOf(
  pool: Pool,
  record: RecordName,
  id: string,
  asOf: number,
): Promise<Buffer | null> {
  const [row] = await ask<[body: Buffer]>(
    pool,
    sql`select body from ${TABLES[record]} v where id = ${id} and ${standing(sql`v`, asOf)}`,
    true,
    IN_BYTES,
  );
  return row?.[0] ?? null;
}
