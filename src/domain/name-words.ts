import { soundsOf, type Sounds } from './sounds.ts';

/** A word of a name, in the forms in which it is compared. */
export interface NameWord {
  /** As written. */
  text: string;
  /** Small letters, NFC, without apostrophes. */
  lower: string;
  /** The same without diacritics. */
  folded: string;
  sounds: Sounds;
  cyrillic: boolean;
  /** An initial, or cut short by a full stop. */
  short: boolean;
  /** "of", "the", "al": it may be there or not. */
  small: boolean;
  patronymic: boolean;
}

/** So many words of a name are looked at. */
export const MOST_WORDS = 24;

const SMALL = new Set(
  `of the and for to in at on de du des der den dem die das von van zu da di do dos del della la le les et und y e al el ul
   bin ibn bint ben і й та в у на з із по від до для при и с из по от для во со о об об`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

const PATRONYMIC =
  /(ович|евич|йович|івна|ївна|овна|евна|ична|ov[iy]t?ch|ev[iy]t?ch|[oe]witsch|ovi[cč]|evi[cč]|[iy]vna|ovna|evna|[oe]wna|[iy]chna)$/;

/** The words of a name, in order: letters and digits; hyphens and blanks part them, apostrophes do not. */
export function nameWords(text: string): NameWord[] {
  const found = text
    .normalize('NFKC')
    .matchAll(/[\p{L}\p{N}][\p{L}\p{M}\p{N}'’ʼ‘`]*\.?/gu);
  const words: NameWord[] = [];
  for (const [word] of found) {
    if (words.length === MOST_WORDS) break;
    words.push(wordOf(word));
  }
  // U.S.S.R. is one word, С. В. Лавров are three.
  return words.length > 1 && words.every(({ lower }) => lower.length === 1)
    ? [wordOf(words.map(({ lower }) => lower).join(''))]
    : words;
}

function wordOf(text: string): NameWord {
  const lower = text
    .toLowerCase()
    .replace(/['’ʼ‘`.]/g, '')
    .normalize('NFC');
  const folded = lower.normalize('NFD').replace(/\p{M}/gu, '');
  return {
    text: text.replace(/\.$/, ''),
    lower,
    folded,
    sounds: soundsOf(lower),
    cyrillic: /\p{Script=Cyrillic}/u.test(lower),
    short: text.endsWith('.') || Array.from(lower).length === 1,
    // "С." is Сергій, and "с" is "with".
    small:
      SMALL.has(lower) &&
      (lower.length > 1 ? !text.endsWith('.') : text === lower),
    patronymic: lower.length > 6 && PATRONYMIC.test(lower),
  };
}
