import type { PoolClient } from 'pg';
import type { EntityManager } from 'typeorm';
import { DomainError } from '../domain/errors.ts';
import { type Database } from './database.ts';
import { asDomainError } from './faults.ts';
import { COMMITTED } from './lsn.ts';
import { connectionOf, within } from './prepared.ts';

const ATTEMPTS = 3;
const DEADLOCK = new Set(['40P01', '40001']);
const TAKEN = '23505';
const READ_ONLY = '25006';

/** Told how far the log had been written when a write was committed: what has replayed it up to there shows the write. */
export type Committed = (lsn: string) => void;

/** How long a transaction is waited for, in milliseconds. */
interface Patience {
  /** For its commit, which is short unless a standby, a disk or the network hangs. */
  commit: number;
  /** So often in a row the database may fail to answer others meanwhile. */
  misses: number;
  /** For all of it. */
  whole: number;
}

// A merge may move a hundred thousand events, which takes minutes (docs/benchmarks-import.md).
const SINGLE: Patience = { commit: 4000, misses: 0, whole: 900_000 };
// Half an hour's work is not given up for a moment's silence.
const BULK: Patience = { commit: 60_000, misses: 10, whole: Infinity };

const LOOK_EVERY = 2000;
const AT_ONCE = 2500;

/**
 * Runs a write in one transaction: all of it is kept, or nothing. Begun anew when it met another in a deadlock; never
 * cancelled from outside, for then nobody would know whether it was kept.
 * @throws DomainError `conflict`, `database_unavailable`, `query_timeout`, `storage_full`, `outcome_unknown` when the
 *   connection was lost in the commit, and whatever the work throws
 */
export async function inTransaction<Result>(
  database: Database,
  work: (tx: EntityManager) => Promise<Result>,
): Promise<Result> {
  return inToldTransaction(database, () => undefined, work);
}

/** The same, and told how far the log had been written when it was committed. */
export async function inToldTransaction<Result>(
  database: Database,
  committed: Committed,
  work: (tx: EntityManager) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptOnce(database, work, SINGLE, committed);
    } catch (error) {
      const code = codeOf(error);
      if (DEADLOCK.has(code) && attempt < ATTEMPTS) continue;
      throw asWriteError(error);
    }
  }
}

/** Runs a long write in one transaction, once; its work sets the limits of its own statements. */
export async function inLongTransaction<Result>(
  database: Database,
  work: (tx: EntityManager) => Promise<Result>,
): Promise<Result> {
  return attemptOnce(database, work, BULK, () => undefined);
}

// TypeORM would begin the transaction and set its limits in two round trips.
async function attemptOnce<Result>(
  database: Database,
  work: (tx: EntityManager) => Promise<Result>,
  patience: Patience,
  committed: Committed,
): Promise<Result> {
  await refuseUnconfirmed(database);
  const runner = database.writes.createQueryRunner();
  try {
    const client = await connectionOf(runner.manager);
    const stopWatching = watch(database, client, patience);
    try {
      await client.query(
        within(
          AT_ONCE,
          `begin; set local lock_timeout = '5s'; set local idle_in_transaction_session_timeout = '30s'`,
        ),
      );
      const result = await work(runner.manager);
      committed(await commit(client, patience.commit));
      return result;
    } catch (error) {
      // Behind a statement that hangs a rollback would hang too. And who took the place of a server that takes no writes any
      // more is reached by another connection.
      if (isSilence(error) || codeOf(error) === READ_ONLY) hangUp(client);
      else
        await client
          .query(within(AT_ONCE, 'rollback'))
          .catch(() => hangUp(client));
      throw error;
    } finally {
      stopWatching();
    }
  } finally {
    await runner.release();
  }
}

/**
 * Hangs up when the database answers nobody any more: the server undoes what was not committed. A statement that merely
 * takes long on a database that answers is waited for.
 */
function watch(
  { pulse }: Database,
  client: PoolClient,
  { misses, whole }: Patience,
): () => void {
  const began = Date.now();
  let missed = 0;
  let watching = true;
  const look = async (): Promise<void> => {
    missed = (await pulse.now()) === 'well' ? 0 : missed + 1;
    if (watching && (missed > misses || Date.now() - began > whole))
      hangUp(client);
  };
  const timer = setInterval(() => void look(), LOOK_EVERY);
  return () => {
    watching = false;
    clearInterval(timer);
  };
}

/** Nothing came back in time. */
function isSilence(error: unknown): boolean {
  return error instanceof DomainError
    ? error.code === 'outcome_unknown'
    : error instanceof Error && error.message === 'Query read timeout';
}

/** Gives a connection up at once, whatever runs on it; its pool will not hand it out again. */
function hangUp(client: PoolClient): void {
  (client as PoolClient & { end(): Promise<void> }).end().catch(() => {});
}

/** Commits, and answers how far the log had been written then: asked in the same message, as it would be a round trip more. */
async function commit(client: PoolClient, patience: number): Promise<string> {
  // Somebody has ended its waiting for a standby: it is committed here, and nowhere else.
  let warned = false;
  let lsn = '';
  const onNotice = ({ code }: { code?: string | undefined }): void => {
    warned ||= code === WARNING || code === ADMIN_SHUTDOWN;
  };
  client.on('notice', onNotice);
  try {
    const [, asked] = (await client.query(
      within(patience, `commit; select ${COMMITTED} as lsn`),
    )) as unknown as { rows: { lsn: string }[] }[];
    lsn = asked?.rows[0]?.lsn ?? '';
  } catch (error) {
    const told = asDomainError(error);
    // What the server itself refuses, a cancel among it, was not kept.
    const refused = codeOf(error) === CANCELLED;
    throw told instanceof DomainError && !refused ? unknown() : error;
  } finally {
    client.off('notice', onNotice);
  }
  if (warned) throw unknown();
  return lsn;
}

const CANCELLED = '57014';
const WARNING = '01000';
const ADMIN_SHUTDOWN = '57P01';

function unknown(): DomainError {
  return new DomainError(
    'outcome_unknown',
    'The database did not confirm in time that the write was kept. Send it again with the same Idempotency-Key, or read the record first.',
  );
}

// They would only queue up behind the commit that waits.
async function refuseUnconfirmed({ pulse }: Database): Promise<void> {
  if (pulse.last() === 'unconfirmed' && (await pulse.now()) === 'unconfirmed')
    throw new DomainError(
      'database_unavailable',
      'A standby that has to confirm every write does not answer, so nothing is written until it does. Reading goes on.',
    );
}

/** How far the log has been written by now: what was committed before is in the log before it. */
export async function writtenUpTo({ pool }: Database): Promise<string> {
  try {
    const { rows } = await pool.query<{ lsn: string }>(
      `select ${COMMITTED} as lsn`,
    );
    return rows[0]?.lsn ?? '';
  } catch (error) {
    throw asDomainError(error);
  }
}

/** Turns a fault of a write into what its sender may be told: {@link asDomainError}, and where two writers met. */
export function asWriteError(error: unknown): unknown {
  const code = codeOf(error);
  return code === TAKEN || DEADLOCK.has(code)
    ? new DomainError(
        'conflict',
        'Another writer has just changed the same record. Read it again, and try again.',
      )
    : asDomainError(error);
}

function codeOf(error: unknown): string {
  return String((Object(error) as { code?: unknown }).code);
}

/** A transaction, as the rooms above hand it on without knowing what it is made of. */
export type Transaction = EntityManager;
