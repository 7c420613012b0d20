import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../../src/storage/database.ts';
import { startEmbedded } from '../../src/storage/embedded.ts';
import { administer, templateName, testUrl } from './database.ts';

declare global {
  var stopTestDatabase: (() => Promise<void>) | undefined;
}

/** Jest calls this once before all tests, in a process of its own, and wants a default export. */
// oxlint-disable-next-line import/no-default-export
export default async function startTestDatabase(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'events-test-'));
  const server = await startEmbedded({
    dataDir,
    ifRunning: 'refuse',
    // What is lost in a crash is of no value here, and the tests run several times faster.
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      max_connections: '300',
      max_wal_size: '4GB',
    },
  });
  globalThis.stopTestDatabase = async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    process.env['TEST_DATABASE_URL'] = server.url;
    await administer(`create database ${templateName}`);
    await migrate(testUrl(templateName));
  } catch (error) {
    await globalThis.stopTestDatabase();
    throw error;
  }
}
