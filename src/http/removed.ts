import { type Database } from '../storage/database.ts';
import { DomainError, MergedError } from '../domain/errors.ts';
import { type RecordName } from '../domain/record.ts';
import { type Fate, readFate } from '../storage/changes.reads.ts';

/** A record was removed, or merged into another: told with its reason and where to look instead. */
export class GoneError extends DomainError {
  /** What the problem tells beside its sentence. */
  readonly told: { reason?: string; successor?: string };
  /** Where a request goes on, when the record was merged into another; null when it was removed. */
  readonly successorUrl: ((url: string) => string) | null;

  constructor(
    record: RecordName,
    id: string,
    { change, reason, successor }: Fate,
  ) {
    super(
      'removed',
      `This ${record} was ${change}.${successor === null ? '' : ` See ${successor} instead.`}`,
    );
    this.name = 'GoneError';
    this.told = {
      ...(reason === null ? {} : { reason }),
      ...(successor === null ? {} : { successor }),
    };
    this.successorUrl =
      change === 'merged' && successor !== null
        ? (url) => {
            const [path = '', ...query] = url.split('?');
            const parts = path
              .split('/')
              .map((part) => (part === id ? successor : part));
            return [parts.join('/'), ...query].join('?');
          }
        : null;
  }
}

/**
 * Answers "not found" more exactly where there once was such a record.
 * @throws GoneError when it was removed or merged; else the error itself
 */
export async function refuseGone(
  pool: Database['pool'],
  record: RecordName,
  id: string,
  error: unknown,
): Promise<never> {
  const asked =
    error instanceof MergedError ||
    (error instanceof DomainError && error.code === 'not_found');
  if (!asked) throw error;
  const fate = await readFate(pool, record, id);
  throw fate === null ? error : new GoneError(record, id, fate);
}
