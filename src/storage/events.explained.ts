import { type EventFilter } from '../domain/filter.ts';
import { countingRanges } from './participations.ts';
import { any, every, join, type Sql, sql } from './sql.ts';
import { standing } from './standing.ts';
import { windowConditions } from './windows.ts';

/** What is needed of an event, beside its body, to explain how it matched. */
export function explanatory(filter: EventFilter, event: Sql): Sql {
  const surely = windowConditions({ ...filter, certainty: 'certain' }, event);
  return sql`${event}.key, ${every(surely)} as surely`;
}

/**
 * The body of a row of a page with its `match` (contract §3.5): whether its date matched certainly, and for each actor asked
 * for the participations that count, each with the way up that was climbed and whether every tie on it surely stood.
 */
export function explainedBody(filter: EventFilter): Sql {
  const values = filter.actor.each.flat();
  const found = values.map(
    (value, index) => sql`
      select ${index}::int as place, ${value.role === null ? value.actor : `${value.actor}:${value.role}`}::text as filter,
        x.participation, x.role, coalesce(x.path, array[x.actor]) as path, x.certain
      from event_actor x where x.event_key = page.key and ${standing(sql`x`, filter.asOf)}
        and ${any(countingRanges(sql`x`, value, filter))}`,
  );
  const actors =
    found.length === 0
      ? sql`'[]'::json`
      : sql`(select json_agg(json_build_object('filter', m.filter,
          'participant', page.body::json -> 'participants' -> m.participation ->> 'actor', 'role', m.role, 'path', m.path,
          'tenure', ${certainty(sql`m.certain`)}) order by m.place, m.participation, m.path)
          from (${join(found, sql` union all `)}) m)`;
  return sql`left(page.body, -1) || ',"match":' ||
    json_build_object('date', ${certainty(sql`page.surely`)}, 'actors', ${actors})::text || '}'`;
}

function certainty(condition: Sql): Sql {
  return sql`case when ${condition} then 'certain' else 'possible' end`;
}
