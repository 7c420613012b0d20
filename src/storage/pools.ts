import { type ClientBase, Pool, type PoolConfig } from 'pg';
import { type StatementWatch, watched } from './statements.ts';

/** The connections over which one server of the database is read. */
export interface ReadPools {
  /** Reads: short statements only, ended by the server after two seconds. */
  readonly pool: Pool;
  /** Counting, which may go through much of the record: a few connections of its own, so that pages never wait for it. */
  readonly counting: Pool;
  /** Reading the whole record, or much of it: each takes a connection as long as its reader does. */
  readonly exports: Pool;
}

const COUNTING_CONNECTIONS = 3;

// Nothing here runs long enough to repay compiling it. And the plan for eight actors who met took ten times as long to
// find among all orders of joins as it took to run: of more than five tables the others are joined to the first five.
export const PLANNED = '-c jit=off -c join_collapse_limit=5';

/**
 * And for writes: how long, in kB, the list of new words may become before who writes next has to file it (`words.writes`). At 2.8
 * of PostgreSQL's own 4 MB a search for a word took nine times as long as without.
 */
export const WRITING = `${PLANNED} -c gin_pending_list_limit=512`;

/** What every connection to a server is made with. */
export function connectionTo(
  url: string,
  onStatement?: StatementWatch,
): PoolConfig {
  return {
    ...watched(onStatement),
    connectionString: url,
    application_name: 'diplomatic-events',
    connectionTimeoutMillis: 1500,
    keepAlive: true,
  };
}

/**
 * Refuses a connection that leads to a standby: behind an address that moves (a proxy, a DNS name) the next one may lead to
 * the server that writes. Kept, it would show the past for as long as it lives.
 * @throws Error with the code 25006, as a write there would end
 */
export async function refuseStandby(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ standby: boolean }>(
    'select pg_is_in_recovery() as standby',
  );
  if (rows[0]?.standby === true)
    throw Object.assign(
      new Error('the server is a standby, which takes no writes'),
      { code: '25006' },
    );
}

/** The pools for reads of one server. Nothing is connected before it is needed. */
export function readPools(
  shared: PoolConfig,
  options: { connections?: number; exports?: number },
): ReadPools {
  return {
    pool: new Pool({
      ...shared,
      max: options.connections ?? 10,
      statement_timeout: 2000,
      // A server that hangs does not end its statements either.
      query_timeout: 2500,
      lock_timeout: 1000,
      idle_in_transaction_session_timeout: 5000,
      // A page is a few ranges of an index: workers would cost more to start than they save.
      options: `-c max_parallel_workers_per_gather=0 ${PLANNED}`,
    }),
    counting: new Pool({
      ...shared,
      // Who cannot have one soon is told so, instead of waiting beyond what a client would.
      connectionTimeoutMillis: 3000,
      max: COUNTING_CONNECTIONS,
      statement_timeout: 8000,
      query_timeout: 9000,
      lock_timeout: 1000,
      idle_in_transaction_session_timeout: 5000,
      options: PLANNED,
    }),
    exports: new Pool({
      ...shared,
      max: options.exports ?? 2,
      // What an export needs is gathered in one statement; its pages are as short as others.
      statement_timeout: 120_000,
      query_timeout: 125_000,
      lock_timeout: 1000,
      options: PLANNED,
    }),
  };
}
