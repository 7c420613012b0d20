import { Readable } from 'node:stream';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { DomainError } from '../domain/errors.ts';
import { runImport } from '../imports/run.ts';
import { requireScope } from './access.ts';
import { databaseAnswers, type RouteOptions, sendJson } from './answers.ts';
import { authorOf } from './authors.ts';
import { refusalOfEncoding } from './bodies.ts';
import { type BodyClock } from './body-clock.ts';
import { PROBLEM_JSON, problemOf } from './problems.ts';
import { importHeaders, importQuery, MOST_ROWS } from './imports.schema.ts';
import { arriving, inTurn, rejections } from './imports.stream.ts';

/** What an import needs besides. */
export interface ImportRouteOptions extends RouteOptions {
  clock: BodyClock;
}

/** As long as a timer can be: an import ends when its stream does. */
const NO_TIMEOUT = 2 ** 31 - 1;

const reportAnswer = (description: string) => ({
  description,
  content: { 'application/json': { schema: { $ref: 'ImportReport#' } } },
});

/** `POST /v1/import`: records from a stream, however long (contract §6). */
export const importRoutes: FastifyPluginCallbackTypebox<ImportRouteOptions> = (
  app,
  { database, clock },
  done,
) => {
  const editor = requireScope(database.pool, 'editor');
  const turn = inTurn();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/x-ndjson', (request, payload, ready) =>
    ready(refusalOfEncoding(request), payload),
  );
  app.post(
    '/v1/import',
    {
      onRequest: editor,
      handlerTimeout: NO_TIMEOUT,
      schema: {
        operationId: 'importRecords',
        summary: 'Take in many records',
        description: `NDJSON: one record a line, as \`PUT\` takes it, with \`record\` and \`id\`; in any order. What is given replaces what stands; what stands already changes nothing. All of it in one transaction: an import that breaks off leaves nothing. Up to ${MOST_ROWS} rejected rows are listed.`,
        tags: ['operation'],
        security: [{ key: [] }],
        consumes: ['application/x-ndjson'],
        headers: importHeaders,
        querystring: importQuery,
        body: {
          type: 'string',
          description: 'One JSON object a line, in UTF-8',
        },
        response: {
          200: reportAnswer(
            'Taken, or (`atomic=false`) as far as it could be; or what a dry run found',
          ),
          ...databaseAnswers(
            'invalid_parameter',
            'unauthorized',
            'forbidden',
            'request_timeout',
            'conflict',
            'unsupported_media_type',
          ),
          422: {
            description:
              'Rows were rejected, and nothing was kept (`rejected_rows`)',
            content: {
              'application/problem+json': {
                schema: { $ref: 'ImportProblem#' },
              },
            },
          },
        },
      },
    },
    async (request, reply) => {
      const { dryRun = false, atomic = true } = request.query;
      const author = authorOf(await editor(request), request);
      const stream = streamOf(request.body);
      clock.stop(request.raw);
      const rejected = rejections(MOST_ROWS);
      try {
        const report = await turn(() =>
          runImport(database, arriving(stream), {
            ...author,
            dryRun,
            keepGoing: !atomic,
            onRejected: (row) => rejected.add(row),
          }),
        );
        if (report === null) throw new Error('the import was passed over');
        const told = { ...report, ...rejected.told() };
        void reply.header('cache-control', 'no-store');
        if (!atomic || report.rejected === 0)
          return sendJson(reply, JSON.stringify(told));
        const refusal = new DomainError(
          'rejected_rows',
          `Of ${report.received} rows ${report.rejected} were rejected, so nothing was kept.`,
        );
        return reply
          .code(422)
          .header('content-type', PROBLEM_JSON)
          .send(
            JSON.stringify({
              ...problemOf(refusal, request.url, request.id),
              ...told,
            }),
          );
      } catch (error) {
        // The rest of the body is of no use to anybody.
        void reply.header('connection', 'close');
        stream.resume();
        throw error;
      }
    },
  );
  done();
};

function streamOf(body: unknown): Readable {
  if (body instanceof Readable) return body;
  throw new DomainError(
    'unsupported_media_type',
    'An import is sent as application/x-ndjson.',
  );
}
