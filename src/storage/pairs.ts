import { type EventFilter } from '../domain/filter.ts';
import { eventRanges, versionConditions } from './events.matching.ts';
import { orderKey } from './order.ts';
import { takingPart } from './participations.ts';
import { any, every, type Sql, sql } from './sql.ts';
import { standing } from './standing.ts';

/**
 * Lists of what two actors took part in together, under one plan for all of them. Are they about as frequent as each other,
 * both are read in order and merged; is one far rarer, each of its events is looked for among those of the other. Which of
 * these it is, the statement itself looks up (`event_tally_total`, migration 0008) and leaves the others out.
 */

/** Looking for one event costs about as much as reading so many in order. */
const FAR_RARER = 16;

/** Whether a list is of two actors and of nothing else that would need another plan. */
export function isPair({
  actor,
  accountBy,
  lists,
  words,
  window,
  vaguest,
  asOf,
  recorded,
  scope,
}: EventFilter): boolean {
  return (
    actor.each.length === 2 &&
    actor.each.every((group) => group.length === 1) &&
    actor.none.length + accountBy.each.length + accountBy.none.length === 0 &&
    Object.keys(lists).length === 0 &&
    words === null &&
    window === null &&
    vaguest === null &&
    asOf === null &&
    recorded === null &&
    scope !== 'members'
  );
}

/**
 * The heads of the three ways to find a pair, each with the columns of a page's row; of all but one nothing comes.
 * @param bound what else each row that stands for an event is held to
 */
export function pairHeads(
  filter: EventFilter,
  bound: (row: Sql) => Sql[],
  order: Sql,
  most: Sql,
): Sql[] {
  const [one, other] = filter.actor.each.map(([value]) => value?.actor ?? '');
  const turned: EventFilter = {
    ...filter,
    actor: { ...filter.actor, each: filter.actor.each.toReversed() },
  };
  const rarer = (a: string | undefined, b: string | undefined): Sql =>
    sql`(select ${total(a)} * ${FAR_RARER}::integer < ${total(b)})`;
  const columns = sql`o.begin_earliest, o.end_latest, o.sequence, o.id`;
  const once = sql`distinct on ${orderKey(sql`o`)}`;
  const both = eventRanges(filter, bound);
  const merged = both.each.map(
    ({ where }) => sql`
    (select ${once} e.body, ${columns} from ${both.source}
     where ${where} and not ${rarer(one, other)} and not ${rarer(other, one)} order by ${order} limit ${most})`,
  );
  // The rarer one's rows are read from their index alone, so nothing else is asked of them. The inner limit keeps PostgreSQL
  // from reading all of the other's events first.
  const driven = (asked: EventFilter, condition: Sql): Sql[] => {
    const [, counting = []] = takingPart(asked, [sql`o`, sql`a1`]);
    const wanted = every([
      sql`a1.event_key = o.event_key`,
      sql`a1.participation <> o.participation`,
      standing(sql`a1`, null),
      any(counting),
      standing(sql`e`, null),
      ...versionConditions(asked, sql`e`),
    ]);
    return eventRanges(asked, bound).each.map(
      ({ first }) => sql`
    (select ${once} found.body, ${columns} from event_actor o cross join lateral (
       select e.body from event_actor a1 join event_version e on e.key = a1.event_key where ${wanted} limit 1) found
     where ${first()} and ${condition} order by ${order} limit ${most})`,
    );
  };
  return [
    ...merged,
    ...driven(filter, rarer(one, other)),
    ...driven(turned, rarer(other, one)),
  ];
}

/** How many events count for an actor, or did when the sums were last added up. */
function total(actor: string | undefined): Sql {
  return sql`coalesce((select count from event_tally_total where subject = ${`actor:${actor}`}), 0)`;
}
