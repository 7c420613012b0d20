import { type Affiliation } from './actor.ts';
import { standing, standingSpans } from './affiliation.ts';
import { type NameQuestion } from './name-question.ts';

/** Who only possibly held the office at that date loses this share of the score. */
export const POSSIBLE_TENURE = 0.85;

// Many names of one batch ask for the same ties.
const known = new WeakMap<Affiliation, ReturnType<typeof standingSpans>>();

/** Whether a tie stood at the date that a question gives: on all of its days, on some, or on none. */
export function tenureAt(
  { days, doubtful }: NameQuestion,
  tie: Affiliation,
): 'certain' | 'possible' | 'none' {
  let spans = known.get(tie);
  if (spans === undefined) known.set(tie, (spans = standingSpans(tie)));
  const stood = standing(spans, days);
  return stood === 'certain' && doubtful ? 'possible' : stood;
}

/** The score of who held what has that score. */
export function held(score: number, tenure: 'certain' | 'possible'): number {
  return tenure === 'certain'
    ? score
    : Math.round(score * POSSIBLE_TENURE * 10) / 10;
}

/** The tenure in words. */
export function tenureText(
  what: string,
  { from, until }: Affiliation,
  tenure: 'certain' | 'possible',
  { at }: NameQuestion,
): string {
  const since = from ?? 'an unknown date';
  const to =
    until === undefined ? 'an unknown date' : (until ?? 'now, still so');
  return `${what} from ${since} until ${to}: ${tenure === 'certain' ? 'certainly' : 'possibly'} at ${at}`;
}
