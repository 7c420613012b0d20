import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Counting by actor from the index of actors alone: `plain` says that a date leaves nothing open, so that its place in the
 * order is all there is to know of it.
 */
export class Counting0007 implements MigrationInterface {
  name = 'Counting1766000000007';

  async up(run: QueryRunner): Promise<void> {
    await run.query(`
      alter table event_actor add column plain boolean not null default false;
      drop index event_actor_order;
      drop index event_actor_of_event;
      update event_actor a set plain = true from event_version e
        where e.key = a.event_key and e.calendar and not e.qualified and e.members is null
          and e.begin_earliest = e.begin_latest and e.end_earliest = e.end_latest;
      create index event_actor_order on event_actor (actor, lane, begin_earliest, end_latest, sequence, id)
        include (event_key, participation, certain, reach, scope, role, plain)
        where superseded_at is null;
      create unique index event_actor_of_event on event_actor (event_key, actor, participation, scope)
        include (lane, certain) where superseded_at is null;
    `);
  }

  async down(run: QueryRunner): Promise<void> {
    await run.query(`
      drop index event_actor_order;
      drop index event_actor_of_event;
      alter table event_actor drop column plain;
      create index event_actor_order on event_actor (actor, lane, begin_earliest, end_latest, sequence, id)
        include (event_key, participation, certain, reach, scope, role)
        where superseded_at is null;
      create unique index event_actor_of_event on event_actor (event_key, actor, participation, scope)
        where superseded_at is null;
    `);
  }
}
