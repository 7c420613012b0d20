import type { EntityManager } from 'typeorm';
import { DomainError } from '../domain/errors.ts';
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
  /** Why, where it is not for the reason of the transaction. */
  reason?: string | null;
}

/** Who writes, when and why: the same for everything one transaction stores. */
export interface Stamp {
  /** Milliseconds by the database's clock. */
  at: number;
  by: string | null;
  reason: string | null;
}

/** Whose words a change is; null of an import. */
export type Origin = 'hand' | 'derived' | null;

/** What a transaction did to the record, kept until its end. */
export interface Journal {
  readonly stamp: Readonly<Stamp>;
  /** The same journal, for what merely follows from what was written. */
  readonly derived: Journal;
  /**
   * What follows is entered no earlier than this instant (milliseconds). Another transaction may have begun later and
   * committed earlier: what it wrote is replaced after it was entered, so that never two versions stand at once.
   */
  notBefore(at: number): void;
  /** @param at when they were entered, where that is not the instant of the stamp (milliseconds) */
  add(changes: readonly Change[], at?: number): Promise<void>;
  /**
   * Writes what a large transaction has done so far to the log of changes, which takes a while, before anybody has to wait.
   * Others see it with the commit alone.
   */
  write(): Promise<void>;
  /** Writes the rest to the log of changes. Nothing may follow in the transaction but its commit. */
  close(): Promise<void>;
}

/** All servers on one database must agree on it; see migrations for the others. */
export const COMMIT_LOCK = 727_374_003;

/** Taken by who writes to the log before the end: another would take the same numbers. */
const AHEAD_LOCK = 727_374_006;

/** Nobody else writes so many changes while a large transaction writes its own to the log. */
const AHEAD = 10_000_000;

// Many may wait one behind the other, and who comes last is to wait and not to fail.
const LONGEST_WAIT = '60s';
const SEQUENCE = `pg_get_serial_sequence('change', 'position')::regclass`;
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
  'origin',
];
const NAMES = COLUMNS.map((name) => `"${name}"`).join(', ');

/**
 * Begins the journal of a transaction. The log's order is that in which transactions commit: a number taken earlier
 * could become visible later, and a reader who follows would skip it. So numbers are taken at the very end, one
 * transaction at a time; the lock is let go of by the commit. A large transaction takes numbers far beyond all that others
 * take before its end, where the sequence is then set to go on behind them.
 */
export async function openJournal(
  tx: EntityManager,
  by: string | null,
  reason: string | null,
  origin: Origin = null,
): Promise<Journal> {
  const stamp = { at: await clock(tx), by, reason };
  let waiting = copyBytes();
  let spilt = false;
  let last: number | null = null;
  const spill = async () => {
    if (!spilt) {
      await tx.query(
        `create temp table journal (line bigint generated always as identity, record text, id text, revision integer,
           change text, successor text, at timestamptz, by text, reason text, origin text) on commit drop`,
      );
      spilt = true;
    }
    await loadBytes(tx, 'journal', COLUMNS, waiting.pieces());
    waiting = copyBytes();
  };
  const write = async () => {
    if (!spilt || last !== null) return;
    await spill();
    last = await logAhead(tx);
  };
  const journalOf = (words: Origin): Journal => ({
    stamp,
    get derived() {
      return journalOf('derived');
    },
    notBefore(at) {
      stamp.at = Math.max(stamp.at, at);
    },
    async add(changes, at = stamp.at) {
      for (const { record, id, revision, change, successor, ...own } of changes)
        waiting.add(
          copyLine([
            record,
            id,
            revision,
            change,
            successor,
            timestamp(at),
            by,
            own.reason ?? reason,
            words,
          ]),
        );
      if (waiting.lines > MOST_IN_MEMORY) await spill();
    },
    write,
    async close() {
      await write();
      if (last === null && waiting.lines === 0) return;
      if (last === null && waiting.lines <= FEW)
        return logUnderLock(tx, waiting);
      await tx.query(`select ${LOCKED}`, [LONGEST_WAIT, COMMIT_LOCK]);
      if (last !== null) await goOnBehind(tx, last);
      await loadBytes(tx, 'change', COLUMNS, waiting.pieces());
      await tx.query(`notify changes`);
    },
  });
  return journalOf(origin);
}

/** Numbers what the journal holds beyond all that others may write meanwhile, and answers the last number. */
async function logAhead(tx: EntityManager): Promise<number> {
  await tx.query(`select ${LOCKED}`, [LONGEST_WAIT, AHEAD_LOCK]);
  const [{ last } = { last: 0 }]: { last: number }[] = await tx.query(
    `with at as (select coalesce(pg_sequence_last_value(${SEQUENCE}), 0) + $1 as first),
     logged as (
       insert into change (position, ${NAMES}) overriding system value
       select first + line, ${NAMES} from at, journal order by line
       returning position
     )
     select max(position) as last from logged`,
    [AHEAD],
  );
  return last;
}

async function goOnBehind(tx: EntityManager, last: number): Promise<void> {
  const [{ passed } = { passed: false }]: { passed: boolean }[] =
    await tx.query(
      `select setval(${SEQUENCE}, greatest($1, pg_sequence_last_value(${SEQUENCE}))),
         exists (select from change where position > $1) as passed`,
      [last],
    );
  if (passed)
    throw new DomainError(
      'conflict',
      'Others have written millions of changes meanwhile. Try again.',
    );
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
