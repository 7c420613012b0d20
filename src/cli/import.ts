import { createReadStream } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { SingleBar } from 'cli-progress';
import { type Config } from '../config.ts';
import { type Fault, StartError } from '../domain/errors.ts';
import { type ImportReport, runImport } from '../imports/run.ts';
import { type Database } from '../storage/database.ts';
import { withDatabase } from './connect.ts';

/** How the command line says an import is to go. */
export interface ImportFlags {
  keepGoing?: boolean;
  dryRun?: boolean;
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
  await withDatabase(config, async (database) => {
    for (const file of files)
      if (!(await importFile(database, file, flags))) break;
  });
}

async function importFile(
  database: Database,
  file: string,
  flags: ImportFlags,
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
  const report = await runImport(database, input, {
    ...flags,
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
  }).finally(() => bar?.stop());
  if (report === null) return true;
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

function reportText(
  report: ImportReport,
  { dryRun = false }: ImportFlags,
): string {
  const { received, created, updated, unchanged, rejected } = report;
  const counts = `${received} received, ${created} created, ${updated} updated, ${unchanged} unchanged, ${rejected} rejected`;
  if (dryRun) return `${counts}; a dry run, nothing was kept.`;
  if (!report.stored)
    return `${received} received, ${rejected} rejected; nothing was kept. With --keep-going the good rows are kept.`;
  return created + updated === 0 && rejected === 0
    ? `${counts}; nothing changed.`
    : `${counts}.`;
}
