import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { type ThreadRecord } from '../domain/thread.ts';
import { readThread } from '../storage/threads.reads.ts';
import {
  databaseAnswers,
  jsonAnswer,
  type RouteOptions,
  sendJson,
} from './answers.ts';
import { OF_RECORD } from './caching.ts';
import { idParameter, isId } from './ids.ts';
import { readsFor } from './reading.ts';
import { readAsOf, refuseMissing } from './records.ts';
import { DEFAULT_DEPTH, DEFAULT_NODES, threadQuery } from './threads.schema.ts';

/** `/v1/…/{id}/thread`: what answers what, who handed it over, and how many days lie between. */
export const threadRoutes: FastifyPluginCallbackTypebox<
  RouteOptions & { record: ThreadRecord; example: string }
> = (app, { database, record, example }, done) => {
  app.get(
    `/v1/${record}s/:id/thread`,
    {
      config: OF_RECORD,
      schema: {
        operationId:
          record === 'event' ? 'getEventThread' : 'getDocumentThread',
        summary: `The chain of events and documents around ${record === 'event' ? 'an event' : 'a document'}, with the days between`,
        tags: [`${record}s`],
        params: Type.Object({ id: idParameter(example) }),
        querystring: threadQuery,
        response: {
          ...jsonAnswer('Thread', 'The chain, as far as it was asked for'),
          ...databaseAnswers('invalid_parameter', 'not_found', 'removed'),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { depth = DEFAULT_DEPTH, limit = DEFAULT_NODES } = request.query;
      const asOf = readAsOf(request.query.asOf);
      const { pool } = readsFor(database, reply);
      const asked = { record, id, depth, limit, asOf };
      const thread = isId(id) ? await readThread(pool, asked) : null;
      if (thread === null) return refuseMissing(pool, record, id, asOf);
      return sendJson(reply, JSON.stringify({ depth, limit, ...thread }));
    },
  );
  done();
};
