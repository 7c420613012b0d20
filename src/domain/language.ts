/** A text in several languages: BCP 47 tag → text. */
export type LanguageMap = Record<string, string>;

const OUR_LANGUAGES = ['en', 'uk'];

/** The text to show to a reader of `wanted`: theirs, else English, else Ukrainian, else the first there is. */
export function inLanguage(map: LanguageMap, wanted?: string): string {
  for (const tag of [wanted, ...OUR_LANGUAGES])
    if (tag !== undefined && Object.hasOwn(map, tag)) return map[tag] ?? '';
  return Object.values(map)[0] ?? '';
}
