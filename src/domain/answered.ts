import { type Corroboration } from './account.ts';
import { type Bounds, boundsJson } from './bounds.ts';
import { type EventDraft } from './event.ts';
import { type LanguageMap } from './language.ts';

type Filled<Draft> = {
  [Field in keyof Draft]-?: Exclude<Draft[Field], undefined>;
};
type Each<List> = Filled<
  Exclude<List, null | undefined> extends (infer One)[] ? One : never
>;

/** An event as it is answered (contract §5): its draft with every field, empty ones as null or `[]`, and what is derived. */
export interface AnsweredEvent extends Omit<
  Filled<EventDraft>,
  | 'places'
  | 'participants'
  | 'documents'
  | 'accounts'
  | 'links'
  | 'topics'
  | 'sources'
> {
  status: NonNullable<EventDraft['status']>;
  channel: NonNullable<EventDraft['channel']>;
  sequence: number;
  places: Each<EventDraft['places']>[];
  participants: (Each<EventDraft['participants']> & { name: LanguageMap })[];
  documents: Each<EventDraft['documents']>[];
  accounts: Each<EventDraft['accounts']>[];
  links: Each<EventDraft['links']>[];
  topics: string[];
  sources: Each<EventDraft['sources']>[];
  bounds: ReturnType<typeof boundsJson> & Pick<Bounds, 'precision'>;
  corroboration: Corroboration;
  revision: number;
  recordedAt: string;
  revisedAt: string;
}

/** A text in the language asked for, or else in English, Ukrainian, or the first there is (contract §4, `lang`). */
export function inLanguage(
  text: LanguageMap | null | undefined,
  lang: string | null,
): string {
  return text?.[languageFound(text, lang) ?? ''] ?? '';
}

/** The language (BCP 47) of what {@link inLanguage} answers; null of no text. */
export function languageFound(
  text: LanguageMap | null | undefined,
  lang: string | null,
): string | null {
  // `pt-BR` is served by `pt`, and `pt` by `pt-BR`: the prefix is what counts (RFC 4647, lookup).
  const tags = Object.keys(text ?? {});
  for (const wanted of [lang, 'en', 'uk']) {
    if (wanted === null) continue;
    const exact = tags.find(
      (tag) => tag.toLowerCase() === wanted.toLowerCase(),
    );
    const like = tags.find((tag) => primary(tag) === primary(wanted));
    const found = exact ?? like;
    if (found !== undefined) return found;
  }
  return tags[0] ?? null;
}

function primary(tag: string): string {
  return tag.toLowerCase().split('-')[0] ?? '';
}
