import { setTimeout as sleep } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { DomainError } from '../domain/errors.ts';
import { COMMIT_LOCK } from './changes.writes.ts';

/** The tables that events fill, those first that writers lock first. */
const TABLES = [
  'event_version',
  'event_actor',
  'event_account',
  'event_link',
  'event_document',
  'event_tally',
  'change',
];

/** Where they stand until they take the place of those that everybody reads. */
const SCHEMA = 'events_loading';

/** Fewer events are stored sooner than tables are made. */
const WORTH_IT = 5000;

// Readers behind a lock that is waited for wait as well, and two who wait for each other would be told of a deadlock after a second.
const LOCK_TRIED_FOR = '100ms';
const LOCK_TRIED_AGAIN_AFTER = 200;
const LOCK_TRIES = 1500;
const NOT_LOCKED = '55P03';

/**
 * Tables without indexes and triggers that stand in for those of events in this transaction, while everybody else goes on
 * with his own.
 */
export interface TablesAside {
  /** Makes what is read through: to be called once all is loaded, before any of it is looked for. */
  index(): Promise<void>;
  /** Makes what keeps the sums by month, and the references: to be called before anything is changed again. */
  guard(): Promise<void>;
  /**
   * Puts these tables in the place of the others, with what was written to those meanwhile. Until the commit nobody reads
   * events.
   * @throws DomainError `conflict` when somebody has read in them for minutes
   */
  putInPlace(): Promise<void>;
}

/** What is made again of a table: its primary key and unique constraints, indexes, references, triggers. */
interface Parts {
  indexes: string[];
  guards: string[];
}

/**
 * Makes tables to load many events into, where the record never had one. Indexes made at once of all rows take a quarter of the time
 * that row by row takes, and nobody has to wait for it: the tables of an empty record have nothing that would have to be kept.
 * @param events how many are to be loaded
 * @returns null where the events are too few, the record had some, or this role may not make the tables
 */
export async function tablesAside(
  tx: EntityManager,
  events: number,
): Promise<TablesAside | null> {
  if (events < WORTH_IT) return null;
  const [state]: { home: string; path: string; fit: boolean }[] =
    await tx.query(
      `select current_schema() as home, current_setting('search_path') as path, not exists (select from event_version)
         and (select count(*) from (select from change limit $2) c) < $2
         and to_regnamespace('${SCHEMA}') is null and has_database_privilege(current_database(), 'create') and (
           select bool_and(pg_has_role(relowner, 'usage') and relacl is null) from pg_class where oid = any ($1::regclass[])
         ) and not exists (select from pg_publication_rel where prrelid = any ($1::regclass[])) as fit`,
      [TABLES, WORTH_IT],
    );
  if (state?.fit !== true) return null;
  const { home, path } = state;
  const parts = await partsOf(tx);
  const columns = await writtenColumns(tx);
  const options = await optionsOf(tx);
  // Nine tenths of what is written to the log from here on are pages of new tables and indexes: to compress them takes longer than
  // to make them.
  await tx.query(
    `select set_config('wal_compression', 'off', true) where has_parameter_privilege('wal_compression', 'set')`,
  );
  await tx.query(`create schema ${SCHEMA}`);
  for (const table of TABLES) {
    await tx.query(
      `create table ${SCHEMA}.${table} (like ${table} including all excluding indexes)`,
    );
    for (const option of options.get(table) ?? [])
      await tx.query(`alter table ${SCHEMA}.${table} set (${option})`);
  }
  // The log goes on where it is.
  await tx.query(
    `select setval(pg_get_serial_sequence('${SCHEMA}.change', 'position'), last)
     from pg_sequence_last_value(pg_get_serial_sequence('change', 'position')::regclass) last where last is not null`,
  );
  await tx.query(`select set_config('search_path', $1, true)`, [
    `${SCHEMA}, ${path}`,
  ]);
  return {
    async index() {
      await tx.query(
        `set local maintenance_work_mem = '256MB'; set local work_mem = '64MB'`,
      );
      for (const statement of parts.indexes) await tx.query(statement);
    },
    async guard() {
      for (const statement of parts.guards) await tx.query(statement);
    },
    async putInPlace() {
      const here = TABLES.map((table) => `"${home}".${table}`);
      await lockAll(tx, here);
      // What was written meanwhile is in the sums already.
      await tx.query(`select set_config('events.tally', 'later', true)`);
      for (const [index, table] of TABLES.entries()) {
        const names = columns.get(table) ?? '';
        await tx.query(
          `insert into ${SCHEMA}.${table} (${names}) overriding system value select ${names} from ${here[index]}`,
        );
      }
      await tx.query(
        `select setval(own, greatest(pg_sequence_last_value(own), pg_sequence_last_value(others)))
         from (select pg_get_serial_sequence('change', 'position')::regclass, pg_get_serial_sequence($1, 'position')::regclass) s (own, others)
         where pg_sequence_last_value(others) is not null`,
        [`"${home}".change`],
      );
      await tx.query(`select set_config('events.tally', '', true)`);
      await tx.query(`drop table ${here.join(', ')}`);
      for (const table of TABLES)
        await tx.query(`alter table ${SCHEMA}.${table} set schema "${home}"`);
      await tx.query(`select set_config('search_path', $1, true)`, [path]);
      await tx.query(`drop schema ${SCHEMA}`);
    },
  };
}

// Pretty, names have no schema: they mean whichever tables come first.
async function partsOf(tx: EntityManager): Promise<Parts> {
  const indexes: { made: string; late: boolean }[] = await tx.query(
    `select c.relname = 'event_tally' as late, case when k.oid is null then pg_get_indexdef(i.indexrelid, 0, true)
       else format('alter table %I add constraint %I %s', c.relname, k.conname, pg_get_constraintdef(k.oid, true)) end as made
     from pg_index i join pg_class c on c.oid = i.indrelid left join pg_constraint k on k.conindid = i.indexrelid and k.contype in ('p', 'u')
     where i.indrelid = any ($1::regclass[]) order by array_position($1::regclass[], i.indrelid::regclass), i.indexrelid`,
    [TABLES],
  );
  const guards: { made: string }[] = await tx.query(
    `select format('alter table %I add constraint %I %s', relname, conname, pg_get_constraintdef(k.oid, true)) as made
     from pg_constraint k join pg_class c on c.oid = k.conrelid where contype = 'f' and conrelid = any ($1::regclass[])
     union all
     select pg_get_triggerdef(oid, true) from pg_trigger where not tgisinternal and tgrelid = any ($1::regclass[])`,
    [TABLES],
  );
  return {
    indexes: indexes.filter(({ late }) => !late).map(({ made }) => made),
    // The sums are made between the two.
    guards: [...indexes.filter(({ late }) => late), ...guards].map(
      ({ made }) => made,
    ),
  };
}

/** Those columns of each table that are written, and not made of others. */
async function writtenColumns(tx: EntityManager): Promise<Map<string, string>> {
  const rows: { name: string; columns: string }[] = await tx.query(
    `select attrelid::regclass::text as name, string_agg(quote_ident(attname), ', ' order by attnum) as columns
     from pg_attribute where attrelid = any ($1::regclass[]) and attnum > 0 and not attisdropped and attgenerated = ''
     group by attrelid`,
    [TABLES],
  );
  return new Map(rows.map(({ name, columns }) => [name, columns]));
}

async function optionsOf(tx: EntityManager): Promise<Map<string, string[]>> {
  const rows: { name: string; options: string[] }[] = await tx.query(
    `select relname as name, reloptions as options from pg_class where oid = any ($1::regclass[]) and reloptions is not null`,
    [TABLES],
  );
  return new Map(rows.map(({ name, options }) => [name, options]));
}

async function lockAll(
  tx: EntityManager,
  tables: readonly string[],
): Promise<void> {
  await tx.query(`set local lock_timeout = '${LOCK_TRIED_FOR}'`);
  for (let tries = 1; ; tries++) {
    await tx.query('savepoint unlocked');
    try {
      await tx.query(`select pg_advisory_xact_lock($1)`, [COMMIT_LOCK]);
      await tx.query(
        `lock table ${tables.join(', ')} in access exclusive mode`,
      );
      break;
    } catch (error) {
      if ((error as { code?: unknown }).code !== NOT_LOCKED) throw error;
      await tx.query('rollback to savepoint unlocked');
    }
    if (tries === LOCK_TRIES)
      throw new DomainError(
        'conflict',
        'Others have been reading or writing events without a pause. Import the file again.',
      );
    await sleep(LOCK_TRIED_AGAIN_AFTER);
  }
  await tx.query('release savepoint unlocked; set local lock_timeout = 0');
}
