import { type EventFilter } from '../domain/filter.ts';
import { type Database } from './database.ts';
import { matching } from './events.matching.ts';
import { eventPage } from './events.reads.ts';
import { ask } from './page.ts';
import { join, type Sql, sql } from './sql.ts';
import { tallyOf } from './tallies.reads.ts';

/** How many events meet a question, and whether they were counted or estimated. */
export interface EventCount {
  count: number;
  countMethod: 'exact' | 'estimated';
}

/** Up to so many events are counted where an estimate would do: so far the count is as quick as a page. */
const COUNTED = 1000;

const FIRST_PAGE = {
  limit: COUNTED,
  from: null,
  backwards: false,
  inclusive: false,
};

/**
 * How many events meet a question. An estimate is what the planner expects from its statistics, where there are more than a
 * thousand; fewer are counted, and what the sums by month tell is told exactly.
 */
export async function countEvents(
  { counting }: Database,
  filter: EventFilter,
  method: EventCount['countMethod'],
): Promise<EventCount> {
  if (method === 'exact' || tallyOf(filter) !== null) {
    const [row] = await ask<{ count: number }>(
      counting,
      sql`select ${countOf(filter)} as count`.called('count of events'),
      false,
    );
    return { count: row?.count ?? 0, countMethod: 'exact' };
  }
  const [{ count } = { count: 0 }] = await countUpTo(counting, [filter]);
  if (count <= COUNTED) return { count, countMethod: 'exact' };
  const [plan] = await ask<{
    'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }];
  }>(counting, sql`explain (format json) ${matching(filter)}`, false);
  const expected = plan?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0;
  return { count: Math.max(expected, count), countMethod: 'estimated' };
}

/** How many events meet a question, as one value: from the sums by month where they tell it. */
export function countOf(filter: EventFilter): Sql {
  const tally = tallyOf(filter);
  return tally === null
    ? sql`(select count(*) from (${matching(filter)}) found)`
    : sql`(select coalesce(sum(count), 0)::bigint from (${tally.counts}) counts)`;
}

/** A question with something left out, and how many events it would bring then. */
export interface Hint {
  count: number | null;
  /** There are more than the count says. */
  more: boolean;
}

/** How many events each of some questions would bring, a thousand at most: one statement. */
export async function countEach(
  { counting }: Database,
  filters: readonly EventFilter[],
): Promise<Hint[]> {
  const counts = await countUpTo(counting, filters);
  return counts.map(({ count }) => ({
    count: Math.min(count, COUNTED),
    more: count > COUNTED,
  }));
}

async function countUpTo(
  counting: Database['counting'],
  filters: readonly EventFilter[],
): Promise<{ count: number }[]> {
  if (filters.length === 0) return [];
  const each = filters.map((filter, place) => {
    const count =
      tallyOf(filter) === null
        ? sql`(select count(*) from (${eventPage(filter, FIRST_PAGE)}) page)`
        : countOf(filter);
    return sql`select ${place}::int as place, ${count} as count`;
  });
  return ask(
    counting,
    sql`${join(each, sql` union all `)} order by place`.called(
      'counts up to a thousand',
    ),
    false,
  );
}
