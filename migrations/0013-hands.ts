import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Whose words a change is: `hand` of one who wrote that record by itself, `derived` of what merely followed from another record; null
 * of an import, and of all before this was noted. So an import can leave alone what an editor has revised since.
 */
export class Hands0013 implements MigrationInterface {
  name = 'Hands1766000000013';

  async up(run: QueryRunner): Promise<void> {
    await run.query(`
      alter table change add column origin text check (origin in ('hand', 'derived'));
      create index change_by_hand on change (record, id, revision) where origin = 'hand';
    `);
  }

  async down(run: QueryRunner): Promise<void> {
    await run.query(
      'drop index change_by_hand; alter table change drop column origin',
    );
  }
}
