import { type ActorDraft, RELATIONS_BETWEEN } from './actor.ts';
import { listOf } from './draft.ts';
import { nameWords, type NameWord } from './name-words.ts';
import { outlineOf, skeletonsOf } from './sounds.ts';

/**
 * What a word is looked up by. `exact` are the readings of its consonants, which all its usual romanisations share; `near`
 * the same with a letter left out (two words that differ by a letter share one of those), or the initial alone.
 */
export interface WordKeys {
  /** As it is written; of a short word also with its vowels. */
  written: string[];
  exact: string[];
  near: string[];
}

/** Shorter words have too many neighbours; of those just as long a letter is replaced, not left out. */
const SHORTEST_WITH_NEIGHBOURS = 3;
/** And of longer ones no more letters are left out in turn. */
const LONGEST_WITH_NEIGHBOURS = 16;

/** The keys by which a word of a question is looked up. */
export function keysOf(word: NameWord): WordKeys {
  if (Array.from(word.lower).length === 1 && word.short)
    return { written: [], exact: [], near: initials(word) };
  const exact = skeletons(word);
  const near = exact.flatMap(neighbours);
  return {
    written: written(word, exact),
    exact,
    near: word.short ? [...near, ...initials(word)] : near,
  };
}

const WHOLES = RELATIONS_BETWEEN['part-of'].to;

/** An actor has no more keys than these: so many are some sixty names in as many spellings. */
const MOST_KEYS = 2000;

/**
 * The keys under which an actor is found: those of the words of all its names; of what others can be a part of, the same
 * with a plus; and those of what is called by a title or an office within something larger, as `@whole:key`, so that
 * "President" and "Russia" together find who is president there.
 */
export function actorKeys(draft: ActorDraft): string[] {
  const keys = new Set<string>();
  const offices = draft.kind === 'office';
  const wholes = listOf(draft.affiliations)
    .filter(({ relation }) => offices && relation === 'part-of')
    .map(({ to }) => to);
  for (const { value } of draft.names) {
    const words = nameWords(value);
    for (const word of words) {
      for (const key of storedKeys(word)) keys.add(key);
      if (draft.kind === 'person')
        for (const key of initials(word)) keys.add(key);
      if (WHOLES.includes(draft.kind))
        for (const key of skeletons(word)) keys.add(`+${key}`);
    }
    for (const whole of wholes)
      for (const key of within(whole, words)) keys.add(key);
  }
  for (const { relation, to, title } of listOf(draft.affiliations))
    if (relation === 'represents')
      for (const value of Object.values(title ?? {}))
        for (const key of within(to, nameWords(value))) keys.add(key);
  return [...keys].slice(0, MOST_KEYS);
}

/** The keys under which a word is found as the name of an office, or as a title, within something larger. */
export function within(whole: string, words: readonly NameWord[]): string[] {
  return words
    .filter(({ small }) => !small)
    .flatMap(skeletons)
    .map((key) => `@${whole}:${key}`);
}

// Of a doubtful word only the likeliest reading has neighbours here; a question looks for those of all its readings.
function storedKeys(word: NameWord): string[] {
  const exact = skeletons(word);
  return [...written(word, exact), ...exact, ...neighbours(exact[0] ?? '')];
}

const LONGEST_KEY = 48;

function written(
  { folded, sounds }: NameWord,
  exact: readonly string[],
): string[] {
  const literal = `=${folded.slice(0, LONGEST_KEY)}`;
  return exact.some(({ length }) => length < SHORTEST_WITH_NEIGHBOURS)
    ? [literal, `:${outlineOf(sounds)}`]
    : [literal];
}

function skeletons({ sounds, folded }: NameWord): string[] {
  const found = skeletonsOf(sounds).filter((one) => one !== '');
  return found.length > 0
    ? found
    : [`~${sounds || folded.slice(0, LONGEST_KEY)}`];
}

function neighbours(skeleton: string): string[] {
  const letters = Array.from(skeleton);
  if (letters.length < SHORTEST_WITH_NEIGHBOURS || letters[0] === '~')
    return [];
  const hole = letters.length === SHORTEST_WITH_NEIGHBOURS ? ['?'] : [];
  return letters
    .slice(0, LONGEST_WITH_NEIGHBOURS)
    .map((_, index) => letters.toSpliced(index, 1, ...hole).join(''));
}

function initials({ sounds }: NameWord): string[] {
  const [first = ''] = sounds;
  return skeletonsOf(first).map((one) => `^${one}`);
}
