import type { PoolClient } from 'pg';
import { Pool, types } from 'pg';
import { DataSource } from 'typeorm';
import { Record0001 } from '../../migrations/0001-record.ts';
import { Keys0002 } from '../../migrations/0002-keys.ts';
import { Idempotency0003 } from '../../migrations/0003-idempotency.ts';
import { Names0004 } from '../../migrations/0004-names.ts';
import { Words0005 } from '../../migrations/0005-words.ts';
import { Threads0006 } from '../../migrations/0006-threads.ts';
import { Counting0007 } from '../../migrations/0007-counting.ts';
import { Tallies0008 } from '../../migrations/0008-tallies.ts';
import { Walks0009 } from '../../migrations/0009-walks.ts';
import { Stretches0011 } from '../../migrations/0011-stretches.ts';
import { StartError } from '../domain/errors.ts';
import { type RecordState, recordState } from './changes.state.ts';
import { fillNameKeys } from './names.writes.ts';
import { wordEvents } from './words.writes.ts';

const migrations = [
  Record0001,
  Keys0002,
  Idempotency0003,
  Names0004,
  Words0005,
  Threads0006,
  Counting0007,
  Tallies0008,
  Walks0009,
  Stretches0011,
];

/** Any number that this service alone takes as its advisory lock; all servers on one database must agree on it. */
const MIGRATION_LOCK = 727_374_001;

const COUNTING_CONNECTIONS = 3;

// Nothing here runs long enough to repay compiling it. And the plan for eight actors who met took ten times as long to
// find among all orders of joins as it took to run: of more than five tables the others are joined to the first five.
const PLANNED = '-c jit=off -c join_collapse_limit=5';

const OLDEST_SERVER = 15;

// A date must never pass through a JavaScript Date: with TZ east of Greenwich it would come back a day early.
types.setTypeParser(types.builtins.DATE, (text) => text);
types.setTypeParser(types.builtins.INT8, Number);

/** The open database: a pool for reads and TypeORM's connection for writes. */
export interface Database {
  /** Reads: short statements only, ended by the server after two seconds. */
  readonly pool: Pool;
  /** Counting, which may go through much of the record: a few connections of its own, so that pages never wait for it. */
  readonly counting: Pool;
  /** Reading the whole record, or much of it: each takes a connection as long as its reader does. */
  readonly exports: Pool;
  /** How far the record has come, as the server of `pool` sees it. */
  readonly state: RecordState;
  /** Writes and migrations: transactions through `writes.transaction`. */
  readonly writes: DataSource;
  /** Whether the database answers now; asked on a connection of its own, so that a full pool is not taken for a death. */
  answers(): Promise<boolean>;
  close(): Promise<void>;
}

/** How many connections a process may hold, and how long it waits for things. */
export interface DatabaseOptions {
  url: string;
  connections?: number;
  /** So many exports may run at once. */
  exports?: number;
  /** Told of connections that broke while idle; they are replaced without a caller noticing. */
  onIdleError?: (error: Error) => void;
}

/**
 * Opens the database and proves that it answers.
 * @throws StartError when it cannot be reached, is older than PostgreSQL 15, or refuses us
 */
export async function openDatabase(
  options: DatabaseOptions,
): Promise<Database> {
  const database = databaseAt(options);
  try {
    await proveServer(database.pool);
    await database.writes.initialize();
    return database;
  } catch (error) {
    await database.close();
    throw startError(error);
  }
}

/**
 * The database at an address, without asking whether it is there.
 * @throws StartError when that is no address of a PostgreSQL database
 */
export function databaseAt(options: DatabaseOptions): Database {
  const url = readable(options.url);
  const shared = {
    connectionString: url,
    application_name: 'diplomatic-events',
    connectionTimeoutMillis: 1500,
    keepAlive: true,
  };
  const pool = new Pool({
    ...shared,
    max: options.connections ?? 10,
    statement_timeout: 2000,
    query_timeout: 4000,
    lock_timeout: 1000,
    idle_in_transaction_session_timeout: 5000,
    // A page is a few ranges of an index: workers would cost more to start than they save.
    options: `-c max_parallel_workers_per_gather=0 ${PLANNED}`,
  });
  const counting = new Pool({
    ...shared,
    // Who cannot have one soon is told so, instead of waiting beyond what a client would.
    connectionTimeoutMillis: 3000,
    max: COUNTING_CONNECTIONS,
    statement_timeout: 8000,
    query_timeout: 9000,
    lock_timeout: 1000,
    idle_in_transaction_session_timeout: 5000,
    options: PLANNED,
  });
  const exports = new Pool({
    ...shared,
    max: options.exports ?? 2,
    // What an export needs is gathered in one statement; its pages are as short as others.
    statement_timeout: 120_000,
    query_timeout: 125_000,
    lock_timeout: 1000,
    options: PLANNED,
  });
  const probe = new Pool({ ...shared, max: 1, query_timeout: 1500 });
  // One connection, kept: requests wait for it, and the state is told anew on another one.
  const states = new Pool({
    ...shared,
    max: 1,
    idleTimeoutMillis: 0,
    statement_timeout: 1500,
    query_timeout: 1500,
  });
  // Without a listener an idle connection that dies takes the process with it.
  for (const one of [pool, counting, exports, probe, states])
    one.on('error', (error) => options.onIdleError?.(error));
  const writes = new DataSource({
    type: 'postgres',
    url,
    applicationName: 'diplomatic-events',
    entities: [],
    migrations,
    migrationsTransactionMode: 'each',
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    // Silent: what fails is thrown, and standard output is not the place to tell of it.
    logger: 'debug',
    poolErrorHandler: (error: Error) => options.onIdleError?.(error),
    extra: {
      max: 4,
      connectionTimeoutMillis: 5000,
      keepAlive: true,
      options: PLANNED,
    },
  });
  return {
    pool,
    counting,
    exports,
    state: recordState(states),
    writes,
    async answers() {
      try {
        await probe.query('select 1');
        return true;
      } catch {
        return false;
      }
    },
    async close() {
      await Promise.all([
        pool.end(),
        counting.end(),
        exports.end(),
        probe.end(),
        states.end(),
        ...(writes.isInitialized ? [writes.destroy()] : []),
      ]);
    },
  };
}

/**
 * Brings the schema up to date. Servers that start at once wait for each other on an advisory lock.
 * @throws StartError when the database cannot be reached or refuses
 */
export async function migrate(url: string): Promise<string[]> {
  const database = await openDatabase({ url, connections: 2 });
  try {
    const client = await database.pool.connect();
    try {
      await client.query('set statement_timeout = 0; set lock_timeout = 0');
      await lockWithoutTimeout(client);
      const done = await database.writes.runMigrations();
      await fillNameKeys(database.writes.manager);
      await wordEvents(database.writes);
      return done.map((migration) => migration.name);
    } finally {
      // Closing the session lets go of the lock, whatever happened.
      client.release(true);
    }
  } catch (error) {
    throw startError(error);
  } finally {
    await database.close();
  }
}

async function lockWithoutTimeout(client: PoolClient): Promise<void> {
  // A blocking call would run into the client's query timeout while another server migrates a large database.
  for (;;) {
    const answer = await client.query<{ taken: boolean }>(
      'select pg_try_advisory_lock($1) as taken',
      [MIGRATION_LOCK],
    );
    if (answer.rows[0]?.taken) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function proveServer(pool: Pool): Promise<void> {
  const answer = await pool.query<{ version: number; encoding: string }>(
    `select current_setting('server_version_num')::int / 10000 as version, current_setting('server_encoding') as encoding`,
  );
  const { version = 0, encoding = '' } = answer.rows[0] ?? {};
  if (version < OLDEST_SERVER)
    throw new StartError(
      `The database is PostgreSQL ${version}; this service needs PostgreSQL ${OLDEST_SERVER} or newer.`,
    );
  if (encoding !== 'UTF8')
    throw new StartError(
      `The database keeps text as ${encoding}; this service needs one that keeps UTF8.`,
    );
}

function readable(url: string): string {
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url) || !decodes(url))
    throw new StartError(
      'DATABASE_URL is not a PostgreSQL address such as postgres://user:password@host:5432/name.',
    );
  return url;
}

// Whoever takes the address apart throws an error of its own at a broken escape such as %zz or %ff.
function decodes(url: string): boolean {
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    return false;
  }
}

function startError(error: unknown): Error {
  if (error instanceof StartError) return error;
  return new StartError(
    `The database cannot be used: ${reasonOf(error)}. Is the server running, and is DATABASE_URL right?`,
  );
}

function reasonOf(error: unknown): string {
  const {
    message = '',
    code = '',
    errors,
  } = Object(error) as { message?: string; code?: unknown; errors?: unknown[] };
  if (message === '' && errors?.[0] !== undefined) return reasonOf(errors[0]);
  return (
    message.split('\n')[0]?.replace(/\.$/, '') ||
    String(code) ||
    'no reason given'
  );
}

/** The secret that all servers on this database seal cursors with. */
export async function cursorSecret(database: Database): Promise<string> {
  const answer = await database.pool.query<{ value: string }>(
    `select value from secret where purpose = 'cursor'`,
  );
  const secret = answer.rows[0]?.value;
  if (secret === undefined)
    throw new StartError(
      'The database has no secret for cursors: its migrations have not run.',
    );
  return secret;
}
