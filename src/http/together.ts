import { LRUCache } from 'lru-cache';
import { type ChangeSignal } from '../storage/changes.signal.ts';

/**
 * Lets those who ask the same thing at the same time share an answer. It is never older than the question: who comes while
 * one is under way waits for the next, so that what was withdrawn meanwhile is withdrawn for them.
 */
export function together<Answer>(
  ask: (question: string) => Promise<Answer>,
): (question: string) => Promise<Answer> {
  const underWay = new Map<string, Promise<Answer>>();
  const next = new Map<string, Promise<Answer>>();
  const begin = (question: string): Promise<Answer> => {
    next.delete(question);
    const answer = ask(question).finally(() => {
      if (underWay.get(question) === answer) underWay.delete(question);
    });
    underWay.set(question, answer);
    return answer;
  };
  return (question) => {
    const before = underWay.get(question);
    if (before === undefined) return begin(question);
    const joined =
      next.get(question) ??
      before.then(
        () => begin(question),
        () => begin(question),
      );
    next.set(question, joined);
    return joined;
  };
}

/** So many places in the log are looked at at once; those who follow stand mostly at its end. */
const MOST_PLACES = 20;

/**
 * Lets all who ask the same thing of the log of changes share an answer, until more was heard since it was begun; and for so
 * many milliseconds at most, for something may go unheard. Two thousand followers then look as often as one.
 */
export function lookTogether<Question extends object, Answer>(
  signal: Pick<ChangeSignal, 'heard'>,
  milliseconds: number,
  ask: (question: Question) => Promise<Answer>,
): (question: Question) => Promise<Answer> {
  const looks = new LRUCache<
    string,
    { heard: number; answer: Promise<Answer> }
  >({ max: MOST_PLACES, ttl: milliseconds / 2 });
  return (question) => {
    const key = JSON.stringify(question);
    const heard = signal.heard();
    const before = looks.get(key);
    if (before?.heard === heard) return before.answer;
    const answer = ask(question);
    looks.set(key, { heard, answer });
    // The next one asks again.
    answer.catch(() => looks.delete(key));
    return answer;
  };
}
