import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { DomainError } from '../domain/errors.ts';
import { reconciliationQuestions } from '../domain/reconciliation.ts';
import { candidates } from '../storage/names.reads.ts';
import {
  databaseAnswers,
  type RouteOptions,
  sendJson,
  unchangedAnswer,
  validatorAnswered,
} from './answers.ts';
import { refusalOfEncoding } from './bodies.ts';
import { BATCH_TIMEOUT, batchEnd, LARGEST_BATCH } from './names.routes.ts';
import { today } from './names.schema.ts';
import { parseQuery, refuseUnreadable } from './query.ts';
import { READING, readsFor } from './reading.ts';
import { manifest, reconcileQuery, result } from './reconcile.schema.ts';

/** What the manifest says besides. */
export interface ReconcileOptions extends RouteOptions {
  version: string;
}

const FORM = 'application/x-www-form-urlencoded';

const json = (schema: object) => ({ 'application/json': { schema } });
const MANIFEST = { $ref: 'ReconciliationManifest#' };
const RESULTS = { $ref: 'ReconciliationResults#' };

/** `/v1/reconcile`: the W3C Reconciliation Service API 0.2, by which OpenRefine matches a column. */
export const reconcileRoutes: FastifyPluginCallbackTypebox<ReconcileOptions> = (
  app,
  { database, home, version },
  done,
) => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    FORM,
    { parseAs: 'buffer' },
    (request, body, ready) => {
      const refusal = refusalOfEncoding(request);
      if (refusal !== null) return ready(refusal);
      try {
        // The bytes as they came, as in an address.
        const text = (body as Buffer).toString('latin1').replaceAll('#', '%23');
        refuseUnreadable(`?${text}`);
        ready(null, parseQuery(text));
      } catch (error) {
        ready(error as Error);
      }
    },
  );

  const answer = async (reply: FastifyReply, queries: string) => {
    const questions = reconciliationQuestions(queries, today());
    const asked = [...questions].filter(([, question]) => question !== null);
    const found = await candidates(
      readsFor(database, reply).pool,
      asked.flatMap(([, question]) => question ?? []),
      batchEnd(reply),
    );
    const answers = new Map(asked.map(([id], index) => [id, found[index]]));
    const results = [...questions.keys()].map((id) => [
      id,
      result(answers.get(id) ?? []),
    ]);
    return sendJson(reply, JSON.stringify(Object.fromEntries(results)));
  };

  app.get(
    '/v1/reconcile',
    {
      config: READING,
      handlerTimeout: BATCH_TIMEOUT,
      schema: {
        operationId: 'reconcile',
        summary: 'The reconciliation service: its manifest, or a small batch',
        description:
          'The W3C Reconciliation Service API 0.2. In OpenRefine: Reconcile → Start reconciling → Add standard service, with this address.',
        tags: ['actors'],
        querystring: reconcileQuery,
        response: {
          200: {
            description: 'The manifest, or the candidates for each query',
            headers: validatorAnswered,
            content: json({ anyOf: [MANIFEST, RESULTS] }),
          },
          ...unchangedAnswer,
          ...databaseAnswers('invalid_parameter'),
        },
      },
    },
    async (request, reply) => {
      const { queries } = request.query;
      return queries === undefined
        ? sendJson(reply, JSON.stringify(manifest(home(request), version)))
        : answer(reply, queries);
    },
  );

  app.post(
    '/v1/reconcile',
    {
      config: READING,
      bodyLimit: LARGEST_BATCH,
      handlerTimeout: BATCH_TIMEOUT,
      schema: {
        operationId: 'reconcileBatch',
        summary: 'Reconcile a batch of up to 1,000 queries',
        description:
          'A form with the field `queries`, as OpenRefine sends it (W3C Reconciliation Service API 0.2). It changes nothing and needs no key.',
        tags: ['actors'],
        consumes: [FORM],
        querystring: Type.Object({}, { additionalProperties: false }),
        body: {
          type: 'object',
          description: 'The form',
          properties: {
            queries: {
              type: 'string',
              description: 'The batch as JSON, as in the parameter of GET',
            },
          },
          required: ['queries'],
          additionalProperties: false,
        },
        response: {
          200: {
            description: 'The candidates for each query',
            content: json(RESULTS),
          },
          ...databaseAnswers(
            'invalid_parameter',
            'payload_too_large',
            'unsupported_media_type',
          ),
        },
      },
    },
    async (request, reply) => answer(reply, queriesIn(request.body)),
  );
  done();
};

/** @throws DomainError `unknown_parameter`, `invalid_parameter` */
function queriesIn(body: unknown): string {
  const { queries, ...others } = (body ?? {}) as Record<string, unknown>;
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw new DomainError(
      'unknown_parameter',
      'The form has a field that is not known here.',
      [
        {
          parameter: other.slice(0, 200).toWellFormed(),
          message: 'is not a field of the form',
          allowed: ['queries'],
        },
      ],
    );
  if (typeof queries === 'string') return queries;
  const message =
    queries === undefined ? 'is missing' : 'is given more than once';
  throw new DomainError('invalid_parameter', `queries ${message}.`, [
    { parameter: 'queries', message },
  ]);
}
