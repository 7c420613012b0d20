/** A text, or one for each plural form (`Intl.PluralRules` of `n`); `{name}` is a hole. */
export type Text = string | Partial<Record<Intl.LDMLPluralRule, string>>;
