import type { TimeWindow } from './address.ts';
import { drawEvents } from './canvas-events.ts';
import type { Bar, Lane, Place, Placed } from './lanes.ts';
import type { Paint } from './sprites.ts';
import { pixelOf, ticks, type TickUnit } from './time.ts';

/** All that stands on the canvas. */
export interface Scene {
  lanes: readonly Lane[];
  /** Where each lane stands. */
  places: readonly Place[];
  /** The event whose card is open, the one under the pointer, and the one that the keys are at. */
  open: string | null;
  hovered: string | null;
  current: string | null;
  /** The lane that the keys are at. */
  lane: number;
  /** The title of an event, as its label says it. */
  title(placed: Placed): string;
  tick(at: number, unit: TickUnit): string;
}

/** A scene as it looks through a window, and what it is drawn with. */
export interface Frame {
  context: CanvasRenderingContext2D;
  scene: Scene;
  window: TimeWindow;
  width: number;
  /** Pixels for each millisecond, and the pixel (from 1970) at the left edge. */
  scale: number;
  offset: number;
  paint: Paint;
}

/** The height of the axis above the lanes, in pixels. */
export const AXIS = 24;

/** How high all of it is. */
export function heightOf({ places }: Pick<Scene, 'places'>): number {
  const last = places.at(-1);
  return last === undefined ? AXIS : last.top + last.height;
}

/** Draws the scene as it looks through a window. */
export function draw(
  context: CanvasRenderingContext2D,
  scene: Scene,
  window: TimeWindow,
  width: number,
  paint: Paint,
): void {
  const scale = width / (window.until - window.from);
  const offset = window.from * scale;
  const frame = { context, scene, window, width, scale, offset, paint };
  context.clearRect(0, 0, width, heightOf(scene));
  context.font = paint.font;
  context.textBaseline = 'middle';
  drawGround(frame);
  const joined: [number, number][] = [];
  for (const [index, lane] of scene.lanes.entries()) {
    const place = scene.places[index];
    if (place === undefined) continue;
    if (lane.items.length > 0) joined.push(...drawEvents(frame, lane, place));
    else drawBars(frame, lane.bars, place);
  }
  drawJoint(frame, joined);
}

function drawGround({ context, scene, window, width, paint }: Frame): void {
  for (const [lane, { top, height }] of scene.places.entries()) {
    if (lane % 2 === 1 && lane !== scene.lane) continue;
    context.fillStyle = lane === scene.lane ? paint.chosen : paint.stripe;
    context.fillRect(0, top, width, height);
  }
  const bottom = heightOf(scene);
  for (const { at, unit } of ticks(window, width).ticks) {
    const x = Math.round(pixelOf(at, window, width));
    context.fillStyle = paint.line;
    context.fillRect(x, 0, 1, bottom);
    context.fillStyle = paint.faint;
    context.fillText(scene.tick(at, unit), x + 4, AXIS / 2);
  }
}

function drawBars(
  { context, window, scale, paint }: Frame,
  bars: readonly Bar[],
  { top, height }: Place,
): void {
  const most = bars.reduce((found, { count }) => Math.max(found, count), 1);
  context.fillStyle = paint.bar;
  for (const { from, until, count } of bars) {
    if (until < window.from || from > window.until) continue;
    // The root, for one event beside a thousand is still to be seen.
    const tall = Math.max(2, Math.sqrt(count / most) * (height - 4));
    const wide = Math.max(1, (until - from) * scale - 0.5);
    const left = (from - window.from) * scale;
    context.fillRect(left, top + height - 1 - tall, wide, tall);
  }
}

/** The line between the lanes in which one event stands. */
function drawJoint(
  { context, paint }: Frame,
  joined: readonly [number, number][],
): void {
  const [first] = joined;
  if (first === undefined || joined.length < 2) return;
  context.strokeStyle = paint.text;
  context.lineWidth = 1;
  context.setLineDash([3, 3]);
  context.beginPath();
  for (const [x, y] of joined) {
    context.moveTo(first[0], first[1]);
    context.lineTo(x, y);
  }
  context.stroke();
  context.setLineDash([]);
}
