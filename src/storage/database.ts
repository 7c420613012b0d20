import type { PoolClient } from 'pg';
import { Pool, types } from 'pg';
import { DataSource } from 'typeorm';
import { StartError } from '../domain/errors.ts';
import { readableAddress, startError } from './start-faults.ts';
import { type RecordState, recordState } from './changes.state.ts';
import { migrationsThrough } from './migrations.ts';
import { type Lsn } from './lsn.ts';
import { fillNameKeys } from './names.writes.ts';
import {
  connectionTo,
  type ReadPools,
  readPools,
  refuseStandby,
  WRITING,
} from './pools.ts';
import {
  type ReplicaOptions,
  type ReplicaSeen,
  watchReplicas,
} from './replicas.ts';
import { type Pulse, pulseOf } from './pulse.ts';
import { keepContext, type StatementWatch, watched } from './statements.ts';
import { wordEvents } from './words.writes.ts';

/** Any number that this service alone takes as its advisory lock; all servers on one database must agree on it. */
const MIGRATION_LOCK = 727_374_001;

const OLDEST_SERVER = 15;

// A date must never pass through a JavaScript Date: with TZ east of Greenwich it would come back a day early.
types.setTypeParser(types.builtins.DATE, (text) => text);
types.setTypeParser(types.builtins.INT8, Number);

/** The open database: pools for reads and TypeORM's connection for writes. */
export interface Database extends ReadPools {
  /** How far the record has come, as the primary sees it. */
  readonly state: RecordState;
  /** Writes and migrations: transactions through `writes.transaction`. */
  readonly writes: DataSource;
  /** How the database is; felt on connections of its own. */
  readonly pulse: Pulse;
  /** For those who watch: connections of its own, so that a full pool is not taken for a death. */
  readonly probe: Pool;
  /** Whether reads can be answered now. */
  answers(): Promise<boolean>;
  /**
   * Where to read: on a replica that has come so far, while there is one, else on the primary. `upToDate` says whether what
   * is read there is at least as new as the state last read (see {@link RecordState.known}).
   */
  readAt(atLeast: Lsn | null): { database: Database; upToDate: boolean };
  /** How the replicas do that are read. */
  replicas(): ReplicaSeen[];
  /** How many exports run, on whichever server. */
  exportsRunning(): number;
  close(): Promise<void>;
}

/** How many connections a process may hold, and how long it waits for things. */
export interface DatabaseOptions extends ReplicaOptions {
  url: string;
  /** Addresses of its replicas; none has to be there. */
  replicas?: readonly string[];
  /** To each server. */
  connections?: number;
  /** So many exports may run at once. */
  exports?: number;
  /** The last migration to be run, where not all are. */
  through?: string | undefined;
  /** Told of connections that broke while idle; they are replaced without a caller noticing. */
  onIdleError?: (error: Error) => void;
  onStatement?: StatementWatch | undefined;
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
    await enterDatabase(database);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/**
 * Proves that a database answers, and makes it ready for writes. Can be tried again.
 * @throws StartError when it cannot be reached (AwayError), is older than PostgreSQL 15, or refuses us
 */
export async function enterDatabase({ pool, writes }: Database): Promise<void> {
  try {
    await proveServer(pool);
    if (!writes.isInitialized) await writes.initialize();
  } catch (error) {
    throw startError(error);
  }
}

/**
 * The database at an address, without asking whether it is there.
 * @throws StartError when that is no address of a PostgreSQL database
 */
export function databaseAt(options: DatabaseOptions): Database {
  const url = readableAddress(options.url);
  const shared = {
    ...connectionTo(url, options.onStatement),
    onConnect: refuseStandby,
  };
  const primary = readPools(shared, options);
  const { pool, counting, exports } = primary;
  const probe = new Pool({ ...shared, max: 2, query_timeout: 1500 });
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
    keepContext(one.on('error', (error) => options.onIdleError?.(error)));
  const writes = new DataSource({
    type: 'postgres',
    url,
    applicationName: 'diplomatic-events',
    entities: [],
    migrations: migrationsThrough(options.through),
    migrationsTransactionMode: 'each',
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    // Silent: what fails is thrown, and standard output is not the place to tell of it.
    logger: 'debug',
    poolErrorHandler: (error: Error) => options.onIdleError?.(error),
    extra: {
      ...watched(options.onStatement),
      max: 4,
      connectionTimeoutMillis: 5000,
      keepAlive: true,
      onConnect: refuseStandby,
      options: WRITING,
    },
  });
  const state = recordState(states);
  const replicas = watchReplicas(
    (options.replicas ?? []).map((one) =>
      readableAddress(one, 'DATABASE_REPLICA_URL'),
    ),
    primary,
    probe,
    options,
  );
  const database: Database = {
    ...primary,
    state,
    probe,
    writes,
    pulse: pulseOf(probe),
    async answers() {
      try {
        await probe.query('select 1');
        return true;
      } catch {
        return replicas.choose(null) !== null;
      }
    },
    readAt(atLeast) {
      const replica = replicas.choose(atLeast);
      if (replica === null) return onPrimary;
      const known = state.knownAt();
      return {
        database: views.get(replica.pools) ?? database,
        upToDate: known !== null && replica.lsn >= known,
      };
    },
    replicas: () => replicas.seen(),
    exportsRunning: () =>
      [exports, ...replicas.all.map((one) => one.exports)].reduce(
        (sum, one) => sum + one.totalCount - one.idleCount,
        0,
      ),
    async close() {
      await Promise.all([
        pool.end(),
        counting.end(),
        exports.end(),
        probe.end(),
        state.close(),
        replicas.close(),
        ...(writes.isInitialized ? [writes.destroy()] : []),
      ]);
    },
  };
  const onPrimary = { database, upToDate: true };
  const views = new Map(
    replicas.all.map((pools) => [pools, { ...database, ...pools }]),
  );
  return database;
}

/**
 * Brings the schema up to date. Servers that start at once wait for each other on an advisory lock.
 * @param through the last migration to be run, where the schema shall be an older one
 * @throws StartError when the database cannot be reached or refuses
 */
export async function migrate(
  url: string,
  through?: string,
): Promise<string[]> {
  const database = await openDatabase({ url, connections: 2, through });
  try {
    const client = await database.pool.connect();
    try {
      await client.query('set statement_timeout = 0; set lock_timeout = 0');
      await lockWithoutTimeout(client);
      const done = await database.writes.runMigrations();
      if (through === undefined) {
        await fillNameKeys(database.writes.manager);
        await wordEvents(database.writes);
      }
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
