import { instantAt, panned, zoomed } from './time.ts';
import type { Viewport } from './viewport.ts';

/** What the pointer, the wheel and fingers do. */
export interface Hands {
  viewport: Viewport;
  pointed(x: number, y: number): void;
  left(): void;
  clicked(x: number, y: number): void;
}

/** A pointer that has moved less than this has clicked. */
const STILL = 5;

/** Lets a canvas be dragged, pinched, wheeled and clicked; the answer ends it. */
export function handle(
  canvas: HTMLCanvasElement,
  hands: { current: Hands | null },
): () => void {
  const down = new Map<number, { x: number; y: number }>();
  let travelled = 0;
  const place = ({ clientX, clientY }: MouseEvent) => {
    const { left, top } = canvas.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };
  const listeners: {
    [Name in keyof HTMLElementEventMap]?: (
      event: HTMLElementEventMap[Name],
    ) => void;
  } = {
    pointerdown(event) {
      if (event.button !== 0) return;
      down.set(event.pointerId, place(event));
      if (down.size === 1) travelled = 0;
    },
    pointermove(event) {
      const now = place(event);
      const before = down.get(event.pointerId);
      if (before === undefined) {
        hands.current?.pointed(now.x, now.y);
        return;
      }
      travelled += Math.hypot(now.x - before.x, now.y - before.y);
      if (travelled < STILL && down.size === 1) return;
      canvas.setPointerCapture(event.pointerId);
      down.set(event.pointerId, now);
      moved(before.x, now.x, event.pointerId);
    },
    pointerup(event) {
      const still = down.delete(event.pointerId) && travelled < STILL;
      const { x, y } = place(event);
      if (still && down.size === 0) hands.current?.clicked(x, y);
    },
    pointercancel: ({ pointerId }) => void down.delete(pointerId),
    pointerleave: () => hands.current?.left(),
    dblclick(event) {
      zoom(0.4, place(event).x);
    },
    wheel(event) {
      const aside = Math.abs(event.deltaX) > Math.abs(event.deltaY);
      // A bare wheel scrolls the page, as everywhere.
      if (!aside && !event.ctrlKey && !event.metaKey && !event.shiftKey) return;
      event.preventDefault();
      const { viewport } = hands.current ?? {};
      if (event.ctrlKey || event.metaKey)
        zoom(Math.exp(event.deltaY * 0.004), place(event).x);
      else if (viewport)
        viewport.move(
          panned(
            viewport.window,
            (event.deltaX || event.deltaY) / canvas.clientWidth,
          ),
        );
    },
  };
  function zoom(factor: number, x: number): void {
    const { viewport } = hands.current ?? {};
    if (!viewport) return;
    const at = instantAt(x, viewport.window, canvas.clientWidth);
    viewport.move(zoomed(viewport.window, factor, at));
  }
  function moved(before: number, now: number, pointer: number): void {
    const { viewport } = hands.current ?? {};
    if (!viewport) return;
    const other = [...down].find(([id]) => id !== pointer)?.[1];
    if (other === undefined) {
      viewport.move(
        panned(viewport.window, (before - now) / canvas.clientWidth),
      );
      return;
    }
    const apart = Math.max(Math.abs(now - other.x), 8);
    const was = Math.max(Math.abs(before - other.x), 8);
    zoom(was / apart, (now + other.x) / 2);
  }
  const added = Object.entries(listeners) as [string, EventListener][];
  for (const [name, listener] of added)
    canvas.addEventListener(name, listener, { passive: false });
  return () => {
    for (const [name, listener] of added)
      canvas.removeEventListener(name, listener);
  };
}
