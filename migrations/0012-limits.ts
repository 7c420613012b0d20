import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What clients have used of their limits, when servers share them. Unlogged: it is of no use after a minute, and what a crash
 * takes away only makes the limits generous for that long.
 */
export class Limits0012 implements MigrationInterface {
  name = 'Limits1766000000012';

  async up(run: QueryRunner): Promise<void> {
    await run.query(`
      create unlogged table limit_use (
        client text primary key,
        used bigint not null,
        ends_at timestamptz not null
      );
      create index limit_use_end on limit_use (ends_at);
    `);
  }

  async down(run: QueryRunner): Promise<void> {
    await run.query('drop table limit_use');
  }
}
