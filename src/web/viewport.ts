import type { TimeWindow } from './address.ts';
import { MINUTE, sensible } from './time.ts';

/** The window as it moves under the hand: told to whoever draws, many times before it stands in the address. */
export interface Viewport {
  readonly window: TimeWindow;
  /** Moves it at once; whoever draws is told, and the address after a pause. */
  move(window: TimeWindow): void;
  /** Follows the address, and tells nobody of it but those who draw. */
  follow(window: TimeWindow): void;
  /** Calls on every move; the answer ends it. */
  watch(moved: () => void): () => void;
}

const PAUSE = 180;

/** A window that `settled` is told of once it stands still. */
export function viewport(
  first: TimeWindow,
  settled: (window: TimeWindow) => void,
): Viewport {
  const watchers = new Set<() => void>();
  let window = first;
  let pause = 0;
  let told: TimeWindow | null = null;
  const tell = () => {
    for (const moved of watchers) moved();
  };
  return {
    get window() {
      return window;
    },
    move(next) {
      window = sensible(next);
      clearTimeout(pause);
      pause = self.setTimeout(() => {
        told = window;
        settled(window);
      }, PAUSE);
      tell();
    },
    follow(next) {
      // Our own word comes back: the hand may have moved on since, and must not be held back.
      const own = told !== null && isNear(next, told);
      told = null;
      if (own) return;
      clearTimeout(pause);
      window = next;
      tell();
    },
    watch(moved) {
      watchers.add(moved);
      return () => watchers.delete(moved);
    },
  };
}

/** Whether two windows are the same but for the minutes to which the address rounds. */
function isNear(one: TimeWindow, other: TimeWindow): boolean {
  return (
    Math.abs(one.from - other.from) <= MINUTE &&
    Math.abs(one.until - other.until) <= MINUTE
  );
}
