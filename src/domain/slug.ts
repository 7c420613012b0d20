import { romanise, SCHEMES } from './romanisation.ts';

// Letters that Unicode does not take apart.
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

/** Ids may be longer, but nobody reads them then. */
const LONGEST = 80;

/**
 * A text as words in Latin letters and digits with hyphens between, as ids and topics are written: `Сергій Рябков` →
 * `serhii-riabkov`. Empty when nothing of it can be written so.
 * @param language of the text (BCP 47); Cyrillic is read as Ukrainian unless it says Russian
 */
export function slugOf(text: string, language = 'und'): string {
  const scheme = SCHEMES.find(({ of }) =>
    /^ru\b/i.test(language) ? of === 'ru' : of === 'uk',
  );
  const latin = scheme === undefined ? text : romanise(text, scheme);
  return latin
    .normalize('NFKD')
    .replace(/[\p{M}'’ʼʹʺ]/gu, '')
    .toLowerCase()
    .replace(/[ßæœøłđðþı]/g, (letter) => LETTERS[letter] ?? letter)
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST)
    .replace(/^-|-$/g, '');
}
