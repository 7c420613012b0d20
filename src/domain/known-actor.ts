import { type ActorDraft, type Affiliation, namesToShow } from './actor.ts';
import { type ActorKind } from './affiliation.ts';
import { listOf } from './draft.ts';
import { type LanguageMap } from './language.ts';
import { type KnownName } from './name-match.ts';
import { nameWords } from './name-words.ts';

/** An actor as its names are compared. */
export interface KnownActor {
  id: string;
  kind: ActorKind;
  /** The name to show, by language. */
  name: LanguageMap;
  names: readonly KnownName[];
  ties: readonly Affiliation[];
}

/** An actor's names made ready for comparing; spellings that differ in capitals alone are one. */
export function knownActor(draft: ActorDraft): KnownActor {
  let names: KnownName[] | null = null;
  return {
    id: draft.id,
    kind: draft.kind,
    name: namesToShow(draft.names),
    // Most of those found through a title are never compared by name.
    get names() {
      return (names ??= knownNames(draft.names));
    },
    ties: listOf(draft.affiliations),
  };
}

function knownNames(given: ActorDraft['names']): KnownName[] {
  const names = new Map<string, KnownName>();
  for (const { lang, value } of given) {
    const key = value.toLowerCase();
    if (!names.has(key))
      names.set(key, { lang, value, words: nameWords(value) });
  }
  return [...names.values()];
}
