import { Type } from 'typebox';
import { RECORDS } from '../domain/record.ts';
import { MOST_TOLD } from '../imports/run.ts';

const count = (description: string) => ({
  type: 'integer',
  minimum: 0,
  description,
});

/** How many rejected rows a report lists; of the rest it gives the number. */
export const MOST_ROWS = 1000;

const id = (description: string) => ({ type: 'string', description });

const unsureName = {
  type: 'object',
  description: 'A name',
  properties: {
    name: id('The name as it stands in the file'),
    count: { type: 'integer', minimum: 1, description: 'How often it stood' },
    candidates: {
      type: 'array',
      description:
        'Who may be meant, the likeliest first; none when it is like nobody’s',
      items: {
        type: 'object',
        description: 'An actor',
        properties: {
          id: id('Its id'),
          score: {
            type: 'number',
            minimum: 0,
            maximum: 100,
            description: 'How well the name fits',
          },
        },
        required: ['id', 'score'],
        additionalProperties: false,
      },
    },
  },
  required: ['name', 'count', 'candidates'],
  additionalProperties: false,
};

const duplicate = {
  type: 'object',
  description: 'An event that may be another one told again',
  properties: {
    line: { type: 'integer', minimum: 1, description: 'Its line' },
    id: id('Its id'),
    like: id('The id of the other event, of the record or of an earlier row'),
    reasons: {
      type: 'array',
      description: 'What they have in common',
      items: id('A reason'),
    },
  },
  required: ['line', 'id', 'like', 'reasons'],
  additionalProperties: false,
};

const conflict = {
  type: 'object',
  description: 'A row that was left alone',
  properties: {
    line: { type: 'integer', minimum: 1, description: 'Its line' },
    record: { enum: RECORDS, description: 'What kind of record it is' },
    id: id('Its id'),
    revision: {
      type: 'integer',
      minimum: 1,
      description: 'The revision that stands, or that of its removal',
    },
    removed: { type: 'boolean', description: 'Whether it was removed' },
    by: id('By whom it was revised'),
    at: { type: 'string', format: 'date-time', description: 'When' },
  },
  required: ['line', 'record', 'id', 'revision', 'removed', 'by', 'at'],
  additionalProperties: false,
};

const report = {
  properties: {
    received: count('Rows that came in'),
    created: count('Records that were new'),
    updated: count('Records that got a new revision'),
    unchanged: count(
      'Rows that say what the record, or the file, says already',
    ),
    rejected: count('Rows that were not taken'),
    passedOver: count(
      'Rows that are none of those wanted: of GDELT, what is not diplomatic',
    ),
    stored: {
      type: 'boolean',
      description:
        'Whether anything was kept: false after a dry run, and when one bad row undid the whole',
    },
    rows: {
      type: 'array',
      maxItems: MOST_ROWS,
      description: 'Rejected rows, by line',
      items: {
        type: 'object',
        description: 'A rejected row',
        properties: {
          line: {
            type: 'integer',
            minimum: 1,
            description: 'Its line, counted from 1',
          },
          errors: {
            type: 'array',
            description: 'Every place that is wrong',
            items: { $ref: 'Problem#/properties/errors/items' },
          },
        },
        required: ['line', 'errors'],
        additionalProperties: false,
      },
    },
    more: count('Rejected rows that are not listed'),
    names: {
      type: 'array',
      maxItems: MOST_TOLD,
      description:
        'Names that were not surely anybody’s, each once; rows with them were rejected',
      items: unsureName,
    },
    moreNames: count('How often names stood that are not listed'),
    duplicates: {
      type: 'array',
      maxItems: MOST_TOLD,
      description:
        'Events that may be others told again, by line; they were taken, and nothing was merged',
      items: duplicate,
    },
    moreDuplicates: count('Such events that are not listed'),
    conflicts: {
      type: 'array',
      maxItems: MOST_TOLD,
      description:
        'Rows that say otherwise than what an editor has written since an import brought the record, by kind and line; they were left alone',
      items: conflict,
    },
    moreConflicts: count('Such rows that are not listed'),
  },
  required: [
    'received',
    'created',
    'updated',
    'unchanged',
    'rejected',
    'passedOver',
    'stored',
    'rows',
    'more',
    'names',
    'moreNames',
    'duplicates',
    'moreDuplicates',
    'conflicts',
    'moreConflicts',
  ],
};

const problemField = (name: string) => ({
  $ref: `Problem#/properties/${name}`,
});
const PROBLEM_FIELDS = ['type', 'title', 'status', 'detail', 'instance'];

/** The report of an import, and the same as a problem (RFC 9457) where nothing was kept. */
export const importShapes = [
  {
    $id: 'ImportReport',
    type: 'object',
    description: 'What an import did',
    ...report,
    additionalProperties: false,
  },
  {
    $id: 'ImportProblem',
    type: 'object',
    description: 'Why an import kept nothing: a problem with the report',
    properties: {
      ...Object.fromEntries(
        PROBLEM_FIELDS.map((name) => [name, problemField(name)]),
      ),
      ...report.properties,
    },
    required: [...PROBLEM_FIELDS, ...report.required],
    additionalProperties: false,
  },
];

/** No address is longer; a longer mapping is for the command line. */
const LONGEST_MAPPING = 8000;

/** The parameters of an import. */
export const importQuery = Type.Object(
  {
    dryRun: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'Do all of it and keep nothing',
        examples: [true],
      }),
    ),
    atomic: Type.Optional(
      Type.Boolean({
        default: true,
        description:
          'One bad row undoes the whole; `false` keeps the good rows',
        examples: [false],
      }),
    ),
    overwrite: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Replace also what an editor has revised or removed since an import brought it; else such rows are left alone and told',
        examples: [true],
      }),
    ),
    mapping: Type.Optional(
      Type.String({
        maxLength: LONGEST_MAPPING,
        description:
          'JSON: which column of a CSV file is what (its schema is `docs/mapping.schema.json`, `docs/imports.md` tells it by example); of an agenda what it leaves open, such as `{"type": "visit"}`',
        examples: [
          '{"id": "No", "type": {"value": "call"}, "date": {"column": "Date", "format": ["dd.MM.yyyy"]}, "title": {"en": "Subject"}, "participants": [{"column": "Who", "separator": ";"}]}',
        ],
      }),
    ),
    createActors: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Make an actor of each name that is like nobody’s; a name that may be somebody’s is told all the same',
        examples: [true],
      }),
    ),
  },
  { additionalProperties: false },
);

/** The headers of an import. */
export const importHeaders = Type.Object({
  'x-change-reason': Type.Optional(
    Type.String({
      description: 'Why; kept with each revision',
      examples: ['Archive of the ministry'],
    }),
  ),
});
