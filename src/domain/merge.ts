import { type ActorDraft, type Affiliation } from './actor.ts';
import { type DocumentDraft } from './document.ts';
import { listOf } from './draft.ts';
import { type EventDraft } from './event.ts';
import { type RecordName } from './record.ts';

/** A record that is merged into another of its sort. */
export interface Merge {
  record: RecordName;
  id: string;
  into: string;
}

type Move = (id: string) => string;

/** An actor whose ties lead to the successor; a tie of the successor to itself is dropped. */
export function movedActor(draft: ActorDraft, { id, into }: Merge): ActorDraft {
  const move = mover(id, into);
  const ties = listOf(draft.affiliations)
    .map((tie): Affiliation => ({ ...tie, to: move(tie.to) }))
    .filter(({ to }) => to !== draft.id);
  return { ...draft, affiliations: distinct(ties, into, ({ to }) => to) };
}

/** A document that names the successor; a reply to itself and a part of itself are dropped. */
export function movedDocument(
  draft: DocumentDraft,
  { record, id, into }: Merge,
): DocumentDraft {
  const move = mover(id, into);
  const same = (one: string) => one;
  if (record === 'actor')
    return {
      ...draft,
      authors: distinct(listOf(draft.authors).map(move), into, same),
      addressees: distinct(listOf(draft.addressees).map(move), into, same),
    };
  const answered = listOf(draft.inReplyTo)
    .map(move)
    .filter((one) => one !== draft.id);
  const whole = typeof draft.partOf === 'string' ? move(draft.partOf) : null;
  return {
    ...draft,
    inReplyTo: distinct(answered, into, same),
    partOf: whole === draft.id ? null : whole,
  };
}

/** An event that names the successor, and each participation, account, document and link once. */
export function movedEvent(
  draft: EventDraft,
  { record, id, into }: Merge,
): EventDraft {
  const move = mover(id, into);
  if (record === 'document')
    return {
      ...draft,
      documents: distinct(
        listOf(draft.documents).map((one) => ({
          ...one,
          document: move(one.document),
        })),
        into,
        ({ document }) => document,
      ),
    };
  if (record === 'event')
    return {
      ...draft,
      links: told(
        listOf(draft.links)
          .map((one) => ({ ...one, event: move(one.event) }))
          .filter(({ event }) => event !== draft.id),
        ({ event, relation }) => (event === into ? relation : null),
      ),
    };
  return {
    ...draft,
    participants: movedParticipants(draft, move, into),
    accounts: distinct(
      listOf(draft.accounts).map((one) => ({ ...one, party: move(one.party) })),
      into,
      ({ party }) => party,
    ),
  };
}

/** Who would act for themselves just act. */
function movedParticipants(draft: EventDraft, move: Move, into: string) {
  const parts = listOf(draft.participants).map((one) => {
    const actor = move(one.actor);
    const behalf =
      typeof one.onBehalfOf === 'string' ? move(one.onBehalfOf) : null;
    const own = behalf === actor && one.onBehalfOf !== one.actor;
    return { ...one, actor, onBehalfOf: own ? null : behalf };
  });
  return told(parts, ({ actor, role, as, onBehalfOf }) =>
    actor === into || onBehalfOf === into
      ? JSON.stringify([
          actor,
          role ?? 'participant',
          onBehalfOf,
          Object.entries(as ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1)),
        ])
      : null,
  );
}

const mover =
  (id: string, into: string): Move =>
  (one) =>
    one === id ? into : one;

/** Of those that name the successor and say the same, the first. */
function distinct<Item>(
  items: readonly Item[],
  into: string,
  named: (item: Item) => string,
): Item[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    if (named(item) !== into) return true;
    const text = JSON.stringify(item);
    return !seen.has(text) && seen.add(text);
  });
}

/**
 * Of those with one key, the first; what one of them tells as the source has it was not only inferred.
 * @param keyOf null for what stays however often it stands
 */
function told<Item extends { inferred?: boolean | null }>(
  items: readonly Item[],
  keyOf: (item: Item) => string | null,
): Item[] {
  const first = new Map<string, Item>();
  return items
    .map((item) => ({ ...item }))
    .filter((item) => {
      const key = keyOf(item);
      if (key === null) return true;
      const known = first.get(key);
      if (known === undefined) return first.set(key, item);
      if (item.inferred !== true) known.inferred = false;
      return false;
    });
}
