/**
 * Stems: what the inflected forms of a word have in common, so that one finds the others. A form may be read in more
 * than one way (Харків is a name, послів a plural), so it has a few stems, and two forms meet where they share one.
 *
 * Only inflection is undone: cases, numbers, genders, the commonest tenses, and the vowels that come and go before a last
 * consonant (посол – посла, Київ – Києва). What derives one word from another is left alone: an ambassador is no embassy.
 */

/** What a language does to the ends of its words. */
interface Grammar {
  /** Letters that the language does not have: such a word is none of its words. */
  foreign: RegExp;
  /** Endings of nouns and adjectives. Anchored, so the longest one that fits is found, as it begins first. */
  ending: RegExp;
  /** A shorter ending that may be meant instead. */
  shorter: RegExp;
  /** The end of a verb, after the vowel that it leaves. */
  tense: RegExp;
  /** Vowels that stand in a last syllable only where there is no ending, and what stands there otherwise. */
  alternations: readonly (readonly [RegExp, string])[];
}

const anyOf = (list: string) => `(?:${list.split(' ').join('|')})`;

const UKRAINIAN: Grammar = {
  foreign: /[ыэъ]/,
  ending: new RegExp(
    `(?<=..)${anyOf(
      'а у о е и і я ю є ї ом ем єм ам ям ою ею єю ів їв ей ах ях ові еві єві ами ями ' +
        'ий ій ого ому ої им ім их ими ього ьому ьої ьою',
    )}$`,
  ),
  shorter: /(?<=..)(?:і|(?<=[аи]м)и)$/,
  tense:
    /(?<=..[аеєиіїуюя])(?:ти|ть|в|ла|ло|ли|є|єть|ють|ємо|єте|єш)(?:с[яь])?$/,
  alternations: [
    [/(?<=[^аеєиіїоуюя])[оеє](?=[кцлнр]$)/, ''],
    [/і(?=[^аеєиіїоуюя]$)/, 'о'],
    [/і(?=[^аеєиіїоуюя]$)/, 'е'],
    [/ї(?=[^аеєиіїоуюя]$)/, 'є'],
  ],
};

const RUSSIAN: Grammar = {
  foreign: /[єії]/,
  ending: new RegExp(
    `(?<=..)${anyOf(
      'а я о е и ы у ю ом ем ам ям ой ей ою ею ью ов ев ах ях ами ями ' +
        'ый ий ая яя ое ее ые ие ого его ому ему ым им ую юю ых их ыми ими',
    )}$`,
  ),
  shorter: /(?<=.[аеио])[ея]$/,
  tense: /(?<=..[аеиоуюя])(?:ть|л|ла|ло|ли|ет|ют|ешь|ем|ете)(?:с[яь])?$/,
  alternations: [[/(?<=[^аеиоуыэюя])[ое](?=[кцлнр]$)/, '']],
};

const GRAMMARS: Record<string, Grammar> = { uk: UKRAINIAN, ru: RUSSIAN };

/**
 * The stems of a word in small letters without diacritics (see words.ts), never none.
 * @param language the language of the text, as a BCP 47 tag; a word of a question may be of any
 */
export function stemsOf(word: string, language: string | null): string[] {
  if (/^[a-z]+$/.test(word)) return [englishStem(word)];
  if (!/^[а-яєії]+$/.test(word)) return [word];
  const named = GRAMMARS[language?.split('-', 1)[0]?.toLowerCase() ?? ''];
  const fitting = Object.values(GRAMMARS).filter(
    ({ foreign }) => !foreign.test(word),
  );
  // A name may be written as in the other language, whatever the text is in.
  const grammars =
    named !== undefined && fitting.includes(named) ? [named] : fitting;
  if (grammars.length === 0) return [word];
  return [...new Set(grammars.flatMap((grammar) => readings(word, grammar)))];
}

function readings(word: string, grammar: Grammar): string[] {
  const found = [tidy(word.replace(grammar.ending, ''))];
  if (grammar.shorter.test(word))
    found.push(tidy(word.replace(grammar.shorter, '')));
  // Празі and Гаазі are of Прага and Гаага, республіці of республіка.
  if (/[зц]і$/.test(word))
    found.push(tidy(`${word.slice(0, -2)}${word.at(-2) === 'з' ? 'г' : 'к'}`));
  if (/[^аеєиіїоуыэюя]$/.test(word)) {
    const bare = tidy(word);
    found.push(
      bare,
      ...grammar.alternations
        .filter(([vowel]) => vowel.test(bare))
        .map(([vowel, otherwise]) => bare.replace(vowel, otherwise)),
    );
  }
  if (grammar.tense.test(word))
    found.push(
      word.replace(grammar.tense, '').replace(/(?<=..)[оеую]ва$/, 'у'),
    );
  return found;
}

/** Without the soft sign or й that closes a stem, a last consonant once (рішення, рішень), one of the vowels of -ість. */
function tidy(stem: string): string {
  return stem
    .replace(/(?<=..)[ьй]$/, '')
    .replace(/(?<=.)([^аеєиіїоуыэюя])\1$/, '$1')
    .replace(/(?<=...)іст$/, 'ост');
}

// The first that fits is taken: treaties, crisis and crises, churches, talks.
const ENGLISH_PLURALS: readonly (readonly [RegExp, string])[] = [
  [/(?<=..[^aeiou])(?:ies|ied|y)$/, 'i'],
  [/(?<=..s)[ie]s$/, ''],
  [/(?<=sh|ch|x|z|o)es$/, ''],
  [/(?<=[^sui])s$/, ''],
];

/** Without the ends of English plurals and tenses, and without a silent e. */
function englishStem(word: string): string {
  if (word.length < 4) return word;
  const [end, instead] = ENGLISH_PLURALS.find(([end]) => end.test(word)) ?? [];
  const one = end === undefined ? word : word.replace(end, instead ?? '');
  // Planned and planning are of plan; king and need have no such end.
  const tenseless = one.replace(/(?:ed|ing)$/, '');
  const verb =
    tenseless !== one && /[aeiouy]./.test(tenseless) && tenseless.length > 2
      ? tenseless.replace(/([bdgmnprt])\1$/, '$1')
      : one;
  return verb.replace(/(?<=..)(?:e|(?<=l)l)$/, '');
}
