import type { Pool } from 'pg';
import { DomainError } from '../domain/errors.ts';
import { type Database } from './database.ts';

/**
 * The database as one reader has it: what is asked for them is ended in PostgreSQL when they go away, and the connection serves
 * the next. Of reads only: writes are not ended.
 */
export function attended(database: Database, gone: AbortSignal): Database {
  const until = (pool: Pool) => endedWith(pool, gone, database);
  return {
    ...database,
    pool: until(database.pool),
    counting: until(database.counting),
  };
}

type Ask = (...query: unknown[]) => Promise<unknown>;

function endedWith(pool: Pool, gone: AbortSignal, database: Database): Pool {
  const query: Ask = async (...asked) => {
    const client = await pool.connect();
    if (gone.aborted) {
      client.release();
      throw left();
    }
    let ending: Promise<void> | undefined;
    const end = (): void => void (ending = database.cancel(client));
    gone.addEventListener('abort', end, { once: true });
    let fault: Error | undefined;
    try {
      return await (client.query as Ask)(...asked);
    } catch (error) {
      fault = error as Error;
      throw error;
    } finally {
      gone.removeEventListener('abort', end);
      // Or it would end the next one's.
      await ending;
      client.release(isOfServer(fault) ? undefined : fault);
    }
  };
  return new Proxy(pool, {
    get(target, name) {
      if (name === 'query') return query;
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
function isOfServer(fault: Error | undefined): boolean {
  const { code } = Object(fault) as { code?: unknown };
  return typeof code === 'string' && /^(22|23|42|57014|55P03)/.test(code);
}
