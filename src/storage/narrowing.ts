import { type EventFilter } from '../domain/filter.ts';
import { accountConditions } from './accounts.ts';
import { versionConditions } from './events.matching.ts';
import { apart, excludedRanges, rowsOf, takingPart } from './participations.ts';
import { any, every, join, type Sql, sql } from './sql.ts';

/** Whether a version of an event, standing or not, is what a question asks for. */
export function versionMatches(filter: EventFilter, version: Sql): Sql {
  const { each } = filter.actor;
  const key = sql`${version}.key`;
  const rows = each.length === 0 ? [] : rowsOf(filter);
  const counting = takingPart(filter, rows).map(any);
  const excluded = excludedRanges(filter, sql`x`);
  return every([
    ...versionConditions(filter, version),
    ...(rows.length === 0
      ? []
      : [
          sql`exists (select from ${join(
            rows.map((row) => sql`${everCounted(key)} ${row}`),
            sql` cross join `,
          )} where ${every([...counting, ...apart(rows)])})`,
        ]),
    ...(excluded.length === 0
      ? []
      : [
          sql`not exists (select from ${everCounted(key)} x where ${any(excluded)})`,
        ]),
    ...accountConditions(filter, key, () => sql`true`),
  ]);
}

/** For whom a version ever counted: now, or before a tie changed; each half has an index of its own. */
function everCounted(key: Sql): Sql {
  return sql`lateral (
    select * from event_actor where event_key = ${key} and superseded_at is null
    union all
    select * from event_actor where event_key = ${key} and superseded_at is not null)`;
}
