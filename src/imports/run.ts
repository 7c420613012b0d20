import { setImmediate as nextTurn } from 'node:timers/promises';
import { DomainError } from '../domain/errors.ts';
import { type Draft, referencesOf } from '../domain/record.ts';
import { type Database } from '../storage/database.ts';
import {
  isEmpty,
  lockImports,
  type StagedRow,
  stageRows,
} from '../storage/imports.writes.ts';
import { endOfLog, revisedMeanwhile } from '../storage/imports.conflicts.ts';
import { duplicates } from '../storage/imports.duplicates.ts';
import { madeMeanwhile } from '../storage/imports.reads.ts';
import {
  asWriteError,
  inLongTransaction,
  type Transaction,
} from '../storage/transaction.ts';
import {
  candidateOf,
  type DuplicateCandidate,
  likenessOf,
} from './likeness.ts';
import { type Conflict, leaveRevised } from './conflicts.ts';
import { findUntrueRows, type RejectedRow } from './check.ts';
import { type UnsureName, unsureNames } from './names.ts';
import { type ResolvedRow, withActors } from './resolve.ts';
import { type Reading, type Source } from './source.ts';
import { ROWS_A_TURN, storeStaged } from './store.ts';
import { ndjson } from './ndjson.ts';

/** What an import did. Rows that repeat one of the same file word for word count as unchanged. */
export interface ImportReport {
  received: number;
  created: number;
  updated: number;
  unchanged: number;
  rejected: number;
  /** Rows that are none of those wanted: of GDELT, what is not diplomatic. */
  passedOver: number;
  /** Whether anything was kept: false after a dry run, and when one bad row undid the whole. */
  stored: boolean;
  /** Names that were not surely anybody's: the first of them, and how often the others stood. */
  names: UnsureName[];
  moreNames: number;
  /** Events that may be others told again: the first of them, and the number of the rest. Nothing was merged. */
  duplicates: DuplicateCandidate[];
  moreDuplicates: number;
  /** Rows left alone, for an editor has revised their records since: the first of them, and the number of the rest. */
  conflicts: Conflict[];
  moreConflicts: number;
}

/** How many unsure names, duplicates and conflicts a report lists, of each. */
export const MOST_TOLD = 1000;

/** How an import is to go. */
export interface ImportOptions extends Reading {
  /** What kind of file it is; the import format unless said. */
  source?: Source;
  /** Make an actor of each name that is like nobody's in the record. */
  createActors?: boolean;
  /** Keep the good rows when some are bad; else one bad row undoes the whole. */
  keepGoing?: boolean;
  /** Replace also what an editor has revised since an import brought it. */
  overwrite?: boolean;
  /** Do all of it and keep none. */
  dryRun?: boolean;
  /** Do nothing unless the record is empty. */
  onlyIfEmpty?: boolean;
  by?: string | null;
  reason?: string | null;
  /** Told of each rejected row as it is found; not in the file's order. */
  onRejected?: (row: RejectedRow) => void;
  /** Told how far it is: rows read, then rows stored of all. */
  onProgress?: (
    phase: 'reading' | 'storing',
    done: number,
    total: number | null,
  ) => void;
}

/** Undoes the transaction of an import that is not to be kept; caught right where it is thrown. */
class Undo extends Error {}

/**
 * Reads drafts from a stream and stores them in one transaction: all or nothing unless told to keep going. Reading
 * and checking come first, so that rows may stand in any order; memory does not grow with the file.
 * @returns the report, or null when `onlyIfEmpty` found the record in use
 * @throws DomainError `invalid_parameter` when the mapping does not hold, `malformed_request` when there is no header to read,
 *   `conflict` where two writers met
 */
export async function runImport(
  database: Database,
  chunks: AsyncIterable<Uint8Array>,
  options: ImportOptions = {},
): Promise<ImportReport | null> {
  const report: ImportReport = {
    received: 0,
    created: 0,
    updated: 0,
    unchanged: 0,
    rejected: 0,
    passedOver: 0,
    stored: false,
    names: [],
    moreNames: 0,
    duplicates: [],
    moreDuplicates: 0,
    conflicts: [],
    moreConflicts: 0,
  };
  // What does not hold is told before anything is read.
  const rows = rowsOf(database, chunks, options, report);
  let inUse = false;
  try {
    await inLongTransaction(database, async (tx) => {
      await lockImports(tx);
      if (options.onlyIfEmpty === true && !(await isEmpty(tx))) {
        inUse = true;
        return;
      }
      await importInto(tx, rows, options, report);
      if (
        options.dryRun === true ||
        (report.rejected > 0 && options.keepGoing !== true)
      )
        throw new Undo();
      report.stored = true;
    });
  } catch (error) {
    if (!(error instanceof Undo)) throw asWriteError(error);
    report.stored = false;
  }
  return inUse ? null : report;
}

/** The rows of a file with actors for their names; names that nobody surely has are told in the report. */
function rowsOf(
  database: Database,
  chunks: AsyncIterable<Uint8Array>,
  options: ImportOptions,
  report: ImportReport,
): AsyncIterable<ResolvedRow> {
  const { source = ndjson, createActors = false } = options;
  if (createActors && !source.names)
    throw new DomainError(
      'invalid_parameter',
      'Actors are made of names, and this format has none.',
      [{ parameter: 'createActors', message: 'has no meaning here' }],
    );
  const names = unsureNames(MOST_TOLD);
  const rows = withActors(source.open(options)(chunks), database, {
    createActors,
    onUnsure: (name, perhaps) => names.add(name, perhaps),
  });
  return (async function* () {
    yield* rows;
    Object.assign(report, names.told());
  })();
}

async function importInto(
  tx: Transaction,
  rows: AsyncIterable<ResolvedRow>,
  options: ImportOptions,
  report: ImportReport,
): Promise<void> {
  const reject = (row: RejectedRow) => {
    report.rejected++;
    options.onRejected?.(row);
  };
  await stageRows(tx, rowsToStage(rows, options, report, reject));
  const overwrite = options.overwrite === true;
  const since = await endOfLog(tx);
  if (!overwrite)
    await leaveRevised(tx, (conflict) => {
      if (report.conflicts.length < MOST_TOLD) report.conflicts.push(conflict);
      else report.moreConflicts++;
    });
  report.unchanged += await findUntrueRows(
    tx,
    options.keepGoing === true,
    reject,
  );
  const taken = await madeMeanwhile(tx);
  if (taken.length > 0)
    throw new DomainError(
      'conflict',
      `Another writer has just entered ${taken.join(', ')}. Import the file again.`,
    );
  const { found, count } = await duplicates(tx, MOST_TOLD);
  report.duplicates = found.map(candidateOf);
  report.moreDuplicates = count - found.length;
  // What one bad row will undo need not be stored first.
  if (report.rejected > 0 && options.keepGoing !== true) return;
  let done = 0;
  await storeStaged(tx, {
    by: options.by ?? null,
    reason: options.reason ?? null,
    async beforeLogged() {
      const revised = overwrite ? [] : await revisedMeanwhile(tx, since);
      if (revised.length > 0)
        throw new DomainError(
          'conflict',
          `An editor has just revised ${revised.join(', ')}. Import the file again.`,
        );
    },
    onStored(outcomes, total) {
      for (const outcome of outcomes) report[outcome]++;
      done += outcomes.length;
      options.onProgress?.('storing', done, total);
    },
  });
}

async function* rowsToStage(
  rows: AsyncIterable<ResolvedRow>,
  options: ImportOptions,
  report: ImportReport,
  reject: (row: RejectedRow) => void,
): AsyncGenerator<StagedRow> {
  let made = 0;
  for await (const row of rows) {
    if ('made' in row) {
      yield { line: made--, ...stagedParts(row.made), reason: null };
      continue;
    }
    report.received++;
    if (report.received % ROWS_A_TURN === 0) await nextTurn();
    if (report.received % 1000 === 0)
      options.onProgress?.('reading', report.received, null);
    if ('passedOver' in row) report.passedOver++;
    else if ('draft' in row)
      yield {
        line: row.line,
        ...stagedParts(row.draft),
        reason: row.reason ?? null,
      };
    else {
      const { line, faults, record, id } = row;
      reject({ line, faults });
      // If it names itself it is staged all the same: others that refer to it are not at fault for that.
      if (record !== undefined && id !== undefined)
        yield {
          line,
          record,
          id,
          kind: null,
          draft: null,
          targets: [],
          ties: [],
          likeness: null,
          reason: null,
        };
    }
  }
}

function stagedParts(draft: Draft) {
  const references = referencesOf(draft);
  return {
    record: draft.record,
    id: draft.id,
    kind: draft.record === 'actor' ? draft.kind : null,
    draft: JSON.stringify(draft),
    targets: [
      ...new Set(references.map(({ record, id }) => `${record}:${id}`)),
    ],
    ties: references.flatMap(({ relation, id }) =>
      relation === undefined ? [] : [`${relation}>${id}`],
    ),
    likeness: draft.record === 'event' ? likenessOf(draft) : null,
  };
}
