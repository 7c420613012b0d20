import type { TimeWindow } from './address.ts';
import type { Frame } from './scene.ts';
import { glyphOf, type Sign } from './glyphs.ts';
import {
  extent,
  type Lane,
  labelRoom,
  type Place,
  type Placed,
  rowMiddle,
} from './lanes.ts';
import { type Paint, spriteOf } from './sprites.ts';
import { DAY } from './time.ts';

const LARGEST = 7;
/** What is further outside than this is not drawn. */
const EDGE = 40;

/**
 * Draws the events of a lane.
 * @returns where those stand that are open, pointed at or come to by keys
 */
export function drawEvents(
  frame: Frame,
  lane: Lane,
  place: Place,
): [number, number][] {
  const { context, scene, width, scale, offset, paint } = frame;
  const radius = Math.min(LARGEST, place.height / place.rows / 2 - 1.5);
  const near = lane.items.length * 40 < width || scale * DAY > 1;
  const joined: [number, number][] = [];
  for (const [at, placed] of lane.items.entries()) {
    const { sign, item, anchor } = placed;
    const reach = extent(placed, scale);
    const [left, right] = [reach.from - offset, reach.until - offset];
    if (right < -4 || left > width + 4) continue;
    const y = rowMiddle(place, placed.row);
    const middle = anchor * scale - offset;
    const fill = paint.colours[glyphOf(item.type).colour] ?? paint.bar;
    drawReach(frame, sign, { x: middle, y, radius }, fill);
    // The glyph of a bar that began outside of the picture still tells what it is.
    const begun = sign.form === 'bar' && middle < radius && right > radius * 3;
    const x = begun ? radius + 2 : middle;
    const sprite = spriteOf(item.type, sign, radius, paint);
    const half = sprite.width / 2 / paint.ratio;
    context.drawImage(sprite, x - half, y - half, half * 2, half * 2);
    if ([scene.open, scene.hovered, scene.current].includes(item.id)) {
      joined.push([x, y]);
      context.strokeStyle = paint.text;
      context.lineWidth = 2;
      context.beginPath();
      context.arc(x, y, radius + 3, 0, 2 * Math.PI);
      context.stroke();
    }
    const edges = {
      left: Math.min(left, x - radius) - 5,
      right: Math.max(right, x + radius) + 5,
    };
    if (near) drawLabel(frame, lane.items, at, edges, y);
  }
  return joined;
}

const LONGEST_LABEL = 280;
const SHORTEST_LABEL = 60;

/** The title behind an event, or before it where the picture ends and there is more room. */
function drawLabel(
  frame: Frame,
  items: readonly Placed[],
  at: number,
  { left, right }: { left: number; right: number },
  y: number,
): void {
  const { context, paint, width } = frame;
  const behind = roomBehind(frame, items, at);
  const seen = Math.min(behind, width - right);
  const before =
    seen < Math.min(behind, labelWidth(frame, items[at]))
      ? roomBefore(frame, items, at, left)
      : 0;
  const most = Math.max(seen, before);
  const text = titleOf(frame, items[at]);
  if (most < SHORTEST_LABEL || text === '') return;
  context.fillStyle = paint.text;
  context.textAlign = before > seen ? 'right' : 'left';
  context.fillText(
    shortened(text, most, paint),
    before > seen ? left : right,
    y,
  );
  context.textAlign = 'left';
}

const titleOf = ({ scene }: Frame, placed: Placed | undefined): string =>
  placed === undefined ? '' : scene.title(placed);

/** How long the label of an event would like to be. */
function labelWidth(frame: Frame, placed: Placed | undefined): number {
  const { length } = titleOf(frame, placed);
  return Math.min(LONGEST_LABEL, length * frame.paint.letter);
}

function roomBehind(
  { scale }: Frame,
  items: readonly Placed[],
  at: number,
): number {
  return Math.min(labelRoom(items, at, scale) - 10, LONGEST_LABEL);
}

/** How many pixels are free before an event, the label of the one before it left in peace. */
function roomBefore(
  frame: Frame,
  items: readonly Placed[],
  at: number,
  left: number,
): number {
  const row = items[at]?.row;
  const previous = items.findLastIndex(
    (one, index) => index < at && one.row === row,
  );
  const one = items[previous];
  if (one === undefined) return Math.min(left, LONGEST_LABEL);
  const end = extent(one, frame.scale).until - frame.offset;
  const room = roomBehind(frame, items, previous);
  const label =
    room < SHORTEST_LABEL ? 0 : Math.min(room, labelWidth(frame, one));
  return Math.min(left - Math.max(end + 5 + label, 0) - 10, LONGEST_LABEL);
}

/** A text that takes not more than so many pixels, by the width of a usual letter: to measure each takes longer than to draw. */
function shortened(text: string, room: number, { letter }: Paint): string {
  const letters = Math.floor(room / letter);
  return text.length <= letters
    ? text
    : `${text.slice(0, Math.max(1, letters - 1)).toWellFormed()}…`;
}

/** The time in which it was, or may have been: a bar, a hatched span, ends that fade. */
function drawReach(
  frame: Frame,
  sign: Sign,
  { x, y, radius }: { x: number; y: number; radius: number },
  fill: string,
): void {
  const { context, scale, offset, width, paint } = frame;
  const seen = ({ from, until }: TimeWindow) => ({
    from: Math.max(from * scale - offset, -EDGE),
    until: Math.min(until * scale - offset, width + EDGE),
  });
  const { from, until } = seen(sign.whole);
  const tall = radius * 1.1;
  if (sign.form === 'hatched' && until - from > 2) {
    context.fillStyle = paint.hatch(fill);
    context.fillRect(from, y - radius, until - from, radius * 2);
    context.strokeStyle = fill;
    context.lineWidth = 1;
    context.strokeRect(from, y - radius, until - from, radius * 2);
  }
  if (sign.form === 'bar') {
    const middle = (from + until) / 2;
    const sure = sign.sure ? seen(sign.sure) : { from: middle, until: middle };
    if (sure.until > sure.from) {
      context.fillStyle = paint.translucent(fill, 0.55);
      context.fillRect(sure.from, y - tall / 2, sure.until - sure.from, tall);
    }
    fade(frame, sure.from, from, y, tall, fill);
    fade(frame, sure.until, until, y, tall, fill);
  }
  if (sign.faded) {
    const far = radius * 3;
    const [left, right] = sign.form === 'point' ? [x, x] : [from, until];
    fade(frame, left, left - far, y, tall, fill);
    fade(frame, right, right + far, y, tall, fill);
  }
}

/** A bar that is there at `from` and is gone at `to`. */
function fade(
  { context, paint }: Frame,
  from: number,
  to: number,
  y: number,
  tall: number,
  fill: string,
): void {
  const long = Math.abs(to - from);
  if (long < 1) return;
  const gradient = context.createLinearGradient(from, 0, to, 0);
  gradient.addColorStop(0, paint.translucent(fill, 0.55));
  gradient.addColorStop(1, paint.translucent(fill, 0));
  context.fillStyle = gradient;
  context.fillRect(Math.min(from, to), y - tall / 2, long, tall);
}
