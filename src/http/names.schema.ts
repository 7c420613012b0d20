import { Type } from 'typebox';
import { ACTOR_KINDS } from '../domain/affiliation.ts';
import {
  type Candidate,
  isSure,
  MOST_CANDIDATES,
} from '../domain/candidates.ts';
import { type KnownActor } from '../domain/known-actor.ts';
import {
  CANDIDATES,
  LONGEST_NAME,
  nameQuestionsSchema,
} from '../domain/name-question.ts';
import { languageMap } from '../domain/schemas.ts';
import { listParameter } from './answers.ts';

const candidate = {
  type: 'object',
  description: 'An actor that may be meant',
  properties: {
    actor: {
      type: 'object',
      description: 'The actor, in short',
      properties: {
        id: { type: 'string', description: 'Its id' },
        kind: { type: 'string', enum: ACTOR_KINDS, description: 'What it is' },
        name: languageMap('The name to show', 500),
      },
      required: ['id', 'kind', 'name'],
      additionalProperties: false,
    },
    score: {
      type: 'number',
      minimum: 0,
      maximum: 100,
      description: 'How well it fits: 100 is the name itself',
    },
    sure: {
      type: 'boolean',
      description:
        'Whether nobody needs to look at it: it scores at least 90, and the second at least 5 less',
    },
    reasons: {
      type: 'array',
      items: { type: 'string' },
      description:
        'Why it scores so: the name that was found, how the question differs from it, and for who held an office since when, until when and how certainly at the date asked for',
    },
  },
  required: ['actor', 'score', 'sure', 'reasons'],
  additionalProperties: false,
};

const list = {
  type: 'array',
  items: candidate,
  description: `The likeliest first. Those with the same score as the last one wanted are there as well, up to ${MOST_CANDIDATES}`,
};

/** The shapes of names looked for, and of their answers. */
export const nameShapes = [
  { ...nameQuestionsSchema, $id: 'NameQuestions' },
  {
    $id: 'Candidates',
    type: 'object',
    description: 'Who may be meant by a name',
    properties: { data: list },
    required: ['data'],
    additionalProperties: false,
  },
  {
    $id: 'CandidatesOfMany',
    type: 'object',
    description: 'Who may be meant by each of many names',
    properties: {
      data: {
        type: 'array',
        description: 'One answer for each name, in the order of the names',
        items: {
          type: 'object',
          description: 'The answer for one name',
          properties: {
            query: {
              type: 'object',
              description: 'What was asked, as it came in',
              additionalProperties: true,
            },
            data: list,
          },
          required: ['query', 'data'],
          additionalProperties: false,
        },
      },
    },
    required: ['data'],
    additionalProperties: false,
  },
];

/** The parameters of one name. */
export const nameQuery = Type.Object(
  {
    name: Type.String({
      maxLength: LONGEST_NAME,
      description:
        'The name as it is written somewhere: in any script, romanised by any of the usual tables, with initials, in any order of words, declined, mistyped; or the title of an office',
      examples: ['Riabkov'],
    }),
    kind: listParameter('What it may be', 'person'),
    at: Type.Optional(
      Type.String({
        maxLength: 250,
        description:
          'The date (EDTF) for which it is asked who held an office: who did so is a candidate beside the office. Today unless given; names themselves are of all times',
        examples: ['2022-01-28'],
      }),
    ),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: CANDIDATES.most,
        default: CANDIDATES.byDefault,
        description: 'How many candidates are wanted',
        examples: [5],
      }),
    ),
  },
  { additionalProperties: false },
);

/** Candidates as they are answered. */
export function answeredCandidates(candidates: readonly Candidate[]): object[] {
  const sure = isSure(candidates);
  return candidates.map(({ actor, score, reasons }, index) => ({
    actor: inShort(actor),
    score,
    sure: sure && index === 0,
    reasons,
  }));
}

function inShort({ id, kind, name }: KnownActor): object {
  return { id, kind, name };
}

/** Today in UTC, as an EDTF date. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
