import type { FastifyReply } from 'fastify';
import { attended } from '../storage/attended.ts';
import { type Database } from '../storage/database.ts';

/**
 * Tells when whoever asked has left (or has the whole answer). `request.signal` does not: with a body it is aborted as soon
 * as that was read, and the route's `handlerTimeout` with it.
 */
export function leaving({ raw }: FastifyReply): AbortSignal {
  const left = new AbortController();
  raw.once('close', () => left.abort());
  return left.signal;
}

/** The database for as long as whoever asked is there: what is read for them is ended when they leave. */
export function whileThere(database: Database, reply: FastifyReply): Database {
  return attended(database, leaving(reply));
}
