import { type EventFilter } from '../domain/filter.ts';
import { type EventRange, eventRanges } from './events.matching.ts';
import { orderBy } from './order.ts';
import { takingPartTogether } from './participations.ts';
import { every, join, type Sql, sql } from './sql.ts';

/**
 * Lists of what has certain words or terms, whoever takes part, and of groups of many actors. Which plan is good for them
 * depends on how frequent these are, and on how often they meet, which no statistics tell. So such a list is walked by
 * stretches of time until a page is full. What a stretch has brought tells how long the next must be to fill the page; the
 * sums by month (`event_tally`, migration 0008) tell until when so many events begin. What is frequent is found in the first
 * stretch; of what is rare, all is fetched at once as soon as that is known.
 *
 * In a stretch one index finds both what is asked for and when it began (`event_found`, migration 0009). Who takes part is
 * compared in one of three ways, by what is rarer: actors' totals are kept, and how many have the words was just seen.
 */

/** The first stretch holds so many events, whatever they are. */
const FIRST_STRETCH = 512;

/** No stretch holds more than so many times what was walked before it. */
const GROWTH = 32;

/** By so much more than expected is a stretch taken, for it not to end just before the page is full. */
const RESERVE = 1.3;

/** Would the next stretch be more than such a part of all events, all the rest is fetched at once. */
const LAST_PART = 2;

/** All events of actors who have so few are fetched at once. */
const FEW = 256;

/** To look for an event among the actors' costs about as much as to fetch so many of theirs in order. */
const LOOKED_UP = 16;

/** To find the event of a participation costs about as much as to fetch so many by their words. */
const FETCHED = 2;

/** Of more ways than this in which actors can take part, each would be a range to be planned. */
const MOST_WAYS = 16;

/** Whether a list is walked: it asks for words or terms, or for any of many actors, in the record as it stands. */
export function isWalked(filter: EventFilter): boolean {
  const { actor, window, asOf, recorded, scope } = filter;
  const lanes = (scope === 'members' ? 2 : 1) * (window === null ? 1 : 3);
  return (
    asOf === null &&
    recorded === null &&
    (asksForWords(filter) ||
      actor.each.reduce((ways, { length }) => ways * length, lanes) > MOST_WAYS)
  );
}

function asksForWords({ lists, words }: EventFilter): boolean {
  return (
    (words?.each.length ?? 0) > 0 ||
    Object.values(lists).some(({ each }) => each.length > 0)
  );
}

const REACHES = [sql`reach = 0`, sql`reach = 1`, sql`reach = 2`];

// Days since 1970 beyond all that can begin, on either side (`day_number`, migration 0009).
const [BEFORE_ALL, AFTER_ALL] = [-1_000_000, 3_000_000];

/**
 * The first events that a question asks for in chronological order or its reverse, as many as are wanted or a few more: for
 * each of its ranges, the places of their rows as `{tid}` in no order.
 * @param bound what else each event is held to
 */
export function walks(
  filter: EventFilter,
  bound: (row: Sql) => Sql[],
  ascending: boolean,
  most: number,
): Sql[] {
  const ofEvents = { ...filter, actor: { ...filter.actor, each: [] } };
  return eventRanges(ofEvents, bound).each.map((range) =>
    walk(filter, range, ascending, most),
  );
}

function walk(
  filter: EventFilter,
  { where, first, reach }: EventRange,
  ascending: boolean,
  most: number,
): Sql {
  const order = orderBy(sql`o`, ascending);
  const ahead = ascending
    ? sql`o.begin_earliest >= day_start(w.done + 1)`
    : sql`o.begin_earliest < day_start(w.done)`;
  /** The day on which an end of the range begins. */
  const dayOf = (condition: Sql, up: boolean): Sql => sql`(
    select day_number(o.begin_earliest) from event_version o where ${condition}
    order by ${orderBy(sql`o`, up)} limit 1)`;
  const ofActors = filter.actor.each.length > 0;
  const ofWords = !ofActors || asksForWords(filter);
  const last = dayOf(first(), !ascending);
  const size = sql`case when w.seen = 0 then ${FIRST_STRETCH} when w.total = 0 then w.seen * ${GROWTH}
    else least(w.seen * ${GROWTH},
      greatest(${FIRST_STRETCH}, w.seen * ${RESERVE}::float8 * (${most} - w.total) / w.total)) end`;
  const rest = sql`z.size * ${LAST_PART} > coalesce(t.everything, 0)${ofActors ? sql` or t.actors <= ${FEW}` : sql``}`;
  // Then the words alone are looked for, wherever they are; but of a window no more than lies in it.
  const whole = filter.window === null ? sql`(${rest})` : sql`false`;
  const [low, high] = ascending
    ? [sql`s.next`, sql`s.until`]
    : [sql`s.until`, sql`s.next`];
  const times = sql`event_times(o.begin_earliest, o.reach)`;
  const between = sql`${times} && times_between(${low}, ${high})`;
  const within = every([
    where,
    // So few are so long that the index had better tell which.
    ...(reach === null || reach === 0
      ? []
      : [sql`${times} @> array[${-reach}::integer]`]),
    // Not by its own index: that one knows of nothing else.
    sql`(o.begin_earliest >= r.since and o.begin_earliest < r.until) is true`,
  ]);
  const together = (condition: (row: Sql) => Sql): Sql =>
    takingPartTogether(filter, condition, rarest);
  const taking = together((row) =>
    every([
      sql`${row}.begin_earliest >= r.since`,
      sql`${row}.begin_earliest < r.until`,
      // As the partial index of long events has it.
      ...(reach === null ? [] : [sql`${row}.${REACHES[reach]}`]),
    ]),
  );
  const takes = ofActors
    ? sql`case when s.scanned then o.key in (${taking})
        else exists (${together((row) => sql`${row}.event_key = o.key`)} offset 0) end`
    : sql`true`;
  // Fetched at once and then sorted: in the order of the list, who is rare would be looked for among all.
  const found = (rows: Sql): Sql => sql`
      with o as materialized (${rows})
      select (select count(*) from o) as met,
        array(select o.tid from o where o.taken order by ${order} limit ${most}) as tids`;
  const columns = sql`begin_earliest, end_latest, sequence, id`;
  const byWords = (condition: Sql): Sql =>
    found(
      sql`select ctid as tid, ${columns}, ${takes} as taken from event_version o where ${condition}`,
    );
  const byActors = found(sql`
        select o.tid, ${columns}, true as taken from (select distinct event_key from (${taking}) p offset 0) p
        cross join lateral (select ctid as tid, o.* from event_version o where o.key = p.event_key offset 0) o
        where ${within}`);
  const arms = [
    ...(ofActors
      ? [
          sql`select null::bigint as met, tids from (${byActors}) found where s.driven`,
        ]
      : []),
    ...(ofWords
      ? [
          sql`select * from (${byWords(every([within, between]))}) found where not s.driven and not s.whole`,
          sql`select * from (${byWords(within)}) found where not s.driven and s.whole`,
        ]
      : []),
  ];
  const driven =
    ofActors && ofWords
      ? sql`coalesce(t.actors * ${FETCHED} < w.share * t.everything or t.actors <= ${FEW}, false)`
      : ofActors
        ? sql`true`
        : sql`false`;
  // A value under "offset 0" is made once, wherever it is used.
  return sql`
    with recursive ${ofActors ? sql`parties as materialized (${partiesOf(filter)}), ` : sql``}totals as materialized (
      select ${totalOf(sql`('')`)} as everything, ${ofActors ? sql`(select min(total) from parties)` : sql`null::float8`} as actors, ${last} as last
    ), walk (done, seen, share, total, tids) as (
      select ${ascending ? BEFORE_ALL - 1 : AFTER_ALL + 1}::integer, 0::float8, null::float8, 0, array[]::tid[]
      union all
      select s.until, w.seen + s.size, coalesce(found.met / s.size, w.share), w.total + cardinality(found.tids), found.tids
      from walk w
      cross join totals t
      cross join lateral (select ${dayOf(every([first(), ahead]), ascending)} as next, ${size} as size offset 0) z
      cross join lateral (select z.next, z.size, t.last,
        coalesce(case when not (${rest}) then ${stretchEnd(ascending)} end, t.last) as until,
        ${whole} as whole, ${driven} as driven, coalesce(t.actors <= w.share * t.everything * ${LOOKED_UP}, true) as scanned offset 0) s
      cross join lateral (select day_start(${low}) as since, day_start(${high} + 1) as until offset 0) r
      cross join lateral (${join(arms, sql` union all `)}) found
      where w.total < ${most} and z.next is not null)
    select unnest(tids) as tid from walk`;
}

/** The groups of actors, and how many events count for each group, or did when the sums were last added up. */
function partiesOf({ actor, scope }: EventFilter): Sql {
  const prefix = scope === 'self' ? 'named:' : 'actor:';
  const groups = actor.each.map(
    (group) => sql`(${group.map((one) => one.actor)}::text[])`,
  );
  return sql`select p.actors, ${totalOf(sql`(select ${prefix} || a from unnest(p.actors) a)`)} as total
    from (values ${join(groups, sql`, `)}) p (actors)`;
}

/** The group of actors that so many others are rarer than. */
function rarest(place: number): Sql {
  return sql`(select actors from parties order by total, actors offset ${place}::integer limit 1)`;
}

function totalOf(subjects: Sql): Sql {
  return sql`coalesce((select sum(count)::float8 from event_tally_total where subject in ${subjects}), 0)`;
}

/** The day on which a stretch of so many events ends, by the sums by month; null where there are no more than these. */
function stretchEnd(ascending: boolean): Sql {
  // Months are taken to be equally long and full: it is but where one stretch ends and the next begins.
  const month = sql`30.436875::float8`;
  // From which day on a month lies ahead, and how much of it does.
  const edge = sql`((begins - ${ascending ? 23_639 : 23_640}) * ${month})`;
  const part = ascending ? sql`${edge} - z.next` : sql`z.next + 1 - ${edge}`;
  const [side, direction, clamped] = ascending
    ? [
        sql`>=`,
        sql`asc`,
        (day: Sql) =>
          sql`least(greatest(ceil(${day})::integer, z.next), t.last)`,
      ]
    : [
        sql`<=`,
        sql`desc`,
        (day: Sql) =>
          sql`greatest(least(floor(${day})::integer, z.next), t.last)`,
      ];
  const over = sql`${month} * (m.ahead - z.size) / m.here`;
  return sql`(
        select ${clamped(ascending ? sql`m.edge - ${over}` : sql`m.edge + ${over}`)} from (
          select begins, edge, here,
            sum(here * least(1, greatest(0.03, part / ${month}))) over (order by begins ${direction} rows unbounded preceding) as ahead
          from (select begins, ${edge} as edge, ${part} as part, sum(count)::float8 as here
            from event_tally where subject = '' and begins ${side} month_number(day_start(z.next)) and begins > -1000000
            group by begins having sum(count) > 0 order by begins ${direction}) months
        ) m where m.ahead >= z.size order by begins ${direction} limit 1)`;
}
