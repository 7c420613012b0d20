import type { Pool, PoolClient } from 'pg';
import { asDomainError } from './faults.ts';
import { COMMITTED, type Lsn, lsnOf } from './lsn.ts';

/**
 * How far the record has come. Two equal states mean that nothing was written between them: every write ends in the log of
 * changes, whose numbers are given in the order in which transactions commit.
 */
export interface RecordState {
  /**
   * The state at this moment or later, whichever server wrote last. Whoever asks while an answer is on its way waits
   * for the next one, which all of them share: so many requests at once cost one statement.
   * @throws DomainError `database_unavailable`, `query_timeout`
   */
  now(): Promise<string>;
  /** The state last read: what is read from the record from now on is at least as new. Null before the first. */
  known(): string | null;
  /** Whoever has replayed the log up to here shows the state last read, or a newer one. Null before the first. */
  knownAt(): Lsn | null;
  /** Gives up the connection; afterwards nothing can be asked. */
  close(): Promise<void>;
}

const STATE = {
  name: 'state',
  kind: 'state',
  text: `select max(position) as position, ${COMMITTED} as lsn from change`,
};

/** Of the event loop: nobody waits longer for others. */
const MOST_TURNS = 8;

/** Reads the state on a connection of a pool that nothing else uses, of the server from which the record is read. */
export function recordState(pool: Pool): RecordState {
  // Held, for to take it from the pool and to give it back for each reading would cost as much as the reading.
  let held: PoolClient | null = null;
  // A server that was restored, or took another's place, may count the same numbers anew: it is asked on a new connection.
  let connections = 0;
  pool.on('connect', () => connections++);
  let known: string | null = null;
  let knownAt: Lsn | null = null;
  let running: Promise<unknown> = Promise.resolve();
  let coming: Promise<string> | null = null;
  let asked = 0;
  const letGo = (): void => {
    held?.off('error', letGo).release(true);
    held = null;
  };
  const hold = (client: PoolClient): PoolClient => {
    if (!pool.ending) return client.on('error', letGo);
    // The pool waits for it.
    client.release(true);
    throw new Error('closed while it connected');
  };
  const read = async (): Promise<string> => {
    try {
      held ??= hold(await pool.connect());
      const { rows } = await held.query<{
        position: number | null;
        lsn: string;
      }>(STATE);
      knownAt = lsnOf(rows[0]?.lsn ?? '');
      known = `${connections}.${rows[0]?.position ?? 0}`;
      return known;
    } catch (error) {
      letGo();
      known = null;
      knownAt = null;
      throw asDomainError(error);
    }
  };
  const next = async (): Promise<string> => {
    await running;
    // As long as each turn of the event loop brings more who ask, they are waited for: one reading serves them all.
    for (let turn = 0, seen = 0; turn < MOST_TURNS && asked > seen; turn++) {
      seen = asked;
      await new Promise(setImmediate);
    }
    coming = null;
    const reading = read();
    running = reading.catch(() => undefined);
    return reading;
  };
  return {
    known: () => known,
    knownAt: () => knownAt,
    now() {
      asked++;
      coming ??= next();
      return coming;
    },
    async close() {
      letGo();
      await pool.end();
    },
  };
}
