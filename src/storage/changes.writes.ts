import type { EntityManager } from 'typeorm';
import {
  copyBytes,
  type CopyBytes,
  copyLine,
  loadBytes,
  timestamp,
} from './copy.ts';
import { type RecordName } from '../domain/record.ts';
import { prepared } from './prepared.ts';
import { FEW, recordsOf } from './rows.ts';

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
  /** @param at when they were entered, where that is not the instant of the stamp (milliseconds) */
  add(changes: readonly Change[], at?: number): Promise<void>;
  /** Writes all of it to the log of changes. Nothing may follow in the transaction but its commit. */
  close(): Promise<void>;
}

/** All servers on one database must agree on it; see migrations for the others. */
const COMMIT_LOCK = 727_374_003;

// A large import holds it for seconds, and who comes then is to wait for it and not to fail.
const LONGEST_WAIT = '60s';
const LOCKED = `set_config('lock_timeout', $1, true), pg_advisory_xact_lock($2)`;

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
  let waiting = copyBytes();
  let spilt = false;
  const spill = async () => {
    if (!spilt) {
      await tx.query(
        `create temp table journal (line bigint generated always as identity, record text, id text, revision integer,
           change text, successor text, at timestamptz, by text, reason text) on commit drop`,
      );
      spilt = true;
    }
    await loadBytes(tx, 'journal', COLUMNS, waiting.pieces());
    waiting = copyBytes();
  };
  return {
    stamp,
    notBefore(at) {
      stamp.at = Math.max(stamp.at, at);
    },
    async add(changes, at = stamp.at) {
      for (const { record, id, revision, change, successor } of changes)
        waiting.add(
          copyLine([
            record,
            id,
            revision,
            change,
            successor,
            timestamp(at),
            by,
            reason,
          ]),
        );
      if (waiting.lines > MOST_IN_MEMORY) await spill();
    },
    async close() {
      if (spilt) await spill();
      else if (waiting.lines === 0) return;
      if (!spilt && waiting.lines <= FEW) return logUnderLock(tx, waiting);
      await tx.query(`select ${LOCKED}`, [LONGEST_WAIT, COMMIT_LOCK]);
      if (spilt)
        await tx.query(
          `insert into change (${NAMES}) select ${NAMES} from journal order by line`,
        );
      else await loadBytes(tx, 'change', COLUMNS, waiting.pieces());
      await tx.query(`notify changes`);
    },
  };
}

// One round trip under the lock, for everyone else waits meanwhile. A number is drawn for a row when the lock is held.
async function logUnderLock(
  tx: EntityManager,
  changes: CopyBytes,
): Promise<void> {
  await prepared(
    tx,
    `with held as materialized (select ${LOCKED}, pg_notify('changes', ''))
     insert into change (${NAMES}) select ${NAMES} from held, json_populate_recordset(null::change, $3)`,
    [LONGEST_WAIT, COMMIT_LOCK, recordsOf(COLUMNS, changes)],
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
