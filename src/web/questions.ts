import {
  type Address,
  type Parameter,
  queryOf,
  type TimeWindow,
} from './address.ts';
import { api, Refusal } from './api.ts';
import { type Item, itemOf } from './items.ts';
import type { EventPage, Timeline } from './shapes.ts';
import {
  DAY,
  dayOf,
  type Interval,
  intervalFor,
  plainSpan,
  zoomed,
} from './time.ts';

/** The most bars of the histogram over the whole range. */
const MOST_BARS = 400;
/** The most stretches of a lane that is drawn by counts. */
const MOST_STRETCHES = 1500;
/** More events than this are drawn by counts. */
export const MOST_ITEMS = 2000;
const PAGE = 500;

type Filters = readonly Parameter[];

/** How many events there are, and when. */
export interface Overview {
  timeline: Timeline;
  /** From the first bucket that holds one to the last; null where no event surely begins in any. */
  range: TimeWindow | null;
  /** Why there is none, where there is none. */
  hints: NonNullable<EventPage['hints']>;
}

const withMore = (filters: Filters, ...more: Parameter[]): string =>
  queryOf([...filters, ...more]);

/** The histogram over all that the filters find, in as many bars as can be told apart. */
export async function overview(
  filters: Filters,
  signal: AbortSignal,
): Promise<Overview> {
  const ask = (interval: Interval) => timelineOf(filters, interval, [], signal);
  let timeline = await ask('year');
  let range = rangeOf(timeline);
  // Where the years hold little, weeks may say that it was a few days.
  for (;;) {
    const finer: Interval = range ? intervalFor(range, MOST_BARS) : 'year';
    if (finer === timeline.interval) break;
    // By way of the months: a bare month is too vague for days, but not for a picture of some months.
    const fine = finer === 'day' || finer === 'week';
    const asked = await ask(
      fine && timeline.interval === 'year' ? 'month' : finer,
    );
    if (asked.interval === timeline.interval) break;
    // What is too vague for the finer buckets was seen in the longer ones, and must not fall out of the picture.
    if (asked.imprecise.total <= timeline.imprecise.total)
      range = rangeOf(asked) ?? range;
    timeline = asked;
  }
  const hints =
    timeline.total > 0
      ? []
      : ((await api.events(withMore(filters, ['limit', '1']), signal)).hints ??
        []);
  return { timeline, range, hints };
}

function rangeOf({ buckets }: Timeline): TimeWindow | null {
  const full = buckets.filter(({ total }) => total > 0);
  const [first, last] = [full[0], full.at(-1)];
  return first === undefined || last === undefined
    ? null
    : { from: Date.parse(first.start), until: Date.parse(last.end) };
}

/** Whether a window holds all there is: to ask for it as a whole is quicker than to ask for what lies within edges. */
export function holdsAll(
  { from, until }: TimeWindow,
  over: Pick<Overview, 'range'> | null,
): boolean {
  const range = over?.range ?? null;
  return range !== null && from <= range.from && range.until <= until;
}

/** The window in which all of it is seen. */
export function wholeWindow(
  { range }: Pick<Overview, 'range'>,
  items: readonly Item[],
): TimeWindow {
  const edges = items
    .flatMap(({ begin, end }) => [begin[0], end[1]])
    .filter(Number.isFinite);
  const found = range ?? {
    from: Math.min(...edges),
    until: Math.max(...edges),
  };
  if (!(found.from < found.until)) {
    // One edge is known ("not later than"), or nothing at all: then a picture of this year is as good as any.
    const middle = edges[0] ?? Date.now();
    return { from: middle - 180 * DAY, until: middle + 180 * DAY };
  }
  return zoomed(found, 1.06);
}

/**
 * The filters narrowed to a window of whole days. The window's edges take the place of `from` and `to`, unless those say
 * something that only the API reads: then they stay, and more is found than is looked at.
 */
export function windowed(filters: Filters, window: TimeWindow): Parameter[] {
  const edge = (name: 'from' | 'to'): Parameter[] => {
    const given = filters.filter(([one]) => one === name);
    const spans = given.map(([, value]) => plainSpan(value));
    if (spans.includes(null)) return given;
    const own = spans.flatMap((span) => span ?? []);
    const days =
      name === 'from'
        ? Math.max(window.from, ...own.map(({ from }) => from))
        : Math.min(window.until, ...own.map(({ until }) => until)) - 1;
    return [[name, dayOf(days)]];
  };
  const others = filters.filter(([name]) => name !== 'from' && name !== 'to');
  const [from, to] = [edge('from'), edge('to')];
  // A window beside what was asked for holds nothing: the API would refuse one that ends before it begins.
  const [[, first = ''] = [], [, last = ''] = []] = [from[0], to[0]];
  return first.length === 10 && last.length === 10 && first > last
    ? [...filters]
    : [...others, ...from, ...to];
}

/** What the lanes show: events, or counts where there are too many. */
export interface Picture {
  /** Which lanes: the answer may be that of the question before. */
  lanes: Address['lanes'];
  timeline: Timeline | null;
  items: readonly Item[] | null;
  total: number;
}

/** Every event that the filters find, as many as there are. */
export async function allItems(
  filters: Filters,
  signal: AbortSignal,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const page: EventPage = await api.events(
      withMore(
        filters,
        ['limit', String(PAGE)],
        ...(cursor === null ? [] : [['cursor', cursor] as const]),
      ),
      signal,
    );
    items.push(...page.data.map(itemOf));
    cursor = page.next;
  } while (cursor !== null && items.length < 2 * MOST_ITEMS);
  return items;
}

/**
 * What stands in a window: the events, where they are few enough, else how many there are in each lane and stretch. Without
 * a window the filters are known to find few enough.
 */
export async function picture(
  filters: Filters,
  window: TimeWindow | null,
  lanes: Address['lanes'],
  signal: AbortSignal,
): Promise<Picture> {
  const timeline =
    window &&
    (await timelineOf(
      filters,
      intervalFor(window, MOST_STRETCHES),
      LANE_PARAMETERS[lanes],
      signal,
    ));
  const items =
    timeline !== null && timeline.total > MOST_ITEMS
      ? null
      : await allItems(filters, signal);
  return {
    lanes,
    timeline,
    items,
    total: timeline?.total ?? items?.length ?? 0,
  };
}

/** A histogram; where it would have too many buckets, for what reaches into it from long before, in longer ones. */
async function timelineOf(
  filters: Filters,
  interval: string,
  more: readonly Parameter[],
  signal: AbortSignal,
): Promise<Timeline> {
  const ask = (one: string) =>
    api.timeline(withMore(filters, ['interval', one], ...more), signal);
  try {
    return await ask(interval);
  } catch (error) {
    const faults =
      error instanceof Refusal ? (error.problem?.errors ?? []) : [];
    const fitting = faults.find(({ parameter }) => parameter === 'interval')
      ?.nearest?.[0];
    if (fitting === undefined) throw error;
    return ask(fitting);
  }
}

const LANE_PARAMETERS: Record<Address['lanes'], readonly Parameter[]> = {
  actor: [
    ['by', 'actor'],
    ['at', 'actor'],
    ['top', '60'],
  ],
  type: [['by', 'type']],
  country: [
    ['by', 'country'],
    ['top', '60'],
  ],
};
