/**
 * Up to `most` of the known values that look like what was asked for, nearest first; none that looks altogether
 * different. Nearness is the edit distance with swapped neighbours counted once (Damerau–Levenshtein, restricted).
 */
export function nearest(
  asked: string,
  known: Iterable<string>,
  most = 3,
): string[] {
  const wanted = asked.toLowerCase().slice(0, 128);
  const farthest = Math.max(1, Math.floor(wanted.length / 2));
  const found: { value: string; distance: number }[] = [];
  for (const value of known) {
    if (
      Math.abs(value.length - wanted.length) > farthest &&
      !value.includes(wanted)
    )
      continue;
    const distance =
      value !== wanted && value.includes(wanted) && wanted.length > 2
        ? 1
        : editDistance(wanted, value.toLowerCase());
    if (distance <= farthest) found.push({ value, distance });
  }
  return found
    .sort(
      (a, b) =>
        a.distance - b.distance ||
        a.value.length - b.value.length ||
        (a.value < b.value ? -1 : 1),
    )
    .slice(0, most)
    .map(({ value }) => value);
}

/** How many letters are too many, too few or wrong, or pairs of neighbours swapped (Damerau–Levenshtein, restricted). */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(
        (above[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (above[j - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
    }
    before = above;
    above = row;
  }
  return above[b.length] ?? 0;
}
