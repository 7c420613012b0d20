import type { EntityManager } from 'typeorm';
import { type RecordName } from '../domain/record.ts';
import { type Journal } from './changes.writes.ts';
import { type StagedDraft } from './imports.writes.ts';

/** The staged drafts of one sort that may be stored, in the file's order, a batch at a time. */
export async function* stagedDrafts(
  tx: EntityManager,
  record: RecordName,
  atOnce: number,
): AsyncGenerator<StagedDraft[]> {
  for (let after = Number.MIN_SAFE_INTEGER; ;) {
    const rows: StagedDraft[] = await tx.query(
      'select line, draft from staged where record = $1 and line > $2 and not refused order by line limit $3',
      [record, after, atOnce],
    );
    if (rows.length === 0) return;
    after = rows.at(-1)?.line ?? after;
    yield rows;
  }
}

/** Whether the record has, or ever had, any of the staged records of a sort. */
export async function anyKnown(
  tx: EntityManager,
  record: RecordName,
): Promise<boolean> {
  const rows: { known: boolean }[] = await tx.query(
    `select exists (
       select from staged s join ${record}_version v on v.id = s.id where s.record = $1 and not s.refused
     ) as known`,
    [record],
  );
  return rows[0]?.known === true;
}

/** A journal in which what is stored stands with the reason that its row gives, if it gives one. */
export async function withOwnReasons(
  tx: EntityManager,
  journal: Journal,
): Promise<Journal> {
  const [told]: unknown[] = await tx.query(
    'select from staged where reason is not null limit 1',
  );
  if (told === undefined) return journal;
  return {
    ...journal,
    async add(changes, at) {
      const rows: { name: string; reason: string }[] = await tx.query(
        `select record || ':' || id as name, reason from staged
         where reason is not null and record = any($1) and id = any($2)`,
        [
          [...new Set(changes.map(({ record }) => record))],
          changes.map(({ id }) => id),
        ],
      );
      const reasons = new Map(rows.map(({ name, reason }) => [name, reason]));
      await journal.add(
        changes.map((change) => ({
          ...change,
          reason: reasons.get(`${change.record}:${change.id}`) ?? null,
        })),
        at,
      );
    },
  };
}

/** Fewer new rows than these change little for who plans questions; as many are loaded into new tables, of which nothing is known. */
const MANY = 5000;

/**
 * Lets the planner of questions know of a large import at once. Else it takes the record for as small as it was, until the
 * server looks by itself.
 */
export async function analyzeLoaded(
  tx: EntityManager,
  stored: number,
): Promise<void> {
  if (stored < MANY) return;
  await tx.query(
    'analyze actor_version, affiliation, document_version, document_link, event_version, event_actor, event_account, event_link, event_document',
  );
}

/** How many rows may be stored. */
export async function stagedCount(tx: EntityManager): Promise<number> {
  const rows: { count: number }[] = await tx.query(
    'select count(*) from staged where not refused',
  );
  return rows[0]?.count ?? 0;
}

/**
 * Gives up the drafts, once all are stored: of millions they take as much room as the indexes that are made next. Which records
 * were imported is still known.
 */
export async function letDraftsGo(tx: EntityManager): Promise<void> {
  await tx.query(
    'create temp table stored on commit drop as select line, record, id, refused from staged',
  );
  // What is merely dropped keeps its room until the commit.
  await tx.query(
    'truncate staged; drop table staged; alter table stored rename to staged',
  );
}
