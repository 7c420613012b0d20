import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { DomainError } from '../domain/errors.ts';
import { conditionOf, type ReplicaState } from '../storage/condition.ts';
import { partsOf } from './readiness.ts';
import { problemAnswers, type RouteOptions, sendJson } from './answers.ts';

const answer = (status: string, description: string) => ({
  200: {
    description,
    content: {
      'application/json': {
        schema: {
          type: 'object',
          description,
          properties: {
            status: { type: 'string', enum: [status], description },
          },
          required: ['status'],
          additionalProperties: false,
        },
      },
    },
  },
});

/** What `/healthz` and `/readyz` stand on. */
export interface HealthOptions extends Pick<RouteOptions, 'database'> {
  replicas: () => ReplicaState[];
}

/** `/healthz`, `/readyz`: for those who watch and those who send requests here. */
export const healthRoutes: FastifyPluginCallbackTypebox<HealthOptions> = (
  app,
  { database, replicas },
  done,
) => {
  const querystring = Type.Object({}, { additionalProperties: false });
  app.get(
    '/healthz',
    {
      schema: {
        operationId: 'getHealth',
        summary:
          'Whether the process is alive; it asks nothing of the database',
        tags: ['operation'],
        querystring,
        response: {
          ...answer('alive', 'The process is alive'),
          ...problemAnswers(),
        },
      },
    },
    async (_request, reply) =>
      sendJson(reply.header('cache-control', 'no-store'), '{"status":"alive"}'),
  );
  app.get(
    '/readyz',
    {
      schema: {
        operationId: 'getReadiness',
        summary: 'Whether requests can be served: the database answers',
        description:
          'With `verbose` each part is told, for those who run the service: a proxy that faces the public should not pass it on.',
        tags: ['operation'],
        querystring: Type.Object(
          {
            verbose: Type.Optional(
              Type.Enum(['', 'true'], {
                description: 'Tell of each part',
                examples: ['true'],
              }),
            ),
          },
          { additionalProperties: false },
        ),
        response: {
          200: {
            description: 'Requests can be served',
            content: {
              'application/json': { schema: { $ref: 'Readiness#' } },
            },
          },
          ...problemAnswers('invalid_parameter', 'database_unavailable'),
        },
      },
    },
    async (request, reply) => {
      const verbose = request.query.verbose !== undefined;
      if (!(await database.answers()))
        throw new DomainError(
          'database_unavailable',
          'The database does not answer.',
        );
      void reply.header('cache-control', 'no-store');
      if (!verbose) return sendJson(reply, '{"status":"ready"}');
      const condition = await conditionOf(database);
      if (condition === null)
        throw new DomainError(
          'database_unavailable',
          'The database does not answer what it is asked.',
        );
      const parts = partsOf(condition, replicas());
      return sendJson(reply, JSON.stringify({ status: 'ready', parts }));
    },
  );
  done();
};
