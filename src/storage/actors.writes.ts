import type { EntityManager } from 'typeorm';
import { completeActor, type ActorDraft } from '../domain/actor.ts';
import { listOf } from '../domain/draft.ts';
import { actorKeys } from '../domain/name-keys.ts';
import { changedSpans, type TieChange } from '../domain/tie-change.ts';
import { type Journal } from './changes.writes.ts';
import { type Cell, copied } from './copy.ts';
import { addRows } from './rows.ts';
import { actorTerms } from './terms.ts';
import {
  currentVersions,
  type Outcome,
  type Shape,
  storeVersions,
} from './versions.ts';

/** What became of a batch of actors, and those of them for whose events that may make a difference. */
export interface StoredActors {
  outcomes: Outcome[];
  tiesChanged: TieChange[];
}

/** Stores actors with their ties. References and circles have been checked; an id stands once in a batch. */
export async function storeActors(
  tx: EntityManager,
  drafts: readonly ActorDraft[],
  journal: Journal,
): Promise<StoredActors> {
  const current = await currentVersions(
    tx,
    'actor',
    drafts.map(({ id }) => id),
  );
  const shape: Shape<ActorDraft> = {
    id: ({ id }) => id,
    complete: completeActor,
    columns: (draft) => ({
      kind: draft.kind,
      names: foldedNames(draft),
      terms: actorTerms(draft),
      name_keys: actorKeys(draft),
    }),
  };
  const { outcomes, stored } = await storeVersions(
    tx,
    'actor',
    drafts,
    current,
    shape,
    journal,
  );
  await addRows(tx, [
    {
      table: 'affiliation',
      columns: [
        'actor_key',
        'ordinal',
        'actor',
        'relation',
        'target',
        'from',
        'until',
        'until_known',
      ],
      rows: copied(
        stored.flatMap(({ item, key }) =>
          listOf(item.affiliations).map((tie, ordinal): Cell[] => [
            key,
            ordinal,
            item.id,
            tie.relation,
            tie.to,
            tie.from ?? null,
            tie.until ?? null,
            tie.until !== undefined,
          ]),
        ),
      ),
    },
  ]);
  return {
    outcomes,
    tiesChanged: stored.flatMap(({ item, before }): TieChange[] => {
      if (typeof before?.body !== 'string') return [];
      const spans = changedSpans(JSON.parse(before.body) as ActorDraft, item);
      return spans.length > 0 ? [{ actor: item.id, spans }] : [];
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
