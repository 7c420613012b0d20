import type { EntityManager } from 'typeorm';
import { CLIMBED } from '../domain/affiliation.ts';
import { type Tie, tiesInCircles } from '../domain/circles.ts';
import { type StagedDraft } from './imports.writes.ts';
import { type RecordName } from '../domain/record.ts';

/**
 * What may not run in a circle, and where the record keeps it. A document may be part of what it answers: its two
 * relations each have circles of their own.
 */
export const CIRCLES: Record<
  RecordName,
  { table: string; source: string; groups: readonly (readonly string[])[] }
> = {
  actor: { table: 'affiliation', source: 'actor', groups: [CLIMBED] },
  document: {
    table: 'document_link',
    source: 'document',
    groups: [['in-reply-to'], ['part-of']],
  },
  event: { table: 'event_link', source: 'event', groups: [['part-of']] },
};

/** A staged row that would close a circle; the circle runs from its id to its id. */
export interface CircularRow extends StagedDraft {
  relation: string;
  circle: string[];
}

interface StagedTie extends Tie {
  relation: string;
  /** Null where the tie stands in the record already. */
  line: number | null;
}

/** Few ties are left after so many rounds, unless chains are as long as nobody writes them. */
const MOST_ROUNDS = 20;

/**
 * The staged rows that would close a circle.
 * @param strict whether a refused row leaves the ties as the record has them
 */
export async function circularRows(
  tx: EntityManager,
  record: RecordName,
  strict: boolean,
): Promise<CircularRow[]> {
  const found: CircularRow[] = [];
  for (const relations of CIRCLES[record].groups) {
    const ties = await tiesLeft(tx, record, relations, strict);
    const circular = tiesInCircles(ties).flatMap(({ tie, circle }) =>
      tie.line === null
        ? []
        : [{ line: tie.line, relation: tie.relation, circle }],
    );
    if (circular.length === 0) continue;
    const rows: StagedDraft[] = await tx.query(
      'select line, draft from staged where line = any($1)',
      [circular.map(({ line }) => line)],
    );
    const drafts = new Map(rows.map(({ line, draft }) => [line, draft]));
    for (const one of circular)
      found.push({ ...one, draft: drafts.get(one.line) ?? '' });
  }
  return found;
}

/** The staged ties and those above them, less the ends: what leads nowhere or comes from nowhere is in no circle. */
async function tiesLeft(
  tx: EntityManager,
  record: RecordName,
  relations: readonly string[],
  strict: boolean,
): Promise<StagedTie[]> {
  const { table, source } = CIRCLES[record];
  await tx.query(
    `create temp table tie on commit drop as
     with recursive known (source, relation, target) as (
       select id, split_part(tie, '>', 1), split_part(tie, '>', 2) collate "C"
       from staged, unnest(ties) tie where record = $1 and not refused and split_part(tie, '>', 1) = any($2)
       union
       select t.${source}, t.relation, t.target from ${table} t join known k on t.${source} = k.target
       where t.superseded_at is null and t.relation = any($2)
         and not exists (select from staged s where s.record = $1 and s.id = t.${source} and not ($3 and s.refused))
     )
     select source, relation, target from known`,
    [record, relations, strict],
  );
  for (let round = 1, taken = 1; taken > 0 && round <= MOST_ROUNDS; round++) {
    await tx.query('analyze tie');
    taken = 0;
    for (const [end, other] of [
      ['target', 'source'],
      ['source', 'target'],
    ]) {
      const [, count]: [unknown, number] = await tx.query(
        `delete from tie t where not exists (select from tie o where o.${other} = t.${end})`,
      );
      taken += count;
    }
  }
  const left: StagedTie[] = await tx.query(
    `select t.source, t.relation, t.target, s.line from tie t
     left join staged s on s.record = $1 and s.id = t.source and not s.refused`,
    [record],
  );
  await tx.query('drop table tie');
  return left;
}
