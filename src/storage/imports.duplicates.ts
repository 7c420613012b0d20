import type { EntityManager } from 'typeorm';

/** What two tellings of one event have in common. */
export interface Likeness {
  /** The day on which it was, or began: `2022-01-28`. */
  day: string;
  type: string;
  /** Who took part, each once, in byte order; never empty. */
  actors: string[];
}

/** An event of an import that may be another one, of the record or of an earlier row, told again. */
export interface Duplicate extends Likeness {
  line: number;
  id: string;
  like: string;
}

/**
 * The staged events that have the day, the type and all actors of another event, each once and in the order of their lines:
 * one statement, whatever their number. The record's other event is told rather than an earlier row.
 * @param most so many are told; `count` says how many there are
 */
export async function duplicates(
  tx: EntityManager,
  most: number,
): Promise<{ found: Duplicate[]; count: number }> {
  await tx.query(
    `create temp table likeness on commit drop as
     with candidate as (
       select line, id, day, type, actors from staged where record = 'event' and not refused and day is not null
     ), probe as (
       select distinct actors[1] as actor, day, type, day::timestamp at time zone 'UTC' as midnight from candidate
     ), near as materialized (
       select distinct v.id, p.day, p.type, array(
         select distinct (part ->> 'actor') collate "C" from json_array_elements(v.body::json -> 'participants') part
         where part ->> 'role' <> 'subject' order by 1
       ) as actors
       from probe p
       join event_actor a on a.actor = p.actor and a.lane = 0 and a.superseded_at is null
         and a.begin_earliest >= p.midnight - interval '1 day' and a.begin_earliest < p.midnight + interval '2 days'
       join event_version v on v.key = a.event_key and v.superseded_at is null and v.terms @> array['type:' || p.type]
         and (not v.calendar or v.begin_earliest = p.midnight)
         and v.body::json ->> 'type' = p.type and substr(v.body::json ->> 'date', 1, 10) = p.day::text
       where not exists (select from staged o where o.record = 'event' and o.id = v.id)
     )
     select distinct on (line) line, id, "like", day, type, actors from (
       select c.*, n.id as "like", 0 as place from candidate c
       join near n on n.day = c.day and n.type = c.type and n.actors = c.actors
       union all
       select c.*, first_value(id) over (partition by day, type, actors order by line), 1 from candidate c
     ) pairs where "like" <> id order by line, place, "like"`,
  );
  const found: Duplicate[] = await tx.query(
    'select line, id, "like", day, type, actors from likeness order by line limit $1',
    [most],
  );
  const [{ count } = { count: 0 }]: { count: number }[] = await tx.query(
    'select count(*) from likeness',
  );
  return { found, count };
}
