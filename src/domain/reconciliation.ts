import { ACTOR_KINDS } from './affiliation.ts';
import { draftCheck } from './draft.ts';
import { DomainError, type Fault } from './errors.ts';
import { sentence } from './list-filter.ts';
import {
  CANDIDATES,
  LONGEST_NAME,
  MOST_QUESTIONS,
  nameQuestion,
  type NameQuestion,
} from './name-question.ts';
import { nameWords } from './name-words.ts';
import { escapePointer } from './text.ts';

/** JSON Schema of a batch of the Reconciliation Service API 0.2, as far as it is understood here. */
export const reconciliationSchema = {
  type: 'object',
  minProperties: 1,
  maxProperties: MOST_QUESTIONS,
  additionalProperties: {
    type: 'object',
    properties: {
      query: { type: 'string', maxLength: LONGEST_NAME },
      type: {
        type: ['string', 'array'],
        items: { type: 'string' },
        maxItems: ACTOR_KINDS.length,
      },
      limit: { type: 'integer', minimum: 1 },
      type_strict: { type: 'string', enum: ['any', 'all', 'should'] },
      properties: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            pid: { type: 'string', enum: ['at'] },
            v: {
              type: ['string', 'number', 'array'],
              items: { type: ['string', 'number'] },
            },
          },
          required: ['pid', 'v'],
          additionalProperties: false,
        },
      },
    },
    required: ['query'],
    additionalProperties: false,
  },
};

type Value = string | number;

type Batch = Record<
  string,
  {
    query: string;
    type?: string | string[];
    limit?: number;
    properties?: { pid: 'at'; v: Value | Value[] }[];
  }
>;

const check = draftCheck<Batch>(reconciliationSchema);

/**
 * The questions in the parameter `queries` of the Reconciliation Service API 0.2, by their names; null for one that holds no
 * word, as a cell of a table may, and that nobody can answer.
 * @throws DomainError `invalid_parameter` naming each place that is wrong
 */
export function reconciliationQuestions(
  queries: string,
  today: string,
): Map<string, NameQuestion | null> {
  const faults: Fault[] = [];
  const questions = new Map<string, NameQuestion | null>();
  for (const [id, given] of Object.entries(batchIn(queries))) {
    const { query, type = [], limit, properties = [] } = given;
    if (nameWords(query).length === 0) {
      questions.set(id, null);
      continue;
    }
    const found: Fault[] = [];
    const [at = ''] = properties.map(({ v }) => String([v].flat()[0] ?? ''));
    const question = nameQuestion(
      {
        name: query,
        kind: type.length === 0 ? [] : [[type].flat().join(',')],
        at,
        // The most that are wanted; fewer are an answer too.
        limit: Math.min(limit ?? CANDIDATES.byDefault, CANDIDATES.most),
      },
      today,
      found,
    );
    questions.set(id, question);
    for (const { parameter = '', ...fault } of found)
      faults.push({
        parameter: 'queries',
        pointer: `/${escapePointer(id)}/${FIELDS[parameter] ?? parameter}`,
        ...fault,
      });
  }
  return faults.length > 0 ? refuse(faults) : questions;
}

const FIELDS: Readonly<Record<string, string>> = {
  name: 'query',
  kind: 'type',
  at: 'properties',
};

function batchIn(queries: string): Batch {
  let batch: unknown;
  try {
    batch = JSON.parse(queries);
  } catch {
    return refuse([{ parameter: 'queries', message: 'is not JSON' }]);
  }
  try {
    return check(batch);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return refuse(
      error.faults.map((fault) => ({ parameter: 'queries', ...fault })),
    );
  }
}

function refuse(faults: readonly Fault[]): never {
  const [{ pointer, ...first } = { message: '' }] = faults;
  const where = pointer === undefined ? '' : ` at ${pointer}`;
  throw new DomainError(
    'invalid_parameter',
    sentence([{ ...first, message: `${first.message}${where}` }]),
    faults,
  );
}
