import { type EventFilter } from '../domain/filter.ts';
import {
  type Counted,
  countRows,
  type Level,
  takingPartAt,
} from './counting.ts';
import { type Database } from './database.ts';
import { countOf } from './events.counts.ts';
import { matching } from './events.matching.ts';
import { every, join, type Sql, sql } from './sql.ts';
import { standing } from './standing.ts';
import { talliedBy } from './tallies.reads.ts';

/** What events can be counted by: the list filters, and who took part. */
export const FACETS = [
  'type',
  'status',
  'channel',
  'country',
  'topic',
  'actor',
  'document',
  'publisher',
  'language',
  'corroboration',
] as const;
export type Facet = (typeof FACETS)[number];

/** What becomes of the filter of a facet's own name: left out, the facet tells what choosing another value would bring. */
export const OWN = ['applied', 'ignored'] as const;

/** What is asked of the facets. */
export interface FacetsRequest {
  by: readonly Facet[];
  /** At which level `by: 'actor'` counts. */
  at: Level;
  /** So many values of each are told apart. */
  top: number;
  own: (typeof OWN)[number];
}

/** So many events have a value; the rarer values of a facet are summed in one row without a value. */
export interface FacetCount {
  facet: Facet | 'total';
  value: string | null;
  count: number;
  /** How many values the row stands for. */
  values: number;
  /** Of an actor or a document: what it is called, as its record has it. */
  called: unknown;
}

/** How many events have each value, every facet under all filters, or under all but its own: one statement. */
export async function countFacets(
  { counting }: Database,
  filter: EventFilter,
  request: FacetsRequest,
): Promise<Counted<FacetCount>> {
  const own = request.by.filter(
    (facet) => request.own === 'ignored' && isAsked(filter, facet),
  );
  const others = request.by.filter((facet) => !own.includes(facet));
  const counts = [
    ...(others.length > 0 ? counted(filter, others, request.at) : []),
    ...own.flatMap((facet) =>
      counted(without(filter, facet), [facet], request.at),
    ),
  ];
  return countRows(
    counting,
    sql`
      with counted as (${join(counts, sql` union all `)}),
      ranked as (select facet, value, count, row_number() over (partition by facet order by count desc, value collate "C") as rank
        from counted)
      select 'total' as facet, 0 as rank, null as value, ${countOf(filter)} as count, 0 as values, null::json as called
      union all
      select facet, rank, value, count, 1, ${calledSql(filter)} from ranked r where rank <= ${request.top}
      union all
      select facet, null, null, sum(count), count(*), null from ranked where rank > ${request.top} group by facet
      order by facet, rank`.called('facets'),
    filter,
  );
}

function isAsked({ actor, lists }: EventFilter, facet: Facet): boolean {
  return facet === 'actor'
    ? actor.each.length + actor.none.length > 0
    : lists[facet] !== undefined;
}

function without(filter: EventFilter, facet: Facet): EventFilter {
  if (facet === 'actor') return { ...filter, actor: { each: [], none: [] } };
  const { [facet]: _, ...lists } = filter.lists;
  return { ...filter, lists };
}

/** The counts of facets under one question, as rows `{facet, value, count}`: those of terms in one pass. */
function counted(
  filter: EventFilter,
  facets: readonly Facet[],
  at: Level,
): Sql[] {
  const sums = facets.flatMap((facet) => {
    const counts = ofSums(filter, facet, at);
    return counts === null ? [] : [{ facet, counts }];
  });
  const others = facets.filter((one) =>
    sums.every(({ facet }) => facet !== one),
  );
  const terms = others.filter((facet) => facet !== 'actor');
  return [
    ...sums.map(({ counts }) => counts),
    ...(terms.length === 0
      ? []
      : [
          sql`(select split_part(term, ':', 1) as facet, substr(term, strpos(term, ':') + 1) as value, count
            from (select term, count(*) as count from (${matching(filter, ['terms'])}) found, unnest(terms) term group by term) counts
            where split_part(term, ':', 1) = any(${terms}::text[]))`,
        ]),
    ...(terms.length === others.length
      ? []
      : [
          sql`(select 'actor' as facet, c.actor as value, count(distinct c.event_key) as count from event_actor c
            where c.event_key in (${matching(filter)}) and ${every(takingPartAt(at, sql`c`, filter))} group by c.actor)`,
        ]),
  ];
}

/** The counts of a facet from the sums by month; null where they do not tell it. */
function ofSums(filter: EventFilter, facet: Facet, at: Level): Sql | null {
  const values = talliedBy(filter, facet, at, 'year');
  if (values === null) return null;
  return sql`(select ${facet}::text as facet, value, sum(count)::bigint as count from (${values}) summed
    group by value having sum(count) > 0)`;
}

function calledSql({ asOf }: EventFilter): Sql {
  const field = (table: Sql, name: Sql) =>
    sql`(select v.body::json -> ${name} from ${table} v where v.id = r.value and ${standing(sql`v`, asOf)} limit 1)`;
  return sql`case facet when 'actor' then ${field(sql`actor_version`, sql`'names'`)}
    when 'document' then ${field(sql`document_version`, sql`'title'`)} end`;
}
