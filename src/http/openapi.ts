import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { changeShapes } from './changes.routes.ts';
import { importShapes } from './imports.schema.ts';
import { nameShapes } from './names.schema.ts';
import { lsnAccepted, READING } from './reading.ts';
import { reconcileShapes } from './reconcile.schema.ts';
import { readinessShapes } from './readiness.ts';
import { revisionShapes } from './revisions.routes.ts';
import { draftShapes } from './writes.schema.ts';
import { actorShapes } from './actors.schema.ts';
import { dyadShapes } from './dyads.schema.ts';
import { timelineShapes } from './timeline.schema.ts';
import { documentShapes } from './documents.schema.ts';
import { eventTypeShapes } from './event-types.routes.ts';
import { eventShapes } from './events.schema.ts';
import { limitHeaders, tellLimits } from './limits.schema.ts';
import { threadShapes } from './threads.schema.ts';

const problem = {
  $id: 'Problem',
  type: 'object',
  description: 'What was wrong (RFC 9457)',
  properties: {
    type: { type: 'string', description: 'Where this problem is explained' },
    title: { type: 'string', description: 'What kind of problem it is' },
    status: {
      type: 'integer',
      minimum: 400,
      maximum: 599,
      description: 'The HTTP status',
    },
    detail: { type: 'string', description: 'What was wrong this time' },
    instance: { type: 'string', description: 'The path that was asked for' },
    reason: { type: 'string', description: 'Why the record was removed' },
    successor: { type: 'string', description: 'The record to look at instead' },
    errors: {
      type: 'array',
      description: 'Every place that is wrong',
      items: {
        type: 'object',
        description: 'One place that is wrong',
        properties: {
          parameter: { type: 'string', description: 'The parameter at fault' },
          pointer: {
            type: 'string',
            description: 'The place in the body (JSON Pointer, RFC 6901)',
          },
          message: { type: 'string', description: 'What is wrong with it' },
          received: { description: 'What came in, shortened' },
          allowed: {
            type: 'array',
            items: {},
            description: 'What could have come in',
          },
          nearest: {
            type: 'array',
            items: { type: 'string' },
            description: 'Known values that look alike, nearest first',
          },
        },
        required: ['message'],
        additionalProperties: false,
      },
    },
  },
  required: ['type', 'title', 'status', 'detail', 'instance'],
  additionalProperties: false,
};

function isReading(config: unknown): boolean {
  return (Object(config) as Partial<typeof READING>).reading === true;
}

/** Gathers the OpenAPI document from the routes that follow, and shows it at `/openapi.json` and `/docs`. */
export async function describeApi(
  app: FastifyInstance,
  version: string,
  publicUrl: string | null,
): Promise<void> {
  for (const shape of [
    problem,
    ...eventShapes,
    ...actorShapes,
    ...documentShapes,
    ...eventTypeShapes,
    ...timelineShapes,
    ...dyadShapes,
    ...draftShapes,
    ...revisionShapes,
    ...changeShapes,
    ...importShapes,
    ...threadShapes,
    ...nameShapes,
    ...reconcileShapes,
    ...readinessShapes,
  ])
    app.addSchema(shape);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.1',
      info: {
        title: 'Diplomatic events',
        version,
        description:
          'Who spoke with whom, when, about what, and who says so. Dates are EDTF (ISO 8601-2) and keep their doubt; an actor is found through whoever stood for it at the event’s date; errors are problems (RFC 9457).',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: publicUrl ?? '/', description: 'This server' }],
      tags: [
        {
          name: 'events',
          description: 'What happened, in chronological order',
        },
        { name: 'actors', description: 'Who takes part' },
        {
          name: 'documents',
          description: 'What is handed over, answered and signed',
        },
        {
          name: 'formats',
          description: 'The list of events as files and feeds',
        },
        { name: 'timeline', description: 'The events counted' },
        {
          name: 'changes',
          description: 'What was entered, revised and removed',
        },
        { name: 'operation', description: 'For those who run the service' },
      ],
      security: [],
      components: {
        headers: limitHeaders,
        securitySchemes: {
          key: {
            type: 'http',
            scheme: 'bearer',
            description:
              'A key made with `keys create` on the command line; reading needs none',
          },
        },
      },
    },
    // Here, and not in each route's schema: where it is read it is held to its form too.
    transform: ({ schema, url, route }) => ({
      schema: isReading(route.config)
        ? { ...schema, headers: lsnAccepted }
        : schema,
      url,
    }),
    transformObject: (document) =>
      'openapiObject' in document
        ? tellLimits(document.openapiObject)
        : document.swaggerObject,
    refResolver: {
      buildLocalReference: (json, _base, _fragment, index) =>
        typeof json.$id === 'string' ? json.$id : `shape${index}`,
    },
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    uiConfig: { tryItOutEnabled: true },
  });
  app.get(
    '/openapi.json',
    {
      schema: {
        hide: true,
        querystring: Type.Object({}, { additionalProperties: false }),
      },
    },
    async (_request, reply) =>
      reply
        .header('content-type', 'application/json; charset=utf-8')
        .send(JSON.stringify(app.swagger())),
  );
}
