import { writeFile } from 'node:fs/promises';
import { StartError } from '../domain/errors.ts';
import { buildApp } from '../http/app.ts';
import { changeSignal } from '../storage/changes.signal.ts';
import { databaseAt } from '../storage/database.ts';
import { packageVersion } from './package.ts';

/** The OpenAPI document of the routes, as it is committed. No database is asked. */
export async function openApiDocument(): Promise<string> {
  const url = 'postgres://nobody@127.0.0.1/nothing';
  const database = databaseAt({ url });
  const app = await buildApp({
    database,
    changes: changeSignal(url),
    secret: '',
    version: packageVersion(),
    logLevel: 'silent',
  });
  await app.ready();
  const document = JSON.stringify(app.swagger(), null, 2);
  await app.close();
  await database.close();
  return `${document}\n`;
}

/** `openapi`: prints the document, or writes it to a file. */
export async function writeOpenApi(file: string | undefined): Promise<void> {
  const document = await openApiDocument();
  if (file === undefined) {
    process.stdout.write(document);
    return;
  }
  try {
    await writeFile(file, document);
  } catch {
    throw new StartError(`The file ${file} cannot be written.`);
  }
}
