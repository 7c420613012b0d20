import type { MigrationInterface, QueryRunner } from 'typeorm';

// What a filter may ask for that few enough events share for a sum of them to be worth keeping. Not the ids of documents
// and events: they have few events each.
const TERMS = [
  'type',
  'status',
  'channel',
  'corroboration',
  'country',
  'topic',
  'publisher',
  'language',
];

/**
 * How many events of the current record there are of each subject, by the months (UTC, or the calendar's own) in which they
 * may have begun and will have ended: what one filter finds is counted without going through it. A subject is `actor:` and
 * an actor for whom they count, `named:` and one whom they name, a term, `own:` and their own type without its parents, or nothing for all of them. `skipping`
 * are the months of a one-of set that leaves whole ones out between its first and its last.
 *
 * Triggers keep it, once a statement, so that no way to write can leave it behind. They only add rows to
 * `event_tally_change`: nobody waits for anybody, however long an import takes. Now and then the service adds these to the
 * sums (`storage/tallies.writes`); a reader adds up both. `event_tally_total` holds
 * the sums of all months, to tell roughly what is frequent. All rows of an event and an actor come and go in one statement.
 *
 * An import that has said so (`events.tally`) adds up its new versions once, at its end (`tally_later`): those with keys beyond
 * the one it began with and of its own transaction.
 */
export class Tallies0008 implements MigrationInterface {
  name = 'Tallies1766000000008';

  async up(run: QueryRunner): Promise<void> {
    const columns = `subject text collate "C" not null,
        begins integer not null,
        begins_latest integer not null,
        ends integer not null,
        skipping int4multirange,
        count bigint not null`;
    await run.query(`
      create function month_number(at timestamptz) returns integer language sql immutable parallel safe return
        case when isfinite(at) then
            (date_part('year', at at time zone 'UTC')::integer + (at < '0001-01-01T00:00:00Z'::timestamptz)::integer) * 12
              + date_part('month', at at time zone 'UTC')::integer - 1
          when at < '0001-01-01T00:00:00Z'::timestamptz then -1000000 else 1000000 end;

      create table event_tally (${columns});
      create table event_tally_change (${columns});
      create table event_tally_total (
        subject text collate "C" primary key,
        count bigint not null
      );

      create function tally_events() returns trigger language plpgsql as $$
      begin
        if tg_op = 'INSERT' and current_setting('events.tally', true) = 'later' then
          return null;
        elsif tg_op = 'INSERT' then
          ${addTo('event_tally_change', ofEvents('new_rows', 1))};
        else
          ${addTo('event_tally_change', `${ofEvents('new_rows', 1)} union all ${ofEvents('old_rows', -1)}`)};
        end if;
        return null;
      end $$;

      create function tally_actors() returns trigger language plpgsql as $$
      begin
        if tg_op = 'INSERT' and current_setting('events.tally', true) = 'later' then
          return null;
        elsif tg_op = 'INSERT' then
          ${addTo('event_tally_change', ofActors('new_rows', 1))};
        else
          ${addTo('event_tally_change', `${ofActors('new_rows', 1)} union all ${ofActors('old_rows', -1)}`)};
        end if;
        return null;
      end $$;

      create function tally_later(since bigint) returns void language sql as $$
        with added as (${addTo(
          'event_tally',
          `${ofEvents('(select * from event_version where key > since and xmin = pg_current_xact_id()::xid)', 1)} union all
          ${ofActors('(select a.* from event_actor a join event_version v on v.key = a.event_key where v.key > since and v.xmin = pg_current_xact_id()::xid)', 1)}`,
        )} returning subject, count)
        insert into event_tally_total as t (subject, count) select subject, sum(count) from added group by subject order by subject
          on conflict (subject) do update set count = t.count + excluded.count;
      $$;

      ${addTo('event_tally', `${ofEvents('event_version', 1)} union all ${ofActors('event_actor', 1)}`)};

      insert into event_tally_total (subject, count) select subject, sum(count) from event_tally group by subject;

      create index event_tally_of_subject on event_tally (subject, begins, ends) include (begins_latest, skipping, count);
      create index event_tally_change_of_subject on event_tally_change (subject, begins);
    `);
    for (const [table, keeper] of [
      ['event_version', 'tally_events'],
      ['event_actor', 'tally_actors'],
    ])
      await run.query(`
        create trigger tally_added after insert on ${table}
          referencing new table as new_rows for each statement execute function ${keeper}();
        create trigger tally_changed after update on ${table}
          referencing new table as new_rows old table as old_rows for each statement execute function ${keeper}();
      `);
  }

  async down(run: QueryRunner): Promise<void> {
    await run.query(`
      drop trigger tally_added on event_version;
      drop trigger tally_changed on event_version;
      drop trigger tally_added on event_actor;
      drop trigger tally_changed on event_actor;
      drop function tally_events, tally_actors, tally_later;
      drop table event_tally, event_tally_change, event_tally_total;
      drop function month_number;
    `);
  }
}

function addTo(table: string, rows: string): string {
  return `insert into ${table} (subject, begins, begins_latest, ends, skipping, count)
            select subject, begins, begins_latest, ends, skipping, sum(count) from (${rows}) counted
            group by subject, begins, begins_latest, ends, skipping having sum(count) <> 0`;
}

const BEGINS = 'month_number(e.begin_earliest) as begins';
const ENDS = `month_number(e.end_latest - interval '1 microsecond') as ends`;
const SKIPPING = `(
                  select case when range_agg(months) <> range_merge(range_agg(months))::int4multirange then range_agg(months) end
                  from unnest(e.members) member cross join lateral int4range(
                    month_number(lower(member)), month_number(upper(member) - interval '1 microsecond'), '[]') months
                ) as skipping`;

function ofEvents(rows: string, times: number): string {
  return `select s.subject, e.begins, e.begins_latest, e.ends, e.skipping, ${times} as count
              from (
                select ${BEGINS}, month_number(e.begin_latest) as begins_latest, ${ENDS}, ${SKIPPING}, terms
                from ${rows} e where superseded_at is null
              ) e cross join lateral (
                select '' as subject
                union all
                select term from unnest(e.terms) term where split_part(term, ':', 1) = any ('{${TERMS.join()}}')
                union all
                select 'own:' || max(substr(term, 6)) from unnest(e.terms) term where starts_with(term, 'type:')
              ) s`;
}

/** An event counts once for an actor, through however many participations. */
function ofActors(rows: string, times: number): string {
  return `select s.subject, a.begins, coalesce(e.begins_latest, a.begins) as begins_latest, a.ends,
                e.skipping, ${times} as count
              from (
                select event_key, actor, plain, ${BEGINS}, ${ENDS}, bool_or(scope = 0) as named
                from ${rows} e where superseded_at is null and lane = 0
                group by event_key, actor, plain, begin_earliest, end_latest
              ) a left join lateral (
                select month_number(e.begin_latest) as begins_latest, ${SKIPPING} from event_version e where e.key = a.event_key
              ) e on not a.plain
              cross join lateral (
                select 'actor:' || a.actor as subject union all select 'named:' || a.actor where a.named
              ) s`;
}
