import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What actors are found by when a name is looked for, in whatever script and spelling: keys made of the names by the code
 * (`domain/name-keys`). They are null in rows that were written before, or by a server that does not know them yet: every
 * start fills them in, since SQL cannot make them. When the code makes other keys, a migration sets them to null.
 *
 * The index keeps no list of pending entries: a look-up would have to read it whole each time, and a batch of names makes
 * thousands of look-ups.
 */
export class Names0004 implements MigrationInterface {
  name = 'Names1766000000004';

  async up(run: QueryRunner): Promise<void> {
    await run.query(`
      alter table actor_version add column name_keys text[];
      create index actor_name_keys on actor_version using gin (name_keys) with (fastupdate = off)
        where superseded_at is null;
      create index actor_without_name_keys on actor_version (key) where superseded_at is null and name_keys is null;
    `);
  }

  async down(run: QueryRunner): Promise<void> {
    await run.query('alter table actor_version drop column name_keys');
  }
}
