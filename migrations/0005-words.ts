import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The words of events: the stems of their texts at their positions. The service makes them, not the database; where they
 * are null, it does so once migrations have run (`storage/words.writes`). A later migration that sets them null has them
 * made anew, should stems change.
 */
export class Words0005 implements MigrationInterface {
  name = 'Words1766000000005';

  async up(run: QueryRunner): Promise<void> {
    await run.query(`
      alter table event_version add words tsvector;
      create index event_words on event_version using gin (words) where superseded_at is null;
      create index event_wordless on event_version (key) where words is null;
    `);
  }

  async down(run: QueryRunner): Promise<void> {
    await run.query('alter table event_version drop words');
  }
}
