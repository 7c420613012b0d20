import { useEffect, useRef } from 'preact/hooks';
import type { Lane, Placed } from './lanes.ts';
import { panned, zoomed } from './time.ts';
import type { Viewport } from './viewport.ts';

/** What the keys of the lanes act upon. */
export interface Keyed {
  lanes: readonly Lane[];
  viewport: Viewport;
  current: { lane: number; id: string | null };
  setLane(lane: number): void;
  /** Goes to an event of a lane. */
  step(placed: Placed, lane: number): void;
  open(id: string): void;
}

/**
 * The keys of the lanes, where the focus is on them or on nothing: arrows pan and change the lane, with Shift they go from
 * event to event, `+` and `−` zoom, Home is all, Enter opens.
 */
export function useKeys(
  frame: { current: HTMLElement | null },
  keyed: Keyed,
): void {
  const now = useRef(keyed);
  now.current = keyed;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const { target } = event;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const here = target === frame.current;
      if (!here && target !== document.body) return;
      if (act(now.current, event, here)) event.preventDefault();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, []);
}

function act(
  keyed: Keyed,
  { key, shiftKey }: KeyboardEvent,
  here: boolean,
): boolean {
  const { viewport, lanes, current } = keyed;
  const { window } = viewport;
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowRight': {
      const side = key === 'ArrowLeft' ? -1 : 1;
      if (shiftKey) stepAside(keyed, side);
      else viewport.move(panned(window, side * 0.15));
      return true;
    }
    case 'ArrowUp':
    case 'ArrowDown': {
      // Elsewhere they scroll the page.
      if (!here || lanes.length === 0) return false;
      const next = current.lane + (key === 'ArrowUp' ? -1 : 1);
      keyed.setLane(Math.min(Math.max(next, 0), lanes.length - 1));
      return true;
    }
    case '+':
    case '=':
      viewport.move(zoomed(window, 0.6));
      return true;
    case '-':
    case '−':
    case '_':
      viewport.move(zoomed(window, 1 / 0.6));
      return true;
    case 'Enter': {
      if (!here) return false;
      const id = current.id ?? nearest(keyed)?.item.id;
      if (id !== undefined) keyed.open(id);
      return id !== undefined;
    }
    default:
      return false;
  }
}

/** The event of the current lane that stands nearest to the middle of the window. */
function nearest({ lanes, current, viewport }: Keyed): Placed | undefined {
  const middle = (viewport.window.from + viewport.window.until) / 2;
  const away = ({ anchor }: Placed) => Math.abs(anchor - middle);
  return lanes[Math.max(current.lane, 0)]?.items.toSorted(
    (a, b) => away(a) - away(b),
  )[0];
}

function stepAside(keyed: Keyed, side: -1 | 1): void {
  const { lanes, current, viewport } = keyed;
  const lane = Math.max(current.lane, 0);
  const items =
    lanes[lane]?.items.toSorted((a, b) => a.anchor - b.anchor) ?? [];
  const at = items.findIndex(({ item }) => item.id === current.id);
  const next = at < 0 ? nearest(keyed) : items[at + side];
  if (next === undefined) return;
  const { from, until } = viewport.window;
  const width = until - from;
  if (next.anchor < from + width * 0.05 || next.anchor > until - width * 0.05)
    viewport.move({
      from: next.anchor - width / 2,
      until: next.anchor + width / 2,
    });
  keyed.step(next, lane);
}
