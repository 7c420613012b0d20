import type { MigrationInterface, QueryRunner } from 'typeorm';

// As migration 0008 has them.
const TERMS =
  'type,status,channel,corroboration,country,topic,publisher,language';

/**
 * Large imports. A body of up to a page stays as it is: compressing it took a third of the time in which a version is written, and every
 * reader has to undo it. Rows written before are left as they are.
 *
 * `tally_later` sums the same as the triggers of migration 0008, but reckons the months of an event once and not for each of its
 * rows, and sums by a number for each set of months, before it writes subjects out.
 */
export class Bulk0010 implements MigrationInterface {
  name = 'Bulk1766000000010';

  async up(run: QueryRunner): Promise<void> {
    await run.query(`
      alter table event_version set (toast_tuple_target = 8160);

      create or replace function tally_later(since bigint) returns void language sql as $$
        with event as materialized (
          select e.key, e.terms,
            dense_rank() over (order by m.begins, m.begins_latest, m.ends, m.skipping) as months,
            m.begins, m.begins_latest, m.ends, m.skipping
          from event_version e cross join lateral (
            select month_number(e.begin_earliest) as begins, month_number(e.begin_latest) as begins_latest,
              month_number(e.end_latest - interval '1 microsecond') as ends,
              case when e.members is not null then (
                select case when range_agg(months) <> range_merge(range_agg(months))::int4multirange then range_agg(months) end
                from unnest(e.members) member cross join lateral int4range(
                  month_number(lower(member)), month_number(upper(member) - interval '1 microsecond'), '[]') months
              ) end as skipping
          ) m
          where e.key > since and e.xmin = pg_current_xact_id()::xid and e.superseded_at is null
        ), months as (
          select distinct on (months) months, begins, begins_latest, ends, skipping from event order by months
        ), by_actor as (
          select actor, months, count(*) as count, count(*) filter (where named) as named
          from (
            select a.actor, e.months, bool_or(a.scope = 0) as named
            from event_actor a join event e on e.key = a.event_key
            where a.event_key > since and a.superseded_at is null and a.lane = 0
            group by a.event_key, a.actor, e.months
          ) a
          group by actor, months
        ), by_term as (
          select term, months, count(*) as count
          from event cross join lateral (
            select term from unnest(terms) term where split_part(term, ':', 1) = any ('{${TERMS}}')
            union all
            select 'own:' || max(substr(term, 6)) from unnest(terms) term where starts_with(term, 'type:')
          ) t
          group by term, months
        ), counted as (
          select '' as subject, months, count(*) as count from event group by months
          union all select term, months, count from by_term
          union all select 'actor:' || actor, months, count from by_actor
          union all select 'named:' || actor, months, named from by_actor where named > 0
        ), added as (
          insert into event_tally (subject, begins, begins_latest, ends, skipping, count)
            select subject, begins, begins_latest, ends, skipping, count from counted join months using (months)
            returning subject, count
        )
        insert into event_tally_total as t (subject, count) select subject, sum(count) from added group by subject order by subject
          on conflict (subject) do update set count = t.count + excluded.count;
      $$;
    `);
  }

  async down(run: QueryRunner): Promise<void> {
    await run.query(`
      alter table event_version reset (toast_tuple_target);

      create or replace function tally_later(since bigint) returns void language sql as $$
        with added as (
          insert into event_tally (subject, begins, begins_latest, ends, skipping, count)
            select subject, begins, begins_latest, ends, skipping, sum(count) from (
              ${OF_EVENTS} union all ${OF_ACTORS}
            ) counted group by subject, begins, begins_latest, ends, skipping having sum(count) <> 0
            returning subject, count
        )
        insert into event_tally_total as t (subject, count) select subject, sum(count) from added group by subject order by subject
          on conflict (subject) do update set count = t.count + excluded.count;
      $$;
    `);
  }
}

// What migration 0008 had.
const SKIPPING = `(
  select case when range_agg(months) <> range_merge(range_agg(months))::int4multirange then range_agg(months) end
  from unnest(e.members) member cross join lateral int4range(
    month_number(lower(member)), month_number(upper(member) - interval '1 microsecond'), '[]') months
) as skipping`;
const OF_EVENTS = `
  select s.subject, e.begins, e.begins_latest, e.ends, e.skipping, 1 as count
  from (
    select month_number(e.begin_earliest) as begins, month_number(e.begin_latest) as begins_latest,
      month_number(e.end_latest - interval '1 microsecond') as ends, ${SKIPPING}, terms
    from event_version e where key > since and xmin = pg_current_xact_id()::xid and superseded_at is null
  ) e cross join lateral (
    select '' as subject
    union all
    select term from unnest(e.terms) term where split_part(term, ':', 1) = any ('{${TERMS}}')
    union all
    select 'own:' || max(substr(term, 6)) from unnest(e.terms) term where starts_with(term, 'type:')
  ) s`;
const OF_ACTORS = `
  select s.subject, a.begins, coalesce(e.begins_latest, a.begins) as begins_latest, a.ends, e.skipping, 1 as count
  from (
    select event_key, actor, plain, month_number(e.begin_earliest) as begins,
      month_number(e.end_latest - interval '1 microsecond') as ends, bool_or(scope = 0) as named
    from (select a.* from event_actor a join event_version v on v.key = a.event_key
      where v.key > since and v.xmin = pg_current_xact_id()::xid) e
    where superseded_at is null and lane = 0
    group by event_key, actor, plain, begin_earliest, end_latest
  ) a left join lateral (
    select month_number(e.begin_latest) as begins_latest, ${SKIPPING} from event_version e where e.key = a.event_key
  ) e on not a.plain
  cross join lateral (
    select 'actor:' || a.actor as subject union all select 'named:' || a.actor where a.named
  ) s`;
