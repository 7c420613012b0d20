import { createReadStream } from 'node:fs';
import { access, constants, readFile, stat } from 'node:fs/promises';
import { SingleBar } from 'cli-progress';
import { type Config } from '../config.ts';
import { DomainError, type Fault, StartError } from '../domain/errors.ts';
import {
  type ImportOptions,
  type ImportReport,
  runImport,
} from '../imports/run.ts';
import { type Reading, type Source } from '../imports/source.ts';
import { sourceOfFile, sources } from '../imports/sources.ts';
import { type Database } from '../storage/database.ts';
import { withDatabase } from './connect.ts';

/** How the command line says an import is to go. */
export interface ImportFlags {
  keepGoing?: boolean;
  /** Replace also what an editor has revised since an import brought it. */
  overwrite?: boolean;
  dryRun?: boolean;
  /** What kind of file they are; by the ends of their names unless said. */
  from?: string;
  /** A file with a mapping, as JSON. */
  mapping?: string;
  createActors?: boolean;
}

/**
 * `import`: each file in a transaction of its own, one after the other; stops at the first that is not taken.
 * Bad rows are told on standard error, reports on standard output; exit code 1 when a row was rejected.
 */
export async function importFiles(
  config: Config,
  files: readonly string[],
  flags: ImportFlags,
): Promise<void> {
  for (const file of files) if (file !== '-') await refuseUnreadable(file);
  const mapping = await mappingIn(flags.mapping);
  const named = sourceNamed(flags.from);
  // What is said of a file is looked at before any is begun.
  for (const file of files)
    telling(flags, () => (named ?? sourceOfFile(file)).open(mapping));
  await withDatabase(config, async (database) => {
    for (const file of files)
      if (
        !(await importFile(database, file, flags, {
          source: named ?? sourceOfFile(file),
          ...mapping,
        }))
      )
        break;
  });
}

const LONGEST_MAPPING = 1 << 20;

async function mappingIn(file: string | undefined): Promise<Reading> {
  if (file === undefined) return {};
  await refuseUnreadable(file);
  if ((await stat(file)).size > LONGEST_MAPPING)
    throw new StartError(`The file ${file} is too long for a mapping.`);
  try {
    const text = await readFile(file, 'utf8');
    return { mapping: JSON.parse(text.replace(/^\ufeff/, '')) as unknown };
  } catch {
    throw new StartError(`The file ${file} is not JSON.`);
  }
}

function sourceNamed(name: string | undefined): Source | null {
  if (name === undefined) return null;
  const source = sources.find((one) => one.name === name);
  if (source !== undefined) return source;
  const names = sources.map((one) => one.name).join(', ');
  throw new StartError(`There is no source ${name}; there are ${names}.`);
}

/** Tells what is wrong with a mapping by its file and place: the sentence alone would not say where to look. */
function telling<Result>({ mapping }: ImportFlags, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw withPlaces(error, mapping);
  }
}

function withPlaces(error: unknown, mapping: string | undefined): unknown {
  if (!(error instanceof DomainError) || error.faults.length === 0)
    return error;
  const places = error.faults.map(
    (fault) => `${mapping ?? 'the file'}: ${faultText(fault)}`,
  );
  return new StartError([error.message, ...places].join('\n'));
}

async function importFile(
  database: Database,
  file: string,
  flags: ImportFlags,
  reading: Pick<ImportOptions, 'source' | 'mapping'>,
): Promise<boolean> {
  const input =
    file === '-'
      ? process.stdin
      : createReadStream(file, { highWaterMark: 1 << 18 });
  const bar = process.stderr.isTTY
    ? new SingleBar({
        format: '{phase} {bar} {value}/{total} {eta_formatted}',
        stream: process.stderr,
        clearOnComplete: true,
      })
    : null;
  bar?.start(1, 0, { phase: 'reading' });
  const {
    keepGoing = false,
    overwrite = false,
    dryRun = false,
    createActors = false,
  } = flags;
  const report = await runImport(database, input, {
    ...reading,
    keepGoing,
    overwrite,
    dryRun,
    createActors,
    by: 'command line',
    reason: `import of ${file === '-' ? 'standard input' : file}`,
    onRejected: ({ line, faults }) =>
      process.stderr.write(
        faults
          .map((fault) => `${file}:${line}: ${faultText(fault)}\n`)
          .join(''),
      ),
    onProgress: (phase, done, total) => {
      bar?.setTotal(total ?? done);
      bar?.update(done, { phase });
    },
  })
    .finally(() => bar?.stop())
    .catch((error: unknown) => {
      throw withPlaces(error, flags.mapping);
    });
  if (report === null) return true;
  for (const line of noticesIn(report))
    process.stderr.write(`${file}${line}\n`);
  process.stdout.write(`${file}: ${reportText(report, flags)}\n`);
  if (report.rejected > 0) process.exitCode = 1;
  return report.stored || flags.dryRun === true;
}

async function refuseUnreadable(file: string): Promise<void> {
  try {
    await access(file, constants.R_OK);
    if (!(await stat(file)).isDirectory()) return;
  } catch {
    // Whatever the system says of it, it comes to the same.
  }
  throw new StartError(`The file ${file} cannot be read.`);
}

function faultText({ pointer, message, received, nearest }: Fault): string {
  const value =
    received === undefined || typeof received === 'object'
      ? ''
      : ` (${JSON.stringify(received)})`;
  const near =
    nearest === undefined ? '' : `; did you mean ${nearest.join(' or ')}?`;
  return `${pointer === '' || pointer === undefined ? '' : `${pointer} `}${message}${value}${near}`;
}

/** What a reader should look at though no row was rejected for it, and which names the rejected rows lack. */
function noticesIn(report: ImportReport): string[] {
  const { names, moreNames, duplicates, moreDuplicates } = report;
  return [
    ...report.conflicts.map(
      ({ line, id, by, at, removed }) =>
        `:${line}: ${id} was left alone: ${by} has ${removed ? 'removed' : 'revised'} it since (${at.slice(0, 10)})`,
    ),
    ...(report.moreConflicts > 0
      ? [`: ${report.moreConflicts} more were left alone`]
      : []),
    ...duplicates.map(
      ({ line, id, like, reasons }) =>
        `:${line}: ${id} may be ${like} told again (${reasons.join(', ')})`,
    ),
    ...(moreDuplicates > 0
      ? [`: ${moreDuplicates} more events may be others told again`]
      : []),
    ...names.map(({ name, count, candidates }) => {
      const likely = candidates.map(({ id, score }) => `${id} (${score})`);
      const who = likely.length > 0 ? `perhaps ${likely.join(', ')}` : 'nobody';
      const often = count === 1 ? 'once' : `${count} times`;
      return `: ${JSON.stringify(name)}, ${often}: ${who}`;
    }),
    ...(moreNames > 0 ? [`: other unsure names, ${moreNames} times`] : []),
  ];
}

function reportText(
  report: ImportReport,
  { dryRun = false }: ImportFlags,
): string {
  const { received, created, updated, unchanged, rejected } = report;
  const passed =
    report.passedOver > 0 ? `, ${report.passedOver} passed over` : '';
  const left = report.conflicts.length + report.moreConflicts;
  const alone = left > 0 ? `, ${left} left alone` : '';
  const counts = `${received} received, ${created} created, ${updated} updated, ${unchanged} unchanged, ${rejected} rejected${passed}${alone}`;
  if (dryRun) return `${counts}; a dry run, nothing was kept.`;
  if (!report.stored)
    return `${received} received, ${rejected} rejected; nothing was kept. With --keep-going the good rows are kept.`;
  return created + updated === 0 && rejected === 0
    ? `${counts}; nothing changed.`
    : `${counts}.`;
}
