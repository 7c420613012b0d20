import type { EntityManager } from 'typeorm';
import { type Cell, load, timestamp } from './copy.ts';
import { type RecordName } from '../domain/record.ts';
import { prepared } from './prepared.ts';
import { recordsOf } from './rows.ts';

/** One thing that happened to the record. */
export interface Change {
  record: RecordName;
  id: string;
  revision: number;
  change: 'created' | 'revised' | 'removed' | 'merged';
  successor: string | null;
}

/** Who writes, when and why: the same for everything one transaction stores. */
export interface Stamp {
  /** Milliseconds by the database's clock. */
  at: number;
  by: string | null;
  reason: string | null;
}

/** What a transaction did to the record, kept until its end. */
export interface Journal {
  readonly stamp: Readonly<Stamp>;
  /**
   * What follows is entered no earlier than this instant (milliseconds). Another transaction may have begun later and
   * committed earlier: what it wrote is replaced after it was entered, so that never two versions stand at once.
   */
  notBefore(at: number): void;
  add(changes: readonly Change[]): Promise<void>;
  /** Writes all of it to the log of changes. Nothing may follow in the transaction but its commit. */
  close(): Promise<void>;
}

/** All servers on one database must agree on it; see migrations for the others. */
const COMMIT_LOCK = 727_374_003;

/** More changes than this are kept in a table of the transaction instead of in memory. */
const MOST_IN_MEMORY = 10_000;

const COLUMNS = [
  'record',
  'id',
  'revision',
  'change',
  'successor',
  'at',
  'by',
  'reason',
];
const NAMES = COLUMNS.map((name) => `"${name}"`).join(', ');

/**
 * Begins the journal of a transaction. The log's order is that in which transactions commit: a number taken earlier
 * could become visible later, and a reader who follows would skip it. So numbers are taken at the very end, one
 * transaction at a time; the lock is let go of by the commit.
 */
export async function openJournal(
  tx: EntityManager,
  by: string | null,
  reason: string | null,
): Promise<Journal> {
  const stamp = { at: await clock(tx), by, reason };
  let waiting: (Change & { at: number })[] = [];
  let spilt = false;
  const rows = (): Cell[][] =>
    waiting.map(({ record, id, revision, change, successor, at }) => [
      record,
      id,
      revision,
      change,
      successor,
      timestamp(at),
      by,
      reason,
    ]);
  const spill = async () => {
    if (!spilt) {
      await tx.query(
        `create temp table journal (line bigint generated always as identity, record text, id text, revision integer,
           change text, successor text, at timestamptz, by text, reason text) on commit drop`,
      );
      spilt = true;
    }
    await load(tx, 'journal', COLUMNS, rows());
    waiting = [];
  };
  return {
    stamp,
    notBefore(at) {
      stamp.at = Math.max(stamp.at, at);
    },
    async add(changes) {
      for (const change of changes) waiting.push({ ...change, at: stamp.at });
      if (waiting.length > MOST_IN_MEMORY) await spill();
    },
    async close() {
      if (spilt) await spill();
      else if (waiting.length === 0) return;
      if (!spilt) return logUnderLock(tx, rows());
      await tx.query('select pg_advisory_xact_lock($1)', [COMMIT_LOCK]);
      await tx.query(
        `insert into change (${NAMES}) select ${NAMES} from journal order by line`,
      );
      await tx.query(`notify changes`);
    },
  };
}

// One round trip under the lock, for everyone else waits meanwhile. A number is drawn for a row when the lock is held.
async function logUnderLock(
  tx: EntityManager,
  rows: readonly (readonly Cell[])[],
): Promise<void> {
  await prepared(
    tx,
    `with held as materialized (select pg_advisory_xact_lock($1), pg_notify('changes', ''))
     insert into change (${NAMES}) select ${NAMES} from held, json_populate_recordset(null::change, $2)`,
    [COMMIT_LOCK, recordsOf(COLUMNS, rows)],
  );
}

async function clock(tx: EntityManager): Promise<number> {
  const rows = await prepared<{ at: string }>(
    tx,
    `select (extract(epoch from date_trunc('milliseconds', clock_timestamp())) * 1000)::float8::text as at`,
    [],
  );
  return Number(rows[0]?.at);
}
