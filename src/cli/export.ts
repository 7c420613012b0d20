import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type Config } from '../config.ts';
import { StartError } from '../domain/errors.ts';
import { buildApp } from '../http/app.ts';
import { changeSignal } from '../storage/changes.signal.ts';
import { cursorSecret } from '../storage/database.ts';
import { withDatabase } from './connect.ts';
import { counted, outputTo } from './output.ts';
import { packageVersion } from './package.ts';

/** How the command line says an export is to be. */
export interface ExportFlags {
  format: string;
  query?: string;
  out?: string;
}

/**
 * `export`: what the service answers at `/v1/events.{format}` for the same question, from one snapshot, on standard output or
 * in a file.
 * @throws StartError with the service's own words when it refuses the question
 */
export async function exportEvents(
  config: Config,
  { format, query = '', out }: ExportFlags,
): Promise<void> {
  if (format !== 'ndjson' && format !== 'csv')
    throw new StartError(
      `${format} is not a format that holds a whole record: ndjson and csv are.`,
    );
  const target = await outputTo(out);
  await withDatabase(config, async (database, url) => {
    const changes = changeSignal(url);
    const app = await buildApp({
      database,
      changes,
      secret: await cursorSecret(database),
      version: packageVersion(),
      logLevel: 'silent',
    });
    try {
      const { statusCode, stream } = await app.inject({
        url: `/v1/events.${format}?${query.replace(/^\?/, '')}`,
        payloadAsStream: true,
      });
      if (statusCode !== 200) throw await refusal(stream());
      await pipeline(stream(), counted, target, { end: out !== undefined });
    } catch (error) {
      // Whoever reads our output has seen enough.
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
    } finally {
      await app.close();
      await changes.close();
    }
  });
}

async function refusal(answer: Readable): Promise<StartError> {
  const problem = JSON.parse(await text(answer)) as { detail: string };
  return new StartError(problem.detail);
}
