import type { EntityManager } from 'typeorm';
import { DomainError } from '../domain/errors.ts';
import { type Database } from './database.ts';
import { asDomainError } from './faults.ts';
import { COMMITTED } from './lsn.ts';
import { connectionOf } from './prepared.ts';

const ATTEMPTS = 3;
const DEADLOCK = new Set(['40P01', '40001']);
const TAKEN = '23505';
const READ_ONLY = '25006';

/** Told how far the log had been written when a write was committed: what has replayed it up to there shows the write. */
export type Committed = (lsn: string) => void;

/**
 * Runs a write in one transaction: all of it is kept, or nothing. Begun anew when it met another in a deadlock; never
 * cancelled from outside, for then nobody would know whether it was kept.
 * @throws DomainError `conflict`, `database_unavailable`, `query_timeout`, and whatever the work throws
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
      return await attemptOnce(database, work, committed);
    } catch (error) {
      const code = String((Object(error) as { code?: unknown }).code);
      if (DEADLOCK.has(code) && attempt < ATTEMPTS) continue;
      throw asWriteError(error);
    }
  }
}

// TypeORM would begin the transaction and set its limits in two round trips.
async function attemptOnce<Result>(
  { writes }: Database,
  work: (tx: EntityManager) => Promise<Result>,
  committed: Committed,
): Promise<Result> {
  const runner = writes.createQueryRunner();
  try {
    await runner.query(
      `begin; set local lock_timeout = '5s'; set local idle_in_transaction_session_timeout = '30s'`,
    );
    try {
      const result = await work(runner.manager);
      committed(await commit(runner.manager));
      return result;
    } catch (error) {
      await runner.query('rollback').catch(() => undefined);
      // This server takes no writes any more; whoever took its place is reached by another connection.
      if ((Object(error) as { code?: unknown }).code === READ_ONLY)
        await (await connectionOf(runner.manager)).end();
      throw error;
    }
  } finally {
    await runner.release();
  }
}

// Both in one message: to ask afterwards would be a round trip more.
async function commit(tx: EntityManager): Promise<string> {
  const client = await connectionOf(tx);
  const [, asked] = (await client.query(
    `commit; select ${COMMITTED} as lsn`,
  )) as unknown as { rows: { lsn: string }[] }[];
  return asked?.rows[0]?.lsn ?? '';
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
  const code = String((Object(error) as { code?: unknown }).code);
  return code === TAKEN || DEADLOCK.has(code)
    ? new DomainError(
        'conflict',
        'Another writer has just changed the same record. Read it again, and try again.',
      )
    : asDomainError(error);
}

/** A transaction, as the rooms above hand it on without knowing what it is made of. */
export type Transaction = EntityManager;
