/** How one table writes Cyrillic in Latin letters. What stands in a narrower place wins over what stands in a wider one. */
export interface Scheme {
  name: string;
  /** Whose alphabet it is for. */
  of: 'uk' | 'ru';
  letters: Readonly<Record<string, string>>;
  /** At the beginning of a word. */
  first?: Readonly<Record<string, string>>;
  /** At the beginning of a word and after a vowel or a sign. */
  open?: Readonly<Record<string, string>>;
  /** Between two vowels. */
  between?: Readonly<Record<string, string>>;
  /** Letters that are written together; with `$` only at the end of a word. */
  groups?: Readonly<Record<string, string>>;
}

const table = (cyrillic: string, latin: string): Record<string, string> => {
  const signs = latin.split(' ');
  return Object.fromEntries(
    Array.from(cyrillic, (letter, index) => [letter, signs[index] ?? '']),
  );
};

const PLAIN = table('абвдзклмнопрстуф', 'a b v d z k l m n o p r s t u f');
const ENGLISH = {
  ...PLAIN,
  ...table('жхцчшщ', 'zh kh ts ch sh shch'),
};
const UKRAINIAN = { ...ENGLISH, ...table('гґеиі', 'h g e y i') };
const RUSSIAN = { ...ENGLISH, ...table('геэиы', 'g e e i y') };
const ISO = {
  ...PLAIN,
  ...table('гґжйхцчшщ', 'g g̀ ž j h c č š ŝ'),
  ...table('еёєиіїыэюя', 'e ë ê i ì ï y è û â'),
  ...table('ьъ', 'ʹ ʺ'),
};
const SCHOLARLY = {
  ...PLAIN,
  ...table('жйхцчшщ', 'ž j ch c č š šč'),
  ...table('юяьъ', 'ju ja ʹ ʺ'),
};
const GERMAN = {
  ...PLAIN,
  ...table('вжзхцчшщ', 'w sch s ch z tsch sch schtsch'),
  ...table('юя', 'ju ja'),
};
const FRENCH = {
  ...PLAIN,
  ...table('жухцчшщ', 'j ou kh ts tch ch chtch'),
  ...table('йюя', 'ï iou ia'),
};
const FRENCH_GROUPS = {
  ге: 'gue',
  ги: 'gui',
  чё: 'tche',
  щё: 'chtche',
  шё: 'che',
  жё: 'je',
};

/** The usual romanisations of Ukrainian and Russian. Soft and hard signs are left out where nobody writes them in names. */
export const SCHEMES: readonly Scheme[] = [
  {
    name: 'the Ukrainian national table of 2010',
    of: 'uk',
    letters: { ...UKRAINIAN, ...table('єїйюя', 'ie i i iu ia') },
    first: table('єїйюя', 'ye yi y yu ya'),
    groups: { зг: 'zgh' },
  },
  {
    name: 'BGN/PCGN for Ukrainian',
    of: 'uk',
    letters: { ...UKRAINIAN, ...table('єїйюя', 'ye yi y yu ya') },
  },
  {
    name: 'the English press, from Ukrainian',
    of: 'uk',
    letters: { ...UKRAINIAN, ...table('єїйюя', 'ie i i iu ia') },
    first: table('єїйюя', 'ye yi y yu ya'),
    groups: { ий$: 'y', ій$: 'iy', кс: 'x' },
  },
  {
    name: 'the Russian passport (ICAO 9303)',
    of: 'ru',
    letters: { ...RUSSIAN, ...table('ёйъюя', 'e i ie iu ia') },
  },
  {
    name: 'BGN/PCGN for Russian',
    of: 'ru',
    letters: { ...RUSSIAN, ...table('ёйюя', 'ë y yu ya') },
    open: table('её', 'ye yë'),
  },
  {
    name: 'the English press, from Russian',
    of: 'ru',
    letters: { ...RUSSIAN, ...table('ёйюя', 'e i yu ya') },
    first: table('е', 'ye'),
    groups: { ий$: 'y', ый$: 'y', кс: 'x' },
  },
  { name: 'ISO 9', of: 'uk', letters: ISO },
  { name: 'ISO 9', of: 'ru', letters: ISO },
  {
    name: 'the scholarly table for Ukrainian',
    of: 'uk',
    letters: { ...SCHOLARLY, ...table('гґеєиії', 'h g e je y i ji') },
  },
  {
    name: 'the scholarly table for Russian',
    of: 'ru',
    letters: { ...SCHOLARLY, ...table('геёиыэ', 'g e ë i y ė') },
  },
  {
    name: 'the German press, from Ukrainian',
    of: 'uk',
    letters: { ...GERMAN, ...table('гґеєиіїй', 'h g e je y i ji j') },
    between: { с: 'ss' },
  },
  {
    name: 'the German press, from Russian',
    of: 'ru',
    letters: { ...GERMAN, ...table('геёиыэй', 'g e jo i y e i') },
    open: { е: 'je' },
    between: { с: 'ss' },
    groups: {
      ий$: 'i',
      ый$: 'y',
      кс: 'x',
      жё: 'scho',
      чё: 'tscho',
      шё: 'scho',
      щё: 'schtscho',
    },
  },
  {
    name: 'the French press, from Ukrainian',
    of: 'uk',
    letters: { ...FRENCH, ...table('гґеєиії', 'h g e ie y i ï') },
    between: { с: 'ss' },
    groups: { ...FRENCH_GROUPS, ге: 'he', ги: 'hy', ий$: 'y' },
  },
  {
    name: 'the French press, from Russian',
    of: 'ru',
    letters: { ...FRENCH, ...table('геёиыэ', 'g e io i y e') },
    between: { с: 'ss' },
    groups: { ...FRENCH_GROUPS, ий$: 'i', ин$: 'ine', ын$: 'yne' },
  },
];

const VOWEL = /[аеёєиіїоуыэюя]/;
const SIGN = /[ьъ'’ʼ]/;
const LONGEST_GROUP = 2;

/** A text with its Cyrillic words in Latin letters, by one scheme; a capital at the beginning of a word stays one. */
export function romanise(text: string, scheme: Scheme): string {
  return text
    .normalize('NFC')
    .replace(/[\p{Script=Cyrillic}'’ʼ]+/gu, (word) => {
      const latin = wordIn(word.toLowerCase(), scheme);
      const [first = ''] = word;
      return first === first.toLowerCase()
        ? latin
        : latin.charAt(0).toUpperCase() + latin.slice(1);
    });
}

function wordIn(word: string, scheme: Scheme): string {
  let latin = '';
  for (let at = 0; at < word.length; at++) {
    const pair = word.slice(at, at + LONGEST_GROUP);
    const ends = at + LONGEST_GROUP === word.length;
    const group =
      (ends ? scheme.groups?.[`${pair}$`] : undefined) ?? scheme.groups?.[pair];
    if (group !== undefined) {
      latin += group;
      at += LONGEST_GROUP - 1;
    } else latin += letterAt(word, at, scheme);
  }
  return latin;
}

function letterAt(word: string, at: number, scheme: Scheme): string {
  const letter = word.charAt(at);
  const [before, after] = [word.charAt(at - 1), word.charAt(at + 1)];
  const open = at === 0 || VOWEL.test(before) || SIGN.test(before);
  return (
    (at === 0 ? scheme.first?.[letter] : undefined) ??
    (open ? scheme.open?.[letter] : undefined) ??
    (VOWEL.test(before) && VOWEL.test(after)
      ? scheme.between?.[letter]
      : undefined) ??
    scheme.letters[letter] ??
    (SIGN.test(letter) ? '' : letter)
  );
}
