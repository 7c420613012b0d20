import { Type } from 'typebox';
import { INTERVALS, MOST_BUCKETS } from '../domain/timeline.ts';
import { LEVELS } from '../storage/counting.ts';
import { FACETS, OWN } from '../storage/facets.reads.ts';
import { SPLITS } from '../storage/timeline.reads.ts';
import { choice, narrowingQuery, recordQuery } from './filters.schema.ts';

const count = (description: string) => ({
  type: 'integer',
  minimum: 0,
  description,
});

const groups = {
  type: 'object',
  additionalProperties: { type: 'integer' },
  description:
    'So many of them for each value of `by`; an event with two values counts for both, one without any for none',
};
const rest = count('So many for all values beyond `top`');

/** The shapes of counts in answers. */
export const timelineShapes = [
  {
    $id: 'Timeline',
    type: 'object',
    description: 'A histogram: how many events begin in each bucket of time',
    properties: {
      interval: {
        type: 'string',
        enum: [...INTERVALS],
        description: 'How long a bucket is',
      },
      tz: { type: 'string', description: 'The zone of the buckets' },
      buckets: {
        type: 'array',
        description: 'Every bucket from the first to the last, also empty ones',
        items: {
          type: 'object',
          properties: {
            start: {
              type: 'string',
              description:
                'Its first instant, in the zone (ISO 8601; six digits and a sign beyond the years 0000 to 9999)',
            },
            end: {
              type: 'string',
              description: 'The first instant after it',
            },
            total: count('So many events begin in it, certainly'),
            groups,
            rest,
          },
          required: ['start', 'end', 'total'],
          additionalProperties: false,
        },
      },
      imprecise: {
        type: 'object',
        description:
          'Events that may have begun in one bucket or in another, or whose begin nobody knows: counted, never guessed',
        properties: { total: count('So many'), groups, rest },
        required: ['total'],
        additionalProperties: false,
      },
      total: count('All of them: what the list holds under the same filters'),
    },
    required: ['interval', 'tz', 'buckets', 'imprecise', 'total'],
    additionalProperties: false,
  },
  {
    $id: 'Facets',
    type: 'object',
    description: 'How many events have which value',
    properties: {
      total: count('So many events meet all filters'),
      facets: {
        type: 'object',
        description: 'For each facet its most frequent values',
        additionalProperties: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              value: {
                type: 'string',
                description: 'As the filter of this name takes it',
              },
              label: {
                type: ['object', 'null'],
                additionalProperties: { type: 'string' },
                description: 'What it is called, by language',
              },
              count: count('So many events have it'),
            },
            required: ['value', 'label', 'count'],
            additionalProperties: false,
          },
        },
      },
      rest: {
        type: 'object',
        description: 'For each facet with more values than `top`: the others',
        additionalProperties: {
          type: 'object',
          properties: {
            values: count('So many values'),
            count: count('The sum of their counts'),
          },
          required: ['values', 'count'],
          additionalProperties: false,
        },
      },
    },
    required: ['total', 'facets', 'rest'],
    additionalProperties: false,
  },
];

/** The filters of everything that counts events. */
export const countingQuery = { ...narrowingQuery, ...recordQuery };

/** At which level actors are counted. */
export const levelParameter = choice(
  [...LEVELS],
  'Whether the states and organizations behind the events are counted, or the actors whom they name',
  'state',
);

const top = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: 100,
    default: 20,
    description: 'So many values are told apart, the rest is summed',
    examples: [5],
  }),
);

export const DEFAULT_TOP = 20;

/** The parameters of the histogram. */
export const timelineQuery = Type.Object(
  {
    interval: Type.Enum([...INTERVALS], {
      description: `How long a bucket is: weeks are those of ISO 8601. At most ${MOST_BUCKETS} buckets`,
      examples: ['month'],
    }),
    by: choice([...SPLITS], 'Splits every bucket by value'),
    at: levelParameter,
    top,
    ...countingQuery,
  },
  { additionalProperties: false },
);

/** The parameters of the facets. */
export const facetsQuery = Type.Object(
  {
    by: Type.String({
      maxLength: 500,
      description: `What to count by, with commas between: ${FACETS.join(', ')}`,
      examples: ['type,country'],
    }),
    at: levelParameter,
    top,
    own: choice(
      [...OWN],
      'What becomes of the filter of a facet’s own name; `ignored`: the facet tells what choosing another value would bring',
      'applied',
    ),
    ...countingQuery,
  },
  { additionalProperties: false },
);
