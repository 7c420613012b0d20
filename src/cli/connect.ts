import { type Config } from '../config.ts';
import { type Database, migrate, openDatabase } from '../storage/database.ts';
import { startEmbedded } from '../storage/embedded.ts';

/** Where the database is, and how to let go of it. */
export interface Connection {
  url: string;
  /** The directory of the embedded server; null with an own database. */
  dataDir: string | null;
  stop(): Promise<void>;
}

/**
 * The database that the settings name: an own one, or the embedded PostgreSQL, started unless it runs already.
 * @throws StartError when it cannot be started, or runs already and is not to be joined
 */
export async function connect(
  config: Config,
  ifRunning: 'join' | 'refuse',
  report: (line: string) => void,
): Promise<Connection> {
  if (config.databaseUrl !== null)
    return {
      url: config.databaseUrl,
      dataDir: null,
      stop: async () => undefined,
    };
  const server = await startEmbedded({
    dataDir: config.dataDir,
    ifRunning,
    report,
  });
  return {
    url: server.url,
    dataDir: config.dataDir,
    stop: () => server.stop(),
  };
}

/** Does something with the database that the settings name, its schema up to date, beside a running service or alone. */
export async function withDatabase<Answer>(
  config: Config,
  use: (database: Database, url: string) => Promise<Answer>,
): Promise<Answer> {
  const connection = await connect(config, 'join', () => undefined);
  try {
    await migrate(connection.url);
    const database = await openDatabase({
      url: connection.url,
      connections: 2,
    });
    try {
      return await use(database, connection.url);
    } finally {
      await database.close();
    }
  } finally {
    await connection.stop();
  }
}
