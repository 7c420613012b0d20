import { ACTOR_KINDS, type ActorKind } from './affiliation.ts';
import { boundsOf, type Span } from './bounds.ts';
import { draftCheck } from './draft.ts';
import { DateFault, parseEdtf } from './edtf.ts';
import { DomainError, type Fault } from './errors.ts';
import { among, listCondition } from './list-filter.ts';
import { nameWords, type NameWord } from './name-words.ts';
import { object, text } from './schemas.ts';
import { shortened, textFault } from './text.ts';
import { daysOf } from './window.ts';

/** A name that somebody looks for, understood. */
export interface NameQuestion {
  words: readonly NameWord[];
  /** What it may be. */
  kinds: readonly ActorKind[];
  /** The date for which it is asked who held an office, as written. */
  at: string;
  days: readonly Span[];
  /** The date carries a qualifier: nobody then held an office certainly. */
  doubtful: boolean;
  limit: number;
}

/** A name that somebody looks for, as it came in. */
export interface NameGiven {
  name: string;
  /** By the one rule of list filters; each of them an alternative of its own. */
  kind?: string[] | undefined;
  /** EDTF. */
  at?: string | undefined;
  limit?: number | undefined;
}

export const LONGEST_NAME = 500;
export const CANDIDATES = { byDefault: 10, most: 50 } as const;
/** So many names are looked for at once. */
export const MOST_QUESTIONS = 1000;

/**
 * The question in what came in; what is wrong with it is added to the faults, by `parameter`.
 * @param today the date for which it is asked when none was given, as `2022-01-28`
 */
export function nameQuestion(
  { name, kind = [], at = '', limit = CANDIDATES.byDefault }: NameGiven,
  today: string,
  faults: Fault[],
): NameQuestion {
  const words = name.length > LONGEST_NAME ? [] : nameWords(name);
  const message =
    name.length > LONGEST_NAME
      ? `has more than ${LONGEST_NAME} characters`
      : (textFault(name) ?? (words.length === 0 ? 'holds no word' : null));
  if (message !== null)
    faults.push({ parameter: 'name', message, received: shortened(name) });
  const { each, none } = listCondition(
    'kind',
    kind,
    among(ACTOR_KINDS),
    faults,
  );
  const date = at === '' ? today : at;
  return {
    words,
    kinds: ACTOR_KINDS.filter(
      (one) =>
        each.every((group) => group.includes(one)) && !none.includes(one),
    ),
    at: date,
    ...datesOf(date, faults),
    limit,
  };
}

function datesOf(
  at: string,
  faults: Fault[],
): Pick<NameQuestion, 'days' | 'doubtful'> {
  try {
    const bounds = boundsOf(parseEdtf(at));
    return { days: daysOf(bounds), doubtful: bounds.qualified };
  } catch (error) {
    if (!(error instanceof DateFault)) throw error;
    faults.push({
      parameter: 'at',
      message: `cannot be read: ${error.message.replace(/\.$/, '')} (at character ${error.position + 1})`,
      received: shortened(at),
    });
    return { days: [], doubtful: false };
  }
}

/** JSON Schema of many names to be looked for. */
export const nameQuestionsSchema = object(
  {
    queries: {
      type: 'array',
      minItems: 1,
      maxItems: MOST_QUESTIONS,
      description: 'The names, answered in this order',
      items: object(
        {
          name: text('The name, as it is written somewhere', LONGEST_NAME),
          kind: {
            anyOf: [
              { type: 'string' },
              { type: 'array', items: { type: 'string' }, maxItems: 10 },
            ],
            description:
              'What it may be, as in the parameter `kind`: `person,office`, `-state`; a list is the parameter given more than once',
          },
          at: {
            type: 'string',
            maxLength: 250,
            description: 'Who held an office then (EDTF); today unless given',
          },
          limit: {
            type: 'integer',
            minimum: 1,
            maximum: CANDIDATES.most,
            default: CANDIDATES.byDefault,
            description: 'How many candidates are wanted',
          },
        },
        ['name'],
        'A name',
      ),
    },
  },
  ['queries'],
  'Names to be looked for',
);

interface Questions {
  queries: (Omit<NameGiven, 'kind'> & { kind?: string | string[] })[];
}

const check = draftCheck<Questions>(nameQuestionsSchema);

/**
 * The names in a body, and what was asked of each.
 * @throws DomainError `invalid_record` naming every fault by its pointer
 */
export function nameQuestions(body: unknown, today: string): NameQuestion[] {
  const refuse = (faults: readonly Fault[]): never => {
    throw new DomainError(
      'invalid_record',
      'The body is not {"queries": [{"name": "…"}, …]}, or a name in it cannot be looked for.',
      faults,
    );
  };
  const { queries } = checked(body, refuse);
  const faults: Fault[] = [];
  const questions = queries.map(({ kind, ...given }, index) => {
    const found: Fault[] = [];
    const kinds = kind === undefined ? [] : [kind].flat();
    const question = nameQuestion({ ...given, kind: kinds }, today, found);
    for (const { parameter = '', ...fault } of found)
      faults.push({ pointer: `/queries/${index}/${parameter}`, ...fault });
    return question;
  });
  return faults.length > 0 ? refuse(faults) : questions;
}

function checked(
  body: unknown,
  refuse: (faults: readonly Fault[]) => never,
): Questions {
  try {
    return check(body);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return refuse(error.faults);
  }
}
