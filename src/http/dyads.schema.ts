import { Type } from 'typebox';
import { ACTOR_KINDS } from '../domain/affiliation.ts';
import { cursorField, paging } from './answers.ts';
import { countingQuery, levelParameter } from './timeline.schema.ts';

const names = (description: string) => ({
  type: 'object',
  additionalProperties: { type: 'string' },
  description,
});

const short = { $ref: 'EventInShort#' };
const shortOrNull = (description: string) => ({
  anyOf: [short, { type: 'null' }],
  description,
});
const tally = (description: string) => ({
  type: 'object',
  additionalProperties: { type: 'integer', minimum: 0 },
  description,
});

/** The shapes of contacts in answers. */
export const dyadShapes = [
  {
    $id: 'EventInShort',
    type: 'object',
    description: 'An event in short',
    properties: {
      record: { type: 'string', enum: ['event'], description: 'What it is' },
      id: { type: 'string', description: 'Under which it is found' },
      date: { type: 'string', description: 'As it was given (EDTF)' },
      title: names('By language'),
    },
    required: ['record', 'id', 'date', 'title'],
    additionalProperties: false,
  },
  {
    $id: 'CounterpartPage',
    type: 'object',
    description: 'With whom an actor dealt, the most frequent first',
    properties: {
      data: {
        type: 'array',
        description: 'They, in order; of equals by id',
        items: {
          type: 'object',
          properties: {
            actor: {
              type: 'object',
              description: 'Whom the actor dealt with',
              properties: {
                id: { type: 'string', description: 'Of the actor' },
                kind: {
                  type: 'string',
                  enum: [...ACTOR_KINDS],
                  description: 'What it is',
                },
                name: names('What it is called, by language'),
              },
              required: ['id', 'kind', 'name'],
              additionalProperties: false,
            },
            count: {
              type: 'integer',
              minimum: 1,
              description: 'In so many events',
            },
            first: short,
            last: short,
          },
          required: ['actor', 'count', 'first', 'last'],
          additionalProperties: false,
        },
      },
      next: cursorField('Cursor of the next page, null on the last'),
    },
    required: ['data', 'next'],
    additionalProperties: false,
  },
  {
    $id: 'Dyad',
    type: 'object',
    description:
      'The ledger of two actors: what was held, unless `status` says otherwise',
    properties: {
      total: {
        type: 'integer',
        minimum: 0,
        description: 'So many contacts',
      },
      byType: tally('By their own type'),
      byChannel: tally('By channel'),
      byYear: tally('By the year in which they certainly began, in `tz`'),
      imprecise: {
        type: 'integer',
        minimum: 0,
        description: 'So many fit no single year',
      },
      first: shortOrNull('The first in chronological order'),
      last: shortOrNull('The last in chronological order'),
      longestGap: {
        anyOf: [
          {
            type: 'object',
            properties: {
              from: {
                type: 'string',
                format: 'date',
                description: 'The last day on which they can have dealt',
              },
              to: {
                type: 'string',
                format: 'date',
                description: 'The first day on which they can have dealt again',
              },
              days: {
                type: 'integer',
                minimum: 1,
                description: 'Days from the one to the other',
              },
            },
            required: ['from', 'to', 'days'],
            additionalProperties: false,
          },
          { type: 'null' },
        ],
        description:
          'The longest time that surely passed without a contact; null without two contacts apart',
      },
      silenceDays: {
        type: ['integer', 'null'],
        minimum: 0,
        description:
          'Days since they can last have dealt, until now or `asOf`; null if they never did',
      },
    },
    required: [
      'total',
      'byType',
      'byChannel',
      'byYear',
      'imprecise',
      'first',
      'last',
      'longestGap',
      'silenceDays',
    ],
    additionalProperties: false,
  },
];

/** The parameters of an actor's counterparts. */
export const counterpartsQuery = Type.Object(
  { at: levelParameter, ...countingQuery, ...paging },
  { additionalProperties: false },
);

/** The parameters of the ledger of two actors. */
export const dyadQuery = Type.Object(countingQuery, {
  additionalProperties: false,
});
