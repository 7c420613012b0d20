import { createReadStream } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { type Config } from '../config.ts';
import { StartError } from '../domain/errors.ts';
import { backup, restore } from '../storage/backup.ts';
import { connect } from './connect.ts';
import { counted, outputTo } from './output.ts';

/**
 * `backup`: the whole record with its history, from one moment, in a file or on standard output; compressed when the file is
 * called `….gz`. A service may run and be written to meanwhile.
 */
export async function writeBackup(
  config: Config,
  { out }: { out?: string },
): Promise<void> {
  const target = await outputTo(out);
  await withServer(config, async (url) =>
    pipeline(
      counted(backup(url)),
      isCompressed(out) ? createGzip({ level: 3 }) : new PassThrough(),
      target,
      { end: out !== undefined },
    ),
  );
}

/**
 * `restore`: puts a backup into an empty database; `-` reads from standard input.
 * @throws StartError when it is none, is damaged, or the database holds something; nothing is kept then
 */
export async function readBackup(config: Config, file: string): Promise<void> {
  const chunks = await opened(file);
  await withServer(config, async (url) => restore(url, chunks)).catch(
    (error: unknown) => {
      throw String(Object(error).code).startsWith('Z_')
        ? new StartError(
            'The backup is broken off or damaged; nothing was restored.',
          )
        : error;
    },
  );
  process.stdout.write('The backup is restored.\n');
}

async function opened(file: string): Promise<AsyncIterable<Buffer>> {
  if (file === '-') return process.stdin;
  try {
    await access(file, constants.R_OK);
  } catch {
    throw new StartError(`The file ${file} cannot be read.`);
  }
  const bytes: Readable = createReadStream(file, { highWaterMark: 1 << 18 });
  if (!isCompressed(file)) return bytes as AsyncIterable<Buffer>;
  const inflated = createGunzip();
  // What goes wrong is told to whoever reads.
  pipeline(bytes, inflated).catch(() => undefined);
  return inflated as AsyncIterable<Buffer>;
}

function isCompressed(file: string | undefined): boolean {
  return file?.endsWith('.gz') === true;
}

async function withServer(
  config: Config,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const connection = await connect(config, 'join', () => undefined);
  try {
    await use(connection.url);
  } finally {
    await connection.stop();
  }
}
