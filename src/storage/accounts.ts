import { SPEAKING } from '../domain/account.ts';
import { type AccountValue, type EventFilter } from '../domain/filter.ts';
import { any, every, type Sql, sql } from './sql.ts';
import { standing } from './standing.ts';

/** Whose accounts of an event are asked for, and whose must be missing: not even possibly there. */
export function accountConditions(
  filter: EventFilter,
  key: Sql,
  stood: (row: Sql) => Sql = (row) => standing(row, filter.asOf),
): Sql[] {
  const { each, none } = filter.accountBy;
  const told = (values: readonly AccountValue[], certain: boolean): Sql =>
    sql`select from event_account t where t.event_key = ${key} and ${stood(sql`t`)}
      and ${any(values.map((value) => speaking(value, filter.scope, certain)))}`;
  return [
    ...each.map(
      (group) => sql`exists (${told(group, filter.certainty === 'certain')})`,
    ),
    // The offset has it looked up event by event: joined instead, by statistics that are not yet of a large import, it
    // could take minutes.
    ...(none.length > 0
      ? [sql`not exists (${told(none, false)} offset 0)`]
      : []),
  ];
}

/** The rows of `event_account` by which an actor speaks, or takes the stance asked for. */
function speaking(
  { actor, stance }: AccountValue,
  scope: EventFilter['scope'],
  certain: boolean,
): Sql {
  const widest = { self: 0, climb: 1, members: 2 }[scope];
  return every([
    sql`t.actor = ${actor}`,
    sql`t.stance = any(${stance === null ? SPEAKING : [stance]}::text[])`,
    sql`t.scope <= ${widest}::smallint`,
    ...(certain ? [sql`t.certain`] : []),
  ]);
}
