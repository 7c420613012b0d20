/** A text in several languages: BCP 47 tag → text. */
export type LanguageMap = Record<string, string>;
