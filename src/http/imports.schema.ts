import { Type } from 'typebox';

const count = (description: string) => ({
  type: 'integer',
  minimum: 0,
  description,
});

/** How many rejected rows a report lists; of the rest it gives the number. */
export const MOST_ROWS = 1000;

const report = {
  properties: {
    received: count('Rows that came in'),
    created: count('Records that were new'),
    updated: count('Records that got a new revision'),
    unchanged: count(
      'Rows that say what the record, or the file, says already',
    ),
    rejected: count('Rows that were not taken'),
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
  },
  required: [
    'received',
    'created',
    'updated',
    'unchanged',
    'rejected',
    'stored',
    'rows',
    'more',
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
