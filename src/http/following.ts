import { type LoggedChange } from '../storage/changes.reads.ts';
import { type Metrics } from './metrics.ts';

/** One who follows the changes. */
export interface Follower {
  /** So far in the log all was sent to them; what they had waited for is told as it goes out. */
  reached(position: number, sent: readonly LoggedChange[]): void;
  leave(): void;
}

/** Those who follow the changes on this server. */
export interface Following {
  join(after: number): Follower;
  /** How many there are, and how far in the log the last of them is; null where there is none. */
  count(): number;
  last(): number | null;
}

/** Nobody yet; the time that changes take to those who wait for them is told. */
export function following(metrics: Metrics | null): Following {
  const places = new Set<{ position: number }>();
  return {
    join(after) {
      const place = { position: after };
      places.add(place);
      // Who still reads what was long there does not wait: that would be the age of the record, not a delay.
      let waits = false;
      return {
        reached(position, sent) {
          const first = sent[0];
          if (waits && first !== undefined)
            metrics?.delivered((Date.now() - madeAt(first)) / 1000);
          waits = position === place.position || waits;
          place.position = position;
        },
        leave: () => places.delete(place),
      };
    },
    count: () => places.size,
    last: () =>
      places.size === 0
        ? null
        : Math.min(...[...places].map(({ position }) => position)),
  };
}

function madeAt({ body }: LoggedChange): number {
  return Date.parse((JSON.parse(body) as { at: string }).at);
}
