import type { FastifyReply } from 'fastify';

/**
 * Tells when whoever asked has left before they had the whole answer. `request.signal` does not: with a body it is aborted as soon
 * as that was read, and the route's `handlerTimeout` with it.
 */
export function leaving({ raw }: FastifyReply): AbortSignal {
  const left = new AbortController();
  // To abort costs more than most answers' other parts, and who has the whole answer is waiting for nothing.
  raw.once('close', () => {
    if (!raw.writableFinished) left.abort();
  });
  return left.signal;
}
