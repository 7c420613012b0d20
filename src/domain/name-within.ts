import {
  explain,
  type KnownName,
  matchName,
  type NameMatch,
} from './name-match.ts';
import { type NameQuestion } from './name-question.ts';
import { type KnownActor } from './known-actor.ts';
import { type NameWord } from './name-words.ts';

/** A part of the question names the whole; the rest must then name what belongs to it. */
export interface Way {
  rest: readonly NameWord[];
  likeness: number;
  whole: string | null;
}

/** A name found within a whole: its score from 0 to 100, and why, once that is asked. */
export interface Within {
  score: number;
  why: () => string[];
}

/** The ways in which a question names a whole; none when it does not. */
export function waysToName({ words }: NameQuestion, whole: KnownActor): Way[] {
  const ways = new Map<string, Way>();
  for (const name of whole.names) {
    const match = matchName(words, name, false);
    if (match === null || !isWhole(match)) continue;
    const taken = match.pairs.map(({ asked }) => asked);
    const likeness =
      match.pairs.reduce((sum, pair) => sum + pair.likeness, 0) / taken.length;
    const key = taken.join();
    if (likeness > (ways.get(key)?.likeness ?? 0))
      ways.set(key, {
        rest: words.filter((_, index) => !taken.includes(index)),
        likeness,
        whole: `of “${name.value}” (${whole.id})`,
      });
  }
  const all = { rest: words, likeness: 1, whole: null };
  return ways.size === 0 ? [] : [all, ...ways.values()];
}

/** Names of what belongs to a whole, with or without the name of the whole beside them. */
export function matchWithin(
  ways: readonly Way[],
  names: readonly KnownName[],
): Within | null {
  let best: { match: NameMatch; score: number; way: Way } | null = null;
  for (const way of ways) {
    const match = bestOf(names.map((name) => matchName(way.rest, name, false)));
    const score = way.likeness * (match?.score ?? 0);
    if (match !== null && score > (best?.score ?? 0))
      best = { match, score, way };
  }
  if (best === null) return null;
  const { match, score, way } = best;
  return {
    score: rounded(score),
    why: () => [...explain(match), ...(way.whole === null ? [] : [way.whole])],
  };
}

/** Whether every word of a name was asked for that counts. */
function isWhole({ name, pairs }: NameMatch): boolean {
  return name.words.every(
    ({ small }, index) => small || pairs.some(({ known }) => known === index),
  );
}

/** The best of some matches, or null. */
export function bestOf(
  matches: readonly (NameMatch | null)[],
): NameMatch | null {
  return matches.reduce(
    (best, one) =>
      one !== null && one.score > (best?.score ?? 0) ? one : best,
    null,
  );
}

/** A score of up to 1 as one of up to 100, with one decimal. */
export function rounded(score: number): number {
  return Math.round(score * 1000) / 10;
}
