import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { eventTypes } from '../domain/event-types.ts';
import { problemAnswers, sendJson } from './answers.ts';

const crosswalk = (scheme: string) => ({
  type: 'array',
  description: `Codes of ${scheme} that are near it`,
  items: {
    type: 'object',
    description: 'A code of the other scheme',
    properties: {
      code: { type: 'string', description: 'The code there' },
      match: {
        type: 'string',
        enum: ['exact', 'close', 'broad', 'narrow', 'related'],
        description:
          'How near: a mapping relation of SKOS; `broad` says the code there is broader than ours',
      },
    },
    required: ['code', 'match'],
    additionalProperties: false,
  },
});

const inBoth = (description: string) => ({
  type: 'object',
  description,
  properties: {
    en: { type: 'string', description: 'In English' },
    uk: { type: 'string', description: 'In Ukrainian' },
  },
  required: ['en', 'uk'],
  additionalProperties: false,
});

/** The shapes of event types in answers. */
export const eventTypeShapes = [
  {
    $id: 'EventType',
    type: 'object',
    description: 'A type of event',
    properties: {
      code: {
        type: 'string',
        description: 'The code; a child begins with its parent and a dot',
      },
      parent: {
        type: ['string', 'null'],
        description: 'The code of its parent',
      },
      label: inBoth('What it is called'),
      definition: inBoth('What it means'),
      cameo: crosswalk('CAMEO'),
      plover: crosswalk('PLOVER'),
    },
    required: ['code', 'parent', 'label', 'definition', 'cameo', 'plover'],
    additionalProperties: false,
  },
  {
    $id: 'EventTypes',
    type: 'object',
    description: 'The whole vocabulary',
    properties: {
      data: {
        type: 'array',
        items: { $ref: 'EventType#' },
        description: 'The types, parents before children',
      },
    },
    required: ['data'],
    additionalProperties: false,
  },
];

const vocabulary = JSON.stringify({ data: eventTypes });

/** `/v1/event-types`: the vocabulary with its crosswalk. */
export const eventTypeRoutes: FastifyPluginCallbackTypebox = (
  app,
  _options,
  done,
) => {
  app.get(
    '/v1/event-types',
    {
      schema: {
        operationId: 'listEventTypes',
        summary: 'The vocabulary of event types, with CAMEO and PLOVER',
        tags: ['events'],
        querystring: Type.Object({}, { additionalProperties: false }),
        response: {
          200: {
            description: 'The vocabulary',
            content: {
              'application/json': { schema: { $ref: 'EventTypes#' } },
            },
          },
          304: {
            description:
              'Nothing changed since the `ETag` that was sent in `If-None-Match`',
            type: 'null',
          },
          ...problemAnswers(),
        },
      },
    },
    async (_request, reply) => sendJson(reply, vocabulary),
  );
  done();
};
