import type { EntityManager } from 'typeorm';
import { DomainError } from '../domain/errors.ts';
import { type Database } from './database.ts';
import { asDomainError } from './faults.ts';

const ATTEMPTS = 3;
const DEADLOCK = new Set(['40P01', '40001']);
const TAKEN = '23505';

/**
 * Runs a write in one transaction: all of it is kept, or nothing. Begun anew when it met another in a deadlock; never
 * cancelled from outside, for then nobody would know whether it was kept.
 * @throws DomainError `conflict`, `database_unavailable`, `query_timeout`, and whatever the work throws
 */
export async function inTransaction<Result>(
  database: Database,
  work: (tx: EntityManager) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptOnce(database, work);
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
): Promise<Result> {
  const runner = writes.createQueryRunner();
  try {
    await runner.query(
      `begin; set local lock_timeout = '5s'; set local idle_in_transaction_session_timeout = '30s'`,
    );
    try {
      const result = await work(runner.manager);
      await runner.query('commit');
      return result;
    } catch (error) {
      await runner.query('rollback').catch(() => undefined);
      throw error;
    }
  } finally {
    await runner.release();
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
