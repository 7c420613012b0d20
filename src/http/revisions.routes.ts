import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { createPatch } from 'rfc6902';
import { Type } from 'typebox';
import { DomainError } from '../domain/errors.ts';
import { type RecordName } from '../domain/record.ts';
import { withArticle } from '../domain/text.ts';
import { listRevisions, type Revision } from '../storage/records.reads.ts';
import {
  databaseAnswers,
  DEFAULT_LIMIT,
  paging,
  type RouteOptions,
  sendJson,
} from './answers.ts';
import { OF_RECORD } from './caching.ts';
import { readsFor } from './reading.ts';
import { idParameter, isId } from './ids.ts';

/** The shape of the revisions of a record. */
export const revisionShapes = [
  {
    $id: 'RevisionPage',
    type: 'object',
    description: 'Every version of a record: who, when, why, and what changed',
    properties: {
      data: {
        type: 'array',
        description: 'The versions, first one first',
        items: {
          type: 'object',
          description: 'A version',
          properties: {
            revision: { type: 'integer', description: 'Its number' },
            change: {
              type: 'string',
              enum: ['created', 'revised', 'removed', 'merged'],
              description: 'What happened',
            },
            at: { type: 'string', format: 'date-time', description: 'When' },
            by: { type: ['string', 'null'], description: 'Who' },
            reason: { type: ['string', 'null'], description: 'Why' },
            successor: {
              type: ['string', 'null'],
              description:
                'The record to look at instead, once it was removed or merged',
            },
            patch: {
              type: 'array',
              description:
                'What changed since the version before (JSON Patch, RFC 6902)',
              items: {
                type: 'object',
                description: 'One operation',
                properties: {
                  op: {
                    type: 'string',
                    enum: ['add', 'remove', 'replace'],
                    description: 'What was done',
                  },
                  path: {
                    type: 'string',
                    description: 'Where (JSON Pointer, RFC 6901)',
                  },
                  value: { description: 'What stands there now' },
                },
                required: ['op', 'path'],
                additionalProperties: false,
              },
            },
          },
          required: [
            'revision',
            'change',
            'at',
            'by',
            'reason',
            'successor',
            'patch',
          ],
          additionalProperties: false,
        },
      },
      next: {
        type: ['string', 'null'],
        description: 'Cursor of the next page, null on the last',
      },
    },
    required: ['data', 'next'],
    additionalProperties: false,
  },
];

/** `/v1/…/{id}/revisions`: the life of a record. */
export const revisionRoutes: FastifyPluginCallbackTypebox<
  RouteOptions & { record: RecordName; example: string }
> = (app, options, done) => {
  const { database, cursors, record, example } = options;
  const noun = record.charAt(0).toUpperCase() + record.slice(1);
  app.get(
    `/v1/${record}s/:id/revisions`,
    {
      config: OF_RECORD,
      schema: {
        operationId: `list${noun}Revisions`,
        summary: `Every version of ${withArticle(record)}, also after its removal`,
        tags: [`${record}s`],
        params: Type.Object({ id: idParameter(example) }),
        querystring: Type.Object(paging, { additionalProperties: false }),
        response: {
          200: {
            description: 'A page of versions',
            content: {
              'application/json': { schema: { $ref: 'RevisionPage#' } },
            },
          },
          304: {
            description:
              'Nothing changed since the `ETag` that was sent in `If-None-Match`',
            type: 'null',
          },
          ...databaseAnswers(
            'invalid_parameter',
            'invalid_cursor',
            'not_found',
          ),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { limit = DEFAULT_LIMIT, cursor } = request.query;
      const question = `revisions ${record} ${id}`;
      const from = cursors.open(question, cursor, limit).from;
      const rows = isId(id)
        ? await listRevisions(
            readsFor(database, reply).pool,
            record,
            id,
            Number(from?.[0] ?? 0),
            limit + 1,
          )
        : [];
      if (rows.length === 0 && from === null)
        throw new DomainError(
          'not_found',
          `There never was ${withArticle(record)} with this id.`,
        );
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      const next =
        rows.length > limit && last !== undefined
          ? cursors.seal(question, {
              position: [last.revision],
              backwards: false,
              inclusive: false,
            })
          : null;
      return sendJson(reply, JSON.stringify({ data: shown.map(told), next }));
    },
  );
  done();
};

function told({
  revision,
  change,
  at,
  by,
  reason,
  successor,
  body,
  before,
}: Revision): object {
  return {
    revision,
    change,
    at,
    by,
    reason,
    successor,
    patch: body === null ? [] : createPatch(contentOf(before), contentOf(body)),
  };
}

/** What of a version can differ: its number and the time of the revision always do. */
function contentOf(body: string | null): unknown {
  if (body === null) return null;
  const {
    revision: _,
    revisedAt: __,
    ...content
  } = JSON.parse(body) as Record<string, unknown>;
  return content;
}
