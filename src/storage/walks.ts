import { type EventFilter } from '../domain/filter.ts';
import { type EventRange } from './events.matching.ts';
import { orderBy } from './order.ts';
import { every, type Sql, sql } from './sql.ts';

/**
 * Lists of what has certain words or terms. Which plan is good for them depends on how frequent these are, and on how often
 * they meet, which no statistics tell. So such a list is walked by stretches of time until a page is full, each stretch made
 * to hold four times as many events as the one before: one index finds in it both what is asked for and when it began
 * (`event_found`, migration 0009), and whichever way PostgreSQL takes, it reads no more than the stretch holds. What is
 * frequent is found in the first stretches; what is rare takes a few more that are almost empty.
 */

/** The first stretch holds so many events, whatever they are. */
const FIRST_STRETCH = 128;

/** What so many times the first stretch has not brought is rare: the rest of it is fetched at once. */
const LAST_STRETCH = 4096;

/** Whether a list is walked: it asks for words or terms, whoever takes part, in the record as it stands. */
export function isWalked({
  actor,
  lists,
  words,
  asOf,
  recorded,
}: EventFilter): boolean {
  return (
    asOf === null &&
    recorded === null &&
    actor.each.length === 0 &&
    ((words?.each.length ?? 0) > 0 ||
      Object.values(lists).some(({ each }) => each.length > 0))
  );
}

// Days since 1970 beyond all that can begin, on either side (`day_number`, migration 0009).
const [BEFORE_ALL, AFTER_ALL] = [-1_000_000, 3_000_000];

/**
 * The keys of the first events of a range in chronological order or its reverse, as many as are wanted or a few more, as rows
 * `{key}` in no order.
 */
export function walked(
  { where, first, reach }: EventRange,
  ascending: boolean,
  most: number,
): Sql {
  const order = orderBy(sql`o`, ascending);
  const ahead = ascending
    ? sql`o.begin_earliest >= day_start(w.done + 1)`
    : sql`o.begin_earliest < day_start(w.done)`;
  /** The day on which the event that is so many ahead begins. */
  const dayAhead = (events: number): Sql => sql`(
    select day_number(o.begin_earliest) from event_version o where (${first()}) and ${ahead}
    order by ${order} offset ${events}::integer limit 1)`;
  const further = sql`(w.times - 1) * (1 + abs(a.near - a.next))`;
  const end = sql`${ascending ? AFTER_ALL : BEFORE_ALL}::integer`;
  const until = ascending
    ? sql`least(a.near + ${further}, ${end})`
    : sql`greatest(a.near - ${further}, ${end})`;
  const [low, high] = ascending
    ? [sql`s.next`, sql`s.until`]
    : [sql`s.until`, sql`s.next`];
  const times = sql`event_times(o.begin_earliest, o.reach)`;
  const stretch = every([
    where,
    // So few are so long that the index had better tell which.
    ...(reach === null || reach === 0
      ? []
      : [sql`${times} @> array[${-reach}::integer]`]),
    sql`day_number(o.begin_earliest) between ${low} and ${high}`,
  ]);
  // Fetched at once and then sorted: in the order of the list, who is rare would be looked for among all.
  const within = (condition: Sql): Sql => sql`array(
        select o.key from (
          select key, begin_earliest, end_latest, sequence, id from event_version o where ${condition} offset 0
        ) o order by ${order} limit ${most})`;
  // A value under "offset 0" is made once, wherever it is used.
  return sql`
    with recursive walk (done, times, total, keys) as (
      select ${ascending ? BEFORE_ALL - 1 : AFTER_ALL + 1}::integer, 1::bigint, 0, array[]::bigint[]
      union all
      select s.until, w.times * 4, w.total + cardinality(found.keys), found.keys
      from walk w
      cross join lateral (select ${dayAhead(0)} as next, ${dayAhead(FIRST_STRETCH)} as near offset 0) a
      cross join lateral (select a.next,
        case when a.near is null or w.times >= ${LAST_STRETCH} then ${end} else ${until} end::integer as until offset 0) s
      cross join lateral (select case when s.until = ${end} then ${within(stretch)}
        else ${within(sql`${stretch} and ${times} && times_between(${low}, ${high})`)} end as keys offset 0) found
      where w.total < ${most} and s.next is not null)
    select unnest(keys) as key from walk`;
}
