import { type ActorDraft } from '../domain/actor.ts';
import { type DocumentDraft } from '../domain/document.ts';
import { listOf } from '../domain/draft.ts';
import { type Corroboration } from '../domain/account.ts';
import { type EventDraft } from '../domain/event.ts';
import { withAncestors } from '../domain/event-types.ts';

/**
 * What a record can be found by, as `filter:value`: every list filter is a look-up in this one array, so they all
 * follow one rule and share one index. Actors are not among them: they need an order and a certainty (`event_actor`).
 */
export function eventTerms(
  draft: EventDraft,
  corroboration: Corroboration,
): string[] {
  return distinct([
    ...withAncestors(draft.type).map((code) => term('type', code)),
    term('status', draft.status ?? 'held'),
    term('channel', draft.channel ?? 'unknown'),
    term('corroboration', corroboration),
    ...listOf(draft.places).map((place) => term('country', place.country)),
    ...listOf(draft.topics).map((topic) => term('topic', topic)),
    ...listOf(draft.documents).map((one) => term('document', one.document)),
    ...listOf(draft.links).map((link) => term('linkedTo', link.event)),
    ...listOf(draft.accounts).map((account) => term('party', account.party)),
    ...listOf(draft.sources).flatMap((source) => [
      term('publisher', source.publisher),
      term('language', source.language),
    ]),
  ]);
}

/** What an actor can be found by. */
export function actorTerms(draft: ActorDraft): string[] {
  const ties = listOf(draft.affiliations);
  return distinct([
    term('kind', draft.kind),
    ...ties
      .filter((tie) => tie.relation === 'member-of')
      .map((tie) => term('memberOf', tie.to)),
    ...ties
      .filter((tie) => tie.relation === 'part-of')
      .map((tie) => term('partOf', tie.to)),
  ]);
}

/** What a document can be found by. */
export function documentTerms(draft: DocumentDraft): string[] {
  return distinct([
    term('kind', draft.kind),
    term('availability', draft.availability ?? 'unknown'),
    term('language', draft.language),
    term('partOf', draft.partOf),
    ...listOf(draft.authors).map((actor) => term('author', actor)),
    ...listOf(draft.addressees).map((actor) => term('addressee', actor)),
    ...listOf(draft.inReplyTo).map((document) => term('inReplyTo', document)),
  ]);
}

/** One term, or null where there is no value. */
export function term(
  filter: string,
  value: string | null | undefined,
): string | null {
  return typeof value === 'string' ? `${filter}:${value}` : null;
}

function distinct(terms: readonly (string | null)[]): string[] {
  return [...new Set(terms.filter((one) => one !== null))];
}
