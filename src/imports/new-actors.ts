import { createHash } from 'node:crypto';
import { type ActorDraft } from '../domain/actor.ts';
import { isSure } from '../domain/candidates.ts';
import { keysOf } from '../domain/name-keys.ts';
import { type KnownName, matchName } from '../domain/name-match.ts';
import { rounded } from '../domain/name-within.ts';
import { nameWords } from '../domain/name-words.ts';
import { slugOf } from '../domain/slug.ts';
import { type Database } from '../storage/database.ts';
import { usedActorIds } from '../storage/imports.reads.ts';
import { type Likely } from './names.ts';
import { type Mention } from './row.ts';

/** More new names than this are no list of events: then something is wrong with the mapping. */
export const MOST_NEW_ACTORS = 50_000;

/**
 * Two new names as alike as this may be one. Less would tell apart what the record does not: there a name is found by its words,
 * and those that many names share find nobody.
 */
const PERHAPS_ONE = 85;

/** Of those with a word in common so many are compared, as the record does. */
const MOST_COMPARED = 200;

/** What an unknown name becomes: an actor of this import, made now or before, or nobody because others are so alike. */
export type Planned = { actor: ActorDraft } | { perhaps: readonly Likely[] };

interface Made {
  actor: ActorDraft;
  known: KnownName;
}

/**
 * The actors that an import makes of names that are like nobody's in the record. Two spellings of one new name are surely one
 * actor, or told as doubtful, as they would be in the record.
 */
export function newActors({ pool }: Pick<Database, 'pool'>) {
  const made = new Map<string, Made>();
  const ids = new Set<string>();
  const byWord = new Map<string, Made[]>();
  let used = new Set<string>();

  return {
    /** Looks up which ids are free for these; to be called before they are planned. */
    async prepare(mentions: readonly Mention[]): Promise<void> {
      const open = mentions.filter((one) => !made.has(keyOf(one)));
      used = await usedActorIds(pool, [...new Set(open.flatMap(idsFor))]);
    },

    /** What this name would become. */
    plan(mention: Mention): Planned {
      const before = made.get(keyOf(mention));
      if (before !== undefined) return { actor: before.actor };
      const near = alike(mention, byWord);
      const [first] = near;
      // Another spelling of an actor of this import, as it would be one of an actor of the record.
      if (first !== undefined && isSure(near)) return { actor: first.actor };
      const perhaps = near
        .filter(({ score }) => score >= PERHAPS_ONE)
        .map(({ actor: { id }, score }) => ({ id, score }));
      if (perhaps.length > 0) return { perhaps };
      const id = idsFor(mention).find((one) => !used.has(one) && !ids.has(one));
      return id === undefined || made.size >= MOST_NEW_ACTORS
        ? { perhaps: [] }
        : { actor: actorOf(id, mention) };
    },

    /** Whether this actor is not made yet; from now on it is. */
    make(mention: Mention, actor: ActorDraft): boolean {
      if (ids.has(actor.id)) return false;
      const { name, language } = mention;
      const words = nameWords(name);
      const one = { actor, known: { lang: language, value: name, words } };
      made.set(keyOf(mention), one);
      ids.add(actor.id);
      for (const key of wordKeys(words)) {
        const same = byWord.get(key) ?? [];
        byWord.set(key, same);
        if (same.length < MOST_COMPARED) same.push(one);
      }
      return true;
    },
  };
}

function actorOf(
  id: string,
  { kind, name, language, identifiers }: Mention,
): ActorDraft {
  return {
    record: 'actor',
    id,
    kind: kind ?? 'group',
    names: [{ lang: language, value: name.normalize('NFC') }],
    ...(Object.keys(identifiers).length > 0
      ? { identifiers: { ...identifiers } }
      : {}),
  };
}

// What differs in capitals alone is one name; what has identifiers is known by them.
function keyOf({ kind, name, identifiers }: Mention): string {
  return JSON.stringify([
    kind,
    name.normalize('NFKC').toLowerCase().replace(/\s+/g, ' '),
    identifiers,
  ]);
}

/** The ids that a name may have, the best first; the last is nobody else's. */
function idsFor(mention: Mention): string[] {
  const slug = slugOf(mention.name, mention.language);
  const hash = createHash('sha256').update(keyOf(mention)).digest('hex');
  const last = `${slug === '' ? 'actor' : slug}-${hash.slice(0, 12)}`;
  return slug === ''
    ? [last]
    : [slug, ...[2, 3, 4, 5].map((number) => `${slug}-${number}`), last];
}

function alike(
  { name, identifiers, kind }: Mention,
  byWord: ReadonlyMap<string, readonly Made[]>,
): { actor: ActorDraft; score: number }[] {
  const words = nameWords(name);
  const near = new Set(
    wordKeys(words).flatMap((key) => [...(byWord.get(key) ?? [])]),
  );
  return [...near]
    .filter(({ actor }) =>
      Object.entries(actor.identifiers ?? {}).every(
        ([scheme, value]) => (identifiers[scheme] ?? value) === value,
      ),
    )
    .map(({ actor, known }) => ({
      actor,
      score: rounded(matchName(words, known, kind === 'person')?.score ?? 0),
    }))
    .toSorted((a, b) => b.score - a.score);
}

function wordKeys(words: ReturnType<typeof nameWords>): string[] {
  const telling = words.filter(({ small }) => !small);
  return [
    ...new Set(
      telling.flatMap((word) => {
        const { written, exact } = keysOf(word);
        return [...written, ...exact];
      }),
    ),
  ];
}
