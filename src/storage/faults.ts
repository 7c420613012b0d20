import { DomainError, type ProblemCode } from '../domain/errors.ts';

/**
 * SQLSTATEs and client faults that mean "not now": the database is away, restarting, out of connections or memory, or takes
 * nobody in (55000).
 */
const AWAY =
  /^(08...|28...|3D000|53000|53200|53300|55000|57P0.|25006|ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;
const SLOW = /^(57014|55P03)$/;
const FULL = '53100';
const LOST =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|Cannot use a pool after|Query runner already released|Database connection provided by a query runner was already released)/;
/** A pool says so when nobody gave a connection back in time; a database that is away is told in other words. */
const TAKEN = 'timeout exceeded when trying to connect';

const TOLD = {
  query_timeout:
    'The database took too long to answer. Try again, or narrow the question.',
  storage_full:
    'The database has no room left on its disk. Nothing was kept; reading goes on. Try again when there is room.',
  too_busy:
    'All connections to the database are in use just now. Try again shortly.',
  database_unavailable:
    'The database cannot be reached just now. Try again shortly.',
} satisfies Partial<Record<ProblemCode, string>>;

/**
 * Turns a fault of the database into what a client may be told; anything else is passed on as it is, for it is a
 * fault of ours.
 */
export function asDomainError(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  const code = codeOf(error);
  return code === null ? error : new DomainError(code, TOLD[code]);
}

function codeOf(error: unknown): keyof typeof TOLD | null {
  // By shape, not by class: faults of the network may come from another realm than ours.
  const {
    code = '',
    message = '',
    errors = [],
  } = Object(error) as { code?: unknown; message?: string; errors?: unknown[] };
  if (SLOW.test(String(code)) || message === 'Query read timeout')
    return 'query_timeout';
  if (code === FULL) return 'storage_full';
  if (message === TAKEN) return 'too_busy';
  return AWAY.test(String(code)) ||
    LOST.test(message) ||
    errors.some((one) => codeOf(one) !== null)
    ? 'database_unavailable'
    : null;
}
