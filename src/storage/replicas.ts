import { Pool } from 'pg';
import { DomainError } from '../domain/errors.ts';
import { type Lsn, lsnOf } from './lsn.ts';
import { connectionTo, type ReadPools, readPools } from './pools.ts';
import { keepContext, type StatementWatch } from './statements.ts';

/** Why a replica is left out. */
export type LeftOut =
  | 'no-answer'
  /** It is further behind than {@link LONGEST_LAG}, or was not seen to have caught up yet. */
  | 'lag'
  /** It is no copy of this database. */
  | 'another-database'
  /** It was promoted apart from the primary, or has what the primary has not. */
  | 'another-history';

/** A replica as it was last looked at. */
export interface ReplicaSeen {
  /** Host and port, as its address has them. */
  name: string;
  /** Null while it is in use. */
  leftOut: LeftOut | null;
  /** It takes writes: it was made the primary. */
  promoted: boolean;
  /** How much of the primary's log it had not replayed; null while it or the primary does not answer. */
  lagBytes: number | null;
  /** For how long it has lacked what the primary has; null as above, and until it has caught up once. */
  lagSeconds: number | null;
  /** How many reads it failed that the primary answered in its stead. */
  failed: number;
}

/** The servers on which reads can be asked beside the primary. */
export interface Replicas {
  readonly all: readonly ReadPools[];
  /** One that is in use and has replayed so much of the log; they take turns. Null when there is none. */
  choose(atLeast: Lsn | null): { pools: ReadPools; lsn: Lsn } | null;
  seen(): ReplicaSeen[];
  close(): Promise<void>;
}

/** How replicas are read. */
export interface ReplicaOptions {
  connections?: number;
  exports?: number;
  /** In seconds, instead of {@link LONGEST_LAG}. */
  longestLag?: number;
  onIdleError?: (error: Error) => void;
  onStatement?: StatementWatch | undefined;
}

/** What a server tells of itself. */
interface Here {
  standby: boolean;
  /** How far it has written, or replayed, the log. */
  lsn: Lsn;
  /** Of a server that is no standby. */
  timeline: string | null;
  /** The same for all copies of a database. */
  identity: string;
}

interface Replica {
  seen: ReplicaSeen;
  lsn: Lsn;
  pools: ReadPools;
  watch: Pool;
  /** Where the primary was, and when (ms), as far as this one has not come there yet: the oldest first. */
  lacks: { lsn: Lsn; since: number }[];
}

/** A replica that lacks for longer what the primary has is left out; in seconds. */
export const LONGEST_LAG = 5;

const LOOK_EVERY = 250;
const MOST_LACKS = 1000;

const HERE = `
  select standby,
    (case when standby then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end)::text as lsn,
    case when not standby then substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) end as timeline,
    (select system_identifier from pg_control_system()) || '.'
      || (select oid from pg_database where datname = current_database()) as identity
  from (select pg_is_in_recovery() as standby) here`;

/**
 * Looks at replicas four times a second, and says which may be read. What one of them fails for any reason but the time it
 * took (a conflict with what it replays, its death, a schema it does not have yet) is asked of the primary once.
 * @param probe a pool of the primary on which nobody waits for a page
 */
export function watchReplicas(
  urls: readonly string[],
  primary: ReadPools,
  probe: Pool,
  options: ReplicaOptions,
): Replicas {
  const { longestLag = LONGEST_LAG } = options;
  const replicas = urls.map((url) => replicaAt(url, primary, options));
  let closed = false;
  const timers = new Set<NodeJS.Timeout>();
  const look = async (replica: Replica): Promise<void> => {
    // The replica first: where it was the primary must have been too.
    const its = await here(replica.watch);
    const theirs = await here(probe);
    judge(replica, its, theirs, longestLag);
    if (closed) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      void look(replica);
    }, LOOK_EVERY);
    timers.add(timer);
  };
  for (const replica of replicas) void look(replica);
  let turn = 0;
  return {
    all: replicas.map(({ pools }) => pools),
    choose(atLeast) {
      const fit = replicas.filter(
        ({ seen, lsn }) =>
          seen.leftOut === null && (atLeast === null || lsn >= atLeast),
      );
      return fit[turn++ % fit.length] ?? null;
    },
    seen: () => replicas.map(({ seen }) => ({ ...seen })),
    async close() {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(
        replicas.flatMap(({ watch, pools }) =>
          [watch, pools.pool, pools.counting, pools.exports].map((one) =>
            one.end(),
          ),
        ),
      );
    },
  };
}

function replicaAt(
  url: string,
  primary: ReadPools,
  options: ReplicaOptions,
): Replica {
  const { hostname, port } = new URL(url);
  const seen: ReplicaSeen = {
    name: `${hostname}:${port || 5432}`,
    leftOut: 'no-answer',
    promoted: false,
    lagBytes: null,
    lagSeconds: null,
    failed: 0,
  };
  const pools = readPools(connectionTo(url, options.onStatement), options);
  backedBy(pools.pool, primary.pool, seen);
  backedBy(pools.counting, primary.counting, seen);
  const watch = new Pool({
    ...connectionTo(url, options.onStatement),
    max: 1,
    idleTimeoutMillis: 0,
    statement_timeout: 1000,
    query_timeout: 1000,
  });
  for (const one of [watch, pools.pool, pools.counting, pools.exports])
    keepContext(one.on('error', (error) => options.onIdleError?.(error)));
  return { seen, lsn: 0, pools, watch, lacks: [] };
}

type Ask = (...query: unknown[]) => Promise<unknown>;

const TOOK_TOO_LONG = '57014';

/** Makes the primary answer what this pool fails; but what took too long here would there too. */
function backedBy(pool: Pool, primary: Pool, seen: ReplicaSeen): void {
  const askPrimary = primary.query.bind(primary) as Ask;
  // Whoever looks after the connections of one reader stands in the place of the pool.
  pool.query = async function (this: Pool, ...query: unknown[]) {
    try {
      return await (Pool.prototype.query as Ask).apply(this, query);
    } catch (error) {
      const tookTooLong =
        (Object(error) as { code?: unknown }).code === TOOK_TOO_LONG;
      if (tookTooLong || error instanceof DomainError) throw error;
      seen.failed++;
      return askPrimary(...query);
    }
  } as Pool['query'];
}

/** What a server tells of itself; null when it does not answer. */
async function here(pool: Pool): Promise<Here | null> {
  try {
    const { rows } = await pool.query<Omit<Here, 'lsn'> & { lsn: string }>(
      HERE,
    );
    const [row] = rows;
    const lsn = lsnOf(row?.lsn ?? '');
    return row === undefined || lsn === null ? null : { ...row, lsn };
  } catch {
    return null;
  }
}

/** Notes what was seen of a replica and then of the primary, and whether it may be read. */
function judge(
  replica: Replica,
  its: Here | null,
  theirs: Here | null,
  longestLag: number,
): void {
  const { seen } = replica;
  const now = performance.now();
  if (theirs !== null) noteLack(replica, theirs.lsn, now);
  seen.lagBytes = null;
  seen.lagSeconds = null;
  if (its === null) {
    seen.leftOut = 'no-answer';
    return;
  }
  const moved = replica.lsn !== its.lsn;
  replica.lsn = its.lsn;
  seen.promoted = !its.standby;
  // While the primary is away it commits nothing new: whoever was fit stays so.
  if (theirs === null) return;
  replica.lacks = replica.lacks.filter(({ lsn }) => lsn > its.lsn);
  const [oldest] = replica.lacks;
  const lag = oldest === undefined ? 0 : (now - oldest.since) / 1000;
  seen.lagBytes = Math.max(0, theirs.lsn - its.lsn);
  seen.lagSeconds = Number.isFinite(lag) ? lag : null;
  const ofAnotherHistory = its.standby
    ? its.lsn > theirs.lsn
    : its.timeline !== theirs.timeline;
  // Where the primary will have come there too, what it has there is still another's; only made anew does it go on.
  if (seen.leftOut === 'another-history' && !moved) return;
  if (its.identity !== theirs.identity) seen.leftOut = 'another-database';
  else if (ofAnotherHistory) seen.leftOut = 'another-history';
  else seen.leftOut = its.standby && lag > longestLag ? 'lag' : null;
}

function noteLack(replica: Replica, lsn: Lsn, now: number): void {
  // A new primary may not have come as far as the old one had: nobody will ever have the rest.
  const lacks = replica.lacks.filter((one) => one.lsn <= lsn);
  if (lacks.at(-1)?.lsn !== lsn)
    // For how long it lacks what it lacks at first, nobody knows.
    lacks.push({ lsn, since: replica.lsn === 0 ? -Infinity : now });
  replica.lacks =
    lacks.length > MOST_LACKS
      ? lacks.filter((_, index) => index % 2 === 0)
      : lacks;
}
