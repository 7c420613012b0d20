import { likenessOf, type WordLikeness } from './likeness.ts';
import { type NameWord } from './name-words.ts';
import { romanise, type Scheme, SCHEMES } from './romanisation.ts';

/** A name as it is compared, and where it comes from. */
export interface KnownName {
  lang: string;
  value: string;
  words: readonly NameWord[];
}

/** How a name answers a question. */
export interface NameMatch {
  name: KnownName;
  /** From 0 to 1. */
  score: number;
  /** Which word of the question stands for which of the name, in the question's order. */
  pairs: readonly Pair[];
  asked: readonly NameWord[];
}

interface Pair extends WordLikeness {
  asked: number;
  known: number;
}

// What a word counts for, beside an ordinary one.
const SMALL = 0.15;
const SURNAME = 1.4;
/** How much of the score hangs on the words that the name has besides: a post is another one with "deputy" before it. */
const FOR_OTHERS = { person: 0.3, other: 0.45 } as const;
const ORDER = 0.99;

/**
 * How well a name answers the words of a question, or null when they share no word. Words are paired in any order, the most
 * alike first; a word asked for in vain costs more than one that the name has besides.
 * @param person in names of persons the last word counts for more, and a patronymic may be left out
 */
export function matchName(
  asked: readonly NameWord[],
  name: KnownName,
  person: boolean,
): NameMatch | null {
  const pairs = paired(asked, name.words);
  if (pairs.length === 0) return null;
  const askedFor = weights(
    asked,
    pairs.map((pair) => pair.asked),
    false,
  );
  const had = weights(
    name.words,
    pairs.map((pair) => pair.known),
    person,
  );
  // Two different patronymics are two persons.
  if (
    person &&
    !(left(asked, pairs, 'asked') && left(name.words, pairs, 'known'))
  ) {
    forgive(
      askedFor,
      asked,
      pairs.map((pair) => pair.asked),
    );
    forgive(
      had,
      name.words,
      pairs.map((pair) => pair.known),
    );
  }
  const share = (of: readonly number[], side: 'asked' | 'known') =>
    pairs.reduce(
      (sum, pair) => sum + (of[pair[side]] ?? 0) * pair.likeness,
      0,
    ) / of.reduce((sum, weight) => sum + weight, 0);
  const others = person ? FOR_OTHERS.person : FOR_OTHERS.other;
  const score =
    share(askedFor, 'asked') *
    (1 - others + others * share(had, 'known')) *
    (isInOrder(pairs) ? 1 : ORDER);
  return { name, score, pairs, asked };
}

function paired(
  asked: readonly NameWord[],
  known: readonly NameWord[],
): Pair[] {
  const possible = asked.flatMap((word, index) =>
    known.flatMap((other, at): Pair[] => {
      const likeness = likenessOf(word, other);
      return likeness === null
        ? []
        : [{ ...likeness, asked: index, known: at }];
    }),
  );
  possible.sort(
    (a, b) =>
      b.likeness - a.likeness ||
      Math.abs(a.asked - a.known) - Math.abs(b.asked - b.known),
  );
  const [left, right] = [new Set<number>(), new Set<number>()];
  const pairs = possible.filter((pair) => {
    if (left.has(pair.asked) || right.has(pair.known)) return false;
    left.add(pair.asked);
    right.add(pair.known);
    return true;
  });
  // "of" alone is no match, nor is an initial.
  return pairs.some(
    (pair) => known[pair.known]?.small === false && pair.how !== 'short',
  ) || known.every(({ small }) => small)
    ? pairs.sort((a, b) => a.asked - b.asked)
    : [];
}

function weights(
  words: readonly NameWord[],
  paired: readonly number[],
  person: boolean,
): number[] {
  const last = words.findLastIndex(({ small, short }) => !small && !short);
  return words.map((word, index) => {
    const found = paired.includes(index);
    // "of" may be there or not.
    if (word.small && last >= 0) return found ? SMALL : 0;
    // An initial in the middle may be left out.
    if (word.short && words.length > 1 && !found) return SMALL;
    return person && index === last && words.length > 1 ? SURNAME : 1;
  });
}

function left(
  words: readonly NameWord[],
  pairs: readonly Pair[],
  side: 'asked' | 'known',
): boolean {
  return words.some(
    (word, index) =>
      word.patronymic && !pairs.some((pair) => pair[side] === index),
  );
}

/** A patronymic that only one side has costs little where two other words agree. */
function forgive(
  weights: number[],
  words: readonly NameWord[],
  paired: readonly number[],
): void {
  if (paired.length < 2) return;
  words.forEach((word, index) => {
    if (word.patronymic && !paired.includes(index)) weights[index] = SMALL;
  });
}

const quoted = (word: NameWord | undefined) => `“${word?.text ?? ''}”`;

function isInOrder(pairs: readonly Pair[]): boolean {
  return pairs.every(
    ({ known }, index) => index === 0 || known > (pairs[index - 1]?.known ?? 0),
  );
}

/** Why a name answers a question as well as it does, in sentences without a full stop; the first names it. */
export function explain(match: NameMatch): string[] {
  const { name, pairs, asked } = match;
  const reasons = pairs.flatMap((pair) => {
    const [here, there] = [asked[pair.asked], name.words[pair.known]];
    return pair.how === 'form'
      ? [`${quoted(here)} is read as a form of ${quoted(there)}`]
      : pair.how === 'short'
        ? [`${quoted(here)} and ${quoted(there)}: one is cut short, an initial`]
        : pair.how === 'letters'
          ? [
              `${pair.letters} ${pair.letters === 1 ? 'letter differs' : 'letters differ'} in ${quoted(here)}, ${quoted(there)}`,
            ]
          : [];
  });
  reasons.unshift(...spelling(match));
  if (!isInOrder(pairs)) reasons.push('the order of words differs');
  const unpaired = (words: readonly NameWord[], side: 'asked' | 'known') =>
    words.filter(
      (word, index) =>
        !word.small && !pairs.some((pair) => pair[side] === index),
    );
  for (const word of unpaired(asked, 'asked'))
    reasons.push(
      word.patronymic
        ? `the patronymic ${quoted(word)} is not in the name`
        : `${quoted(word)} is not in the name`,
    );
  for (const word of unpaired(name.words, 'known'))
    reasons.push(
      word.patronymic
        ? `the patronymic ${quoted(word)} is left out`
        : `${quoted(word)} is left out`,
    );
  return [`name “${name.value}” (${name.lang})`, ...reasons];
}

/** How the question is written, where that is not as the name is. */
function spelling({ name, pairs, asked }: NameMatch): string[] {
  if (pairs.every(({ how }) => how === 'same')) return ['as written'];
  const both = pairs.flatMap((pair): [NameWord, NameWord][] => {
    const [here, there] = [asked[pair.asked], name.words[pair.known]];
    return pair.how !== 'spelling' || here === undefined || there === undefined
      ? []
      : [[here, there]];
  });
  if (both.length === 0) return [];
  const scheme = schemeOf(both, name.lang);
  return scheme === undefined
    ? both.map(
        ([here, there]) => `${quoted(here)} sounds like ${quoted(there)}`,
      )
    : [`romanised as by ${scheme.name}`];
}

/** The first table by which each of these words is the romanisation of its other. */
function schemeOf(
  both: readonly [NameWord, NameWord][],
  lang: string,
): Scheme | undefined {
  const ofName =
    both.some(([, { cyrillic }]) => cyrillic) && /^(uk|ru)\b/.test(lang);
  return SCHEMES.filter(({ of }) => !ofName || lang.startsWith(of)).find(
    (scheme) =>
      both.every(([here, there]) => {
        const [latin, cyrillic] = there.cyrillic
          ? [here, there]
          : [there, here];
        return (
          cyrillic.cyrillic &&
          !latin.cyrillic &&
          same(romanise(cyrillic.lower, scheme), latin.lower)
        );
      }),
  );
}

function same(romanised: string, latin: string): boolean {
  const plain = (text: string) =>
    text.normalize('NFD').replace(/[\p{M}ʹʺ]/gu, '');
  return romanised === latin || plain(romanised) === plain(latin);
}
