import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The record: actors, documents and events as versions, the index rows that answer "who" in chronological order, and
 * the log of changes. A version stands in the record from `recorded_at` until `superseded_at`; the current record is
 * the rows where that is still null, and every index of the hot reads is partial on it; the indexes of the history hold
 * the others, for questions as of an instant.
 *
 * An actor's events stand in lanes, each in chronological order: 0 takes part, 1 is only spoken of, 2 and 3 the same
 * through membership alone. A list of them is one range of an index for each lane.
 *
 * Who gives an account of an event, through whomever, and with which stance stands in `event_account` in the same way, but
 * in no order of its own: it is asked for beside other conditions.
 *
 * These rows name their version without a foreign key: they are written with it alone, and checking each would cost as much
 * as writing it.
 *
 * Ids are compared byte by byte (collation "C") so that order and cursors mean the same on every server.
 */
export class Record0001 implements MigrationInterface {
  // TypeORM reads the order of migrations from the timestamp in the name.
  name = 'Record1766000000001';

  async up(run: QueryRunner): Promise<void> {
    await run.query(`
      create table secret (
        purpose text primary key,
        value text not null
      );
      insert into secret (purpose, value)
        values ('cursor', gen_random_uuid()::text || gen_random_uuid()::text);

      create sequence version_key as bigint;

      create table actor_version (
        key bigint primary key,
        id text collate "C" not null,
        revision integer not null,
        kind text not null,
        names text not null,
        terms text[] not null,
        body text not null,
        recorded_at timestamptz not null,
        superseded_at timestamptz,
        unique (id, revision)
      );
      create unique index actor_current on actor_version (id) include (key) where superseded_at is null;
      create index actor_terms on actor_version using gin (terms) where superseded_at is null;

      create table affiliation (
        actor_key bigint not null references actor_version (key),
        ordinal integer not null,
        actor text collate "C" not null,
        relation text not null,
        target text collate "C" not null,
        "from" text,
        until text,
        until_known boolean not null,
        superseded_at timestamptz,
        primary key (actor_key, ordinal)
      );
      create index affiliation_up on affiliation (actor) where superseded_at is null;
      create index affiliation_down on affiliation (target) where superseded_at is null;

      create table document_version (
        key bigint primary key,
        id text collate "C" not null,
        revision integer not null,
        kind text not null,
        begin_earliest timestamptz not null,
        end_latest timestamptz not null,
        terms text[] not null,
        body text not null,
        recorded_at timestamptz not null,
        superseded_at timestamptz,
        unique (id, revision)
      );
      create unique index document_current on document_version (id) include (key) where superseded_at is null;
      create index document_order on document_version (begin_earliest, end_latest, id) where superseded_at is null;
      create index document_order_history on document_version (begin_earliest, end_latest, id)
        where superseded_at is not null;
      create index document_terms on document_version using gin (terms) where superseded_at is null;

      create table event_version (
        key bigint primary key,
        id text collate "C" not null,
        revision integer not null,
        begin_earliest timestamptz not null,
        begin_latest timestamptz not null,
        end_earliest timestamptz not null,
        end_latest timestamptz not null,
        sequence integer not null,
        calendar boolean not null,
        qualified boolean not null,
        vagueness smallint not null,
        reach smallint not null,
        members tstzmultirange,
        members_are_days boolean not null,
        terms text[] not null,
        body text not null,
        recorded_at timestamptz not null,
        superseded_at timestamptz,
        unique (id, revision)
      );
      create unique index event_current on event_version (id) include (key) where superseded_at is null;
      create index event_order on event_version (begin_earliest, end_latest, sequence, id) where superseded_at is null;
      create index event_order_history on event_version (begin_earliest, end_latest, sequence, id)
        where superseded_at is not null;
      create index event_recorded on event_version (recorded_at);
      create index event_order_long on event_version (reach, begin_earliest, end_latest, sequence, id)
        where superseded_at is null and reach > 0;
      create index event_terms on event_version using gin (terms) where superseded_at is null;

      create table event_actor (
        event_key bigint not null,
        actor text collate "C" not null,
        participation integer not null,
        role text not null,
        scope smallint not null,
        certain boolean not null,
        path text[],
        begin_earliest timestamptz not null,
        end_latest timestamptz not null,
        sequence integer not null,
        id text collate "C" not null,
        reach smallint not null,
        lane smallint not null generated always as (2 * (scope = 2)::int + (role = 'subject')::int) stored,
        recorded_at timestamptz not null,
        superseded_at timestamptz
      );
      create unique index event_actor_of_event on event_actor (event_key, actor, participation, scope)
        where superseded_at is null;
      create index event_actor_order on event_actor (actor, lane, begin_earliest, end_latest, sequence, id)
        include (event_key, participation, certain, reach, scope, role)
        where superseded_at is null;
      create index event_actor_of_event_history on event_actor (event_key) where superseded_at is not null;
      create index event_actor_order_history on event_actor (actor, lane, begin_earliest, end_latest, sequence, id)
        where superseded_at is not null;
      create index event_actor_order_long on event_actor (actor, lane, reach, begin_earliest, end_latest, sequence, id)
        include (event_key, participation, certain, scope, role)
        where superseded_at is null and reach > 0;

      create table event_account (
        event_key bigint not null,
        actor text collate "C" not null,
        account integer not null,
        stance text not null,
        scope smallint not null,
        certain boolean not null,
        recorded_at timestamptz not null,
        superseded_at timestamptz
      );
      create index event_account_of_actor on event_account (actor, stance, event_key) include (scope, certain)
        where superseded_at is null;
      create index event_account_of_event on event_account (event_key, actor) include (stance, scope, certain);

      create table event_link (
        event_key bigint not null references event_version (key),
        event text collate "C" not null,
        relation text not null,
        target text collate "C" not null,
        superseded_at timestamptz
      );
      create index event_link_of_event on event_link (event) where superseded_at is null;

      create table document_link (
        document_key bigint not null references document_version (key),
        document text collate "C" not null,
        relation text not null,
        target text collate "C" not null,
        superseded_at timestamptz
      );
      create index document_link_of_document on document_link (document) where superseded_at is null;

      create table change (
        position bigint generated always as identity primary key,
        transaction xid8 not null default pg_current_xact_id(),
        record text not null,
        id text collate "C" not null,
        revision integer not null,
        change text not null,
        at timestamptz not null,
        by text,
        reason text,
        successor text
      );
      create index change_of_record on change (record, id, revision);
      create index change_merged on change (record, id) include (successor) where change = 'merged';
    `);
  }

  async down(run: QueryRunner): Promise<void> {
    await run.query(`
      drop table change, document_link, event_link, event_account, event_actor, event_version, document_version, affiliation,
        actor_version, secret;
      drop sequence version_key;
    `);
  }
}
