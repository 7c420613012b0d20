import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Stretches of time as words of the index (`event_found`, migration 0009) in fewer words and made more cheaply: what was a query in
 * each call, to be planned, is a loop. A month at either end is told by its days where less than half of it is meant; months of
 * whole years and years of whole centuries are told by these.
 */
export class Stretches0014 implements MigrationInterface {
  name = 'Stretches1766000000014';

  async up(run: QueryRunner): Promise<void> {
    await run.query(`
      create or replace function times_between(first integer, last integer) returns integer[] language plpgsql immutable parallel safe as $$
      declare
        since constant integer := greatest(first, -719600);
        times integer[] := '{}';
        month integer;
        until integer;
        edge integer;
      begin
        if first <= -1000000 then
          times := event_times('-infinity', 0::smallint);
        end if;
        if last - since < 62 then
          for n in since..last loop
            times := times || 30000000 + n;
          end loop;
          return times;
        end if;
        month := month_number(day_start(since));
        until := month_number(day_start(last));
        edge := floor(date_part('epoch', date_trunc('month', day_start(since) at time zone 'UTC') + interval '1 month') / 86400);
        if edge - since < 16 then
          for n in since..edge - 1 loop
            times := times || 30000000 + n;
          end loop;
          month := month + 1;
        end if;
        edge := last - date_part('day', day_start(last) at time zone 'UTC')::integer + 1;
        if last - edge < 15 then
          for n in edge..last loop
            times := times || 30000000 + n;
          end loop;
          until := until - 1;
        end if;
        while month <= until loop
          if month % 1200 = 0 and month + 1199 <= until then
            times := times || 9000000 + month / 1200;
            month := month + 1200;
          elsif month % 12 = 0 and month + 11 <= until then
            times := times || 10000000 + month / 12;
            month := month + 12;
          else
            times := times || 20000000 + month;
            month := month + 1;
          end if;
        end loop;
        return times;
      end $$;
    `);
  }

  async down(run: QueryRunner): Promise<void> {
    // As migration 0011 has it.
    await run.query(`
      create or replace function times_between(first integer, last integer) returns integer[] language plpgsql immutable parallel safe as $$
      declare
        since constant integer := greatest(first, -719600);
        begun constant integer[] := case when first <= -1000000 then event_times('-infinity', 0::smallint) else '{}' end;
        month constant integer := month_number(day_start(since));
        until constant integer := month_number(day_start(greatest(last, -719600)));
        year constant integer := floor(month / 12::float8);
        until_year constant integer := floor(until / 12::float8);
        century constant integer := floor(year / 100::float8);
        until_century constant integer := floor(until_year / 100::float8);
        rest_of_month constant integer := floor(date_part('epoch', date_trunc('month', day_start(since) at time zone 'UTC')
          + interval '1 month') / 86400)::integer - 1;
        start_of_month constant integer := last - date_part('day', day_start(greatest(last, -719600)) at time zone 'UTC')::integer + 1;
      begin
        return case
          when last - since < 62 then array(select 30000000 + n from generate_series(since, last) n)
          when until - month < 62 then array(select 20000000 + n from generate_series(month, until) n)
          else array(
            select 30000000 + n from generate_series(since, rest_of_month) n
            union all select 30000000 + n from generate_series(start_of_month, last) n
            union all select 20000000 + n from generate_series(month + 1, year * 12 + 11) n
            union all select 20000000 + n from generate_series(until_year * 12, until - 1) n
            union all select 10000000 + n from generate_series(year + 1, least(century * 100 + 99, until_year - 1)) n
            union all select 10000000 + n from generate_series(greatest(until_century * 100, year + 1), until_year - 1) n
              where until_century > century
            union all select 9000000 + n from generate_series(century + 1, until_century - 1) n) end || begun;
      end $$;
    `);
  }
}
