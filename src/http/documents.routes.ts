import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { AVAILABILITIES, DOCUMENT_KINDS } from '../domain/document.ts';
import { DomainError } from '../domain/errors.ts';
import { listFilter } from '../domain/filter.ts';
import { listDocuments, readDocumentBody } from '../storage/documents.reads.ts';
import {
  databaseAnswers,
  DEFAULT_LIMIT,
  pageAnswer,
  recordAnswer,
  type RouteOptions,
  sendJson,
  sendPage,
} from './answers.ts';
import { documentQuery } from './documents.schema.ts';
import { idParameter, isId } from './ids.ts';

/** `/v1/documents`: what was drafted, handed over, answered and signed. */
export const documentRoutes: FastifyPluginCallbackTypebox<RouteOptions> = (
  app,
  options,
  done,
) => {
  app.get(
    '/v1/documents',
    {
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
      const { limit = DEFAULT_LIMIT, cursor, ...asked } = request.query;
      const lists = listFilter(asked, {
        kind: DOCUMENT_KINDS,
        availability: AVAILABILITIES,
        language: 'language',
        author: 'id',
        addressee: 'id',
        inReplyTo: 'id',
        partOf: 'id',
      });
      const question = `documents ${JSON.stringify(lists)}`;
      const page = await listDocuments(
        options.database.pool,
        { lists },
        options.cursors.open(question, cursor, limit),
      );
      return sendPage(reply, page, question, options);
    },
  );

  app.get(
    '/v1/documents/:id',
    {
      schema: {
        operationId: 'getDocument',
        summary: 'One document',
        tags: ['documents'],
        params: Type.Object({ id: idParameter('us-reply-2022-01-26') }),
        querystring: Type.Object({}, { additionalProperties: false }),
        response: {
          ...recordAnswer('Document', 'The document'),
          ...databaseAnswers('not_found'),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const body = isId(id)
        ? await readDocumentBody(options.database.pool, id)
        : null;
      if (body === null)
        throw new DomainError(
          'not_found',
          'There is no document with this id.',
        );
      return sendJson(reply, body);
    },
  );
  done();
};
