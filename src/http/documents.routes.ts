import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { AVAILABILITIES, DOCUMENT_KINDS } from '../domain/document.ts';
import { listFilter } from '../domain/filter.ts';
import { listDocuments } from '../storage/documents.reads.ts';
import {
  databaseAnswers,
  DEFAULT_LIMIT,
  pageAnswer,
  jsonAnswer,
  type RouteOptions,
  sendPage,
} from './answers.ts';
import { OF_RECORD } from './caching.ts';
import { documentQuery } from './documents.schema.ts';
import { idParameter } from './ids.ts';
import { oneRecordQuery, readAsOf, sendRecord } from './records.ts';
import { readsFor } from './reading.ts';

/** `/v1/documents`: what was drafted, handed over, answered and signed. */
export const documentRoutes: FastifyPluginCallbackTypebox<RouteOptions> = (
  app,
  options,
  done,
) => {
  app.get(
    '/v1/documents',
    {
      config: OF_RECORD,
      schema: {
        operationId: 'listDocuments',
        summary: 'Documents by date, the undated last',
        tags: ['documents'],
        querystring: documentQuery,
        response: {
          ...pageAnswer('Document', 'A page of documents'),
          ...databaseAnswers(
            'invalid_parameter',
            'unknown_value',
            'invalid_cursor',
          ),
        },
      },
    },
    async (request, reply) => {
      const {
        limit = DEFAULT_LIMIT,
        cursor,
        unanswered = null,
        asOf,
        ...asked
      } = request.query;
      const instant = readAsOf(asOf);
      const lists = listFilter(asked, {
        kind: DOCUMENT_KINDS,
        availability: AVAILABILITIES,
        language: 'language',
        author: 'id',
        addressee: 'id',
        inReplyTo: 'id',
        partOf: 'id',
      });
      const question = `documents ${JSON.stringify([lists, unanswered, instant])}`;
      const database = readsFor(options.database, reply);
      const page = await listDocuments(
        database.pool,
        { lists, unanswered, asOf: instant },
        options.cursors.open(question, cursor, limit),
      );
      return sendPage(reply, page, question, { ...options, database });
    },
  );

  app.get(
    '/v1/documents/:id',
    {
      config: OF_RECORD,
      schema: {
        operationId: 'getDocument',
        summary: 'One document',
        tags: ['documents'],
        params: Type.Object({ id: idParameter('us-reply-2022-01-26') }),
        querystring: oneRecordQuery,
        response: {
          ...jsonAnswer('Document', 'The document'),
          ...databaseAnswers('invalid_parameter', 'not_found', 'removed'),
        },
      },
    },
    async (request, reply) =>
      sendRecord(
        reply,
        readsFor(options.database, reply).pool,
        'document',
        request.params.id,
        request.query,
      ),
  );
  done();
};
