import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The answers to writes that carried an `Idempotency-Key`, so that a repeated request gets the first answer again. */
export class Idempotency0003 implements MigrationInterface {
  name = 'Idempotency1766000000003';

  async up(run: QueryRunner): Promise<void> {
    await run.query(`
      create table idempotency_key (
        caller text not null,
        key text not null,
        body_hash text not null,
        answer text,
        created_at timestamptz not null default now(),
        primary key (caller, key)
      );
      create index idempotency_key_age on idempotency_key (created_at);
    `);
  }

  async down(run: QueryRunner): Promise<void> {
    await run.query('drop table idempotency_key');
  }
}
