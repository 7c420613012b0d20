import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

/** The migrated database that the clones are made from. */
export const templateName = 'template_events';

/** Answers the address of another database on the server of this test run. */
export function testUrl(database: string): string {
  const url = new URL(process.env['TEST_DATABASE_URL'] ?? '');
  url.pathname = `/${database}`;
  return url.href;
}

/** Runs one statement on the server of this test run, outside every clone. */
export async function administer(statement: string): Promise<void> {
  const client = new Client(testUrl('postgres'));
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Answers a database of one's own without even a schema. */
export async function bareDatabase(): Promise<{
  url: string;
  drop(): Promise<void>;
}> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(`create database ${name}`);
  return {
    url: testUrl(name),
    drop: () => administer(`drop database if exists ${name} with (force)`),
  };
}

/** Answers a database of one's own with the schema and no rows; `drop` takes it away even from under open connections. */
export async function cloneDatabase(): Promise<{
  url: string;
  drop(): Promise<void>;
}> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await administer(`create database ${name} template ${templateName}`);
      break;
    } catch (error) {
      // 55006: somebody, such as autovacuum, is just looking into the template.
      const busy =
        error instanceof Error && 'code' in error && error.code === '55006';
      if (!busy || attempt === 100) throw error;
      await sleep(50);
    }
  }
  return {
    url: testUrl(name),
    drop: () => administer(`drop database if exists ${name} with (force)`),
  };
}
