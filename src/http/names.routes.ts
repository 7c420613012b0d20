import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { DomainError, type Fault } from '../domain/errors.ts';
import { sentence } from '../domain/list-filter.ts';
import { nameQuestion, nameQuestions } from '../domain/name-question.ts';
import { candidates } from '../storage/names.reads.ts';
import {
  databaseAnswers,
  jsonAnswer,
  type RouteOptions,
  sendJson,
} from './answers.ts';
import { leaving } from './leaving.ts';
import { answeredCandidates, nameQuery, today } from './names.schema.ts';
import { READING, readsFor } from './reading.ts';

/** A thousand names in letters of two bytes. */
export const LARGEST_BATCH = 1_048_576;
/** A batch may take longer than other answers. */
export const BATCH_TIMEOUT = 60_000;

/** When nobody waits for a batch any more, or has waited too long. */
export function batchEnd(reply: FastifyReply): AbortSignal {
  return AbortSignal.any([leaving(reply), AbortSignal.timeout(BATCH_TIMEOUT)]);
}

/** `/v1/actors/match`: who may be meant by a name. */
export const nameRoutes: FastifyPluginCallbackTypebox<RouteOptions> = (
  app,
  { database },
  done,
) => {
  app.get(
    '/v1/actors/match',
    {
      config: READING,
      schema: {
        operationId: 'matchActor',
        summary: 'Who may be meant by a name',
        description:
          'Candidates in the order of their scores, each with its reasons. Names are compared across scripts and romanisations: the Ukrainian national table of 2010, the Russian passport, BGN/PCGN, ISO 9, the forms of the English, German and French press. An office is found by its own name or with that of what it is a part of, and then who held it at the date `at`.',
        tags: ['actors'],
        querystring: nameQuery,
        response: {
          ...jsonAnswer('Candidates', 'The candidates, or none'),
          ...databaseAnswers('invalid_parameter'),
        },
      },
    },
    async (request, reply) => {
      const faults: Fault[] = [];
      const question = nameQuestion(request.query, today(), faults);
      if (faults.length > 0)
        throw new DomainError('invalid_parameter', sentence(faults), faults);
      const { pool } = readsFor(database, reply);
      const [found = []] = await candidates(pool, [question]);
      return sendJson(
        reply,
        JSON.stringify({ data: answeredCandidates(found) }),
      );
    },
  );

  app.post(
    '/v1/actors/match',
    {
      config: READING,
      bodyLimit: LARGEST_BATCH,
      handlerTimeout: BATCH_TIMEOUT,
      schema: {
        operationId: 'matchActors',
        summary: 'Who may be meant by each of up to 1,000 names',
        description:
          'The same as with GET for each name. It changes nothing and needs no key.',
        tags: ['actors'],
        querystring: Type.Object({}, { additionalProperties: false }),
        body: { $ref: 'NameQuestions#' },
        response: {
          200: {
            description: 'The candidates for each name',
            content: {
              'application/json': { schema: { $ref: 'CandidatesOfMany#' } },
            },
          },
          ...databaseAnswers(
            'invalid_record',
            'payload_too_large',
            'unsupported_media_type',
          ),
        },
      },
    },
    async (request, reply) => {
      const found = await candidates(
        readsFor(database, reply).pool,
        nameQuestions(request.body, today()),
        batchEnd(reply),
      );
      const { queries } = request.body as { queries: unknown[] };
      const data = found.map((one, index) => ({
        query: queries[index],
        data: answeredCandidates(one),
      }));
      return sendJson(reply, JSON.stringify({ data }));
    },
  );
  done();
};
