import type { EntityManager } from 'typeorm';
import { RELATIONS_BETWEEN } from '../domain/actor.ts';
import { type ActorKind, RELATIONS } from '../domain/affiliation.ts';
import { tiesInCircles, type Tie } from '../domain/circles.ts';
import { DomainError, type Fault } from '../domain/errors.ts';
import { type Merge } from '../domain/merge.ts';
import { withArticle } from '../domain/text.ts';
import { openJournal } from './changes.writes.ts';
import { CIRCLES } from './circles.ts';
import { waitForImports } from './imports.writes.ts';
import { moveReferences } from './moves.writes.ts';
import {
  type Author,
  holdAlone,
  lockRecord,
  type Written,
} from './record.writes.ts';
import { LOOKS } from './references.writes.ts';
import { lockTies } from './ties.locks.ts';
import { closeVersions, currentVersions } from './versions.ts';

/**
 * Merges a record into another of its sort, inside a transaction that has done nothing else yet: whatever refers to it
 * refers to the successor afterwards, each by a new version, and the record itself stands no more. Its own content is not
 * carried over: it stays in its versions.
 *
 * Readers see none of it before the end. Who is about to refer to the record waits, and so do imports.
 * @param check given the finished JSON that stands now; what it throws undoes all
 * @throws DomainError `untrue_record`, `unknown_reference`, `circular_reference`, `conflict`
 */
export async function mergeRecord(
  tx: EntityManager,
  merge: Merge,
  author: Author,
  check: (current: string | null) => void,
): Promise<Written> {
  const { record, id, into } = merge;
  await tx.query('set local statement_timeout = 0');
  await waitForImports(tx);
  await lockRecord(tx, record, id);
  const current = (await currentVersions(tx, record, [id])).get(id);
  check(current?.body ?? null);
  if (typeof current?.key !== 'number')
    throw new Error(`there is no ${record} to merge`);
  const ties = await movesTies(tx, merge);
  // Before anything else is held, as other writers do. What refers to it is derived anew, so nobody's ties change meanwhile.
  await lockTies(tx);
  await holdAlone(tx, record, id);
  const kind = await holdSuccessor(tx, merge);
  if (kind !== null) await refuseBrokenTies(tx, merge, kind);
  const journal = await openJournal(tx, author.by, author.reason, 'hand');
  journal.notBefore(current.since);
  await moveReferences(tx, merge, journal.derived);
  if (ties) await refuseCircle(tx, merge);
  await closeVersions(tx, record, [{ id, key: current.key }], journal);
  await journal.add([
    {
      record,
      id,
      revision: current.revision + 1,
      change: 'merged',
      successor: into,
    },
  ]);
  const body = (await currentVersions(tx, record, [into])).get(into)?.body;
  if (typeof body !== 'string')
    throw new Error(`the ${record} merged into is not there`);
  await journal.close();
  return { body, created: false };
}

/** Whether something is tied to the record in a way that could close a circle. */
async function movesTies(
  tx: EntityManager,
  { record, id }: Merge,
): Promise<boolean> {
  const { table, groups } = CIRCLES[record];
  const rows: unknown[] = await tx.query(
    `select from ${table} where superseded_at is null and target = $1 and relation = any($2) limit 1`,
    [id, groups.flat()],
  );
  return rows.length > 0;
}

/** Holds the successor, so that nobody takes it away meanwhile, and answers its kind where it is an actor. */
async function holdSuccessor(
  tx: EntityManager,
  { record, id, into }: Merge,
): Promise<ActorKind | null> {
  const fault: Fault = { pointer: '/into', message: '', received: into };
  if (into === id)
    throw new DomainError(
      'untrue_record',
      'A record cannot be merged into itself.',
      [{ ...fault, message: 'is the record itself' }],
    );
  // One that was replaced while we waited for it is passed over, and seen only by the next look.
  for (let look = 1; look <= LOOKS; look++) {
    const rows: { kind: ActorKind | null }[] = await tx.query(
      `select ${record === 'actor' ? 'kind' : 'null as kind'} from ${record}_version
       where superseded_at is null and id = $1 for share`,
      [into],
    );
    const [held] = rows;
    if (held !== undefined) return held.kind;
  }
  throw new DomainError(
    'unknown_reference',
    `The ${record} to merge into does not exist.`,
    [
      {
        ...fault,
        message: `refers to ${withArticle(record)} that does not exist`,
      },
    ],
  );
}

async function refuseBrokenTies(
  tx: EntityManager,
  { id, into }: Merge,
  kind: ActorKind,
): Promise<void> {
  const broken = RELATIONS.filter(
    (relation) => !RELATIONS_BETWEEN[relation].to.includes(kind),
  );
  const rows: { relation: string; holder: string }[] = await tx.query(
    `select relation, min(actor) as holder from affiliation
     where superseded_at is null and target = $1 and actor <> $2 and relation = any($3)
     group by relation order by relation`,
    [id, into, broken],
  );
  if (rows.length > 0)
    throw new DomainError(
      'untrue_record',
      'A tie would lead to the wrong kind of actor.',
      rows.map(({ relation, holder }): Fault => ({
        pointer: '/into',
        message: `"${relation}" of ${holder} cannot lead to ${withArticle(kind)}`,
        received: into,
      })),
    );
}

/** Every circle that a merge closes runs through the successor: nothing else got new ties to it. */
async function refuseCircle(
  tx: EntityManager,
  { record, into }: Merge,
): Promise<void> {
  const { table, source, groups } = CIRCLES[record];
  for (const relations of groups) {
    const ties: Tie[] = await tx.query(
      `with recursive up (at) as (
         select $1::text collate "C"
         union
         select t.target from ${table} t join up on t.${source} = up.at
         where t.superseded_at is null and t.relation = any($2)
       )
       select t.${source} as source, t.target from ${table} t join up on t.${source} = up.at
       where t.superseded_at is null and t.relation = any($2)`,
      [into, relations],
    );
    const closed = tiesInCircles(ties).find(({ tie }) => tie.source === into);
    if (closed !== undefined)
      throw new DomainError(
        'circular_reference',
        'References would run in a circle.',
        [
          {
            pointer: '/into',
            message: `closes a circle: ${closed.circle.join(' → ')}`,
            received: into,
          },
        ],
      );
  }
}
