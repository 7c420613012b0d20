import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../domain/errors.ts';
import { type Attempt } from '../storage/idempotency.writes.ts';
import { type Caller } from './access.ts';

/**
 * The attempt that a request is by its `Idempotency-Key`; null without one.
 * @throws DomainError `invalid_parameter`
 */
export function attemptOf(
  caller: Caller,
  request: FastifyRequest,
): Attempt | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  const message = 'is not 1 to 255 visible ASCII characters';
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key))
    throw new DomainError('invalid_parameter', `Idempotency-Key ${message}.`, [
      { parameter: 'Idempotency-Key', message },
    ]);
  const asked = `${request.url}\n${JSON.stringify(request.body)}`;
  const bodyHash = createHash('sha256').update(asked).digest('base64url');
  return { caller: caller.key, key, bodyHash };
}
