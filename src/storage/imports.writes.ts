import type { EntityManager } from 'typeorm';
import { RELATIONS_BETWEEN } from '../domain/actor.ts';
import { load, type Cell } from './copy.ts';
import { type Likeness } from './imports.duplicates.ts';
import { type RecordName, RECORDS } from '../domain/record.ts';

/**
 * A row of a file on its way into the record; `draft` is null where the row is known to be bad. Records that the import
 * itself adds have lines below 1.
 */
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
  /** Of an event what others may be compared by, see {@link duplicates}. */
  likeness: Likeness | null;
  /** Why it is entered, where the row tells. */
  reason: string | null;
}

/** A staged row that is looked at again. */
export interface StagedDraft {
  line: number;
  draft: string;
}

/** Bad rows are looked at so many at a time, so that a wholly broken file does not fill the memory. */
const AT_ONCE = 1000;

const IMPORT_LOCK = 727_374_002;

/** One import at a time per database: the second waits, so that neither sees half of the other. */
export async function lockImports(tx: EntityManager): Promise<void> {
  await tx.query('set local statement_timeout = 0');
  await tx.query('set local lock_timeout = 0');
  await tx.query('set local idle_in_transaction_session_timeout = 0');
  await tx.query('select pg_advisory_xact_lock($1)', [IMPORT_LOCK]);
}

/** Waits until no import runs, and lets none begin before this transaction has ended. */
export async function waitForImports(tx: EntityManager): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1)', [IMPORT_LOCK]);
}

/** Puts the rows of a file into an empty staging table. */
export async function stageRows(
  tx: EntityManager,
  rows: AsyncIterable<StagedRow>,
): Promise<void> {
  await tx.query(
    `create temp table staged (line bigint, record text, id text collate "C", kind text, draft text,
       targets text[] collate "C", ties text[], refused boolean not null default false,
       day date, type text, actors text[] collate "C", reason text) on commit drop`,
  );
  await load(tx, 'staged', COLUMNS, cellsOf(rows));
  await tx.query('create index on staged (record, id)');
  await tx.query('create index on staged (record, line)');
  await tx.query('analyze staged');
}

const COLUMNS = [
  'line',
  'record',
  'id',
  'kind',
  'draft',
  'targets',
  'ties',
  'refused',
  'day',
  'type',
  'actors',
  'reason',
];

async function* cellsOf(
  rows: AsyncIterable<StagedRow>,
): AsyncGenerator<Cell[]> {
  for await (const row of rows)
    yield [
      row.line,
      row.record,
      row.id,
      row.kind,
      row.draft,
      row.targets,
      row.ties,
      row.draft === null,
      row.likeness?.day ?? null,
      row.likeness?.type ?? null,
      row.likeness?.actors ?? null,
      row.reason,
    ];
}

/** Holds the records that staged rows refer to: until the transaction ends they may be replaced, but not removed. */
export async function holdReferred(tx: EntityManager): Promise<void> {
  for (const record of RECORDS)
    await tx.query(
      `with held as (
         select 1 from ${record}_version where superseded_at is null and id in (
           select substr(target, length($1) + 2) collate "C" from (select distinct unnest(targets) as target from staged) targets
           where split_part(target, ':', 1) = $1
         ) for key share
       ) select count(*) from held`,
      [record],
    );
}

/** Rows that give an id once more; `same` where they say the same as the first. They are taken out of the staging. */
export async function repeatedRows(
  tx: EntityManager,
): Promise<{ line: number; first: number; same: boolean }[]> {
  const rows: { line: number; first: number; same: boolean }[] = await tx.query(
    `select line, first, same from (
       select line, first_value(line) over w as first, draft = first_value(draft) over w as same
       from staged where not refused and (record, id) in (
         select record, id from staged where not refused group by record, id having count(*) > 1
       )
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
 * Rows that refer to what neither the record nor the staging has, a batch at a time, and to what they refer in vain.
 * @param strict whether a refused row no longer counts as being there: then what refers to it falls with it, and what
 *   refers to that, and so on
 */
export async function* rowsReferringToNothing(
  tx: EntityManager,
  strict: boolean,
): AsyncGenerator<(StagedDraft & { missing: string[] })[]> {
  await tx.query(
    `create temp table missing on commit drop as
     select target from (
       select target, split_part(target, ':', 1) as record, substr(target, strpos(target, ':') + 1) as id
       from (select distinct unnest(targets) as target from staged where not refused) targets
     ) w
     where not exists (select from staged s where s.record = w.record and s.id = w.id and not ($1 and s.refused))
       and not exists (select from actor_version v where w.record = 'actor' and v.id = w.id and v.superseded_at is null)
       and not exists (select from document_version v where w.record = 'document' and v.id = w.id and v.superseded_at is null)
       and not exists (select from event_version v where w.record = 'event' and v.id = w.id and v.superseded_at is null)`,
    [strict],
  );
  const [some]: unknown[] = await tx.query('select from missing limit 1');
  if (some !== undefined) {
    if (strict) await addWhatFalls(tx);
    await tx.query('create index on missing (target)');
    for (let after = 0; ;) {
      const rows: (StagedDraft & { missing: string[] })[] = await tx.query(
        `select line, draft, array(select target from missing where target = any(targets)) as missing
         from staged where not refused and line > $1 and exists (select from missing where target = any(targets))
         order by line limit ${AT_ONCE}`,
        [after],
      );
      if (rows.length === 0) break;
      after = rows.at(-1)?.line ?? after;
      yield rows;
    }
  }
  await tx.query('drop table missing');
}

/** Adds to the missing targets the rows that fall with them, and what falls with those. */
async function addWhatFalls(tx: EntityManager): Promise<void> {
  // The index leads from a row to those that refer to it; it is seldom needed, and so made only here.
  await tx.query(
    'create index if not exists staged_targets on staged using gin (targets)',
  );
  await tx.query(
    `insert into missing
     with recursive gone (target) as (
       select target from missing
       union
       select (s.record || ':' || s.id) collate "C" from gone g
       join staged s on not s.refused and s.targets @> array[g.target]
       where not exists (select from actor_version v where s.record = 'actor' and v.id = s.id and v.superseded_at is null)
         and not exists (select from document_version v where s.record = 'document' and v.id = s.id and v.superseded_at is null)
         and not exists (select from event_version v where s.record = 'event' and v.id = s.id and v.superseded_at is null)
     )
     select target from gone except select target from missing`,
  );
}

// The kinds that each relation may lead to, as `relation>kind`.
const ALLOWED_TIES = Object.entries(RELATIONS_BETWEEN).flatMap(
  ([relation, { to }]) => to.map((kind) => `${relation}>${kind}`),
);

/**
 * Actors tied to an actor of a kind that the relation does not join.
 * @param strict whether a refused row leaves the actor as the record has it
 */
export async function mismatchedTies(
  tx: EntityManager,
  strict: boolean,
): Promise<
  (StagedDraft & { relation: string; target: string; kind: string })[]
> {
  return tx.query(
    `select t.line, t.draft, t.relation, t.target, k.kind from (
       select line, draft, split_part(tie, '>', 1) as relation, split_part(tie, '>', 2) collate "C" as target
       from staged, unnest(ties) tie where record = 'actor' and not refused
     ) t cross join lateral (
       select kind from (
         select kind, refused::int as place from staged s
         where s.record = 'actor' and s.id = t.target and not ($2 and s.refused)
         union all
         select kind, 2 from actor_version v where v.id = t.target and v.superseded_at is null
       ) known order by place limit 1
     ) k where t.relation || '>' || k.kind <> all ($1) order by t.line`,
    [ALLOWED_TIES, strict],
  );
}

/**
 * Actors that take on a kind to which a tie of another actor in the record cannot lead, one such tie of each relation.
 * @param strict whether a refused row leaves the other actor's ties as the record has them
 */
export async function mismatchedKinds(
  tx: EntityManager,
  strict: boolean,
): Promise<{ line: number; relation: string; holder: string; kind: string }[]> {
  return tx.query(
    `select distinct on (s.line, a.relation) s.line, a.relation, a.actor as holder, s.kind
     from staged s join affiliation a on a.target = s.id and a.superseded_at is null
     where s.record = 'actor' and not s.refused and a.relation || '>' || s.kind <> all ($1)
       and not exists (select from staged o where o.record = 'actor' and o.id = a.actor and not ($2 and o.refused))
     order by s.line, a.relation, a.actor`,
    [ALLOWED_TIES, strict],
  );
}

/** Rows that give an id which was merged away, and what it was merged into. */
export async function mergedRows(
  tx: EntityManager,
): Promise<{ line: number; record: RecordName; successor: string }[]> {
  return tx.query(
    `select s.line, s.record, c.successor from staged s join change c on c.record = s.record and c.id = s.id
     where c.change = 'merged' and not s.refused order by s.line`,
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

/** Whether the record holds nothing at all. */
export async function isEmpty(tx: EntityManager): Promise<boolean> {
  const rows: { empty: boolean }[] = await tx.query(
    'select not exists (select from change) as empty',
  );
  return rows[0]?.empty === true;
}
