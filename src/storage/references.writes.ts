import type { EntityManager } from 'typeorm';
import { type ActorDraft, RELATIONS_BETWEEN } from '../domain/actor.ts';
import {
  type ActorKind,
  type Relation,
  RELATIONS,
} from '../domain/affiliation.ts';
import { DomainError, type Fault } from '../domain/errors.ts';
import {
  type Draft,
  type RecordName,
  RECORDS,
  type Reference,
  referencesOf,
} from '../domain/record.ts';
import { withArticle } from '../domain/text.ts';
import { CIRCLES } from './circles.ts';
import { prepared } from './prepared.ts';
import { lockTies } from './ties.locks.ts';

/**
 * Refuses a draft that cannot be true beside the record. What it refers to is held until the transaction ends, so that
 * nobody takes it away meanwhile.
 * @throws DomainError `unknown_reference`, `untrue_record` or `circular_reference` naming each place
 */
export async function refuseUntrue(
  tx: EntityManager,
  draft: Draft,
): Promise<void> {
  const references = referencesOf(draft);
  // Before anything else is held: two who wait for each other's records would be a deadlock.
  if (references.some((one) => mayBeCircular(draft, one))) await lockTies(tx);
  if (draft.record === 'actor') await refuseBrokenTies(tx, draft);
  const kinds = await holdReferences(tx, references, draft);
  const own = `${draft.record}:${draft.id}`;
  const missing = references.filter(
    ({ record, id }) =>
      `${record}:${id}` !== own && !kinds.has(`${record}:${id}`),
  );
  if (missing.length > 0)
    throw new DomainError(
      'unknown_reference',
      'The record refers to something that does not exist.',
      missing.map(({ pointer, record, id }): Fault => ({
        pointer,
        message: `refers to ${withArticle(record)} that does not exist`,
        received: id,
      })),
    );
  if (draft.record === 'actor') refuseWrongKinds(references, kinds);
  await refuseCircles(tx, draft, references);
}

/** Whether a reference is of those that must not run in a circle. */
export function mayBeCircular(
  draft: Draft,
  { relation = '' }: Reference,
): boolean {
  return CIRCLES[draft.record].groups.some((group) => group.includes(relation));
}

/** Refuses an actor of a kind to which a tie of another actor cannot lead. Nobody makes such a tie meanwhile. */
async function refuseBrokenTies(
  tx: EntityManager,
  { id, kind }: ActorDraft,
): Promise<void> {
  await tx.query(
    'select from actor_version where superseded_at is null and id = $1 for no key update',
    [id],
  );
  const broken = RELATIONS.filter(
    (relation) => !RELATIONS_BETWEEN[relation].to.includes(kind),
  );
  const rows: { relation: string; holder: string }[] = await tx.query(
    `select relation, min(actor) as holder from affiliation
     where superseded_at is null and target = $1 and relation = any($2) group by relation order by relation`,
    [id, broken],
  );
  if (rows.length > 0)
    throw new DomainError(
      'untrue_record',
      'Another actor has a tie that cannot lead to an actor of this kind.',
      rows.map(({ relation, holder }): Fault => ({
        pointer: '/kind',
        message: `"${relation}" of ${holder} leads here and cannot lead to ${withArticle(kind)}`,
        received: kind,
      })),
    );
}

/** How often what is referred to is looked for: each time somebody else may just be replacing it. */
export const LOOKS = 3;

/** The records referred to that are there, as `record:id`, each with its kind where it is an actor. */
async function holdReferences(
  tx: EntityManager,
  references: readonly Reference[],
  draft: Draft,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  // A tie needs its target to stay of its kind; else what is referred to may be revised meanwhile, for as long as that takes.
  const lock = draft.record === 'actor' ? 'share' : 'key share';
  for (const record of RECORDS) {
    let ids = idsOf(references, record).filter(
      (id) => record !== draft.record || id !== draft.id,
    );
    // A version that was replaced while we waited for it is passed over, and the new one seen only by the next look.
    for (let look = 1; look <= LOOKS && ids.length > 0; look++) {
      const rows = await prepared<{ id: string; kind: string }>(
        tx,
        `select id, ${record === 'actor' ? 'kind' : 'null as kind'} from ${record}_version
         where superseded_at is null and id = any($1) order by id for ${lock}`,
        [ids],
      );
      for (const { id, kind } of rows) found.set(`${record}:${id}`, kind);
      ids = ids.filter((id) => !found.has(`${record}:${id}`));
    }
  }
  return found;
}

/**
 * Holds those of the records referred to that are there and that nobody is just writing, without waiting for anyone.
 * @returns them as `record:id`
 */
export async function holdAtHand(
  tx: EntityManager,
  references: readonly Reference[],
): Promise<Set<string>> {
  const held = new Set<string>();
  for (const record of RECORDS) {
    const ids = idsOf(references, record);
    if (ids.length === 0) continue;
    const rows = await prepared<{ id: string }>(
      tx,
      `select id from ${record}_version where superseded_at is null and id = any($1) order by id for key share skip locked`,
      [ids],
    );
    for (const { id } of rows) held.add(`${record}:${id}`);
  }
  return held;
}

function idsOf(references: readonly Reference[], record: RecordName): string[] {
  const ids = references.filter((one) => one.record === record);
  return [...new Set(ids.map(({ id }) => id))].sort();
}

function refuseWrongKinds(
  references: readonly Reference[],
  kinds: ReadonlyMap<string, string>,
): void {
  const faults = references.flatMap(({ pointer, id, relation }): Fault[] => {
    const kind = kinds.get(`actor:${id}`) as ActorKind | undefined;
    const allowed = RELATIONS_BETWEEN[relation as Relation].to;
    return kind === undefined || allowed.includes(kind)
      ? []
      : [
          {
            pointer,
            message: `"${relation}" cannot lead to ${withArticle(kind)}`,
            received: id,
          },
        ];
  });
  if (faults.length > 0)
    throw new DomainError(
      'untrue_record',
      'A tie leads to the wrong kind of actor.',
      faults,
    );
}

async function refuseCircles(
  tx: EntityManager,
  draft: Draft,
  references: readonly Reference[],
): Promise<void> {
  const { table, source, groups } = CIRCLES[draft.record];
  for (const relations of groups) {
    const ties = references.filter(
      ({ relation }) => relation !== undefined && relations.includes(relation),
    );
    if (ties.length === 0) continue;
    const rows: { start: string }[] = await tx.query(
      `with recursive up (start, at) as (
         select target, target collate "C" from unnest($1::text[]) target
         union
         select up.start, t.target from ${table} t join up on t.${source} = up.at
         where t.superseded_at is null and t.relation = any($2) and t.${source} <> $3
       )
       select distinct start from up where at = $3`,
      [ties.map(({ id }) => id), relations, draft.id],
    );
    const closing = new Set(rows.map(({ start }) => start));
    const faults = ties
      .filter(({ id }) => closing.has(id))
      .map(({ pointer, id }): Fault => ({
        pointer,
        message: `closes a circle: ${id} already leads back to ${draft.id}`,
        received: id,
      }));
    if (faults.length > 0)
      throw new DomainError(
        'circular_reference',
        'References would run in a circle.',
        faults,
      );
  }
}

/** How often other records of each sort refer to a record. */
export async function usesOf(
  tx: EntityManager,
  record: RecordName,
  id: string,
): Promise<Record<string, number>> {
  const rows: { by: string; uses: number }[] = await tx.query(USES[record], [
    id,
  ]);
  return Object.fromEntries(
    rows.filter(({ uses }) => uses > 0).map(({ by, uses }) => [by, uses]),
  );
}

const USES: Record<RecordName, string> = {
  actor: `
    select 'events' as by, (select count(*) from event_version where superseded_at is null and (
        terms @> array['party:' || $1] or key in (select event_key from event_actor where actor = $1 and scope = 0 and superseded_at is null)
      )) as uses
    union all
    select 'documents', (select count(*) from document_version where superseded_at is null and terms && array['author:' || $1, 'addressee:' || $1])
    union all
    select 'actors', (select count(distinct actor) from affiliation where superseded_at is null and target = $1)`,
  document: `
    select 'events' as by, (select count(*) from event_version where superseded_at is null and terms @> array['document:' || $1]) as uses
    union all
    select 'documents', (select count(distinct document) from document_link where superseded_at is null and target = $1)`,
  event: `select 'events' as by, (select count(*) from event_version where superseded_at is null and terms @> array['linkedTo:' || $1]) as uses`,
};
