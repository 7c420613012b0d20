import { Command, CommanderError } from 'commander';
import { readBackup, writeBackup } from './cli/backup.ts';
import { exportEvents, type ExportFlags } from './cli/export.ts';
import { importFiles, type ImportFlags } from './cli/import.ts';
import {
  endKey,
  type KeyFlags,
  makeKey,
  renewKey,
  tellKeys,
} from './cli/keys.ts';
import { runMigrations } from './cli/migrate.ts';
import { writeOpenApi } from './cli/openapi.ts';
import { serve } from './cli/serve.ts';
import { dashed, readConfig, settings } from './config.ts';
import { DomainError, StartError } from './domain/errors.ts';
import { asDomainError } from './storage/faults.ts';

type Options = Record<string, string | undefined>;

function withSettings(command: Command): Command {
  for (const { name, meaning } of settings)
    command.option(`--${dashed(name)} <value>`, meaning);
  return command;
}

const program = new Command('diplomatic-events')
  .description('Who spoke with whom, when, about what, and who says so.')
  .exitOverride()
  .configureOutput({ outputError: () => undefined });

withSettings(program.command('serve').description('start the service')).action(
  (options: Options) => serve(readConfig(options)),
);
withSettings(
  program
    .command('migrate')
    .description('bring the schema of the database up to date'),
).action((options: Options) => runMigrations(readConfig(options)));
withSettings(
  program
    .command('import')
    .description('import files; - reads from standard input'),
)
  .argument('<file...>', 'files of records')
  .option(
    '--from <source>',
    'ndjson (the import format), csv, gdelt or ical; by the end of its name unless said',
  )
  .option('--mapping <file>', 'which column of a CSV file is what, as JSON')
  .option('--create-actors', 'make actors of names that are like nobody’s')
  .option('--keep-going', 'keep the good rows when some are bad')
  .option(
    '--overwrite',
    'replace also what an editor has revised since an import brought it',
  )
  .option('--dry-run', 'check everything and keep nothing')
  .action((files: string[], options: Options & ImportFlags) =>
    importFiles(readConfig(options), files, options),
  );
withSettings(
  program
    .command('export')
    .description('write events, as the service answers them, from one moment'),
)
  .option('--format <format>', 'ndjson (the import format) or csv', 'ndjson')
  .option(
    '--query <question>',
    'filters, as in an address: actor=russia&from=2022',
  )
  .option('--out <file>', 'a file instead of standard output')
  .action((options: Options & ExportFlags) =>
    exportEvents(readConfig(options), options),
  );
withSettings(
  program
    .command('backup')
    .description('write the whole record with its history, from one moment'),
)
  .option(
    '--out <file>',
    'a file instead of standard output; compressed when it ends in .gz',
  )
  .action((options: Options & { out?: string }) =>
    writeBackup(readConfig(options), options),
  );
withSettings(
  program
    .command('restore')
    .description('put a backup into an empty database; - reads standard input'),
)
  .argument('<file>', 'what backup wrote')
  .action((file: string, options: Options) =>
    readBackup(readConfig(options), file),
  );
const keys = program
  .command('keys')
  .description('the keys of those who may write');
withSettings(
  keys.command('create').description('make a key; it is shown only once'),
)
  .requiredOption('--name <name>', 'who or what it is for')
  .requiredOption('--scope <scope>', 'editor or admin')
  .option('--expires <date>', 'the last day (UTC) or the instant; else never')
  .action((options: Options & KeyFlags) =>
    makeKey(readConfig(options), options),
  );
withSettings(keys.command('list').description('show all keys')).action(
  (options: Options) => tellKeys(readConfig(options)),
);
withSettings(
  keys
    .command('rotate')
    .description('make a key in the place of another, which ends later'),
)
  .argument('<id>', 'the id of the other, or the whole key')
  .option('--overlap <hours>', 'for how long both are good', '24')
  .option('--expires <date>', 'as of create; else never')
  .action(
    (id: string, options: Options & { overlap: string; expires?: string }) =>
      renewKey(readConfig(options), id, options),
  );
withSettings(
  keys.command('revoke').description('end a key on all servers at once'),
)
  .argument('<id>', 'its id, or the whole key')
  .action((id: string, options: Options) => endKey(readConfig(options), id));
program
  .command('openapi')
  .description('print the OpenAPI document')
  .option('--write <file>', 'write it to a file instead')
  .action((options: { write?: string }) => writeOpenApi(options.write));

// Whoever reads our output may go away; that is no reason to stop.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', () => undefined);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = tell(error);
}

/** One sentence for what its reader can mend; a stack only for a fault of ours. */
function tell(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    if (error.code !== 'commander.help')
      process.stderr.write(`${sentenceOf(error.message)}\n`);
    return 1;
  }
  // The database may go away at any moment, not only at the start.
  const known = asDomainError(error);
  if (known instanceof StartError || known instanceof DomainError)
    process.stderr.write(`${known.message}\n`);
  else console.error(error);
  return 1;
}

/** "error: unknown option '--prot'\\n(Did you mean --port?)" in one line that reads like our own. */
function sentenceOf(message: string): string {
  const text = message
    .replace(/^error: /, '')
    .replace(/\n\((.*)\)$/, '. $1')
    .replace(/^./, (letter) => letter.toUpperCase());
  return /[.?]$/.test(text) ? text : `${text}.`;
}
