import { frameEn } from './texts/frame.en.ts';
import { frameUk } from './texts/frame.uk.ts';
import { recordEn } from './texts/record.en.ts';
import { recordUk } from './texts/record.uk.ts';
import type { Text } from './texts/text.ts';
import { vocabularyEn } from './texts/vocabulary.en.ts';
import { vocabularyUk } from './texts/vocabulary.uk.ts';

/** The languages of the page. */
export type Language = 'uk' | 'en';

const texts = {
  en: { ...frameEn, ...recordEn, ...vocabularyEn },
  uk: { ...frameUk, ...recordUk, ...vocabularyUk },
};

/** The name of a text. */
export type Key = keyof (typeof texts)['en'];

/** All that the page says, in one language. */
export interface Words {
  language: Language;
  /** How its dates are written: English ones with the day first, as in the sources. */
  locale: string;
  /** A text with its holes filled; `n` chooses the plural form, and is written as the language writes numbers. */
  say(key: Key, values?: Record<string, string | number>): string;
  number(value: number): string;
  /** One of many texts of a language map: that of this language, else English, Ukrainian, or the first. */
  choose(map: Record<string, string> | null): { text: string; lang: string };
}

/** The texts of a language. */
export function wordsIn(language: Language): Words {
  const plural = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  return {
    language,
    locale: language === 'en' ? 'en-GB' : language,
    say(key, values = {}) {
      const found: Text = texts[language][key];
      const n = Number(values['n'] ?? 0);
      const text =
        typeof found === 'string'
          ? found
          : (found[plural.select(n)] ?? found.other ?? key);
      return text.replace(/\{(\w+)\}/g, (_, name: string) => {
        const value = values[name] ?? '';
        return typeof value === 'number' ? numbers.format(value) : value;
      });
    },
    number: (value) => numbers.format(value),
    choose(map) {
      const entries = Object.entries(map ?? {});
      const found =
        [language, 'en', 'uk']
          .map((lang) => entries.find(([one]) => one === lang))
          .find((entry) => entry !== undefined) ?? entries[0];
      return { lang: found?.[0] ?? language, text: found?.[1] ?? '' };
    },
  };
}
