import { type EventFilter } from '../domain/filter.ts';
import { type LanguageMap } from '../domain/language.ts';
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

/** A question as one about contacts: what was only announced, called off or denied is none. */
export function contacts(filter: EventFilter): EventFilter {
  const { status, ...lists } = filter.lists;
  return {
    ...filter,
    lists: {
      ...lists,
      status: {
        each: [...(status?.each ?? []), ['held']],
        none: status?.none ?? [],
      },
    },
  };
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
      order by p.count desc, p.actor`,
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
 * @param now the instant up to which silence is counted, in milliseconds
 */
export async function readLedger(
  { counting }: Database,
  pair: readonly [string, string],
  filter: EventFilter,
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
  const year = (instant: Sql): Sql =>
    sql`date_part('year', ${instant} at time zone 'UTC')`;
  const placed = sql`isfinite(begin_earliest) and isfinite(begin_latest) and ${year(sql`begin_earliest`)} = ${year(sql`begin_latest`)}`;
  const short = (direction: Sql): Sql =>
    sql`(select ${eventInShort(sql`one.key`)} from (select key from found
      order by begin_earliest ${direction}, end_latest ${direction}, sequence ${direction}, id ${direction} limit 1) one)`;
  return countRows(
    counting,
    sql`
      with found as materialized (${matching(asked, ['key', 'terms', 'begin_earliest', 'begin_latest', 'end_latest', 'sequence', 'id'])}),
      -- A gap lies between the last day on which any contact so far can have been and the first day of the next.
      days as (
        select begin_earliest, max(end_latest) over (order by begin_earliest, end_latest, sequence, id
          rows between unbounded preceding and 1 preceding) as until from found),
      gaps as (
        select (until - interval '1 millisecond') at time zone 'UTC' as last_day, begin_earliest at time zone 'UTC' as next_day
        from days where isfinite(until) and isfinite(begin_earliest)),
      longest as (
        select last_day::date as "from", next_day::date as "to", next_day::date - last_day::date as days from gaps
        where next_day::date > last_day::date order by days desc, next_day limit 1)
      select (select count(*) from found) as total,
        ${tally(term('type'))} as "byType", ${tally(term('channel'))} as "byChannel",
        ${tally(sql`select ${year(sql`begin_earliest`)}::int::text as value from found where ${placed}`)} as "byYear",
        (select count(*) from found where not (${placed})) as imprecise,
        ${short(sql`asc`)} as first, ${short(sql`desc`)} as last,
        (select row_to_json(longest) from longest) as "longestGap",
        (select case when max(end_latest) = 'infinity' then 0 else greatest(0, (to_timestamp(${now / 1000}::float8) at time zone 'UTC')::date
          - ((max(end_latest) - interval '1 millisecond') at time zone 'UTC')::date) end from found) as "silenceDays"`,
    asked,
  );
}
