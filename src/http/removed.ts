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
        ? (url) => movedUrl(url, id, successor)
        : null;
  }
}

// `/v1/actors/{id}/…`: the id is the third part of a path; of two actors each may be the one. An id may read like any other
// part of a path, and be written with percent signs.
function movedUrl(url: string, id: string, successor: string): string {
  const [path = '', ...query] = url.split('?');
  const [root, version, noun, ...parts] = path.split('/');
  const places = noun === 'dyads' ? 2 : 1;
  const moved = parts.map((part, index) =>
    index < places && decodeURIComponent(part) === id ? successor : part,
  );
  return [[root, version, noun, ...moved].join('/'), ...query].join('?');
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
