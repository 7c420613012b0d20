import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { DomainError } from '../domain/errors.ts';
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

/** `/healthz`, `/readyz`: for those who watch and those who send requests here. */
export const healthRoutes: FastifyPluginCallbackTypebox<
  Pick<RouteOptions, 'database'>
> = (app, { database }, done) => {
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
        tags: ['operation'],
        querystring,
        response: {
          ...answer('ready', 'Requests can be served'),
          ...problemAnswers('database_unavailable'),
        },
      },
    },
    async (_request, reply) => {
      if (!(await database.answers()))
        throw new DomainError(
          'database_unavailable',
          'The database does not answer.',
        );
      return sendJson(
        reply.header('cache-control', 'no-store'),
        '{"status":"ready"}',
      );
    },
  );
  done();
};
