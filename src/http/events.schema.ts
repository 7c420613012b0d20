import { Type } from 'typebox';
import { CORROBORATIONS } from '../domain/account.ts';
import { eventSchema, ROLES } from '../domain/event-schema.ts';
import { answered, recordFields } from './answered.schema.ts';
import { DEFAULT_LIMIT, pageSchema, paging } from './answers.ts';
import { choice, narrowingQuery, recordQuery } from './filters.schema.ts';
import { hintsField } from './hints.schema.ts';

const bound = (description: string) => ({
  type: 'array',
  items: { type: ['string', 'null'] },
  minItems: 2,
  maxItems: 2,
  description: `${description}: earliest and latest, UTC, null where open`,
});

const surely = (description: string) => ({
  type: 'string',
  enum: ['certain', 'possible'],
  description,
});

const match = {
  type: 'object',
  description: 'Only with `explain=true`: how it met the question',
  properties: {
    date: surely('Whether its date surely meets the window'),
    actors: {
      type: 'array',
      description:
        'The participations that count for the actors asked for, each by the way that was climbed',
      items: {
        type: 'object',
        properties: {
          filter: { type: 'string', description: 'The value of `actor`' },
          participant: { type: 'string', description: 'Who took part' },
          role: { type: 'string', enum: ROLES, description: 'As what' },
          path: {
            type: 'array',
            items: { type: 'string' },
            description:
              'From the participant, or whom they acted for, up to the actor asked for',
          },
          tenure: surely('Whether every tie of the path surely stood'),
        },
        required: ['filter', 'participant', 'role', 'path', 'tenure'],
        additionalProperties: false,
      },
    },
  },
  required: ['date', 'actors'],
  additionalProperties: false,
};

function answeredEvent(): object {
  const event = answered(eventSchema);
  const participants = event.properties?.['participants']?.items || {};
  const name = participants.properties?.['name'];
  if (name !== undefined) name.type = 'object';
  const derived = {
    bounds: {
      type: 'object',
      description:
        'What the date means: four instants, half-open, each attainable. Days are days wherever it took place, written as if in UTC',
      properties: {
        begin: bound('When it began'),
        end: bound('The instant after it ended'),
        precision: {
          type: 'string',
          enum: ['second', 'day', 'month', 'season', 'year', 'decade'],
          description: 'Of the date as given; of a set, that of its members',
        },
      },
      required: ['begin', 'end', 'precision'],
      additionalProperties: false,
    },
    corroboration: {
      type: 'string',
      enum: CORROBORATIONS,
      description: 'How well it is told, from its accounts',
    },
    ...recordFields,
  };
  return {
    ...event,
    $id: 'Event',
    description:
      'A call, a visit, a handover: what happened, when, who took part, and who says so',
    properties: { ...event.properties, ...derived, match },
    required: [...(event.required ?? []), ...Object.keys(derived)],
  };
}

/** The shapes of events in answers. */
export const eventShapes = [
  answeredEvent(),
  pageSchema('Event', {
    count: {
      type: 'integer',
      minimum: 0,
      description: 'How many events match, if `count` was asked for',
    },
    countMethod: {
      type: 'string',
      enum: ['exact', 'estimated'],
      description: 'Whether `count` was counted, or is an estimate',
    },
    hints: hintsField,
  }),
];

/** The most events that a page holds. */
export const LONGEST_PAGE = 500;

/** The language of texts. */
export const lang = Type.Optional(
  Type.String({
    maxLength: 64,
    pattern: '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$',
    description:
      'Language of titles and names in formats of text (BCP 47); where there is none, English, Ukrainian, or the first',
    examples: ['uk'],
  }),
);

/** Parameters that only some formats take. */
export const shaping = {
  rows: choice(
    ['events', 'participations'],
    'For CSV, what a row is: an event (unless said), or somebody’s taking part in one',
  ),
  crosswalk: Type.Optional(
    Type.Array(Type.String(), {
      description:
        'For CSV, columns for the codes of other vocabularies, each with how well it matches: `cameo`, `plover`, with commas between',
      examples: [['cameo,plover']],
    }),
  ),
  expansion: choice(
    ['none', 'dyads'],
    'For CSV, `dyads`: a row for every two who took part in an event',
  ),
};

/** The parameters of a list of events in any format. */
export const listQuery = {
  ...narrowingQuery,
  order: choice(
    ['asc', 'desc'],
    'Chronological, or its exact reverse; chronological unless said, but feeds (Atom, JSON Feed) begin with the newest',
  ),
  ...recordQuery,
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 500,
      description: `How many events: ${DEFAULT_LIMIT} a page unless said; CSV and NDJSON hold all of them unless said, calendars and maps ${LONGEST_PAGE}`,
      examples: [10],
    }),
  ),
  cursor: paging.cursor,
};

/** The parameters of the list of events (contract §4). */
export const eventQuery = Type.Object(
  {
    ...listQuery,
    count: choice(
      ['none', 'exact', 'estimated'],
      'Whether all events that match are counted, beside the page; an estimate says in `countMethod` that it is one',
      'none',
    ),
    explain: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Whether each event tells in `match` which participation matched, through whom, and how surely',
        examples: [true],
      }),
    ),
    lang,
    ...shaping,
  },
  { additionalProperties: false },
);
