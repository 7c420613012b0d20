import type { Pool, PoolClient } from 'pg';
import { DomainError } from '../domain/errors.ts';
import { cancelQuery } from './cancel.ts';
import { type Database } from './database.ts';

/**
 * The database as one reader has it: what is asked for them is ended in PostgreSQL when they go away, and the connection serves
 * the next. Of reads only: writes are not ended.
 */
export function attended(database: Database, gone: AbortSignal): Database {
  return {
    ...database,
    pool: endedWith(database.pool, gone),
    counting: endedWith(database.counting, gone),
  };
}

type Ask = (...query: unknown[]) => Promise<unknown>;
type Connected = (error?: Error, client?: PoolClient) => void;

function endedWith(pool: Pool, gone: AbortSignal): Pool {
  // The pool's own way to ask, but that the connection it takes for it is looked after.
  const attentive = instead(pool, 'connect', (connected: Connected) =>
    pool.connect((error, client) => {
      if (client === undefined) return connected(error);
      if (!gone.aborted)
        return connected(undefined, endedOnLeaving(pool, client, gone));
      client.release();
      return connected(left());
    }),
  );
  return instead(pool, 'query', (...asked: unknown[]) =>
    (pool.query as Ask).apply(attentive, asked),
  );
}

/** The same connection, which is given back only when nothing is under way any more that would end the next one's query. */
function endedOnLeaving(
  pool: Pool,
  client: PoolClient,
  gone: AbortSignal,
): PoolClient {
  const giveBack = client.release.bind(client);
  let ending: Promise<void> | null = null;
  const end = (): void => void (ending = cancelQuery(pool, client));
  gone.addEventListener('abort', end, { once: true });
  client.release = (fault) => {
    gone.removeEventListener('abort', end);
    const whole = fault instanceof Error && isOfServer(fault);
    if (ending === null) return giveBack(whole ? undefined : fault);
    // Whoever asked listens no more, and the pool not yet: unheard, the death of the connection would end the process.
    const ignored = (): void => undefined;
    client.on('error', ignored);
    return void ending.finally(() => {
      client.off('error', ignored);
      giveBack(whole ? undefined : fault);
    });
  };
  return client;
}

/** A pool with another method in the place of one of its own. */
function instead(pool: Pool, method: string, other: unknown): Pool {
  return new Proxy(pool, {
    get(target, name) {
      if (name === method) return other;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function'
        ? (value.bind(target) as unknown)
        : value;
    },
  });
}

function left(): DomainError {
  return new DomainError('malformed_request', 'The reader is gone.');
}

/** What the server said of a statement leaves the connection as good as it was. */
function isOfServer(fault: Error): boolean {
  const { code } = fault as { code?: unknown };
  return typeof code === 'string' && /^(22|23|42|57014|55P03)/.test(code);
}
