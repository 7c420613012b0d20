import { type EventFilter } from '../domain/filter.ts';
import { explainedBody, explanatory } from './events.explained.ts';
import { eventRanges } from './events.matching.ts';
import { referencesOf } from './events.references.ts';
import { orderBy, orderKey } from './order.ts';
import {
  askPage,
  type Asked,
  type Page,
  type PageRequest,
  withUnknown,
} from './page.ts';
import { join, type Sql, sql } from './sql.ts';
import { isPair, pairHeads } from './pairs.ts';
import { isWalked, walks } from './walks.ts';

/**
 * A page of the events that a question asks for, in chronological order: one statement.
 * @param explained whether each event tells how it matched (contract §3.5)
 */
export async function listEvents(
  asked: Asked,
  filter: EventFilter,
  request: PageRequest,
  explained = false,
): Promise<Page> {
  const statement = withUnknown(
    eventPage(filter, request, explained),
    referencesOf(filter),
    filter.asOf,
  );
  return askPage(
    asked,
    statement.called('events'),
    !explained && (isPlain(filter) || isWalked(filter) || isPair(filter)),
    request,
  );
}

// One range of one index answers these, whatever the values: their plan is made once, and so is that of what is walked. All
// other plans depend on how frequent the values are.
function isPlain({
  actor,
  accountBy,
  lists,
  words,
  asOf,
  recorded,
}: EventFilter): boolean {
  const [group, another] = actor.each;
  return (
    asOf === null &&
    recorded === null &&
    words === null &&
    another === undefined &&
    (group?.length ?? 1) === 1 &&
    actor.none.length === 0 &&
    accountBy.each.length === 0 &&
    accountBy.none.length === 0 &&
    Object.keys(lists).length === 0
  );
}

// PostgreSQL keeps a plan for all values only if it looks cheaper than one for the values at hand. A limit not known yet
// counts as a tenth of all there is, so it would look dearer. Hence prepared statements have a limit that is known, the
// longest page there can be, and the page's own twice around it: a hundredth of that.
const LONGEST_PAGE = 500;

/** The statement of a page, as rows `{body, position, unknown}`; asks for one row more than the page holds. */
export function eventPage(
  filter: EventFilter,
  request: PageRequest,
  explained = false,
): Sql {
  const ascending = (filter.order === 'asc') !== request.backwards;
  const bound = (row: Sql): Sql[] => keyset(request, ascending, row);
  const limit = sql`${request.limit + 1}`;
  const pair = !explained && isPair(filter);
  const most =
    (isPlain(filter) || pair) && request.limit <= LONGEST_PAGE
      ? sql`501`
      : limit;
  const body = explained ? explainedBody(filter) : sql`body`;
  const further = (event: Sql): Sql =>
    explained ? sql`, ${explanatory(filter, event)}` : sql``;
  const order = orderBy(sql`o`, ascending);
  // A page is merged from the heads of the ranges.
  const { heads, repeating } = pair
    ? { heads: pairHeads(filter, bound, order, most), repeating: true }
    : isWalked(filter)
      ? {
          heads: walks(filter, bound, ascending, request.limit + 1).map(
            (walk) => sql`
    (select o.body, o.begin_earliest, o.end_latest, o.sequence, o.id${further(sql`o`)}
     from (${walk}) walked join event_version o on o.ctid = walked.tid order by ${order} limit ${limit})`,
          ),
          repeating: false,
        }
      : rangeHeads(filter, bound, order, most, further);
  return sql`
    select ${body} as body, case when row_number() over () in (1, ${request.limit}::int) then ${position(sql`page`)} end as position,
      null::json as unknown
    from (select * from ${heads.length === 1 ? heads[0] : merged(heads, ascending, repeating)} merged
      limit ${limit}) page limit ${limit}`;
}

/** The heads of the ranges in which a question's events stand in order. */
function rangeHeads(
  filter: EventFilter,
  bound: (row: Sql) => Sql[],
  order: Sql,
  most: Sql,
  further: (event: Sql) => Sql,
): { heads: Sql[]; repeating: boolean } {
  const { event, source, each, repeating } = eventRanges(filter, bound);
  const once =
    filter.actor.each.length > 0 ? sql`distinct on ${orderKey(sql`o`)}` : sql``;
  return {
    heads: each.map(
      ({ where }) => sql`
    (select ${once} ${event}.body, o.begin_earliest, o.end_latest, o.sequence, o.id${further(event)} from ${source} where ${where}
     order by ${order} limit ${most})`,
    ),
    repeating,
  };
}

/** A row's place in chronological order, as {@link Position}. */
export function position(row: Sql): Sql {
  return sql`json_build_array(extract(epoch from ${row}.begin_earliest)::float8::text,
    extract(epoch from ${row}.end_latest)::float8::text, ${row}.sequence, ${row}.id)`;
}

function merged(
  heads: readonly Sql[],
  ascending: boolean,
  repeating: boolean,
): Sql {
  const once = repeating
    ? sql`distinct on (begin_earliest, end_latest, sequence, id)`
    : sql``;
  return sql`(select ${once} * from (${join(heads, sql` union all `)}) heads
    order by ${orderBy(null, ascending)})`;
}

function keyset(
  { from, inclusive }: PageRequest,
  ascending: boolean,
  row: Sql,
): Sql[] {
  if (from === null) return [];
  const [begin, end, sequence, id] = from;
  const beyond = inclusive
    ? ascending
      ? sql`>=`
      : sql`<=`
    : ascending
      ? sql`>`
      : sql`<`;
  return [
    sql`${orderKey(row)} ${beyond}
      (to_timestamp(${begin}::float8), to_timestamp(${end}::float8), ${sequence}::int, ${id}::text collate "C")`,
  ];
}
