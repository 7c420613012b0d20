import type { Pool } from 'pg';
import { DomainError } from '../domain/errors.ts';
import { type RecordName } from '../domain/record.ts';
import { type Fate, readFate } from '../storage/changes.reads.ts';

/** A record was removed, or merged into another: told with its reason and where to look instead. */
export class GoneError extends DomainError {
  readonly fate: Fate;

  constructor(record: RecordName, fate: Fate) {
    const instead =
      fate.successor === null ? '' : ` See ${fate.successor} instead.`;
    super('removed', `This ${record} was ${fate.change}.${instead}`);
    this.name = 'GoneError';
    this.fate = fate;
  }
}

/**
 * Answers "not found" more exactly where there once was such a record.
 * @throws GoneError when it was removed or merged; else the error itself
 */
export async function refuseGone(
  pool: Pool,
  record: RecordName,
  id: string,
  error: unknown,
): Promise<never> {
  if (!(error instanceof DomainError) || error.code !== 'not_found')
    throw error;
  const fate = await readFate(pool, record, id);
  throw fate === null ? error : new GoneError(record, fate);
}
