import type { FastifyRequest } from 'fastify';
import { DomainError } from '../domain/errors.ts';
import { understoodReason } from '../domain/reason.ts';
import { type Author } from '../storage/record.writes.ts';
import { type Caller } from './access.ts';

/**
 * Who writes, and why: the reason given, else that of the header `X-Change-Reason`.
 * @throws DomainError `invalid_parameter`
 */
export function authorOf(
  caller: Caller,
  request: FastifyRequest,
  given?: string,
): Author {
  const header = request.headers['x-change-reason'];
  const parameter = given === undefined ? 'X-Change-Reason' : 'reason';
  const text = given ?? (typeof header === 'string' ? decoded(header) : '');
  const understood =
    text === null ? { fault: 'is not valid UTF-8' } : understoodReason(text);
  if ('fault' in understood) {
    const { fault } = understood;
    throw new DomainError('invalid_parameter', `${parameter} ${fault}.`, [
      { parameter, message: fault },
    ]);
  }
  return { by: caller.name, reason: understood.reason };
}

/** Header fields come as bytes; people write their reasons in UTF-8. */
function decoded(header: string): string | null {
  try {
    const bytes = Buffer.from(header, 'latin1');
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
