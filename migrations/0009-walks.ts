import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Words and terms found by stretches of time: one index of what an event is found by and of when it begins, so that a list
 * can be walked stretch by stretch until a page is full, however rare or frequent what is asked for (`storage/walks`).
 *
 * A begin is found by its day, month, year and century in UTC, each a range of numbers of its own, and a long event by its
 * class of length below zero; days are counted from 1970. What begins before all time has a day of its own.
 */
export class Walks0009 implements MigrationInterface {
  name = 'Walks1766000000009';

  async up(run: QueryRunner): Promise<void> {
    await run.query(`
      create function day_number(at timestamptz) returns integer language plpgsql immutable parallel safe as $$
      begin
        return case when isfinite(at) then floor(date_part('epoch', at) / 86400)::integer
          when at < 'epoch'::timestamptz then -1000000 else 4000000 end;
      end $$;

      create function day_start(day integer) returns timestamptz language plpgsql immutable parallel safe as $$
      begin
        return case when day <= -1000000 then '-infinity'::timestamptz when day >= 4000000 then 'infinity'::timestamptz
          else to_timestamp(day * 86400::float8) end;
      end $$;

      -- It calls no function of ours: while an index is made, none but PostgreSQL's own are found.
      create function event_times(begins timestamptz, reach smallint) returns integer[] language plpgsql immutable parallel safe as $$
      declare
        utc constant timestamp := begins at time zone 'UTC';
        day integer := -1000000;
        month integer := -1000000;
        times integer[];
      begin
        if isfinite(begins) then
          day := floor(date_part('epoch', begins) / 86400)::integer;
          month := (date_part('year', utc)::integer + (date_part('year', utc) < 0)::integer) * 12 + date_part('month', utc)::integer - 1;
        end if;
        times := array[30000000 + day, 20000000 + month, 10000000 + floor(month / 12::float8)::integer,
          9000000 + floor(month / 1200::float8)::integer];
        return case when reach > 0 then times || -reach::integer else times end;
      end $$;

      -- Which of these hold all that begins from one day to another, both included, and little else.
      create function times_between(first integer, last integer) returns integer[] language plpgsql immutable parallel safe as $$
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

      create index event_found on event_version using gin (terms, words, event_times(begin_earliest, reach))
        where superseded_at is null;
      drop index event_terms;
      drop index event_words;
    `);
  }

  async down(run: QueryRunner): Promise<void> {
    await run.query(`
      create index event_terms on event_version using gin (terms) where superseded_at is null;
      create index event_words on event_version using gin (words) where superseded_at is null;
      drop index event_found;
      drop function times_between, event_times, day_start, day_number;
    `);
  }
}
