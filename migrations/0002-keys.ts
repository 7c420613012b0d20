import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The keys of those who write. The secret of a key is not here: `hash` is its SHA-256, from which nobody gets back to
 * it. A revoked key keeps its row, so that it can still be told who wrote what and until when they could.
 */
export class Keys0002 implements MigrationInterface {
  // TypeORM reads the order of migrations from the timestamp in the name.
  name = 'Keys1766000000002';

  async up(run: QueryRunner): Promise<void> {
    await run.query(`
      create table api_key (
        id text collate "C" primary key,
        name text not null,
        scope text not null,
        hash bytea not null,
        created_at timestamptz not null default now(),
        expires_at timestamptz,
        revoked_at timestamptz,
        last_used_at timestamptz
      );
    `);
  }

  async down(run: QueryRunner): Promise<void> {
    await run.query('drop table api_key');
  }
}
