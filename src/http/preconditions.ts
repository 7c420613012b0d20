import { DomainError, type Fault } from '../domain/errors.ts';
import { etagOf, uncoded } from './caching.ts';

/**
 * Holds a write to what its sender has seen (RFC 9110, 13.1): what exists is only changed by who names its `ETag`.
 * @param current the finished JSON that stands now, or null
 * @param required whether changing what exists needs `If-Match` at all
 * @throws DomainError `precondition_required` or `precondition_failed`
 */
export function holdToPreconditions(
  headers: {
    'if-match'?: string | undefined;
    'if-none-match'?: string | undefined;
  },
  current: string | null,
  required: boolean,
): void {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  const etag = current === null ? null : etagOf(current);
  const fail = (fault: Fault): never => {
    throw new DomainError(
      'precondition_failed',
      `${fault.parameter} ${fault.message}.`,
      [fault],
    );
  };
  if (etag !== null && noneMatch !== undefined && excludes(noneMatch, etag))
    fail({
      parameter: 'If-None-Match',
      message: 'does not hold: the record exists',
      allowed: [etag],
    });
  if (match === undefined) {
    if (etag !== null && required)
      throw new DomainError(
        'precondition_required',
        'The record exists: send the ETag that you have read in If-Match.',
        [{ parameter: 'If-Match', message: 'is missing', allowed: [etag] }],
      );
    return;
  }
  // Strong comparison: a weak validator never matches.
  const named = match.split(',').map((one) => uncoded(one.trim()));
  if (etag === null)
    fail({
      parameter: 'If-Match',
      message: 'does not hold: the record does not exist',
      received: match,
    });
  else if (match.trim() !== '*' && !named.includes(etag))
    fail({
      parameter: 'If-Match',
      message: 'is not the current ETag',
      received: match,
      allowed: [etag],
    });
}

/** Whether `If-None-Match` rules out what stands; here weak validators count (RFC 9110, 13.1.2). */
function excludes(noneMatch: string, etag: string): boolean {
  const named = noneMatch.split(',').map((one) => one.trim());
  return (
    noneMatch.trim() === '*' ||
    named.some((one) => uncoded(one.replace(/^W\//, '')) === etag)
  );
}
