import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Stretches of time as words of the index (`event_found`, migration 0009), closer at their ends: a long stretch over an empty
 * past took in the whole century in which it ended, with most events there are. Now its ends are told by days, months and years.
 */
export class Stretches0011 implements MigrationInterface {
  name = 'Stretches1766000000011';

  async up(run: QueryRunner): Promise<void> {
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

  async down(run: QueryRunner): Promise<void> {
    await run.query(`
      create or replace function times_between(first integer, last integer) returns integer[] language plpgsql immutable parallel safe as $$
      declare
        month constant integer := month_number(day_start(greatest(first, -719600)));
        until constant integer := month_number(day_start(greatest(last, -719600)));
        begun constant integer[] := case when first <= -1000000 then event_times('-infinity', 0::smallint) else '{}' end;
      begin
        return case
          when last - first < 62 then array(select 30000000 + n from generate_series(first, last) n)
          when until - month < 62 then array(select 20000000 + n from generate_series(month, until) n)
          when until - month < 1500 then array(select 10000000 + n
            from generate_series(floor(month / 12::float8)::integer, floor(until / 12::float8)::integer) n)
          else array(select 9000000 + n
            from generate_series(floor(month / 1200::float8)::integer, floor(until / 1200::float8)::integer) n) end || begun;
      end $$;
    `);
  }
}
