import { STANCES } from './account.ts';
import {
  date,
  id,
  languageMap,
  list,
  nullable,
  object,
  source,
  TAG_PATTERN,
  text,
} from './schemas.ts';

export const STATUSES = [
  'announced',
  'scheduled',
  'held',
  'postponed',
  'cancelled',
  'denied',
] as const;
export const CHANNELS = [
  'in-person',
  'phone',
  'video',
  'written',
  'broadcast',
  'online',
  'unknown',
] as const;
export const ROLES = [
  'participant',
  'initiator',
  'host',
  'guest',
  'chair',
  'mediator',
  'observer',
  'speaker',
  'addressee',
  'author',
  'sender',
  'deliverer',
  'recipient',
  'signatory',
  'framework',
  'subject',
] as const;
export const DOCUMENT_RELATIONS = [
  'handed-over',
  'issued',
  'published',
  'signed',
  'discussed',
  'cited',
] as const;
export const LINK_RELATIONS = [
  'part-of',
  'responds-to',
  'follows',
  'refers-to',
  'prepares',
  'cancels',
  'denies',
] as const;

const oneOf = (values: readonly string[], description: string) => ({
  type: 'string',
  enum: values,
  description,
});
const orDefault = (
  values: readonly string[],
  byDefault: string,
  description: string,
) => ({
  type: ['string', 'null'],
  enum: [...values, null],
  default: byDefault,
  description,
});
const inferred = nullable({
  type: 'boolean',
  default: false,
  description: 'True when an editor concluded it',
});

const participation = object(
  {
    actor: id('Who'),
    role: orDefault(
      ROLES,
      'participant',
      'In what role; participant unless said. A subject is only spoken of',
    ),
    as: nullable(languageMap('The capacity in the words of the source')),
    onBehalfOf: nullable(id('The actor for whom they act')),
    inferred,
    name: nullable(
      languageMap(
        'The name at the time; copied from the actor unless given',
        500,
      ),
    ),
  },
  ['actor'],
  'One part in the event',
);

const place = {
  ...object(
    {
      name: nullable(languageMap('Its name', 500)),
      country: nullable({
        type: 'string',
        pattern: '^[A-Z]{2}([A-Z]{2})?$',
        description:
          'ISO 3166-1 alpha-2, XK, or ISO 3166-3 for a state that is gone',
      }),
      coordinates: {
        type: ['array', 'null'],
        prefixItems: [
          { type: 'number', minimum: -180, maximum: 180 },
          { type: 'number', minimum: -90, maximum: 90 },
        ],
        items: false,
        minItems: 2,
        maxItems: 2,
        description: 'Longitude and latitude in degrees (WGS 84)',
      },
    },
    [],
    'A place',
  ),
  anyOf: [
    { required: ['name'], properties: { name: { type: 'object' } } },
    { required: ['country'], properties: { country: { type: 'string' } } },
  ],
};

/** JSON Schema of an event's draft. */
export const eventSchema = object(
  {
    record: { const: 'event', description: 'What kind of record this is' },
    id: id('Stable for ever'),
    type: {
      type: 'string',
      maxLength: 100,
      description: 'A code of the table of event types',
    },
    status: orDefault(
      STATUSES,
      'held',
      'Whether it took place; held unless said',
    ),
    channel: orDefault(
      CHANNELS,
      'unknown',
      'How they met; unknown unless said',
    ),
    date: date('When'),
    dateText: nullable(text('The date in the words of the source')),
    timeZone: nullable({
      type: 'string',
      maxLength: 64,
      description: 'IANA zone in which a clock time without offset is read',
    }),
    sequence: nullable({
      type: 'integer',
      default: 0,
      minimum: -2_147_483_648,
      maximum: 2_147_483_647,
      description: 'Order among events of one date; 0 unless said',
    }),
    title: languageMap('What happened, in a line', 500),
    summary: nullable(languageMap('What happened, in a paragraph')),
    places: list(place, 'Where'),
    participants: list(participation, 'Who took part, one row per part'),
    documents: list(
      object(
        {
          document: id('The document'),
          relation: oneOf(DOCUMENT_RELATIONS, 'What was done with it'),
        },
        ['document', 'relation'],
        'A document',
      ),
      'Documents that the event is about',
    ),
    accounts: list(
      object(
        {
          party: id('Who tells it'),
          stance: oneOf(STANCES, 'How; silence is a stance too'),
          text: nullable(languageMap('What they say')),
          date: nullable(date('When they said it')),
          source: nullable({
            type: 'integer',
            minimum: 0,
            description: 'Index into sources',
          }),
        },
        ['party', 'stance'],
        'Who tells it, and how',
      ),
      'Who tells it, and how',
    ),
    links: list(
      object(
        {
          relation: oneOf(LINK_RELATIONS, 'How'),
          event: id('The other event'),
          inferred,
        },
        ['relation', 'event'],
        'A tie to another event',
      ),
      'Ties to other events',
    ),
    topics: {
      ...list(
        { type: 'string', pattern: TAG_PATTERN, maxLength: 100 },
        'What it was about',
      ),
      uniqueItems: true,
    },
    sources: list(source, 'Where it is told'),
  },
  ['record', 'id', 'type', 'date', 'title'],
  'An event',
);
