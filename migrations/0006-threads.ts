import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Threads are walked both ways: each reference between events and documents is a row that is found from either end, for
 * the current record and for its history, in the order in which a thread takes neighbours when it cannot hold them all:
 * `loose` ones, which only mention, after those that answer, hand over or sign.
 */
export class Threads0006 implements MigrationInterface {
  name = 'Threads1766000000006';

  async up(run: QueryRunner): Promise<void> {
    await run.query(`
      create table event_document (
        event_key bigint not null,
        event text collate "C" not null,
        relation text not null,
        document text collate "C" not null,
        loose boolean not null generated always as (relation in ('discussed', 'cited')) stored,
        recorded_at timestamptz not null,
        superseded_at timestamptz
      );
      insert into event_document (event_key, event, relation, document, recorded_at, superseded_at)
        select v.key, v.id, d.relation, d.document, v.recorded_at, v.superseded_at
        from event_version v cross join json_to_recordset(v.body::json -> 'documents') d (document text, relation text);

      alter table event_link
        add loose boolean not null generated always as (relation = 'refers-to') stored,
        add recorded_at timestamptz;
      update event_link l set recorded_at = v.recorded_at from event_version v where v.key = l.event_key;
      alter table event_link alter recorded_at set not null;

      alter table document_link
        add loose boolean not null generated always as (relation = 'part-of') stored,
        add recorded_at timestamptz;
      update document_link l set recorded_at = v.recorded_at from document_version v where v.key = l.document_key;
      alter table document_link alter recorded_at set not null;

      create index event_document_of_event on event_document (event) where superseded_at is null;
      create index event_document_of_event_history on event_document (event) where superseded_at is not null;
      create index event_document_of_document on event_document (document, loose, event) include (recorded_at)
        where superseded_at is null;
      create index event_document_of_document_history on event_document (document, loose, event) include (recorded_at, superseded_at)
        where superseded_at is not null;
      create index event_link_of_event_history on event_link (event) where superseded_at is not null;
      create index event_link_of_target on event_link (target, loose, event) include (recorded_at)
        where superseded_at is null;
      create index event_link_of_target_history on event_link (target, loose, event) include (recorded_at, superseded_at)
        where superseded_at is not null;
      create index document_link_of_document_history on document_link (document) where superseded_at is not null;
      create index document_link_of_target on document_link (target, loose, document) include (recorded_at)
        where superseded_at is null;
      create index document_link_of_target_history on document_link (target, loose, document) include (recorded_at, superseded_at)
        where superseded_at is not null;

      analyze event_document, event_link, document_link;
    `);
  }

  async down(run: QueryRunner): Promise<void> {
    await run.query(`
      drop table event_document;
      drop index event_link_of_event_history, event_link_of_target, event_link_of_target_history,
        document_link_of_document_history, document_link_of_target, document_link_of_target_history;
      alter table event_link drop loose, drop recorded_at;
      alter table document_link drop loose, drop recorded_at;
    `);
  }
}
