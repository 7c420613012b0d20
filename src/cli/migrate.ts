import { type Config } from '../config.ts';
import { migrate } from '../storage/database.ts';
import { connect } from './connect.ts';

/** `migrate`: brings the schema up to date and says what it did. */
export async function runMigrations(config: Config): Promise<void> {
  const connection = await connect(config, 'join', () => undefined);
  try {
    const done = await migrate(connection.url);
    process.stdout.write(
      done.length === 0
        ? 'The schema is up to date.\n'
        : `Done: ${done.join(', ')}.\n`,
    );
  } finally {
    await connection.stop();
  }
}
