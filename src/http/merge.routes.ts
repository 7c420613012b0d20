import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { DomainError, type Fault } from '../domain/errors.ts';
import { shortened } from '../domain/text.ts';
import { once } from '../storage/idempotency.writes.ts';
import { mergeRecord } from '../storage/merge.writes.ts';
import { inToldTransaction } from '../storage/transaction.ts';
import { requireScope } from './access.ts';
import { databaseAnswers, sendJson } from './answers.ts';
import { attemptOf } from './attempts.ts';
import { authorOf } from './authors.ts';
import { etagOf } from './caching.ts';
import { refuseStrangeId } from './drafts.ts';
import { idParameter, isId } from './ids.ts';
import { holdToPreconditions } from './preconditions.ts';
import { tellLsn } from './reading.ts';
import { refuseGone } from './removed.ts';
import { type WriteOptions } from './writes.routes.ts';
import { writeHeaders, writtenAnswer, writeProblems } from './writes.schema.ts';

/** `POST /v1/…/{id}/merge`: two records turn out to be one. */
export const mergeRoutes: FastifyPluginCallbackTypebox<WriteOptions> = (
  app,
  { database, limits, record, example },
  done,
) => {
  const noun = record.charAt(0).toUpperCase() + record.slice(1);
  const admin = requireScope(database.pool, 'admin', limits);
  app.post(
    `/v1/${record}s/:id/merge`,
    {
      onRequest: admin,
      // A merge may store a hundred thousand events anew; a write is never cut off.
      handlerTimeout: 300_000,
      schema: {
        operationId: `merge${noun}`,
        summary: `Merge ${record === 'document' ? 'a' : 'an'} ${record} into another`,
        description:
          'Whatever refers to it refers to the successor from now on, each record by a new version; names that participations recorded stay, and what then stands twice is dropped. Its own content is not carried over: it stays in its versions. Its id answers 308 to the successor for ever; if that one is merged later, from there to the next. Needs a key with the scope `admin`. All of it happens at once, or nothing.',
        tags: [`${record}s`],
        security: [{ key: [] }],
        headers: writeHeaders,
        params: Type.Object({ id: idParameter(example) }),
        querystring: Type.Object({}, { additionalProperties: false }),
        body: {
          type: 'object',
          description: 'What it is merged into',
          properties: {
            into: {
              type: 'string',
              description: `Id of the ${record} that stays`,
            },
          },
          required: ['into'],
          additionalProperties: false,
        },
        response: {
          ...writtenAnswer(noun, 200, `Merged; the ${record} that stays`),
          ...databaseAnswers(
            ...writeProblems,
            'invalid_parameter',
            'not_found',
            'removed',
            'precondition_failed',
            'idempotency_key_reuse',
          ),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const caller = await admin(request);
      const author = authorOf(caller, request);
      refuseStrangeId(id);
      const into = successorIn(request.body);
      const attempt = attemptOf(caller, request);
      const { body } = await inToldTransaction(database, tellLsn(reply), (tx) =>
        once(tx, attempt, () =>
          mergeRecord(tx, { record, id, into }, author, (current) => {
            if (current === null)
              throw new DomainError(
                'not_found',
                `There is no ${record} with this id.`,
              );
            holdToPreconditions(request.headers, current, false);
          }),
        ),
      ).catch((error: unknown) => refuseGone(database.pool, record, id, error));
      void reply
        .header('etag', etagOf(body))
        .header('cache-control', 'no-store');
      return sendJson(reply, body);
    },
  );
  done();
};

/** @throws DomainError `invalid_record` for a body that is not `{"into": "<id>"}` */
function successorIn(body: unknown): string {
  const refuse = (fault: Fault): never => {
    throw new DomainError(
      'invalid_record',
      'The body is {"into": "<id>"} and nothing else.',
      [fault],
    );
  };
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return refuse({ pointer: '', message: 'is not a JSON object' });
  const { into, ...others } = body as { into?: unknown };
  const [other] = Object.keys(others);
  if (other !== undefined)
    return refuse({
      pointer: `/${other.slice(0, 200).toWellFormed()}`,
      message: 'is not a field of a merge',
      allowed: ['into'],
    });
  if (typeof into !== 'string' || !isId(into))
    return refuse({
      pointer: '/into',
      message: into === undefined ? 'is missing' : 'is not an id',
      ...(typeof into === 'string' ? { received: shortened(into) } : {}),
    });
  return into;
}
