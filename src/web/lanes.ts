import type { Address, TimeWindow } from './address.ts';
import { anchorOf, type Sign, signOf } from './glyphs.ts';
import type { Item } from './items.ts';
import type { Timeline } from './shapes.ts';

/** How many lanes there are at most, pinned ones apart. */
export const MOST_LANES = 30;

/** An event in a lane. */
export interface Placed {
  item: Item;
  sign: Sign;
  anchor: number;
  /** Its row in the lane, from the top. */
  row: number;
}

/** So many events begin in a stretch of time. */
export interface Bar extends TimeWindow {
  count: number;
}

/** A lane: the events themselves, or, far away, counts. */
export interface Lane {
  id: string;
  count: number;
  /** How many of them stand in no bar, because nobody knows in which they began. */
  imprecise: number;
  items: readonly Placed[];
  bars: readonly Bar[];
}

/** In which lanes an event stands. */
export function lanesOf(item: Item, kind: Address['lanes']): string[] {
  switch (kind) {
    case 'type': {
      // A parent's lane holds its children, as the API counts them.
      const parts = item.type.split('.');
      return parts.map((_, index) => parts.slice(0, index + 1).join('.'));
    }
    case 'country':
      return [...new Set(item.countries)];
    default:
      return [
        ...new Set(
          item.parties
            // Who is only spoken of took no part.
            .filter(({ role }) => role !== 'subject')
            .flatMap(({ id, onBehalfOf }) =>
              onBehalfOf === null ? [id] : [id, onBehalfOf],
            ),
        ),
      ];
  }
}

/** The lanes of events, by how many stand in each; none in which nothing stands in the window, unless it is pinned. */
export function lanesOfItems(
  items: readonly Item[],
  address: Pick<Address, 'lanes' | 'pin' | 'hide'>,
  window: TimeWindow,
): Lane[] {
  const within = new Map<string, Placed[]>();
  for (const item of items) {
    const sign = signOf(item);
    const placed = { item, sign, anchor: anchorOf(sign), row: 0 };
    for (const id of lanesOf(item, address.lanes)) {
      const lane = within.get(id);
      // Each lane has rows of its own.
      if (lane === undefined) within.set(id, [{ ...placed }]);
      else lane.push({ ...placed });
    }
  }
  const seen = ({ sign: { whole } }: Placed) =>
    whole.from < window.until && whole.until > window.from;
  const lanes = [...within]
    .filter(([id, found]) => address.pin.includes(id) || found.some(seen))
    .map(([id, found]): Lane => ({
      id,
      count: found.length,
      imprecise: 0,
      items: found.sort((a, b) => a.sign.whole.from - b.sign.whole.from),
      bars: [],
    }));
  return chosen(lanes, address);
}

/** The lanes of a histogram that is split by what a lane is. */
export function lanesOfTimeline(
  { buckets, imprecise }: Timeline,
  address: Pick<Address, 'lanes' | 'pin' | 'hide'>,
): Lane[] {
  const bars = new Map<string, Bar[]>();
  for (const { start, end, groups = {} } of buckets) {
    const span = { from: Date.parse(start), until: Date.parse(end) };
    for (const [id, count] of Object.entries(groups)) {
      const lane = bars.get(id);
      if (count === 0) continue;
      if (lane === undefined) bars.set(id, [{ ...span, count }]);
      else lane.push({ ...span, count });
    }
  }
  const ids = new Set([...bars.keys(), ...Object.keys(imprecise.groups ?? {})]);
  const lanes = [...ids].map((id): Lane => {
    const found = bars.get(id) ?? [];
    const vague = imprecise.groups?.[id] ?? 0;
    return {
      id,
      count: found.reduce((sum, { count }) => sum + count, vague),
      imprecise: vague,
      items: [],
      bars: found,
    };
  });
  return chosen(lanes, address);
}

/** Those that are pinned, in their order, then the fullest; none that is hidden. */
function chosen(
  lanes: readonly Lane[],
  { pin, hide }: Pick<Address, 'pin' | 'hide'>,
): Lane[] {
  const shown = lanes.filter(({ id }) => !hide.includes(id));
  const pinned = pin.map(
    (id) =>
      shown.find((lane) => lane.id === id) ?? {
        id,
        count: 0,
        imprecise: 0,
        items: [],
        bars: [],
      },
  );
  const others = shown
    .filter(({ id }) => !pin.includes(id))
    .sort((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1));
  return [...pinned, ...others.slice(0, MOST_LANES)];
}

/** The least room that a glyph takes, in pixels. */
export const GLYPH_ROOM = 16;

/**
 * Gives each event the first row of its lane in which it touches no other, or where there is none the one that is free
 * first.
 * @param scale pixels for each millisecond
 */
export function arrange(
  items: readonly Placed[],
  rows: number,
  scale: number,
): void {
  const ends = Array.from({ length: rows }, () => -Infinity);
  for (const placed of items) {
    const { from, until } = extent(placed, scale);
    const free = ends.findIndex((end) => end <= from);
    const row = free >= 0 ? free : ends.indexOf(Math.min(...ends));
    placed.row = row;
    ends[row] = Math.max(ends[row] ?? until, until);
  }
}

/** Where a lane stands on the canvas, in pixels, and in how many rows its events stand. */
export interface Place {
  top: number;
  height: number;
  rows: number;
}

/** The height of a row. */
const ROW = 18;
const MOST_ROWS = 6;

/**
 * The places of lanes under each other: each as high as its events in the window need, so that few of them overlap.
 * @param width of the window, in pixels
 * @param least the least height of a lane
 */
export function placesOf(
  lanes: readonly Lane[],
  window: TimeWindow,
  width: number,
  top: number,
  least: number,
): Place[] {
  const scale = width / (window.until - window.from);
  let next = top;
  return lanes.map(({ items }) => {
    const rows = rowsNeeded(
      items.filter(
        ({ sign: { whole } }) =>
          whole.from < window.until && whole.until > window.from,
      ),
      scale,
    );
    const place = { top: next, height: Math.max(least, rows * ROW + 4), rows };
    next += place.height;
    return place;
  });
}

/** Where a row of a lane has its middle, in pixels from the top. */
export function rowMiddle({ top, height, rows }: Place, row: number): number {
  return top + ((row + 0.5) * height) / rows;
}

function rowsNeeded(items: readonly Placed[], scale: number): number {
  const ends: number[] = [];
  for (const placed of items) {
    const { from, until } = extent(placed, scale);
    const free = ends.findIndex((end) => end <= from);
    if (free >= 0) ends[free] = until;
    else if (ends.push(until) === MOST_ROWS) break;
  }
  return Math.max(1, ends.length);
}

/** From which pixel to which an event reaches, counted from 1970; ±Infinity where open. */
export function extent(
  { sign: { whole }, anchor }: Placed,
  scale: number,
): TimeWindow {
  const middle = anchor * scale;
  const half = GLYPH_ROOM / 2;
  return {
    from: Math.min(whole.from * scale, middle - half),
    until: Math.max(whole.until * scale, middle + half),
  };
}

/** How many pixels a label has behind an event, up to the next one of its row. */
export function labelRoom(
  items: readonly Placed[],
  index: number,
  scale: number,
): number {
  const placed = items[index];
  if (placed === undefined) return 0;
  const { until } = extent(placed, scale);
  for (let at = index + 1; at < items.length; at++) {
    const other = items[at];
    if (other === undefined || other.row !== placed.row) continue;
    return Math.max(0, extent(other, scale).from - until);
  }
  return Infinity;
}
