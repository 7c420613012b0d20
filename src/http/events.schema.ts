import { Type } from 'typebox';
import { CORROBORATIONS } from '../domain/account.ts';
import { eventSchema, ROLES } from '../domain/event-schema.ts';
import { LONGEST_QUESTION, MOST_WORDS } from '../domain/words.ts';
import {
  answered,
  DEFAULT_LIMIT,
  listParameter,
  pageSchema,
  paging,
  recordFields,
} from './answers.ts';
import { hintsField } from './hints.schema.ts';
import { asOfParameter } from './records.ts';

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

const edge = (description: string, example: string) =>
  Type.Optional(
    Type.String({
      maxLength: 250,
      description: `${description}: an EDTF date or date-time, inclusive by its unit`,
      examples: [example],
    }),
  );
const recordEdge = (description: string, example: string) =>
  Type.Optional(
    Type.String({
      maxLength: 250,
      description: `${description}: a date-time with an offset (RFC 3339), or a date in UTC, inclusive. Never mixed up with when it took place`,
      examples: [example],
    }),
  );
/** A parameter with some words to choose from. */
export const choice = <Value extends string>(
  values: Value[],
  description: string,
  byDefault?: Value,
) =>
  Type.Optional(
    Type.Enum(values, {
      description,
      examples: values.slice(0, 1),
      ...(byDefault === undefined ? {} : { default: byDefault }),
    }),
  );

/** The filters of events that say what they are, whenever they are asked (contract §4). */
export const narrowingQuery = {
  actor: listParameter(
    'Who took part, through whomever: an id, or `id:role` to bind the role to that very participation',
    'russia',
  ),
  type: listParameter(
    'Type of event; a parent finds its children',
    'visit.state',
  ),
  status: listParameter('Whether it took place', 'held'),
  channel: listParameter('How they met', 'phone'),
  country: listParameter(
    'Where: ISO 3166-1 alpha-2, XK, or ISO 3166-3 for a state that is gone',
    'FR',
  ),
  topic: listParameter('What it was about', 'security-guarantees'),
  document: listParameter(
    'A document that it handed over, signed, cited …',
    'us-reply-2022-01-26',
  ),
  publisher: listParameter(
    'Publisher of one of its sources',
    'Office of the Historian\\, U.S. Department of State',
  ),
  language: listParameter('Language of one of its sources (BCP 47)', 'uk'),
  linkedTo: listParameter('The event it links to', 'handover-drafts'),
  corroboration: listParameter(
    'How well it is told: `denied`, `contested`, `confirmed`, `one-sided` or `reported`',
    'one-sided',
  ),
  accountBy: listParameter(
    'Who has spoken about it (asserts, confirms, disputes, denies), through whomever; `id:stance` asks for one stance, `-id` for what they have not spoken about',
    'kremlin',
  ),
  q: Type.Optional(
    Type.String({
      maxLength: LONGEST_QUESTION,
      description: `Words of its titles, summaries, places and accounts, of the names and capacities of who took part: all of them, in any order, inflected as they may be, letters with or without diacritics. \`"…"\`: these words in a row; \`-\` before a word or phrase: not that one; nothing else is special. At most ${MOST_WORDS} words`,
      examples: ['"гарантії безпеки" -Макрон'],
    }),
  ),
  from: edge('Begin of the window', '2022-01'),
  to: edge('End of the window', '2022-01-28'),
  tz: Type.Optional(
    Type.String({
      maxLength: 64,
      default: 'UTC',
      description:
        'IANA zone in which edges that are dates are read for events with a clock time',
      examples: ['Europe/Kyiv'],
    }),
  ),
  relation: choice(
    ['overlaps', 'within'],
    'Whether an event has to touch the window or to lie within it',
    'overlaps',
  ),
  certainty: choice(
    ['possible', 'certain'],
    'Whether doubt of date or tenure is let through',
    'possible',
  ),
  minPrecision: choice(
    ['day', 'month', 'year'],
    'Drops events whose date is vaguer',
  ),
  scope: choice(
    ['members', 'self'],
    '`members`: events of members count for what they are members of; `self`: only who is named counts',
  ),
};

/** The filters of events by the record's own time. */
export const recordQuery = {
  asOf: asOfParameter,
  recordedFrom: recordEdge(
    'Only what was entered or revised at this instant or later',
    '2022-01-01',
  ),
  recordedTo: recordEdge(
    'Only what was entered or revised at this instant or earlier',
    '2999-01-01',
  ),
};

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
  },
  { additionalProperties: false },
);
