import type { EntityManager } from 'typeorm';
import { DomainError, MergedError } from '../domain/errors.ts';
import { understoodDate } from '../domain/event.ts';
import { type Draft, type RecordName } from '../domain/record.ts';
import { storeActors } from './actors.writes.ts';
import { type Journal, openJournal } from './changes.writes.ts';
import { storeDocuments } from './documents.writes.ts';
import { storeEvents } from './events.writes.ts';
import { rederiveEvents } from './rederive.writes.ts';
import { refuseUntrue, usesOf } from './references.writes.ts';
import { actorBook } from './ties.ts';
import { holdTies } from './ties.locks.ts';
import { closeVersions, currentVersions } from './versions.ts';

/** Who writes, and why. */
export interface Author {
  by: string;
  reason: string | null;
}

/** A record after a write: its finished JSON, as a read answers it. */
export interface Written {
  body: string;
  created: boolean;
}

/**
 * Writes one record, and reads it back, inside a transaction that has done nothing else yet.
 * @param decide given the finished JSON that stands now, or null, answers the draft to store; what it throws undoes all
 * @throws DomainError `unknown_reference`, `untrue_record`, `circular_reference`, `conflict`, and what `decide` throws
 * @throws MergedError when the id was merged away: it leads to its successor for ever
 */
export async function writeRecord(
  tx: EntityManager,
  record: RecordName,
  id: string,
  author: Author,
  decide: (current: string | null) => Draft,
): Promise<Written> {
  await lockRecord(tx, record, id);
  const before =
    (await currentVersions(tx, record, [id])).get(id)?.body ?? null;
  if (before === null) await refuseMerged(tx, record, id);
  const draft = decide(before);
  await refuseUntrue(tx, draft);
  const journal = await openJournal(tx, author.by, author.reason, 'hand');
  await storeDraft(tx, draft, journal);
  const body = (await currentVersions(tx, record, [id])).get(id)?.body;
  if (typeof body !== 'string')
    throw new Error(`the ${record} was written and is not there`);
  await journal.close();
  return { body, created: before === null };
}

async function storeDraft(
  tx: EntityManager,
  draft: Draft,
  journal: Journal,
): Promise<void> {
  if (draft.record === 'event') {
    await holdTies(tx, draft.id);
    await storeEvents(
      tx,
      [{ draft, ...understoodDate(draft) }],
      actorBook(),
      journal,
    );
  } else if (draft.record === 'document')
    await storeDocuments(tx, [draft], journal);
  else {
    const { tiesChanged } = await storeActors(tx, [draft], journal);
    await rederiveEvents(tx, tiesChanged, journal);
  }
}

/**
 * Takes a record out of the timeline; its versions stay.
 * @param check given the finished JSON that stands now; what it throws undoes all
 * @throws DomainError `conflict` when other records refer to it, `unknown_reference` for a successor that is not there
 */
export async function removeRecord(
  tx: EntityManager,
  record: RecordName,
  id: string,
  author: Author,
  successor: string | null,
  check: (current: string | null) => void,
): Promise<void> {
  await lockRecord(tx, record, id);
  const current = (await currentVersions(tx, record, [id])).get(id);
  check(current?.body ?? null);
  if (current?.key === null || current === undefined) return;
  await holdAlone(tx, record, id);
  if (successor !== null) await refuseSuccessor(tx, record, id, successor);
  await refuseInUse(tx, record, id);
  const journal = await openJournal(tx, author.by, author.reason, 'hand');
  journal.notBefore(current.since);
  await closeVersions(tx, record, [{ id, key: current.key }], journal);
  await journal.add([
    {
      record,
      id,
      revision: current.revision + 1,
      change: 'removed',
      successor,
    },
  ]);
  await journal.close();
}

async function refuseMerged(
  tx: EntityManager,
  record: RecordName,
  id: string,
): Promise<void> {
  const [merged]: { successor: string }[] = await tx.query(
    `select successor from change where record = $1 and id = $2 and change = 'merged'`,
    [record, id],
  );
  if (merged !== undefined) throw new MergedError(record, merged.successor);
}

async function refuseSuccessor(
  tx: EntityManager,
  record: RecordName,
  id: string,
  successor: string,
): Promise<void> {
  const fault = { parameter: 'successor', received: successor };
  if (successor === id)
    throw new DomainError('untrue_record', 'A record cannot succeed itself.', [
      { ...fault, message: 'is the record itself' },
    ]);
  const known = (await currentVersions(tx, record, [successor])).get(successor);
  if (typeof known?.body !== 'string')
    throw new DomainError(
      'unknown_reference',
      'The successor does not exist.',
      [{ ...fault, message: `names no ${record} of the record` }],
    );
}

async function refuseInUse(
  tx: EntityManager,
  record: RecordName,
  id: string,
): Promise<void> {
  const uses = Object.entries(await usesOf(tx, record, id));
  if (uses.length === 0) return;
  const counted = uses.map(([by, count]) => `${count} ${by}`).join(' and ');
  throw new DomainError(
    'conflict',
    `The ${record} is in use by ${counted}, which would then refer to nothing. Merge it into a successor instead: POST /v1/${record}s/${id}/merge.`,
  );
}

/**
 * Waits for all who are about to refer to a record, and lets nobody refer to it before this transaction has ended. Who does
 * holds the version that stood then, which may have been revised since.
 */
export async function holdAlone(
  tx: EntityManager,
  record: RecordName,
  id: string,
): Promise<void> {
  await tx.query(`select from ${record}_version where id = $1 for update`, [
    id,
  ]);
}

/** Writers of one record follow each other, also where it does not exist yet and there is no row to lock. */
export async function lockRecord(
  tx: EntityManager,
  record: RecordName,
  id: string,
): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `${record}:${id}`,
  ]);
}
