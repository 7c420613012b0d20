import type { Pool } from 'pg';
import { type ListCondition } from '../domain/list-filter.ts';
import {
  type Page,
  askPage,
  type PageRequest,
  namedIn,
  termConditions,
  withUnknown,
} from './page.ts';
import { every, sql } from './sql.ts';
import { standing } from './standing.ts';

/** What is asked of the actors: words that one of their names holds, and list filters. */
export interface ActorFilter {
  /** Each as folded as the stored names (see `folded`). */
  words: readonly string[];
  lists: Record<string, ListCondition>;
  /** Milliseconds; null for the record as it stands. */
  asOf: number | null;
}

/** A page of actors by id: one statement. */
export async function listActors(
  pool: Pool,
  filter: ActorFilter,
  request: PageRequest,
): Promise<Page> {
  const [order, beyond] = request.backwards
    ? [sql`desc`, sql`<`]
    : [sql`asc`, sql`>`];
  const or = request.inclusive ? sql`=` : sql``;
  const conditions = [
    standing(sql`actor_version`, filter.asOf),
    ...(request.from === null
      ? []
      : [sql`id ${beyond}${or} ${request.from[0]}::text`]),
    ...termConditions(filter.lists, sql`terms`),
    ...filter.words.map((word) => sql`strpos(names, ${word}) > 0`),
  ];
  const page = sql`
    select body, json_build_array(id) as position, null::json as unknown from (
      select body, id from actor_version where ${every(conditions)} order by id ${order} limit ${request.limit + 1}
    ) page`;
  const named = namedIn(filter.lists, { memberOf: 'actor', partOf: 'actor' });
  const statement = withUnknown(page, named, filter.asOf).called('actors');
  return askPage(pool, statement, false, request);
}
