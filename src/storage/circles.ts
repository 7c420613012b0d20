import type { EntityManager } from 'typeorm';
import { CLIMBED } from '../domain/affiliation.ts';
import { type StagedDraft } from './imports.writes.ts';
import { type RecordName } from '../domain/record.ts';

/** What may not run in a circle, each group by itself, and where the record keeps it. */
export const CIRCLES: Record<
  RecordName,
  { table: string; source: string; groups: readonly (readonly string[])[] }
> = {
  actor: { table: 'affiliation', source: 'actor', groups: [CLIMBED] },
  // A document may be part of what it answers: its two relations each have circles of their own.
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

/**
 * The staged rows that would close a circle.
 * Ties that lead nowhere or come from nowhere are taken away until only circles are left.
 */
export async function circularRows(
  tx: EntityManager,
  record: RecordName,
): Promise<CircularRow[]> {
  const { table, source, groups } = CIRCLES[record];
  const found: CircularRow[] = [];
  for (const group of groups)
    found.push(...(await circlesOver(tx, record, table, source, group)));
  return found;
}

async function circlesOver(
  tx: EntityManager,
  record: RecordName,
  table: string,
  source: string,
  relations: readonly string[],
): Promise<CircularRow[]> {
  await tx.query(
    `create temp table tie on commit drop as
     with recursive new as (
       select id as source, split_part(tie, '>', 1) as relation, split_part(tie, '>', 2) collate "C" as target
       from staged, unnest(ties) tie where record = $1 and not refused
     ), known (source, relation, target) as (
       select source, relation, target from new where relation = any($2)
       union
       select t.${source}, t.relation, t.target from ${table} t join known k on t.${source} = k.target
       where t.superseded_at is null and t.relation = any($2)
         and not exists (select from staged s where s.record = $1 and s.id = t.${source})
     )
     select source, relation, target from known`,
    [record, relations],
  );
  for (;;) {
    const [, taken]: [unknown, number] = await tx.query(
      `delete from tie where target not in (select source from tie) or source not in (select target from tie)`,
    );
    if (taken === 0) break;
  }
  const left: {
    source: string;
    relation: string;
    target: string;
    line: number | null;
    draft: string | null;
  }[] = await tx.query(
    `select t.source, t.relation, t.target, s.line, s.draft from tie t
     left join staged s on s.record = $1 and s.id = t.source and not s.refused`,
    [record],
  );
  await tx.query('drop table tie');
  return left.flatMap(({ source: start, relation, line, draft }) => {
    if (line === null || draft === null) return [];
    const circle = circleThrough(start, left);
    return circle === null ? [] : [{ line, draft, relation, circle }];
  });
}

/** The shortest way from an id back to itself, or null when it only lies between circles. */
function circleThrough(
  start: string,
  ties: readonly { source: string; target: string }[],
): string[] | null {
  const next = new Map<string, string[]>();
  for (const { source, target } of ties)
    next.set(source, [...(next.get(source) ?? []), target]);
  const cameFrom = new Map<string, string>();
  const waiting = [start];
  for (let at = waiting.shift(); at !== undefined; at = waiting.shift())
    for (const target of next.get(at) ?? []) {
      if (target === start) {
        const way = [start];
        for (
          let back: string | undefined = at;
          back !== undefined;
          back = cameFrom.get(back)
        )
          way.unshift(back);
        return way;
      }
      if (cameFrom.has(target)) continue;
      cameFrom.set(target, at);
      waiting.push(target);
    }
  return null;
}
