import { Command, CommanderError } from 'commander';
import { importFiles, type ImportFlags } from './cli/import.ts';
import { runMigrations } from './cli/migrate.ts';
import { writeOpenApi } from './cli/openapi.ts';
import { serve } from './cli/serve.ts';
import { dashed, readConfig, settings } from './config.ts';
import { StartError } from './domain/errors.ts';

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
    .description('import NDJSON files; - reads from standard input'),
)
  .argument('<file...>', 'files of the import format')
  .option('--keep-going', 'keep the good rows when some are bad')
  .option('--dry-run', 'check everything and keep nothing')
  .action((files: string[], options: Options & ImportFlags) =>
    importFiles(readConfig(options), files, options),
  );
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
    process.stderr.write(
      error.code === 'commander.help'
        ? ''
        : `${error.message.replace(/^error: /, '')}\n`,
    );
  } else if (error instanceof StartError)
    process.stderr.write(`${error.message}\n`);
  else console.error(error);
  return 1;
}
