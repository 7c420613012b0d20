import type { FastifyReply } from 'fastify';

/**
 * Tells when whoever asked has left (or has the whole answer). `request.signal` does not: with a body it is aborted as soon
 * as that was read, and the route's `handlerTimeout` with it.
 */
export function leaving({ raw }: FastifyReply): AbortSignal {
  const left = new AbortController();
  raw.once('close', () => left.abort());
  return left.signal;
}
