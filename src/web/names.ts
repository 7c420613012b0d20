import { useEffect, useState } from 'preact/hooks';
import type { Address } from './address.ts';
import { api } from './api.ts';
import type { Item } from './items.ts';
import type { Words } from './words.ts';

type Names = Record<string, string>;

// What a name is once it is known; a record of few hundred actors at most.
const actors = new Map<string, Names>();
const types = new Map<string, Names>();
const awaited = new Set<string>();

/** Keeps the names that came with events. */
export function keepNames(items: readonly Item[]): void {
  for (const { parties } of items)
    for (const { id, name } of parties)
      if (!actors.has(id)) actors.set(id, name);
}

/** Keeps the name of an actor that was found. */
export function keepName(id: string, name: Names): void {
  actors.set(id, name);
}

/** The name of an actor or of a lane, in words; its id until the name is known. */
export function nameOf(
  kind: Address['lanes'],
  id: string,
  words: Words,
): { text: string; lang: string } {
  const { language } = words;
  if (kind === 'country') {
    try {
      const regions = new Intl.DisplayNames(language, { type: 'region' });
      return { text: regions.of(id) ?? id, lang: language };
    } catch {
      return { text: id, lang: 'und' }; // a state that is gone has a code of four letters
    }
  }
  const names = (kind === 'type' ? types : actors).get(id);
  return names === undefined ? { text: id, lang: 'und' } : words.choose(names);
}

/** Fetches the names that are not known yet, and draws the component again when they are. */
export function useNames(
  kind: Address['lanes'],
  ids: readonly string[],
): number {
  const [known, setKnown] = useState(0);
  const key = ids.join(',');
  useEffect(() => {
    let left = false;
    const told = () => {
      if (!left) setKnown((one) => one + 1);
    };
    if (kind === 'type' && types.size === 0) void fetchTypes().then(told);
    if (kind === 'actor') {
      const unknown = ids.filter((id) => !actors.has(id) && !awaited.has(id));
      if (unknown.length > 0)
        void Promise.all(unknown.map(fetchActor)).then(told);
    }
    return () => {
      left = true;
    };
  }, [kind, key]);
  return known;
}

async function fetchTypes(): Promise<void> {
  try {
    const { data } = await api.eventTypes('');
    for (const { code, label } of data) types.set(code, label);
  } catch {
    // The codes are words too.
  }
}

async function fetchActor(id: string): Promise<void> {
  awaited.add(id);
  try {
    const { names } = await api.actor(id);
    const shown = names.filter(({ alias }) => !alias);
    // The first name of a language is the one to show.
    actors.set(
      id,
      Object.fromEntries(
        shown.toReversed().map(({ lang, value }) => [lang, value]),
      ),
    );
  } catch {
    // Without a name its id is shown.
  } finally {
    awaited.delete(id);
  }
}
