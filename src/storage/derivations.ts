import { type Corroboration, corroboration } from '../domain/account.ts';
import { type Reached, reached, sidesOf } from '../domain/affiliation.ts';
import { listOf } from '../domain/draft.ts';
import {
  completeEvent,
  type EventDraft,
  type UnderstoodEvent,
} from '../domain/event.ts';
import { type LanguageMap } from '../domain/language.ts';
import { eventTerms } from './terms.ts';
import { type ActorBook } from './ties.ts';

/** What follows from the ties of an event's actors. */
export interface Climbed {
  /** For each participation, the actors for whom it counts. */
  counts: Reached[][];
  /** For each account, the actors for whom it speaks. */
  tellers: Reached[][];
  corroboration: Corroboration;
}

/** An event with everything that follows from it and from the ties of its actors. */
export interface DerivedEvent
  extends UnderstoodEvent, Omit<Climbed, 'corroboration'> {
  complete: object;
  terms: string[];
}

/** Every actor that an event names. */
export function actorsOf(draft: EventDraft): string[] {
  return [
    ...listOf(draft.participants).flatMap(({ actor, onBehalfOf }) =>
      typeof onBehalfOf === 'string' ? [actor, onBehalfOf] : [actor],
    ),
    ...listOf(draft.accounts).map(({ party }) => party),
  ];
}

/** What follows from the ties of an event's actors, who must be in the book. */
export function climbed(
  { draft, bounds, days }: UnderstoodEvent,
  { graph }: ActorBook,
): Climbed {
  const parts = listOf(draft.participants);
  const counts = parts.map((part) =>
    reached(part, days, bounds.qualified, graph),
  );
  const taking = new Set(
    counts.flatMap((actors, index) =>
      parts[index]?.role === 'subject' ? [] : [...sidesOf(actors, graph)],
    ),
  );
  const accounts = listOf(draft.accounts);
  const tellers = accounts.map(({ party }) =>
    reached({ actor: party }, days, bounds.qualified, graph),
  );
  return {
    counts,
    tellers,
    corroboration: corroboration(
      accounts.map(({ stance }, index) => ({
        stance,
        sides: sidesOf(tellers[index] ?? [], graph),
      })),
      taking,
    ),
  };
}

/** What follows from an event and the ties of its actors, who must be in the book. */
export function derive(
  event: UnderstoodEvent,
  book: ActorBook,
  before: ReadonlyMap<string, LanguageMap>,
): DerivedEvent {
  const { draft, bounds } = event;
  const { corroboration: told, ...reachedBy } = climbed(event, book);
  const names = listOf(draft.participants).map(
    ({ actor, name }) =>
      name ?? before.get(actor) ?? book.names.get(actor) ?? {},
  );
  return {
    ...event,
    complete: completeEvent(draft, { bounds, names, corroboration: told }),
    terms: eventTerms(draft, told),
    ...reachedBy,
  };
}

/** The names that a version recorded: a later revision keeps them, so that a renamed state does not rewrite history. */
export function namesBefore(
  body: string | null | undefined,
): Map<string, LanguageMap> {
  if (typeof body !== 'string') return new Map();
  const { participants } = JSON.parse(body) as EventDraft;
  return new Map(
    listOf(participants).flatMap(({ actor, name }) =>
      name ? [[actor, name] as const] : [],
    ),
  );
}
