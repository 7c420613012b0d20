import type { TimeWindow } from './address.ts';
import type { Scene } from './canvas.ts';
import { type Bar, extent, type Placed, rowMiddle } from './lanes.ts';

/** What stands under a point of the canvas. */
export interface Found {
  lane: number;
  placed: Placed | null;
  bar: Bar | null;
  /** Where it stands, in pixels from the left. */
  x: number;
}

/** What stands under a point: the event that is nearest, or the stretch that is counted; null for nothing. */
export function found(
  { lanes, places }: Scene,
  window: TimeWindow,
  width: number,
  x: number,
  y: number,
): Found | null {
  const index = places.findIndex(
    ({ top, height }) => top <= y && y < top + height,
  );
  const [lane, place] = [lanes[index], places[index]];
  if (lane === undefined || place === undefined) return null;
  const scale = width / (window.until - window.from);
  const offset = window.from * scale;
  let nearest: Placed | null = null;
  let distance = Infinity;
  for (const placed of lane.items) {
    const reach = extent(placed, scale);
    const aside =
      Math.max(reach.from - offset - x, x - (reach.until - offset), 0) +
      Math.abs(placed.anchor * scale - offset - x) / 1e4;
    const above = Math.abs(rowMiddle(place, placed.row) - y);
    const away = above > place.height / place.rows / 2 + 2 ? Infinity : aside;
    if (away < distance) [nearest, distance] = [placed, away];
  }
  if (nearest !== null && distance <= 6)
    return {
      lane: index,
      placed: nearest,
      bar: null,
      x: Math.min(Math.max(nearest.anchor * scale - offset, 0), width),
    };
  const at = (x + offset) / scale;
  const bar = lane.bars.find(({ from, until }) => from <= at && at < until);
  return bar === undefined ? null : { lane: index, placed: null, bar, x };
}
