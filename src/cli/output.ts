import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { SingleBar } from 'cli-progress';
import { StartError } from '../domain/errors.ts';

/**
 * Where a command writes to: a file, or standard output.
 * @throws StartError when the file cannot be written
 */
export async function outputTo(file: string | undefined): Promise<Writable> {
  if (file === undefined) return process.stdout;
  try {
    return (await open(file, 'w')).createWriteStream();
  } catch {
    throw new StartError(`The file ${file} cannot be written.`);
  }
}

/** Shows on a terminal how many lines have passed. */
export async function* counted(
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const bar = process.stderr.isTTY
    ? new SingleBar({
        format: '{value} lines written',
        stream: process.stderr,
        clearOnComplete: true,
      })
    : null;
  bar?.start(Number.MAX_SAFE_INTEGER, 0);
  try {
    for await (const chunk of chunks) {
      bar?.increment(chunk.filter((byte) => byte === NEWLINE).length);
      yield chunk;
    }
  } finally {
    bar?.stop();
  }
}

const NEWLINE = 0x0a;
