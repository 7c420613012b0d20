import type { EntityManager } from 'typeorm';
import { completeActor, type ActorDraft } from '../domain/actor.ts';
import { listOf } from '../domain/draft.ts';
import { load } from './copy.ts';
import { actorTerms } from './terms.ts';
import {
  currentVersions,
  finishedBody,
  newKeys,
  type NewVersion,
  type Outcome,
  type Stamp,
  storeVersions,
} from './versions.ts';

/** What became of a batch of actors, and those of them whose ties are not what they were. */
export interface StoredActors {
  outcomes: Outcome[];
  tiesChanged: string[];
}

/** Stores actors with their ties. References and circles have been checked; an id stands once in a batch. */
export async function storeActors(
  tx: EntityManager,
  drafts: readonly ActorDraft[],
  stamp: Stamp,
): Promise<StoredActors> {
  const current = await currentVersions(
    tx,
    'actor',
    drafts.map(({ id }) => id),
  );
  const bodies = drafts.map((draft) =>
    finishedBody(completeActor(draft), current.get(draft.id), stamp),
  );
  const changed = drafts.flatMap((draft, index) => {
    const body = bodies[index];
    return typeof body === 'string' ? [{ draft, body }] : [];
  });
  const keys = await newKeys(tx, changed.length);
  const versions = changed.map(({ draft, body }, index): NewVersion => {
    const before = current.get(draft.id);
    return {
      id: draft.id,
      key: keys[index] ?? 0,
      revision: (before?.revision ?? 0) + 1,
      body,
      columns: {
        kind: draft.kind,
        names: foldedNames(draft),
        terms: actorTerms(draft),
      },
      replaces: before?.key ?? null,
    };
  });
  await storeVersions(tx, 'actor', versions, stamp);
  await load(
    tx,
    'affiliation',
    [
      'actor_key',
      'ordinal',
      'actor',
      'relation',
      'target',
      'from',
      'until',
      'until_known',
    ],
    changed.flatMap(({ draft }, index) =>
      listOf(draft.affiliations).map((tie, ordinal) => [
        keys[index] ?? 0,
        ordinal,
        draft.id,
        tie.relation,
        tie.to,
        tie.from ?? null,
        tie.until ?? null,
        tie.until !== undefined,
      ]),
    ),
  );
  return {
    outcomes: drafts.map((draft, index) =>
      bodies[index] === null
        ? 'unchanged'
        : current.has(draft.id)
          ? 'updated'
          : 'created',
    ),
    tiesChanged: changed.flatMap(({ draft, body }) => {
      const before = current.get(draft.id);
      return before !== undefined && climbing(before.body) !== climbing(body)
        ? [draft.id]
        : [];
    }),
  };
}

// Names as a search compares them: small letters, no diacritics, one name a line.
function foldedNames(draft: ActorDraft): string {
  return draft.names.map(({ value }) => folded(value)).join('\n');
}

/** A text as names are compared: small letters, diacritics off. */
export function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** What of an actor decides for whom its events count. */
function climbing(body: string): string {
  const { kind, affiliations } = JSON.parse(body) as ActorDraft;
  return JSON.stringify([
    kind,
    listOf(affiliations).map(({ relation, to, from, until }) => [
      relation,
      to,
      from,
      until === undefined ? 'unknown' : until,
    ]),
  ]);
}
