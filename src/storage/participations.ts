import { type ActorValue, type EventFilter } from '../domain/filter.ts';
import { orderKey } from './order.ts';
import { any, every, join, named, type Sql, sql } from './sql.ts';
import { standing } from './standing.ts';

// A row for each actor asked for; the list is in the order of the first.
const ROWS = 'o a1 a2 a3 a4 a5 a6 a7 a8 a9'.split(' ').map(named);

/** The rows that must be found for an event: one for each actor asked for. */
export function rowsOf({ actor }: EventFilter): Sql[] {
  return ROWS.slice(0, Math.max(1, actor.each.length));
}

/** For each actor asked for, the ranges of its row that count. */
export function takingPart(filter: EventFilter, rows: readonly Sql[]): Sql[][] {
  return filter.actor.each.map((group, index) =>
    group.flatMap((one) => countingRanges(rows[index] as Sql, one, filter)),
  );
}

/**
 * Events with a participation for each actor asked for. As these are of one event, so are their order keys equal: it is
 * said, for then PostgreSQL merges the actors' ranges, or begins with the rarer one.
 */
export function participations([first, ...others]: readonly Sql[]): Sql {
  const further = others.map(
    (other) =>
      sql` join event_actor ${other} on ${other}.event_key = o.event_key and ${orderKey(other)} = ${orderKey(sql`o`)}`,
  );
  return sql`event_actor ${first}${join(further, sql``)}`;
}

/** Each actor must take part through a participation of its own: Macron for France is no meeting of the two. */
export function apart(rows: readonly Sql[]): Sql[] {
  return rows.flatMap((row, index) =>
    rows
      .slice(0, index)
      .map((other) => sql`${row}.participation <> ${other}.participation`),
  );
}

/** The rows by which those who must not take part would do so, even possibly. */
export function excludedRanges(filter: EventFilter, row: Sql): Sql[] {
  return filter.actor.none.flatMap((one) =>
    countingRanges(row, one, { ...filter, certainty: 'possible' }),
  );
}

/**
 * The rows of `event_actor` by which an actor takes part, or has the role asked for: one condition for each of its lanes
 * that holds some of them, in which they stand in order.
 */
export function countingRanges(
  of: Sql,
  { actor, role }: ActorValue,
  { scope, certainty }: EventFilter,
): Sql[] {
  const lanes = role === 'subject' ? [sql`1`, sql`3`] : [sql`0`, sql`2`];
  return lanes
    .slice(0, scope === 'members' ? 2 : 1)
    .map((lane) =>
      every([
        sql`${of}.actor = ${actor}`,
        sql`${of}.lane = ${lane}`,
        ...(scope === 'self' ? [sql`${of}.scope = 0`] : []),
        ...(role === null || role === 'subject'
          ? []
          : [sql`${of}.role = ${role}`]),
        ...(certainty === 'certain' ? [sql`${of}.certain`] : []),
      ]),
    );
}

/** Whether actors are asked for by role: then the order of their groups says which role is whose. */
export function asksForRoles({ actor }: EventFilter): boolean {
  return actor.each.flat().some(({ role }) => role !== null);
}

/**
 * The keys of the events that have a participation for each group of actors asked for, as rows `{event_key}` in no order,
 * each perhaps several times: one statement for however many there are to choose from.
 * @param bound what the row of the first group is held to; those of the others are looked for event by event
 * @param ids the ids of a group by its place, as an array; without roles the groups may come in any order
 */
export function takingPartTogether(
  filter: EventFilter,
  bound: (row: Sql) => Sql,
  ids: (place: number) => Sql,
): Sql {
  const { each } = filter.actor;
  const rows = each.map((_, place) => named(`p${place}`));
  const [first, ...others] = rows as [Sql, ...Sql[]];
  const byRole = asksForRoles(filter);
  const counting = (place: number): Sql => {
    const row = rows[place] as Sql;
    return byRole
      ? any(
          (each[place] ?? []).flatMap((one) =>
            countingRanges(row, one, filter),
          ),
        )
      : anyOf(row, ids(place), filter);
  };
  const stands = (row: Sql): Sql => standing(row, filter.asOf);
  // An event has few participations: each event's are looked at, instead of all those of the others, or each of many actors.
  const alone = each.every(({ length }) => length === 1);
  const further = others.map(
    (row, index) => sql` cross join lateral (
      select ${row}.participation from event_actor ${row}
      where ${row}.event_key = ${first}.event_key and ${stands(row)} and ${alone ? counting(index + 1) : sql`(${counting(index + 1)}) is true`} offset 0) ${row}`,
  );
  const conditions = [stands(first), counting(0), bound(first), ...apart(rows)];
  return sql`select ${first}.event_key from event_actor ${first}${join(further, sql``)} where ${every(conditions)}`;
}

/** The rows by which any of these takes part, in one condition. */
function anyOf(of: Sql, ids: Sql, { scope, certainty }: EventFilter): Sql {
  return every([
    sql`${of}.actor = any(${ids}::text[])`,
    scope === 'members' ? sql`${of}.lane in (0, 2)` : sql`${of}.lane = 0`,
    ...(scope === 'self' ? [sql`${of}.scope = 0`] : []),
    ...(certainty === 'certain' ? [sql`${of}.certain`] : []),
  ]);
}
