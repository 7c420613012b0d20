import type { EntityManager } from 'typeorm';
import { type RecordName, RECORDS } from '../domain/record.ts';

/** A staged row whose record was imported before and has been revised by hand since. */
export interface RevisedRow {
  line: number;
  record: RecordName;
  id: string;
  draft: string;
  /** The record's finished JSON; null where it was removed by hand. */
  body: string | null;
  revision: number;
  by: string;
  /** When it was revised: ISO 8601, UTC. */
  at: string;
}

const AT_ONCE = 1000;

/** Where the log of changes ends now. */
export async function endOfLog(tx: EntityManager): Promise<number> {
  const [{ last } = { last: 0 }]: { last: number }[] = await tx.query(
    'select coalesce(max(position), 0) as last from change',
  );
  return last;
}

/**
 * The staged rows of records that an import brought and whose last words are by hand, a batch at a time. What was merged into
 * another is not among them.
 */
export async function* rowsRevisedByHand(
  tx: EntityManager,
): AsyncGenerator<RevisedRow[]> {
  await tx.query(
    `create temp table by_hand on commit drop as
     select s.line, s.record, s.id, h.revision, h.by, h.at
     from staged s join change h on h.record = s.record and h.id = s.id and h.origin = 'hand'
     where not s.refused and h.change <> 'merged'
       and not exists (select from change l where l.record = h.record and l.id = h.id and l.revision > h.revision
         and l.origin is distinct from 'derived')
       and exists (select from change i where i.record = h.record and i.id = h.id and i.revision < h.revision and i.origin is null)`,
  );
  for (const record of RECORDS)
    for (let after = 0; ;) {
      const rows: RevisedRow[] = await tx.query(
        `select b.line, b.record, b.id, s.draft, v.body, coalesce(v.revision, b.revision) as revision, b.by,
           to_char(b.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
         from by_hand b join staged s on s.record = b.record and s.line = b.line
         left join ${record}_version v on v.id = b.id and v.superseded_at is null
         where b.record = $1 and b.line > $2 order by b.line limit ${AT_ONCE}`,
        [record, after],
      );
      if (rows.length === 0) break;
      after = rows.at(-1)?.line ?? after;
      yield rows;
    }
  await tx.query('drop table by_hand');
}

/** Takes rows out of the staging, as if the file did not have them. */
export async function leaveRows(
  tx: EntityManager,
  lines: readonly number[],
): Promise<void> {
  if (lines.length > 0)
    await tx.query('delete from staged where line = any($1)', [lines]);
}

/** Some records that were revised by hand after this place in the log, and that this import has revised again without knowing it. */
export async function revisedMeanwhile(
  tx: EntityManager,
  since: number,
): Promise<string[]> {
  const versions = RECORDS.map(
    (record) =>
      `select '${record}' as record, id, revision from ${record}_version where superseded_at is null`,
  ).join(' union all ');
  const rows: { id: string }[] = await tx.query(
    `select distinct h.id from change h join staged s on s.record = h.record and s.id = h.id and not s.refused
     join (${versions}) v on v.record = h.record and v.id = h.id and v.revision > h.revision
     where h.position > $1 and h.origin = 'hand'
       and not exists (select from change l where l.record = h.record and l.id = h.id and l.revision > h.revision) limit 5`,
    [since],
  );
  return rows.map(({ id }) => id);
}
