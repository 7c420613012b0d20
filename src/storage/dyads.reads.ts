import type { IANAZone } from 'luxon';
import { type EventFilter } from '../domain/filter.ts';
import { type LanguageMap } from '../domain/language.ts';
import { dayAt } from '../domain/zone.ts';
import {
  type Counted,
  countRows,
  eventInShort,
  type Level,
  takingPartAt,
} from './counting.ts';
import { type Database } from './database.ts';
import { matching } from './events.matching.ts';
import { type PageLink, type PageRequest } from './page.ts';
import { every, type Sql, sql } from './sql.ts';
import { standing } from './standing.ts';
import { placeOf, wallClock } from './wall-clock.ts';

/** An event in short. */
export interface EventInShort {
  record: 'event';
  id: string;
  date: string;
  title: LanguageMap;
}

/** Someone with whom an actor dealt. */
export interface Counterpart {
  id: string;
  /** Kind and names as the record has them. */
  kind: string;
  names: { lang: string; value: string; alias: boolean }[];
  count: number;
  first: EventInShort;
  last: EventInShort;
}

/** A question as one about contacts: what was only announced, called off or denied is none, unless its status is asked for. */
export function contacts(filter: EventFilter): EventFilter {
  const { each = [], none = [] } = filter.lists.status ?? {};
  const status = { each: each.length > 0 ? each : [['held']], none };
  return { ...filter, lists: { ...filter.lists, status } };
}

/**
 * With whom an actor dealt, the most frequent first: those who took part through a participation of their own. Neither
 * those who took part for it nor those for whom it did are counterparts.
 */
export async function listCounterparts(
  { counting }: Database,
  actor: string,
  filter: EventFilter,
  at: Level,
  request: PageRequest,
): Promise<Counted<Counterpart> & { next: PageLink | null }> {
  const one = { actor, role: null };
  const asked = contacts({
    ...filter,
    actor: { ...filter.actor, each: [[one], ...filter.actor.each] },
  });
  const beyond =
    request.from === null
      ? sql``
      : sql`where (-count, actor) > (${-Number(request.from[0])}::bigint, ${request.from[1]}::text collate "C")`;
  const widest = { self: 0, climb: 1, members: 2 }[filter.scope];
  const { rows, unknown } = await countRows<Counterpart>(
    counting,
    sql`
      with found as materialized (
        select key, row_number() over (order by begin_earliest, end_latest, sequence, id) as place
        from (${matching(asked, ['key', 'begin_earliest', 'end_latest', 'sequence', 'id'])}) found),
      met as (
        select f.place, c.actor from found f join event_actor c on c.event_key = f.key
        left join event_actor own on own.event_key = c.event_key and own.participation = c.participation
          and own.actor = ${actor} and own.scope <= ${widest}::smallint and ${standing(sql`own`, filter.asOf)}
        where ${every(takingPartAt(at, sql`c`, filter))}
        group by f.place, c.actor having bool_and(own.actor is null)),
      counted as (select actor, count(*) as count, min(place) as first, max(place) as last from met group by actor),
      page as (select * from counted ${beyond} order by count desc, actor limit ${request.limit + 1})
      select p.actor as id, v.body::json -> 'kind' as kind, v.body::json -> 'names' as names, p.count,
        ${eventInShort(sql`f.key`)} as first, ${eventInShort(sql`l.key`)} as last
      from page p join found f on f.place = p.first join found l on l.place = p.last
        join actor_version v on v.id = p.actor and ${standing(sql`v`, filter.asOf)}
      order by p.count desc, p.actor`.called('counterparts'),
    asked,
  );
  const shown = rows.slice(0, request.limit);
  const last = shown.at(-1);
  return {
    rows: shown,
    unknown,
    next:
      rows.length > request.limit && last !== undefined
        ? {
            position: [last.count, last.id],
            backwards: false,
            inclusive: false,
          }
        : null,
  };
}

/** The ledger of two actors, as far as the record tells it. */
export interface Ledger {
  total: number;
  byType: Record<string, number>;
  byChannel: Record<string, number>;
  /** By the year in which they began; what nobody can place in one is counted in `imprecise`. */
  byYear: Record<string, number>;
  imprecise: number;
  first: EventInShort | null;
  last: EventInShort | null;
  /** The longest time that surely passed without a contact. */
  longestGap: { from: string; to: string; days: number } | null;
  /** Days since the last contact can have been. */
  silenceDays: number | null;
}

/**
 * The ledger of two actors who each took part in their own right: one statement.
 * @param zone in which clock times fall on days and in years
 * @param now the instant up to which silence is counted, in milliseconds
 */
export async function readLedger(
  { counting }: Database,
  pair: readonly [string, string],
  filter: EventFilter,
  zone: IANAZone,
  now: number,
): Promise<Counted<Ledger>> {
  const each = pair.map((actor) => [{ actor, role: null }]);
  const asked = contacts({
    ...filter,
    actor: { ...filter.actor, each: [...each, ...filter.actor.each] },
  });
  const tally = (values: Sql): Sql =>
    sql`(select coalesce(json_object_agg(value, count order by count desc, value), '{}') from (
      select value, count(*) as count from (${values}) told group by value) tally)`;
  const term = (name: string): Sql =>
    sql`select max(substr(term, ${name.length + 2})) as value from found, unnest(terms) term
      where starts_with(term, ${`${name}:`}) group by key`;
  const day = (instant: Sql): Sql => sql`(${wallClock(instant, zone)})::date`;
  const today = dayAt(now, zone);
  const short = (direction: Sql): Sql =>
    sql`(select ${eventInShort(sql`one.key`)} from (select key from found
      order by begin_earliest ${direction}, end_latest ${direction}, sequence ${direction}, id ${direction} limit 1) one)`;
  return countRows(
    counting,
    sql`
      with asked as (${matching(asked, ['key', 'terms', 'calendar', 'begin_earliest', 'begin_latest', 'end_latest', 'sequence', 'id'])}),
      found as materialized (
        select *, ${placeOf('year', zone)} as year, ${day(sql`begin_earliest`)} as first_day,
          ${day(sql`end_latest - interval '1 millisecond'`)} as last_day from asked),
      -- A gap lies between the last day on which any contact so far can have been and the first day of the next.
      days as (
        select max(last_day) over (order by begin_earliest, end_latest, sequence, id
          rows between unbounded preceding and 1 preceding) as "from", first_day as "to" from found),
      longest as (
        select *, "to" - "from" as days from days where isfinite("from") and isfinite("to") and "to" > "from"
        order by days desc, "to" limit 1)
      select (select count(*) from found) as total,
        ${tally(term('type'))} as "byType", ${tally(term('channel'))} as "byChannel",
        ${tally(sql`select year::int::text as value from found where year is not null`)} as "byYear",
        (select count(*) from found where year is null) as imprecise,
        ${short(sql`asc`)} as first, ${short(sql`desc`)} as last,
        (select row_to_json(longest) from longest) as "longestGap",
        (select case when isfinite(max(last_day)) then greatest(0, ${today}::date - max(last_day)) when count(*) > 0 then 0 end
          from found) as "silenceDays"`.called('dyad'),
    asked,
  );
}
