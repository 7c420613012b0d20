import { DomainError } from '../domain/errors.ts';
import {
  eventFilter,
  type EventFilter,
  type EventQuestion,
} from '../domain/filter.ts';
import { type LanguageMap } from '../domain/language.ts';
import { loosened } from '../domain/loosened.ts';
import { nameQuestion } from '../domain/name-question.ts';
import { shortened } from '../domain/text.ts';
import { type Database } from '../storage/database.ts';
import { countEach, type Hint } from '../storage/events.counts.ts';
import { candidates } from '../storage/names.reads.ts';

/** What a parameter of an empty list, left out, would bring. */
interface ToldHint extends Hint {
  parameter: string;
  received: unknown;
  /** Of words that nothing has: actors whose names look like them. */
  nearest?: { id: string; name: LanguageMap }[];
}

/** Why a list is empty: what each filter, left out, would bring; the most promising first. */
export async function hintsFor(
  database: Database,
  asked: EventQuestion,
  filter: EventFilter,
): Promise<ToldHint[]> {
  const ways = loosened(asked);
  const [counts, nearest] = await Promise.all([
    countEach(
      database,
      ways.map(({ question }) => eventFilter(question)),
    ).catch(unlessOurs<Hint[]>([])),
    nearestNames(database, filter).catch(unlessOurs<ToldHint['nearest']>([])),
  ]);
  return ways
    .map(({ parameter, received }, index) => ({
      parameter,
      received: shortened(received),
      ...(counts[index] ?? { count: null, more: true }),
      ...(parameter === 'q' && nearest?.length ? { nearest } : {}),
    }))
    .toSorted((a, b) => (b.count ?? 0) - (a.count ?? 0));
}

/** The page is an answer without hints: what keeps the database from giving them keeps nothing else. */
function unlessOurs<Instead>(instead: Instead): (error: unknown) => Instead {
  return (error) => {
    if (error instanceof DomainError) return instead;
    throw error;
  };
}

const NEAREST = 3;
/** Chance likenesses of short words score less, a name with a letter wrong more. */
const NEAREST_SCORE = 75;
const MOST_LOOKED_UP = 8;

async function nearestNames(
  { pool }: Database,
  { words }: EventFilter,
): Promise<NonNullable<ToldHint['nearest']>> {
  const today = new Date().toISOString().slice(0, 10);
  const questions = (words?.each ?? [])
    .slice(0, MOST_LOOKED_UP)
    .map((row) =>
      nameQuestion({ name: row.join(' '), limit: NEAREST }, today, []),
    );
  if (questions.length === 0) return [];
  const found = (await candidates(pool, questions))
    .flat()
    .filter(({ score }) => score >= NEAREST_SCORE)
    .toSorted((a, b) => b.score - a.score);
  const actors = new Map(found.map(({ actor }) => [actor.id, actor]));
  return [...actors.values()]
    .slice(0, NEAREST)
    .map(({ id, name }) => ({ id, name }));
}
