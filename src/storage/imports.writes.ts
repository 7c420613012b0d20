import type { EntityManager } from 'typeorm';
import { RELATIONS_BETWEEN } from '../domain/actor.ts';
import { type Load, startLoad } from './copy.ts';
import { type RecordName } from '../domain/record.ts';

/** A row of a file on its way into the record; `draft` is null where the row is known to be bad. */
export interface StagedRow {
  line: number;
  record: RecordName;
  id: string;
  kind: string | null;
  draft: string | null;
  /** What it refers to, as `record:id`. */
  targets: string[];
  /** Its ties to records of its own sort, as `relation>id`. */
  ties: string[];
}

/** A staged row that is looked at again. */
export interface StagedDraft {
  line: number;
  draft: string;
}

/** Faults are looked for so many at a time, so that a wholly broken file does not fill the memory. */
const MOST_AT_ONCE = 10_000;

const IMPORT_LOCK = 727_374_002;

/** One import at a time per database: the second waits, so that neither sees half of the other. */
export async function lockImports(tx: EntityManager): Promise<void> {
  await tx.query('set local statement_timeout = 0');
  await tx.query('set local lock_timeout = 0');
  await tx.query('set local idle_in_transaction_session_timeout = 0');
  await tx.query('select pg_advisory_xact_lock($1)', [IMPORT_LOCK]);
}

/** Opens an empty staging table; rows go in through the answer until it is ended. */
export async function startStaging(
  tx: EntityManager,
): Promise<{ add(row: StagedRow): Promise<void>; end(): Promise<void> }> {
  await tx.query(
    `create temp table staged (line bigint, record text, id text collate "C", kind text, draft text, targets text[],
       ties text[], refused boolean not null default false) on commit drop`,
  );
  const into: Load = await startLoad(tx, 'staged', [
    'line',
    'record',
    'id',
    'kind',
    'draft',
    'targets',
    'ties',
    'refused',
  ]);
  return {
    add: (row) =>
      into.row([
        row.line,
        row.record,
        row.id,
        row.kind,
        row.draft,
        row.targets,
        row.ties,
        row.draft === null,
      ]),
    async end() {
      await into.end();
      await tx.query('create index on staged (record, id)');
      await tx.query('create index on staged (record, line)');
      await tx.query('analyze staged');
    },
  };
}

/** Rows that give an id once more; `same` where they say the same as the first. They are taken out of the staging. */
export async function repeatedRows(
  tx: EntityManager,
): Promise<{ line: number; first: number; same: boolean }[]> {
  const rows: { line: number; first: number; same: boolean }[] = await tx.query(
    `select line, first, same from (
       select line, first_value(line) over w as first, draft = first_value(draft) over w as same
       from staged where not refused
       window w as (partition by record, id order by line)
     ) repeated where line <> first order by line`,
  );
  // Gone rather than refused: the first row of that id still stands.
  await tx.query('delete from staged where line = any($1)', [
    rows.map(({ line }) => line),
  ]);
  return rows;
}

/**
 * Targets, as `record:id`, that neither the record nor the staging has.
 * @param strict whether a refused row no longer counts as being there
 */
export async function missingTargets(
  tx: EntityManager,
  strict: boolean,
): Promise<Set<string>> {
  const rows: { target: string }[] = await tx.query(
    `with wanted as (
       select target, split_part(target, ':', 1) as record, substr(target, strpos(target, ':') + 1) collate "C" as id
       from (select distinct unnest(targets) as target from staged where not refused) targets
     )
     select target from wanted w
     where not exists (select from staged s where s.record = w.record and s.id = w.id and not ($1 and s.refused))
       and not exists (select from actor_version v where w.record = 'actor' and v.id = w.id and v.superseded_at is null)
       and not exists (select from document_version v where w.record = 'document' and v.id = w.id and v.superseded_at is null)
       and not exists (select from event_version v where w.record = 'event' and v.id = w.id and v.superseded_at is null)
     limit ${MOST_AT_ONCE}`,
    [strict],
  );
  return new Set(rows.map(({ target }) => target));
}

/** Rows not yet refused that refer to any of these targets. */
export async function rowsReferringTo(
  tx: EntityManager,
  targets: ReadonlySet<string>,
): Promise<StagedDraft[]> {
  if (targets.size === 0) return [];
  return tx.query(
    `select line, draft from staged where not refused and targets && $1 order by line limit ${MOST_AT_ONCE}`,
    [[...targets]],
  );
}

/** Actors tied to an actor of a kind that the relation does not join. */
export async function mismatchedTies(
  tx: EntityManager,
): Promise<
  (StagedDraft & { relation: string; target: string; kind: string })[]
> {
  const allowed = Object.entries(RELATIONS_BETWEEN).flatMap(
    ([relation, { to }]) => to.map((kind) => `${relation}>${kind}`),
  );
  return tx.query(
    `select t.line, t.draft, t.relation, t.target, k.kind from (
       select line, draft, split_part(tie, '>', 1) as relation, split_part(tie, '>', 2) collate "C" as target
       from staged, unnest(ties) tie where record = 'actor' and not refused
     ) t cross join lateral (
       select kind from (
         select kind, 0 as place from staged s where s.record = 'actor' and s.id = t.target
         union all
         select kind, 1 from actor_version v where v.id = t.target and v.superseded_at is null
       ) known order by place limit 1
     ) k where t.relation || '>' || k.kind <> all ($1) order by t.line`,
    [allowed],
  );
}

/** Marks rows as not to be stored. */
export async function refuseRows(
  tx: EntityManager,
  lines: readonly number[],
): Promise<void> {
  if (lines.length > 0)
    await tx.query('update staged set refused = true where line = any($1)', [
      lines,
    ]);
}

/** The staged drafts of one sort that may be stored, in the file's order, a batch at a time. */
export async function* stagedDrafts(
  tx: EntityManager,
  record: RecordName,
  atOnce: number,
): AsyncGenerator<StagedDraft[]> {
  for (let after = 0; ;) {
    const rows: StagedDraft[] = await tx.query(
      'select line, draft from staged where record = $1 and line > $2 and not refused order by line limit $3',
      [record, after, atOnce],
    );
    if (rows.length === 0) return;
    after = rows.at(-1)?.line ?? after;
    yield rows;
  }
}

/** Whether the record holds nothing at all. */
export async function isEmpty(tx: EntityManager): Promise<boolean> {
  const rows: { empty: boolean }[] = await tx.query(
    'select not exists (select from change) as empty',
  );
  return rows[0]?.empty === true;
}

/** How many rows may be stored. */
export async function stagedCount(tx: EntityManager): Promise<number> {
  const rows: { count: number }[] = await tx.query(
    'select count(*) from staged where not refused',
  );
  return rows[0]?.count ?? 0;
}
