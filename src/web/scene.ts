import type { TimeWindow } from './address.ts';
import type { Lane, Place, Placed } from './lanes.ts';
import type { Paint } from './sprites.ts';
import type { TickUnit } from './time.ts';

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
