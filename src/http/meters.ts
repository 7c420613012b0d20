import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';

/** How long what was used counts, in seconds. */
export const WINDOW = 60;

/** What is left of a limit: so many points, for so many seconds more. */
export interface Left {
  points: number;
  seconds: number;
}

/** Points that names may use in a minute. */
export interface Meter {
  /** What this meter is called where limits are told. */
  readonly name: string;
  readonly points: number;
  /** Uses points of a name; what does not fit is not used, and `fits` is false. */
  use(name: string, points: number): Promise<Left & { fits: boolean }>;
  /** What is left without using any. */
  left(name: string): Promise<Left>;
}

/** Adds to what all servers have counted, and answers their sums: see `storage/limits.writes`. */
export type Share = (
  uses: ReadonlyMap<string, number>,
  seconds: number,
) => Promise<{ client: string; used: number; endsIn: number }[]>;

/** Meters of one server; they agree with those of others when they are shared now and then. */
export interface Meters {
  meter(name: string, points: number): Meter;
  /**
   * Tells the others what was used here since the last time, and learns what was used there. In between each server counts by
   * itself, and when it fails goes on so: what it would have told is forgotten, for it is soon of no use.
   */
  share(share: Share): Promise<void>;
}

/** Makes meters that count in memory, and keep what they have to tell if they are to be shared. */
export function meters(shared: boolean): Meters {
  const limiters = new Map<string, RateLimiterMemory>();
  let untold = new Map<string, number>();
  const note = (key: string, points: number) => {
    if (shared) untold.set(key, (untold.get(key) ?? 0) + points);
  };
  return {
    meter(name, points) {
      const limiter = new RateLimiterMemory({ points, duration: WINDOW });
      limiters.set(name, limiter);
      return {
        name,
        points,
        async use(of, wanted) {
          try {
            const left = leftOf(await limiter.consume(of, wanted));
            note(`${name} ${of}`, wanted);
            return { ...left, fits: true };
          } catch {
            const left = leftOf(await limiter.reward(of, wanted));
            return { ...left, fits: false };
          }
        },
        async left(of) {
          const known = await limiter.get(of);
          return known === null ? { points, seconds: WINDOW } : leftOf(known);
        },
      };
    },
    async share(share) {
      if (untold.size === 0) return;
      const told = untold;
      untold = new Map();
      for (const { client, used, endsIn } of await share(told, WINDOW)) {
        const [name = '', of = ''] = client.split(' ');
        // What came meanwhile is in no sum yet.
        const sum = used + (untold.get(client) ?? 0);
        const left = Math.max(endsIn, SHORTEST) / 1000;
        await limiters.get(name)?.set(of, sum, left);
      }
    },
  };
}

// Nothing would be a limit for ever.
const SHORTEST = 10;

function leftOf({ remainingPoints, msBeforeNext }: RateLimiterRes): Left {
  return {
    points: remainingPoints,
    seconds: Math.max(1, Math.ceil(msBeforeNext / 1000)),
  };
}
