import { type EventQuestion } from './filter.ts';

/** A question without one of its parameters, or without one of the times a parameter was given. */
export interface Loosened {
  parameter: keyof EventQuestion;
  /** What was left out. */
  received: string;
  question: EventQuestion;
}

// Of these only some words narrow, or none; the others say how the rest is read, or are the default.
const NARROWING: Partial<Record<keyof EventQuestion, string>> = {
  tz: '',
  order: '',
  relation: 'within',
  certainty: 'certain',
  scope: 'self',
};

/** So many times of a parameter are left out one by one; of one given more often, all are at once. */
const APART = 4;

/** Every way to ask for more: the question with one thing left out. */
export function loosened(question: EventQuestion): Loosened[] {
  return Object.entries(question).flatMap(([name, given]) => {
    const parameter = name as keyof EventQuestion;
    if ((NARROWING[parameter] ?? given) !== given) return [];
    const { [parameter]: _, ...without } = question;
    if (!Array.isArray(given) || given.length > APART)
      return [
        {
          parameter,
          received: [given].flat().join('&'),
          question: without,
        },
      ];
    return given.map((received: string, index) => ({
      parameter,
      received,
      question: {
        ...without,
        ...(given.length === 1
          ? {}
          : { [parameter]: given.filter((_, place) => place !== index) }),
      },
    }));
  });
}
