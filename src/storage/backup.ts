import { pipeline } from 'node:stream/promises';
import { Client, escapeIdentifier } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { StartError } from '../domain/errors.ts';
import { type BackupFrames, framesOf } from './backup.frames.ts';
import { migrate } from './database.ts';
import { migrationNames } from './migrations.ts';

const FORMAT = 1;

/** The first line of a backup. */
interface Head {
  backup: 'diplomatic-events';
  format: number;
  /** The last migration that its tables have seen. */
  migration: string;
  at: string;
}

/** A table of a backup; its rows follow as PostgreSQL's COPY writes them, to a line `\.`. */
interface Table {
  table: string;
  columns: string[];
}

interface Sequence {
  sequence: string;
  value: number;
}

/**
 * The whole record with its history as it stands at this moment, to be given to {@link restore}: a line of JSON that says
 * what it is, then each table, the sequences, and a last line without which it is not whole. The keys of writers are in it as
 * hashes; the secret that seals cursors is not.
 * @throws StartError when the database has no record
 */
export async function* backup(url: string): AsyncGenerator<Buffer> {
  const client = await connected(url);
  try {
    await client.query('begin isolation level repeatable read read only');
    const [last] = await appliedMigrations(client);
    if (last === undefined)
      throw new StartError('There is no record in this database.');
    const { rows } = await client.query<{ at: string }>(
      `select to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at`,
    );
    const head: Head = {
      backup: 'diplomatic-events',
      format: FORMAT,
      migration: last,
      at: rows[0]?.at ?? '',
    };
    yield line(head);
    for (const table of await tablesOf(client)) {
      yield line(table);
      yield* client.query(copyTo(`copy ${target(table)} to stdout`));
      yield Buffer.from('\\.\n');
    }
    const sequences = await client.query<Sequence>(
      `select sequencename as sequence, last_value as value from pg_sequences
       where schemaname = current_schema() and last_value is not null and sequencename not like 'migrations%'`,
    );
    for (const sequence of sequences.rows) yield line(sequence);
    yield line({ end: true });
  } finally {
    await client.end();
  }
}

/**
 * Puts a backup into a database that holds no record yet: all of it or nothing. One of an older schema is put into that
 * schema, which is then brought up to date.
 * @throws StartError when it is no backup, is broken off, is newer than this program, or the database holds something
 */
export async function restore(
  url: string,
  chunks: AsyncIterable<Buffer>,
): Promise<void> {
  const frames = framesOf(chunks);
  const { migration } = headOf(await frames.line());
  if (!migrationNames.includes(migration))
    throw new StartError(
      'The backup was made by a newer version of this program: restore it with that one.',
    );
  const client = await connected(url);
  try {
    const [last] = await appliedMigrations(client);
    if (last === undefined) await migrate(url, migration);
    else if (last !== migration)
      throw new StartError(
        'The database has been prepared for another version of this program: restore into one that has nothing in it yet.',
      );
    await client.query('begin');
    await fill(client, frames);
    await client.query('commit');
    await client.query('analyze');
  } finally {
    await client.end();
  }
  await migrate(url);
}

async function fill(client: Client, frames: BackupFrames): Promise<void> {
  const tables = await tablesOf(client);
  // What hangs on the rows is in the backup too; made again by triggers it would be there twice.
  for (const { table } of tables)
    await client.query(
      `alter table ${escapeIdentifier(table)} disable trigger user`,
    );
  await refuseFilled(client, tables);
  for (;;) {
    const next = partOf(await frames.line());
    if ('end' in next) break;
    if ('table' in next) {
      if (!tables.some(({ table }) => table === next.table)) throw broken();
      await pipeline(
        frames.rows(),
        client.query(copyFrom(`copy ${target(next)} from stdin`)),
      );
    } else
      await client.query('select setval($1::text::regclass, $2)', [
        escapeIdentifier(next.sequence),
        next.value,
      ]);
  }
  for (const { table } of tables)
    await client.query(
      `alter table ${escapeIdentifier(table)} enable trigger user`,
    );
}

async function refuseFilled(
  client: Client,
  tables: readonly Table[],
): Promise<void> {
  for (const { table } of tables) {
    const { rows } = await client.query<{ filled: boolean }>(
      `select exists (select from ${escapeIdentifier(table)}) as filled`,
    );
    if (rows[0]?.filled)
      throw new StartError(
        'The database holds a record already; a backup is restored into an empty one (SAMPLES=off keeps a new one empty).',
      );
  }
}

// Without time limits, which a large table would run into.
async function connected(url: string): Promise<Client> {
  const client = new Client({
    connectionString: url,
    application_name: 'diplomatic-events backup',
    keepAlive: true,
  });
  // Told to whoever waits for an answer; unheard here it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** The migrations that a database has seen, the last one first. */
async function appliedMigrations(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ there: boolean }>(
    `select to_regclass('migrations') is not null as there`,
  );
  if (rows[0]?.there !== true) return [];
  const applied = await client.query<{ name: string }>(
    'select name from migrations order by timestamp desc',
  );
  return applied.rows.map(({ name }) => name);
}

/** All tables but those that belong to the database rather than to the record; whoever is referred to comes first. */
async function tablesOf(client: Client): Promise<Table[]> {
  const { rows } = await client.query<Table>(
    `select relname as table, array(
         select attname::text from pg_attribute a
         where a.attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '' order by attnum) as columns
     from pg_class c
     where relnamespace = current_schema()::regnamespace and relkind = 'r' and relpersistence = 'p'
       and relname not in ('migrations', 'secret')
     order by exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'f'), relname`,
  );
  return rows;
}

function target({ table, columns }: Table): string {
  return `${escapeIdentifier(table)} (${columns.map(escapeIdentifier).join(', ')})`;
}

function line(value: object): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

function headOf(text: string): Head {
  const head = jsonOf(text) as Partial<Head>;
  if (head.backup !== 'diplomatic-events' || typeof head.migration !== 'string')
    throw new StartError('This is not a backup of this service.');
  if (head.format !== FORMAT)
    throw new StartError(
      'The backup was made by a newer version of this program: restore it with that one.',
    );
  return head as Head;
}

function partOf(text: string): Table | Sequence | { end: true } {
  const part = jsonOf(text);
  if ('table' in part || 'sequence' in part || 'end' in part)
    return part as Table | Sequence | { end: true };
  throw broken();
}

function jsonOf(text: string): object {
  try {
    return Object(JSON.parse(text)) as object;
  } catch {
    throw broken();
  }
}

function broken(): StartError {
  return new StartError('The backup is damaged; nothing was restored.');
}
