import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../domain/errors.ts';
import { type Draft, type RecordName } from '../domain/record.ts';
import { withArticle } from '../domain/text.ts';
import { type EventDesk, eventDesk } from '../storage/events.together.ts';
import { once } from '../storage/idempotency.writes.ts';
import {
  type Author,
  removeRecord,
  type Written,
  writeRecord,
} from '../storage/record.writes.ts';
import { inToldTransaction } from '../storage/transaction.ts';
import { requireScope } from './access.ts';
import {
  databaseAnswers,
  mergedAnswer,
  type RouteOptions,
  sendJson,
} from './answers.ts';
import { attemptOf } from './attempts.ts';
import { authorOf } from './authors.ts';
import { etagOf } from './caching.ts';
import { draftAt, draftFrom, patchFrom, refuseStrangeId } from './drafts.ts';
import { idParameter } from './ids.ts';
import { holdToPreconditions } from './preconditions.ts';
import { lsnAnswered, tellLsn } from './reading.ts';
import { refuseGone } from './removed.ts';
import {
  textParameter,
  UNSURE,
  writeHeaders,
  writtenAnswer,
  writeProblems,
} from './writes.schema.ts';

/** What differs between the nouns. */
export interface WriteOptions extends RouteOptions {
  record: RecordName;
  /** Id of a record for the examples. */
  example: string;
}

/** Writing records of one sort (contract §6): `POST /v1/events`, `PUT`, `PATCH` and `DELETE /v1/events/{id}`. */
export const writeRoutes: FastifyPluginCallbackTypebox<WriteOptions> = (
  app,
  options,
  done,
) => {
  const { database, record, example } = options;
  const path = `/v1/${record}s`;
  const noun = record.charAt(0).toUpperCase() + record.slice(1);
  const editor = requireScope(database.pool, 'editor', options.limits);
  const desk = record === 'event' ? eventDesk(database) : null;
  const params = Type.Object({ id: idParameter(example) });
  const nothing = Type.Object({}, { additionalProperties: false });
  const shared = {
    tags: [`${record}s`],
    security: [{ key: [] }],
    headers: writeHeaders,
  };
  const body = { $ref: `${noun}Draft#` };
  // A change of ties may derive a hundred thousand events anew; a write is never cut off.
  const patient = { onRequest: editor, handlerTimeout: 300_000 };

  app.post(
    path,
    {
      ...patient,
      schema: {
        ...shared,
        operationId: `create${noun}`,
        summary: `Enter a new ${record}`,
        description:
          'The id is made here (UUIDv7) unless the body has one. With an `Idempotency-Key`, a repeated request gets the first answer again for 24 hours.',
        querystring: nothing,
        body,
        response: {
          ...writtenAnswer(noun, 201, 'Entered'),
          ...databaseAnswers(...writeProblems, 'idempotency_key_reuse'),
        },
      },
    },
    async (request, reply) => {
      const caller = await editor(request);
      const author = authorOf(caller, request);
      const draft = draftFrom(record, uuidv7(), request.body);
      const attempt = attemptOf(caller, request);
      const together =
        attempt === null
          ? await enterTogether(desk, reply, author, draft)
          : null;
      const written =
        together ??
        (await inToldTransaction(database, tellLsn(reply), (tx) =>
          once(tx, attempt, () =>
            writeRecord(tx, record, draft.id, author, (current) => {
              if (current === null) return draft;
              throw new DomainError(
                'conflict',
                `There is already ${withArticle(record)} with this id. To replace it: PUT with If-Match.`,
              );
            }),
          ),
        ));
      return sendWritten(reply, record, written);
    },
  );

  app.put(
    `${path}/:id`,
    {
      ...patient,
      schema: {
        ...shared,
        operationId: `put${noun}`,
        summary: `Enter ${withArticle(record)} under an id, or replace it`,
        params,
        querystring: nothing,
        body,
        response: {
          ...writtenAnswer(noun, 200, 'Replaced, or as it was'),
          ...writtenAnswer(noun, 201, 'Entered'),
          ...mergedAnswer,
          ...databaseAnswers(
            ...writeProblems,
            'not_found',
            'precondition_failed',
            'precondition_required',
          ),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const author = authorOf(await editor(request), request);
      refuseStrangeId(id);
      const draft = draftAt(record, id, request.body);
      const together =
        request.headers['if-match'] === undefined
          ? await enterTogether(desk, reply, author, draft)
          : null;
      const written =
        together ??
        (await inToldTransaction(database, tellLsn(reply), (tx) =>
          writeRecord(tx, record, id, author, (current) => {
            holdToPreconditions(request.headers, current, true);
            return draft;
          }),
        ).catch((error: unknown) =>
          refuseGone(database.pool, record, id, error),
        ));
      return sendWritten(reply, record, written);
    },
  );

  app.patch(
    `${path}/:id`,
    {
      ...patient,
      schema: {
        ...shared,
        operationId: `patch${noun}`,
        summary: `Change fields of ${withArticle(record)}`,
        description:
          'JSON Merge Patch (RFC 7396): what is named is replaced, null takes it away. Lists are replaced whole.',
        consumes: ['application/merge-patch+json', 'application/json'],
        params,
        querystring: nothing,
        body: { type: 'object', description: 'The fields to change' },
        response: {
          ...writtenAnswer(noun, 200, 'Changed, or as it was'),
          ...databaseAnswers(
            ...writeProblems,
            'not_found',
            'removed',
            'precondition_failed',
            'precondition_required',
          ),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const author = authorOf(await editor(request), request);
      refuseStrangeId(id);
      const patched = patchFrom(record, id, request.body);
      const written = await inToldTransaction(database, tellLsn(reply), (tx) =>
        writeRecord(tx, record, id, author, (current) => {
          if (current === null)
            throw new DomainError(
              'not_found',
              `There is no ${record} with this id.`,
            );
          holdToPreconditions(request.headers, current, true);
          return patched(current);
        }),
      ).catch((error: unknown) => refuseGone(database.pool, record, id, error));
      return sendWritten(reply, record, written);
    },
  );

  app.delete(
    `${path}/:id`,
    {
      ...patient,
      schema: {
        ...shared,
        operationId: `delete${noun}`,
        summary: `Take ${withArticle(record)} out of the timeline`,
        description:
          'Its versions stay, and can be read with `asOf`. What others refer to cannot be removed.',
        params,
        querystring: Type.Object(
          {
            reason: Type.Optional(
              textParameter(
                'Why; answered with the 410 from now on',
                'Entered twice',
              ),
            ),
            successor: Type.Optional(
              textParameter('Id of the record to look at instead', example),
            ),
          },
          { additionalProperties: false },
        ),
        response: {
          204: { description: 'Removed', headers: lsnAnswered, type: 'null' },
          ...databaseAnswers(
            ...UNSURE,
            'invalid_parameter',
            'unauthorized',
            'forbidden',
            'not_found',
            'conflict',
            'removed',
            'precondition_failed',
            // It needs no body; one that comes all the same is read.
            'payload_too_large',
            'unsupported_media_type',
            'unknown_reference',
            'untrue_record',
          ),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { reason, successor } = request.query;
      const author = authorOf(await editor(request), request, reason);
      refuseStrangeId(id);
      await inToldTransaction(database, tellLsn(reply), (tx) =>
        removeRecord(tx, record, id, author, successor ?? null, (current) => {
          if (current === null)
            throw new DomainError(
              'not_found',
              `There is no ${record} with this id.`,
            );
          holdToPreconditions(request.headers, current, false);
        }),
      ).catch((error: unknown) => refuseGone(database.pool, record, id, error));
      return reply.code(204).send(null);
    },
  );
  done();
};

/** Null where it has to be written by itself. */
async function enterTogether(
  desk: EventDesk | null,
  reply: FastifyReply,
  author: Author,
  draft: Draft,
): Promise<Written | null> {
  return desk !== null && draft.record === 'event'
    ? desk.enter(author, draft, tellLsn(reply))
    : null;
}

function sendWritten(
  reply: FastifyReply,
  record: RecordName,
  { body, created }: Written,
): FastifyReply {
  const { id } = JSON.parse(body) as { id: string };
  void reply.header('etag', etagOf(body)).header('cache-control', 'no-store');
  if (created) void reply.code(201).header('location', `/v1/${record}s/${id}`);
  return sendJson(reply, body);
}
