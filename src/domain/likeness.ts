import { type NameWord } from './name-words.ts';
import { type Sounds, VOWELS } from './sounds.ts';

/** How two words were found to be alike. */
export interface WordLikeness {
  /** From 0 to 1, where 1 is the same. */
  likeness: number;
  how: 'same' | 'spelling' | 'form' | 'short' | 'letters';
  /** How many letters differ in a way that no table of romanisation explains. */
  letters: number;
}

const WHOLE = 100;

// What it costs (in hundredths) to take one sound for another, where that is cheaper than the whole: confusions between
// tables of romanisation cost little, sounds that are near each other something more.
const NEAR: Readonly<Record<string, number>> = costs(`
  5: Ee Me HC HS Hx Kk Wv JZ
  10: Eo Ji Ks Kc JC gh Hk kx
  15: sz vf hx zc gx Wu
  25: eo ei oa CS SZ Qs Hg Mi
  35: Cc Zz sS sc QS QC cS gk uv iE Zi Cs Js Jz Jg ai ea Ma
  45: oi eu au ou Mo
  50: bp dt bv kq HK
  60: mn`);

function costs(text: string): Record<string, number> {
  const found: Record<string, number> = {};
  for (const line of text.trim().split('\n')) {
    const [cost, list = ''] = line.split(':');
    for (const [a = '', b = ''] of list.trim().split(' ')) {
      found[a + b] ??= Number(cost);
      found[b + a] ??= Number(cost);
    }
  }
  return found;
}

// One sound for another and one too many, by code: looked up for every cell.
const CODES = 128;
const INSTEAD = new Uint8Array(CODES * CODES).fill(WHOLE);
const EXTRA = new Uint8Array(CODES).fill(WHOLE);
for (let a = 0; a < CODES; a++) {
  const one = String.fromCharCode(a);
  if (VOWELS.includes(one)) EXTRA[a] = 45;
  for (let b = 0; b < CODES; b++) {
    const other = String.fromCharCode(b);
    const vowels = VOWELS.includes(one) && VOWELS.includes(other);
    INSTEAD[a * CODES + b] =
      a === b ? 0 : (NEAR[one + other] ?? (vowels ? 60 : WHOLE));
  }
}
EXTRA['i'.charCodeAt(0)] = 20;
EXTRA['J'.charCodeAt(0)] = 40;
EXTRA['h'.charCodeAt(0)] = 40;
EXTRA['M'.charCodeAt(0)] = 10;
const SWAPPED = 80;

/** A difference that costs as much as this is one of letters, not of spelling. */
const OF_LETTERS = 70;

function insteadOf(a: number, b: number): number {
  if (a < CODES && b < CODES) return INSTEAD[a * CODES + b] ?? WHOLE;
  return a === b ? 0 : WHOLE;
}

function extra(code: number): number {
  return code < CODES ? (EXTRA[code] ?? WHOLE) : WHOLE;
}

// A cell holds the cost and, below it, the letters: so the cheapest way with the fewest letters is the smallest number.
function step(cost: number): number {
  return cost * 256 + (cost >= OF_LETTERS ? 1 : 0);
}

/**
 * What it costs to turn one word's sounds into another's, in hundredths of a letter (Damerau–Levenshtein, restricted,
 * weighted), and how many of the differences are of letters. Symmetric; the time is bounded by the words' lengths, which
 * are bounded themselves.
 * @param most what costs more than this many letters is of no interest, and its cost is infinite
 */
export function distance(
  a: Sounds,
  b: Sounds,
  most = Infinity,
): { cost: number; letters: number } {
  const bound = step(most * WHOLE);
  let before: number[] = [];
  let above = [0];
  for (let j = 1; j <= b.length; j++)
    above.push((above[j - 1] ?? 0) + step(extra(b.charCodeAt(j - 1))));
  for (let i = 1; i <= a.length; i++) {
    const here = a.charCodeAt(i - 1);
    const row = [(above[0] ?? 0) + step(extra(here))];
    let least = row[0] ?? 0;
    for (let j = 1; j <= b.length; j++) {
      const there = b.charCodeAt(j - 1);
      let best = Math.min(
        (above[j] ?? 0) + step(extra(here)),
        (row[j - 1] ?? 0) + step(extra(there)),
        (above[j - 1] ?? 0) + step(insteadOf(here, there)),
      );
      if (
        i > 1 &&
        j > 1 &&
        here === b.charCodeAt(j - 2) &&
        there === a.charCodeAt(i - 2)
      )
        best = Math.min(best, (before[j - 2] ?? 0) + step(SWAPPED));
      row.push(best);
      if (best < least) least = best;
    }
    // A swap goes back by two rows.
    if (least > bound + step(SWAPPED)) return { cost: Infinity, letters: 0 };
    before = above;
    above = row;
  }
  const last = above[b.length] ?? 0;
  return { cost: (last >> 8) / WHOLE, letters: last & 255 };
}

/** Words less alike than this are different words. */
const LEAST = 0.55;
/** What sounds the same, but is not written so. */
const SPELT = 0.99;
/** How fast the likeness falls with the share of a word that differs. */
const STEEPNESS = 1.4;

/** How alike two words of names are, or null when they are different words. Symmetric. */
export function likenessOf(a: NameWord, b: NameWord): WordLikeness | null {
  if (a.folded === b.folded) return { likeness: 1, how: 'same', letters: 0 };
  if (a.short || b.short) {
    const cut = shortened(a, b);
    if (cut !== null || a.lower.length === 1 || b.lower.length === 1)
      return cut;
  }
  if (a.sounds === b.sounds && a.sounds !== '')
    return { likeness: SPELT, how: 'spelling', letters: 0 };
  if (a.cyrillic && b.cyrillic && isForm(a.lower, b.lower))
    return { likeness: 0.96, how: 'form', letters: 0 };
  const length = Math.max(a.sounds.length, b.sounds.length);
  if (Math.abs(a.sounds.length - b.sounds.length) * 2 > length) return null;
  const weighed = Math.max(length, 4);
  const most = ((SPELT - LEAST) * weighed) / STEEPNESS;
  const { cost, letters } = distance(a.sounds, b.sounds, most);
  if (cost > most) return null;
  // One letter in a short word makes another word of it.
  const allowed = length < 5 ? 0 : length < 9 ? 1 : 2;
  const likeness =
    SPELT - (STEEPNESS * cost) / weighed - 0.2 * Math.max(0, letters - allowed);
  if (likeness < LEAST) return null;
  return { likeness, how: letters > 0 ? 'letters' : 'spelling', letters };
}

/** An initial, or a word cut short by a full stop, and the word that it stands for. */
function shortened(a: NameWord, b: NameWord): WordLikeness | null {
  if (startsAlike(a.sounds, b.sounds)) return SHORT;
  // Є., E. and Je. are one initial.
  return startsAlike(withoutGlide(a.sounds), withoutGlide(b.sounds))
    ? SHORT
    : null;
}

const SHORT: WordLikeness = { likeness: 0.9, how: 'short', letters: 0 };

function startsAlike(a: Sounds, b: Sounds): boolean {
  const length = Math.min(a.length, b.length);
  if (length === 0) return false;
  return distance(a.slice(0, length), b.slice(0, length)).cost <= 0.15 * length;
}

function withoutGlide(sounds: Sounds): Sounds {
  return /^[iJ][aeouE]/.test(sounds) ? sounds.slice(1) : sounds;
}

const endings = (text: string) =>
  new Set(text.split(/\s+/).map((ending) => ending.replace('-', '')));
const ENDINGS = endings(
  `- а я о е у ю ом ем єм ём ою ею єю ой ей і и ы ї й ій ий ый ої ого ому его ему ім им ым их ых ам ям ами ями ах ях ові еві єві
   ими ыми ії ия ие ию ая яя ую юю`,
);
// Not of the singular: Іванов is no form of Іван.
const PLURAL = { of: endings('и і ы ї а'), genitive: endings('ів їв ов ев') };
const SHORTEST_STEM = 3;

/** Whether two Cyrillic words are forms of one: the same stem with endings of declension. */
function isForm(a: string, b: string): boolean {
  let stem = 0;
  while (stem < a.length && a[stem] === b[stem]) stem++;
  for (let at = stem; at >= SHORTEST_STEM && at >= stem - 2; at--) {
    const [one, other] = [a.slice(at), b.slice(at)];
    if (ENDINGS.has(one) && ENDINGS.has(other)) return true;
    if (PLURAL.of.has(one) && PLURAL.genitive.has(other)) return true;
    if (PLURAL.of.has(other) && PLURAL.genitive.has(one)) return true;
  }
  return false;
}
