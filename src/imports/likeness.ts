import { listOf } from '../domain/draft.ts';
import { type EventDraft } from '../domain/event.ts';
import {
  type Duplicate,
  type Likeness,
} from '../storage/imports.duplicates.ts';

/** An event that may be another one told again, and why. Nothing is merged for that. */
export interface DuplicateCandidate {
  line: number;
  id: string;
  like: string;
  reasons: string[];
}

// A month may hold many meetings of the same two; only what is known to the day can be the same for its day.
const BEGINS_WITH_DAY = /^\d{4}-\d\d-\d\d(?=$|[T/~?%])/;

/** What an event is compared by with others; null when too little is known of it. */
export function likenessOf(draft: EventDraft): Likeness | null {
  const day = BEGINS_WITH_DAY.exec(draft.date)?.[0];
  const actors = listOf(draft.participants)
    .filter(({ role }) => role !== 'subject')
    .map(({ actor }) => actor);
  if (day === undefined || actors.length === 0) return null;
  return { day, type: draft.type, actors: [...new Set(actors)].toSorted() };
}

/** The candidate as a report tells it. */
export function candidateOf(found: Duplicate): DuplicateCandidate {
  const { line, id, like, day, type, actors } = found;
  const some = actors.slice(0, 10).join(', ');
  return {
    line,
    id,
    like,
    reasons: [
      `same day: ${day}`,
      `same type: ${type}`,
      `same actors: ${some}${actors.length > 10 ? ', …' : ''}`,
    ],
  };
}
