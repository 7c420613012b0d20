import type { Pool } from 'pg';
import { type Database } from './database.ts';

/** The connections of a pool: those at work, those at rest, and who waits for one. */
export interface PoolUse {
  used: number;
  idle: number;
  waiting: number;
  most: number;
}

/** How many connections each pool holds right now, by the pool's name. */
export function poolUse(database: Database): Record<string, PoolUse> {
  const { pool, counting, exports, probe, writes } = database;
  // TypeORM keeps its pool to itself, under this name.
  const { master } = writes.driver as unknown as { master?: Pool };
  const pools = { reads: pool, counting, exports, probe, writes: master };
  return Object.fromEntries(
    Object.entries(pools).flatMap(([name, one]) =>
      one === undefined
        ? []
        : [
            [
              name,
              {
                used: one.totalCount - one.idleCount,
                idle: one.idleCount,
                waiting: one.waitingCount,
                most: one.options.max,
              },
            ],
          ],
    ),
  );
}

/** A server that is read beside the primary, as it was last looked at. */
export interface ReplicaState {
  /** Host and port. */
  name: string;
  /** Why nothing is asked of it; null while it is in use. */
  leftOut: string | null;
  /** How much of the primary's log it has not replayed, and for how long; null while that is not known. */
  lagBytes: number | null;
  lagSeconds: number | null;
}

/** The state of what the service stands on, as its database tells it. */
export interface Condition {
  /** `180004`: how PostgreSQL numbers itself. */
  version: number;
  /** A standby takes no writes. */
  standby: boolean;
  /** Migrations that ran, and those that this version of the service knows. */
  migrations: { done: number; known: number };
  /** Whether a commit waits until a standby has it too (`synchronous_standby_names`, `synchronous_commit`). */
  synchronous: boolean;
  /** Standbys that stream from this server now. */
  standbys: number;
  /** The furthest that one of them has left to replay; null where there is none, or the role may not know. */
  standbyLagBytes: number | null;
  /** The place of the last change in the log of changes; 0 before the first. */
  position: number;
  /** Whether single writes wait to be added to the sums by month. */
  unsettled: boolean;
}

/**
 * How the database is; null when it does not answer. It is asked on a connection of its own, so that a full pool is not taken
 * for a death.
 */
export async function conditionOf({
  probe,
  writes,
}: Pick<Database, 'probe' | 'writes'>): Promise<Condition | null> {
  try {
    const { rows } = await probe.query<
      Omit<Condition, 'migrations'> & { done: number }
    >(`
      select current_setting('server_version_num')::int as version, standby,
        (select count(*) from migrations) as done,
        current_setting('synchronous_standby_names') <> '' and current_setting('synchronous_commit') not in ('off', 'local')
          as synchronous,
        (select count(*) from pg_stat_replication where application_name <> 'pg_basebackup') as standbys,
        case when not standby then (
          select max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn))::bigint from pg_stat_replication)
        end as "standbyLagBytes",
        coalesce((select max(position) from change), 0) as position,
        exists (select from event_tally_change) as unsettled
      from (select pg_is_in_recovery() as standby) here`);
    const [row] = rows;
    if (row === undefined) return null;
    const { done, ...told } = row;
    return { ...told, migrations: { done, known: writes.migrations.length } };
  } catch {
    return null;
  }
}
