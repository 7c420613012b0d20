import { type Fault } from './errors.ts';
import { shortened } from './text.ts';

/** Words asked for: each sequence must stand somewhere, its words in a row; none of `none` may. */
export interface WordCondition {
  each: string[][];
  none: string[][];
}

export const LONGEST_QUESTION = 500;
export const MOST_WORDS = 32;

// Nobody writes longer words, and an index takes no much longer ones.
const LONGEST_WORD = 64;

const APOSTROPHES = /[’‘ʼʻʽ`′ꞌ]/g;
// What changes no word: soft hyphens, joiners, the primes of romanised soft signs.
const UNSEEN = /[\u00ad\u200b-\u200d\u2060\ufeffʹʺ]/g;
// й and ї are letters of their own and keep their marks; accents, Hebrew points and Arabic vowel signs are dropped. The
// marks of other scripts make other words.
const MARKS =
  /(и\u0306|і\u0308)|[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u065f\u0670]/g;
const SINGLE_LETTERS: Record<string, string> = {
  ґ: 'г',
  ł: 'l',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
  ς: 'σ',
};
const LETTERS = new RegExp(`[${Object.keys(SINGLE_LETTERS).join('')}]`, 'g');

// These scripts write no spaces, or hang endings on words without one: each sign is a word, and a word is a sequence.
const SPACELESS =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}';
const HAS_SPACELESS = new RegExp(`[${SPACELESS}]`, 'u');
const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const WORD_OR_SIGN = new RegExp(
  `(?=[\\p{L}\\p{N}])[${SPACELESS}]\\p{M}*|(?:(?![${SPACELESS}])[\\p{L}\\p{M}\\p{N}])+`,
  'gu',
);
const ASCII_ALONE = /^[\0-\x7f]*$/;

/**
 * The words of a text in order, in small letters and without diacritics: `прем’єр` is one word, what a hyphen joins are
 * two, and so are `l’Élysée` and a Chinese word of two signs. Letters, marks and digits only.
 */
export function wordsIn(text: string): string[] {
  // Most texts are plain English, or have no sign of the scripts without spaces; looking for those takes time.
  const plain = ASCII_ALONE.test(text);
  const folded = plain ? text.toLowerCase() : unaccented(text);
  const joined = folded.includes("'")
    ? folded
        .replace(/(?<=\p{Script=Cyrillic})'(?=\p{Script=Cyrillic})/gu, '')
        .replace(/'s(?![\p{L}\p{N}])/gu, '')
    : folded;
  const word = plain
    ? /[a-z0-9]+/g
    : HAS_SPACELESS.test(joined)
      ? WORD_OR_SIGN
      : WORD;
  return (joined.match(word) ?? []).map((one) =>
    one.length > LONGEST_WORD ? one.slice(0, LONGEST_WORD).toWellFormed() : one,
  );
}

/** A text in small letters, each as its plain form. */
function unaccented(text: string): string {
  return (
    text
      // On its own this accent would become a space.
      .replaceAll('´', "'")
      .normalize('NFKD')
      .toLowerCase()
      .replace(UNSEEN, '')
      .replace(APOSTROPHES, "'")
      .replace(MARKS, '$1')
      .normalize('NFC')
      .replace(LETTERS, (letter) => SINGLE_LETTERS[letter] ?? letter)
  );
}

/**
 * What `q` asks for: words, `"phrases"` in quotes of any sort, `-` before one to exclude it; nothing else is special. A
 * quote that is not closed reaches to the end. Null when it was not given or has a fault, which is added.
 */
export function wordCondition(
  question: string | undefined,
  faults: Fault[],
): WordCondition | null {
  if (question === undefined) return null;
  const condition: WordCondition = { each: [], none: [] };
  for (const { minus, text } of question.length > LONGEST_QUESTION
    ? []
    : parts(question)) {
    const words = wordsIn(text);
    if (words.length > 0) (minus ? condition.none : condition.each).push(words);
  }
  const count = [...condition.each, ...condition.none].flat().length;
  const message =
    question.length > LONGEST_QUESTION
      ? `is longer than ${LONGEST_QUESTION} characters`
      : count === 0
        ? 'holds no word to look for'
        : count > MOST_WORDS
          ? `holds more than ${MOST_WORDS} words`
          : null;
  if (message === null) return condition;
  faults.push({ parameter: 'q', message, received: shortened(question) });
  return null;
}

const PART = /(-?)(?:["“”„«»]([^"“”„«»]*)["“”„«»]?|([^\s"“”„«»]+))/gu;

function parts(question: string): { minus: boolean; text: string }[] {
  return [...question.matchAll(PART)].map(([, minus, quoted, word = '']) => ({
    minus: minus === '-',
    text: quoted ?? word,
  }));
}
