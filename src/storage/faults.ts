import { DomainError } from '../domain/errors.ts';

/** SQLSTATEs and client faults that mean "not now": the database is away, restarting or out of connections. */
const AWAY =
  /^(08...|28...|3D000|53300|57P0.|25006|ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH)$/;
const SLOW = /^(57014|55P03)$/;
const LOST =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Cannot use a pool after|Query runner already released|Database connection provided by a query runner was already released)/;

/**
 * Turns a fault of the database into what a client may be told; anything else is passed on as it is, for it is a
 * fault of ours.
 */
export function asDomainError(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  // By shape, not by class: faults of the network may come from another realm than ours.
  const {
    code = '',
    message = '',
    errors,
  } = Object(error) as { code?: unknown; message?: string; errors?: unknown[] };
  if (SLOW.test(String(code)) || message === 'Query read timeout')
    return new DomainError(
      'query_timeout',
      'The database took too long to answer. Try again, or narrow the question.',
    );
  const away =
    AWAY.test(String(code)) ||
    LOST.test(message) ||
    errors?.some((one) => asDomainError(one) instanceof DomainError);
  return away === true
    ? new DomainError(
        'database_unavailable',
        'The database cannot be reached just now. Try again shortly.',
      )
    : error;
}
