import { Client, type ClientBase, Pool } from 'pg';
import { cancelQuery } from '../../src/storage/cancel.ts';
import { eventually } from '../support/command.ts';
import { testUrl } from '../support/database.ts';
import { faultyNetwork } from '../support/faulty-network.ts';

let pool: Pool;
let watcher: Client;
beforeAll(async () => {
  pool = new Pool({ connectionString: testUrl('postgres'), max: 2 });
  watcher = new Client(testUrl('postgres'));
  await watcher.connect();
});
afterAll(async () => {
  await pool.end();
  await watcher.end();
});

const numberOf = (client: ClientBase): number =>
  (client as unknown as { processID: number }).processID;

/** A statement that runs, and the code with which it will end. */
async function asleep(
  client: ClientBase,
  seconds = 60,
): Promise<{ ended: Promise<string> }> {
  const ended = client.query('select pg_sleep($1)', [seconds]).then(
    () => 'done',
    (error: unknown) => (error as { code: string }).code,
  );
  await eventually(async () => {
    const { rows } = await watcher.query(
      `select from pg_stat_activity where pid = $1 and wait_event = 'PgSleep'`,
      [numberOf(client)],
    );
    return rows.length === 1;
  });
  return { ended };
}

test('a query is ended though its pool has no connection left, and its own serves the next', async () => {
  const [client, other] = [await pool.connect(), await pool.connect()];
  const { ended } = await asleep(client);
  await cancelQuery(pool, client);
  expect(await ended).toBe('57014');
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  for (const one of [client, other]) one.release();
});

test('a server that has another query under that number, and so gave another key, does nothing', async () => {
  const client = await pool.connect();
  const { ended } = await asleep(client, 1);
  const { secretKey } = client as unknown as { secretKey: number };
  // As it is behind a proxy that leads to another server now.
  const stranger = Object.create(client, {
    secretKey: { value: secretKey ^ 1 },
  }) as ClientBase;
  await cancelQuery(pool, stranger);
  expect(await ended).toBe('done');
  client.release();
});

test('a server that cannot be reached is not waited for, and nothing fails', async () => {
  const network = await faultyNetwork(testUrl('postgres'));
  const far = new Pool({ connectionString: network.url });
  far.on('error', () => undefined);
  const client = await far.connect();
  client.on('error', () => undefined);
  network.drop();
  await cancelQuery(far, client);
  await network.close();
  await cancelQuery(far, client);
  client.release(true);
  await far.end();
});
