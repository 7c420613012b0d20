import { ACTOR_KINDS } from '../domain/affiliation.ts';
import { type JsonSchema, language, object } from '../domain/schemas.ts';
import { DELIMITERS } from './csv-records.ts';

/** Longer texts in a mapping are no names of columns. */
const LONGEST = 500;

const short = (description: string, maxLength = LONGEST) => ({
  type: 'string',
  minLength: 1,
  maxLength,
  description,
});

const cell = (description: string): JsonSchema => ({
  type: ['string', 'object'],
  minLength: 1,
  maxLength: LONGEST,
  properties: {
    column: short('The name of a column'),
    template: short(
      'A text in which `{Name of a column}` stands for the cell',
      2000,
    ),
    value: short('The same for every row', 2000),
    values: {
      type: 'object',
      minProperties: 1,
      maxProperties: 1000,
      additionalProperties: short('What it means here', 2000),
      description:
        'What the cell says → what it means here; anything else is a fault',
    },
    otherwise: short('What any other cell means, an empty one too', 2000),
  },
  additionalProperties: false,
  description: `${description}: the name of a column, or an object with one of \`column\`, \`template\`, \`value\``,
});

const perLanguage = (description: string): JsonSchema => ({
  type: 'object',
  minProperties: 1,
  maxProperties: 20,
  propertyNames: { pattern: language('').pattern, maxLength: 35 },
  additionalProperties: cell('The text in that language'),
  description: `${description}; BCP 47 tag → cell`,
});

const some = (items: JsonSchema, description: string): JsonSchema => ({
  type: 'array',
  maxItems: 50,
  items,
  description,
});

const separator = short(
  'What stands between several values in one cell, as it is (no pattern)',
  5,
);

/** JSON Schema of what a date cell is written like. */
const dateFormats: JsonSchema = {
  type: 'array',
  minItems: 1,
  maxItems: 10,
  items: short('Tokens of Luxon, such as dd.MM.yyyy, or edtf', 50),
  description: 'How dates are written; the first that fits is taken',
};

/** JSON Schema of a mapping: from the columns of a CSV file to the fields of an event. */
export const mappingSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Mapping of a CSV file to events',
  ...object(
    {
      delimiter: {
        type: 'string',
        enum: DELIMITERS,
        description: 'What stands between cells; found out unless said',
      },
      encoding: short(
        'How the file is encoded (WHATWG label, such as windows-1251); utf-8 unless said',
        40,
      ),
      columns: some(
        short('A name'),
        'The names of the columns, where the file has no header',
      ),
      id: {
        type: ['string', 'object'],
        minLength: 1,
        maxLength: LONGEST,
        properties: {
          column: short('The name of a column that holds ids'),
          template: short(
            'A text in which `{Name of a column}` stands for the cell, written as an id',
            2000,
          ),
          hash: some(
            short('The name of a column'),
            'Columns that tell one event from all others; the id is made of what they say',
          ),
          prefix: {
            type: 'string',
            pattern: '^[a-z0-9][a-z0-9._~-]{0,60}$',
            description: 'What an id made of a hash begins with',
          },
        },
        additionalProperties: false,
        description:
          'The id: the name of a column, or an object with one of `column`, `template`, `hash`. The same row must always have the same one',
      },
      type: cell('The type of event'),
      status: cell('Whether it took place'),
      channel: cell('How they met'),
      date: {
        type: ['string', 'object'],
        minLength: 1,
        maxLength: LONGEST,
        properties: {
          column: short('The name of a column'),
          template: short('As in any cell: `{Day} {Time}`', 2000),
          until: short(
            'The name of the column with the last day, where it took several',
          ),
          format: dateFormats,
          locale: {
            type: 'string',
            pattern: language('').pattern,
            maxLength: 35,
            description:
              'The language of names of months and days (BCP 47); en unless said',
          },
        },
        additionalProperties: false,
        description:
          'When: the name of a column that holds EDTF, or an object with a `column` or `template` and its `format`',
      },
      dateText: cell('The date in the words of the source'),
      timeZone: cell('IANA zone in which clock times are read'),
      sequence: cell('Order among events of one date'),
      title: perLanguage('What happened, in a line'),
      summary: perLanguage('What happened, in a paragraph'),
      places: some(
        object(
          {
            name: perLanguage('Its name'),
            country: cell('ISO 3166-1 alpha-2'),
            longitude: cell('Degrees'),
            latitude: cell('Degrees'),
          },
          [],
          'A place',
        ),
        'Where; a place of empty cells is none',
      ),
      participants: some(
        {
          ...object(
            {
              column: short('The name of a column'),
              template: short('As in any cell', 2000),
              value: short('The same actor for every row', 2000),
              separator,
              role: cell('In what role'),
              roleAfter: short(
                'What stands between an actor and its role in one value, as in `macron:guest`',
                5,
              ),
              as: perLanguage('The capacity in the words of the source'),
              onBehalfOf: cell('The actor for whom they act'),
              kind: {
                type: 'string',
                enum: ACTOR_KINDS,
                description:
                  'What they are: only such actors are looked for, and made; a group is made unless said',
              },
              language: language('Language of the names; und unless said'),
            },
            [],
            'Who took part',
          ),
        },
        'Who took part: ids of the record, or names',
      ),
      topics: some(
        object(
          {
            column: short('The name of a column'),
            value: short('The same topic for every row', 100),
            separator,
            values: {
              type: 'object',
              minProperties: 1,
              maxProperties: 1000,
              additionalProperties: short('The topic', 100),
              description: 'What the cell says → the topic',
            },
          },
          [],
          'Topics',
        ),
        'What it was about',
      ),
      sources: some(
        object(
          {
            url: cell('Where it can be read'),
            title: cell('Its title'),
            publisher: cell('Who published it'),
            language: cell('Its language'),
            publishedAt: cell('When it was published (EDTF)'),
            separator,
          },
          [],
          'Where it is told; a source without address and title is none',
        ),
        'Where it is told',
      ),
    },
    ['id', 'type', 'date', 'title'],
    'From columns to the fields of an event. Empty cells are absent',
  ),
};
