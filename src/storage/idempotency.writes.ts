import type { EntityManager } from 'typeorm';
import { DomainError } from '../domain/errors.ts';
import { type Written } from './record.writes.ts';

/** A repeated write, known by its caller and the key the caller gave it. */
export interface Attempt {
  caller: string;
  key: string;
  /** A digest of all that the request asked for. */
  bodyHash: string;
}

/**
 * Enters a record once for each attempt: who repeats it gets the answer of the first.
 * @param attempt null where the caller gave no key
 * @throws DomainError `idempotency_key_reuse`, and what the write throws
 */
export async function once(
  tx: EntityManager,
  attempt: Attempt | null,
  write: () => Promise<Written>,
): Promise<Written> {
  if (attempt === null) return write();
  const earlier = await claimAttempt(tx, attempt);
  if (earlier !== null) return { body: earlier, created: true };
  const written = await write();
  await keepAnswer(tx, attempt, written.body);
  await forgetOldAttempts(tx);
  return written;
}

/**
 * Claims an attempt for this transaction: answers null when it is the first, else the answer of the first. Of two at
 * the same instant the second waits here until the first has ended. Answers are kept for 24 hours.
 * @throws DomainError `idempotency_key_reuse` when the key came with another body
 */
async function claimAttempt(
  tx: EntityManager,
  { caller, key, bodyHash }: Attempt,
): Promise<string | null> {
  await tx.query(
    `delete from idempotency_key where caller = $1 and key = $2 and created_at < now() - interval '24 hours'`,
    [caller, key],
  );
  const claimed: unknown[] = await tx.query(
    `insert into idempotency_key (caller, key, body_hash) values ($1, $2, $3) on conflict do nothing returning key`,
    [caller, key, bodyHash],
  );
  if (claimed.length > 0) return null;
  const rows: { body_hash: string; answer: string }[] = await tx.query(
    'select body_hash, answer from idempotency_key where caller = $1 and key = $2',
    [caller, key],
  );
  if (rows[0]?.body_hash !== bodyHash)
    throw new DomainError(
      'idempotency_key_reuse',
      'This Idempotency-Key came with another body before. Use a new key for a new request.',
    );
  return rows[0].answer;
}

/** Keeps the answer to an attempt; it is there once the transaction commits. */
async function keepAnswer(
  tx: EntityManager,
  { caller, key }: Attempt,
  answer: string,
): Promise<void> {
  await tx.query(
    'update idempotency_key set answer = $3 where caller = $1 and key = $2',
    [caller, key, answer],
  );
}

/** So many old answers a new attempt takes away: more than it adds, and few enough not to be felt. */
const FORGOTTEN_AT_ONCE = 10;

/** Forgets answers that nobody may ask for any more, but for those that another writer is just looking at. */
async function forgetOldAttempts(tx: EntityManager): Promise<void> {
  await tx.query(
    `delete from idempotency_key where (caller, key) in (
       select caller, key from idempotency_key where created_at < now() - interval '24 hours'
       order by created_at limit ${FORGOTTEN_AT_ONCE} for update skip locked)`,
  );
}
