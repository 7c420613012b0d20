// Chance that is the same on every run.

/** Draws that follow from a seed (mulberry32). */
export function drawing(seed) {
  let state = seed;
  /** A number from 0 to 1. */
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit) => Math.floor(random() * limit);
  return {
    random,
    /** A whole number from 0, less than the limit. */
    below,
    pick: (list) => list[below(list.length)],
    chance: (share) => random() < share,
    /** A draw of the index of a weight, as often as it weighs. */
    weighted: (weights) => {
      const sums = new Float64Array(weights.length);
      let total = 0;
      weights.forEach((weight, index) => (sums[index] = total += weight));
      return () => {
        const sought = random() * total;
        let [low, high] = [0, sums.length - 1];
        while (low < high) {
          const middle = (low + high) >> 1;
          if (sums[middle] < sought) low = middle + 1;
          else high = middle;
        }
        return low;
      };
    },
  };
}

/** Weights by Zipf's law: the nth is n times as seldom as the first. */
export function zipf(size) {
  return Array.from({ length: size }, (_, n) => 1 / (n + 1));
}
