import type { TimeWindow } from './address.ts';
import { glyphOf, type Sign } from './glyphs.ts';
import { extent, type Lane, labelRoom, type Placed } from './lanes.ts';
import { type Paint, spriteOf } from './sprites.ts';
import { pixelOf, ticks, type TickUnit } from './time.ts';

/** All that stands on the canvas. */
export interface Scene {
  lanes: readonly Lane[];
  laneHeight: number;
  rows: number;
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

/** The height of the axis above the lanes, in pixels. */
export const AXIS = 24;

/** Where a row of a lane has its middle, in pixels from the top. */
export function rowMiddle(
  { laneHeight, rows }: Pick<Scene, 'laneHeight' | 'rows'>,
  lane: number,
  row: number,
): number {
  return AXIS + lane * laneHeight + ((row + 0.5) * laneHeight) / rows;
}

/** Draws the scene as it looks through a window. */
export function draw(
  context: CanvasRenderingContext2D,
  scene: Scene,
  window: TimeWindow,
  width: number,
  paint: Paint,
): void {
  const height = AXIS + scene.lanes.length * scene.laneHeight;
  context.clearRect(0, 0, width, height);
  context.font = paint.font;
  context.textBaseline = 'middle';
  drawGround(context, scene, window, width, height, paint);
  const joined: [number, number][] = [];
  for (const [index, lane] of scene.lanes.entries()) {
    if (lane.items.length > 0)
      drawItems(context, scene, lane, index, window, width, paint, joined);
    else drawBars(context, scene, lane, index, window, width, paint);
  }
  drawJoint(context, joined, paint);
}

function drawGround(
  context: CanvasRenderingContext2D,
  scene: Scene,
  window: TimeWindow,
  width: number,
  height: number,
  paint: Paint,
): void {
  for (let lane = 0; lane < scene.lanes.length; lane++) {
    if (lane % 2 === 1 && lane !== scene.lane) continue;
    context.fillStyle = lane === scene.lane ? paint.chosen : paint.stripe;
    context.fillRect(
      0,
      AXIS + lane * scene.laneHeight,
      width,
      scene.laneHeight,
    );
  }
  context.fillStyle = paint.line;
  const found = ticks(window, width);
  for (const { at } of found.ticks)
    context.fillRect(Math.round(pixelOf(at, window, width)), 0, 1, height);
  context.fillStyle = paint.faint;
  for (const { at, unit } of found.ticks)
    context.fillText(
      scene.tick(at, unit),
      pixelOf(at, window, width) + 4,
      AXIS / 2,
    );
}

function drawBars(
  context: CanvasRenderingContext2D,
  { laneHeight }: Scene,
  { bars }: Lane,
  index: number,
  window: TimeWindow,
  width: number,
  paint: Paint,
): void {
  const most = bars.reduce((found, { count }) => Math.max(found, count), 1);
  const bottom = AXIS + (index + 1) * laneHeight - 1;
  const scale = width / (window.until - window.from);
  context.fillStyle = paint.bar;
  for (const { from, until, count } of bars) {
    if (until < window.from || from > window.until) continue;
    const left = (from - window.from) * scale;
    // The root, for one event beside a thousand is still to be seen.
    const tall = Math.max(2, Math.sqrt(count / most) * (laneHeight - 4));
    const wide = Math.max(1, (until - from) * scale - 0.5);
    context.fillRect(left, bottom - tall, wide, tall);
  }
}

function drawItems(
  context: CanvasRenderingContext2D,
  scene: Scene,
  lane: Lane,
  index: number,
  window: TimeWindow,
  width: number,
  paint: Paint,
  joined: [number, number][],
): void {
  const scale = width / (window.until - window.from);
  const offset = window.from * scale;
  const rowHeight = scene.laneHeight / scene.rows;
  const radius = Math.min(7, rowHeight / 2 - 1.5);
  const near = lane.items.length * 40 < width || scale * 86_400_000 > 1;
  for (const [at, placed] of lane.items.entries()) {
    const { sign, item, anchor } = placed;
    const reach = extent(placed, scale);
    if (reach.until < offset - 4 || reach.from > offset + width + 4) continue;
    const y = rowMiddle(scene, index, placed.row);
    const x = anchor * scale - offset;
    const { colour } = glyphOf(item.type);
    const fill = paint.colours[colour] ?? paint.bar;
    drawReach(
      context,
      sign,
      { scale, offset, width, x, y, radius },
      fill,
      paint,
    );
    // A glyph that has left the picture still tells what the bar is that has not.
    const seen =
      sign.form === 'bar' && x < radius && reach.until - offset > radius * 3
        ? radius + 2
        : x;
    const sprite = spriteOf(item.type, sign, radius, paint);
    const half = sprite.width / 2 / paint.ratio;
    context.drawImage(sprite, seen - half, y - half, half * 2, half * 2);
    if ([scene.open, scene.hovered, scene.current].includes(item.id)) {
      joined.push([seen, y]);
      context.strokeStyle = paint.text;
      context.lineWidth = 2;
      context.beginPath();
      context.arc(seen, y, radius + 3, 0, 2 * Math.PI);
      context.stroke();
    }
    if (near)
      drawLabel(
        context,
        scene,
        lane,
        at,
        reach.until - offset,
        seen + radius,
        y,
        scale,
        paint,
      );
  }
}

function drawLabel(
  context: CanvasRenderingContext2D,
  scene: Scene,
  lane: Lane,
  at: number,
  behind: number,
  least: number,
  y: number,
  scale: number,
  paint: Paint,
): void {
  const placed = lane.items[at];
  const room = Math.min(labelRoom(lane.items, at, scale) - 10, 280);
  if (placed === undefined || room < 60) return;
  const start = Math.max(behind, least) + 5;
  context.fillStyle = paint.text;
  context.fillText(shortened(scene.title(placed), room, paint), start, y);
}

/** A text that takes not more than so many pixels, by the width of a usual letter: to measure each would take longer than to draw. */
function shortened(text: string, room: number, { letter }: Paint): string {
  const letters = Math.floor(room / letter);
  return text.length <= letters
    ? text
    : `${text.slice(0, Math.max(1, letters - 1)).toWellFormed()}…`;
}

interface Spot {
  scale: number;
  offset: number;
  width: number;
  x: number;
  y: number;
  radius: number;
}

/** The time in which it was, or may have been: a bar, a hatched span, ends that fade. */
function drawReach(
  context: CanvasRenderingContext2D,
  sign: Sign,
  { scale, offset, width, x, y, radius }: Spot,
  fill: string,
  paint: Paint,
): void {
  const edge = 40;
  const from = Math.max(sign.whole.from * scale - offset, -edge);
  const until = Math.min(sign.whole.until * scale - offset, width + edge);
  const tall = radius * 1.1;
  if (sign.form === 'hatched' && until - from > 2) {
    context.fillStyle = paint.hatch(fill);
    context.fillRect(from, y - radius, until - from, radius * 2);
    context.strokeStyle = fill;
    context.lineWidth = 1;
    context.strokeRect(from, y - radius, until - from, radius * 2);
  }
  if (sign.form === 'bar') {
    const sure = sign.sure && {
      from: Math.max(sign.sure.from * scale - offset, -edge),
      until: Math.min(sign.sure.until * scale - offset, width + edge),
    };
    const middle = sure ?? {
      from: (from + until) / 2,
      until: (from + until) / 2,
    };
    if (middle.until > middle.from) {
      context.fillStyle = fill;
      context.globalAlpha = 0.55;
      context.fillRect(
        middle.from,
        y - tall / 2,
        middle.until - middle.from,
        tall,
      );
      context.globalAlpha = 1;
    }
    fade(context, middle.from, from, y, tall, fill, paint);
    fade(context, middle.until, until, y, tall, fill, paint);
  }
  if (sign.faded) {
    const far = radius * 3;
    const [left, right] = sign.form === 'point' ? [x, x] : [from, until];
    fade(context, left, left - far, y, tall, fill, paint);
    fade(context, right, right + far, y, tall, fill, paint);
  }
}

/** A bar that is there at `from` and is gone at `to`. */
function fade(
  context: CanvasRenderingContext2D,
  from: number,
  to: number,
  y: number,
  tall: number,
  fill: string,
  paint: Paint,
): void {
  if (Math.abs(to - from) < 1) return;
  const gradient = context.createLinearGradient(from, 0, to, 0);
  gradient.addColorStop(0, paint.translucent(fill, 0.75));
  gradient.addColorStop(1, paint.translucent(fill, 0));
  context.fillStyle = gradient;
  context.fillRect(Math.min(from, to), y - tall / 2, Math.abs(to - from), tall);
}

/** The line between the lanes in which one event stands. */
function drawJoint(
  context: CanvasRenderingContext2D,
  joined: readonly [number, number][],
  paint: Paint,
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
