import { Type } from 'typebox';
import { ACTOR_KINDS } from '../domain/affiliation.ts';
import { type Candidate, isSure } from '../domain/candidates.ts';
import { type LanguageMap } from '../domain/language.ts';

const text = (description: string) => ({ type: 'string', description });

const type = {
  type: 'object',
  description: 'A kind of actor',
  properties: { id: text('The kind'), name: text('Its name') },
  required: ['id', 'name'],
  additionalProperties: false,
};

/** The shapes of the Reconciliation Service API 0.2, as its JSON Schemas have them. */
export const reconcileShapes = [
  {
    $id: 'ReconciliationManifest',
    type: 'object',
    description: 'What the service reconciles against',
    properties: {
      versions: {
        type: 'array',
        items: { type: 'string' },
        contains: { const: '0.2' },
        description: 'Versions of the protocol that are spoken',
      },
      name: text('What the service is called'),
      identifierSpace: text('What the ids are ids of'),
      schemaSpace: text('What the types are types of'),
      documentation: text('Where it is described'),
      serviceVersion: text('The version of the service'),
      defaultTypes: {
        type: 'array',
        uniqueItems: true,
        items: type,
        description: 'The kinds of actor',
      },
      view: {
        type: 'object',
        description: 'Where an actor can be seen',
        properties: {
          url: {
            ...text('Address with `{{id}}` for the id'),
            pattern: String.raw`.*\{\{id\}\}.*`,
          },
        },
        required: ['url'],
        additionalProperties: false,
      },
    },
    required: ['versions', 'name', 'identifierSpace', 'schemaSpace', 'view'],
    additionalProperties: false,
  },
  {
    $id: 'ReconciliationResults',
    type: 'object',
    description: 'The candidates for each query of a batch, by its name',
    additionalProperties: {
      type: 'object',
      description: 'The candidates for one query',
      properties: {
        result: {
          type: 'array',
          description: 'The likeliest first',
          items: {
            type: 'object',
            description: 'A candidate',
            properties: {
              id: text('Id of the actor'),
              name: text('Its name: English, else Ukrainian, else any'),
              description: text('Why it scores so'),
              score: {
                type: 'number',
                minimum: 0,
                maximum: 100,
                description: 'How well it fits',
              },
              match: {
                type: 'boolean',
                description: 'Whether nobody needs to look at it',
              },
              type: { type: 'array', items: type, description: 'Its kind' },
              features: {
                type: 'array',
                description: 'What the score hangs on',
                items: {
                  type: 'object',
                  description: 'A feature',
                  properties: {
                    id: text(
                      '`held-office`: was found as who held an office; `certain-tenure`: certainly so at the date',
                    ),
                    value: { type: 'boolean', description: 'Whether it is so' },
                  },
                  required: ['id', 'value'],
                  additionalProperties: false,
                },
              },
            },
            required: [
              'id',
              'name',
              'description',
              'score',
              'match',
              'type',
              'features',
            ],
            additionalProperties: false,
          },
        },
      },
      required: ['result'],
      additionalProperties: false,
    },
  },
];

/** The parameters of the reconciliation service. */
export const reconcileQuery = Type.Object(
  {
    queries: Type.Optional(
      Type.String({
        description:
          'A batch as JSON: name of the query → `{"query", "type", "limit", "properties"}`. `type` is a kind of actor or several; the one property is `at`, the date (EDTF) for which it is asked who held an office. Without it the manifest is answered',
        examples: ['{"q0":{"query":"Riabkov","type":"person","limit":3}}'],
      }),
    ),
  },
  { additionalProperties: false },
);

const typeOf = (kind: string) => ({
  id: kind,
  name: kind.charAt(0).toUpperCase() + kind.slice(1),
});

/** The manifest of the service at an address such as `https://host`. */
export function manifest(base: string, version: string): object {
  return {
    versions: ['0.2'],
    name: 'Diplomatic events: actors',
    identifierSpace: `${base}/v1/actors/`,
    schemaSpace: `${base}/openapi.json`,
    documentation: `${base}/docs`,
    serviceVersion: version,
    defaultTypes: ACTOR_KINDS.map(typeOf),
    view: { url: `${base}/v1/actors/{{id}}` },
  };
}

/** Candidates as the protocol has them. */
export function result(candidates: readonly Candidate[]): object {
  const sure = isSure(candidates);
  return {
    result: candidates.map(({ actor, score, reasons, tenure }, index) => ({
      id: actor.id,
      name: shown(actor.name),
      description: reasons.join('; '),
      score,
      match: sure && index === 0,
      type: [typeOf(actor.kind)],
      features: [
        { id: 'held-office', value: tenure !== null },
        { id: 'certain-tenure', value: tenure === 'certain' },
      ],
    })),
  };
}

function shown(name: LanguageMap): string {
  return name['en'] ?? name['uk'] ?? Object.values(name)[0] ?? '';
}
