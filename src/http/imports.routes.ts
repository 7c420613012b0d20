import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { DomainError } from '../domain/errors.ts';
import { runImport } from '../imports/run.ts';
import { type Source } from '../imports/source.ts';
import { sources } from '../imports/sources.ts';
import { writtenUpTo } from '../storage/transaction.ts';
import { requireScope } from './access.ts';
import { databaseAnswers, type RouteOptions, sendJson } from './answers.ts';
import { authorOf } from './authors.ts';
import { refusalOfEncoding } from './bodies.ts';
import { type BodyClock } from './body-clock.ts';
import { PROBLEM_JSON, problemOf } from './problems.ts';
import { lsnAnswered, tellLsn } from './reading.ts';
import { importHeaders, importQuery, MOST_ROWS } from './imports.schema.ts';
import { importProgress } from './imports.progress.ts';
import { type Metrics } from './metrics.ts';
import { arriving, inTurn, rejections } from './imports.stream.ts';
import { UNSURE } from './writes.schema.ts';

/** What an import needs besides. */
export interface ImportRouteOptions extends RouteOptions {
  clock: BodyClock;
  metrics: Metrics | null;
}

/** As long as a timer can be: an import ends when its stream does. */
const NO_TIMEOUT = 2 ** 31 - 1;

const reportAnswer = (description: string) => ({
  description,
  headers: lsnAnswered,
  content: { 'application/json': { schema: { $ref: 'ImportReport#' } } },
});

/** `POST /v1/import`: records from a stream, however long (contract §6). */
export const importRoutes: FastifyPluginCallbackTypebox<ImportRouteOptions> = (
  app,
  { database, limits, clock, metrics },
  done,
) => {
  const editor = requireScope(database.pool, 'editor', limits);
  const turn = inTurn();
  const progress = importProgress(metrics);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(MEDIA_TYPES, (request, payload, ready) =>
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
        description: DESCRIPTION,
        tags: ['operation'],
        security: [{ key: [] }],
        consumes: MEDIA_TYPES,
        headers: importHeaders,
        querystring: importQuery,
        body: {
          type: 'string',
          description: 'The file: for NDJSON one JSON object a line, in UTF-8',
        },
        response: {
          200: reportAnswer(
            'Taken, or (`atomic=false`) as far as it could be; or what a dry run found',
          ),
          ...databaseAnswers(
            ...UNSURE,
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
      const {
        dryRun = false,
        atomic = true,
        overwrite = false,
        createActors,
      } = request.query;
      const author = authorOf(await editor(request), request);
      const { mapping } = request.query;
      const stream = streamOf(request.body);
      clock.stop(request.raw);
      const rejected = rejections(MOST_ROWS);
      try {
        const report = await turn(() =>
          progress.run((onProgress) =>
            runImport(database, arriving(stream), {
              ...author,
              ...sentAs(request),
              ...(mapping === undefined ? {} : { mapping: jsonIn(mapping) }),
              createActors: createActors ?? false,
              overwrite,
              dryRun,
              keepGoing: !atomic,
              onRejected: (row) => rejected.add(row),
              onProgress,
            }),
          ),
        );
        if (report === null) throw new Error('the import was passed over');
        const told = { ...report, ...rejected.told() };
        void reply.header('cache-control', 'no-store');
        if (report.stored) tellLsn(reply)(await writtenUpTo(database));
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

const MEDIA_TYPES = sources.map(({ mediaType }) => mediaType);

const DESCRIPTION = `Records from a file of one of these kinds, by its media type:

${sources.map(({ mediaType, description }) => `- \`${mediaType}\`: ${description}`).join('\n')}

What is given replaces what stands; what stands already changes nothing, and what an editor has revised or removed since an import brought it is left alone and told, unless \`overwrite=true\`. All of it in one transaction: an import that breaks off leaves nothing. Names of actors are looked up at the date of each event: who is surely meant is taken; a row with any other name is rejected, and the name told with who may be meant. Events that may be others told again (same day, type and actors) are told and taken; nothing is merged. Up to ${MOST_ROWS} of each are listed.`;

/** What kind of file was sent, and how its sender says it is encoded. */
function sentAs({ headers }: { headers: IncomingHttpHeaders }): {
  source: Source;
  encoding: string | null;
} {
  const [type = '', ...parameters] = (headers['content-type'] ?? '').split(';');
  const source = sources.find(
    ({ mediaType }) => mediaType === type.trim().toLowerCase(),
  );
  if (source === undefined) throw notRead();
  const charset = parameters
    .map((one) => /^charset="?([^"]*)"?$/i.exec(one.trim())?.[1])
    .find((one) => one !== undefined);
  return { source, encoding: charset ?? null };
}

function jsonIn(mapping: string): unknown {
  try {
    return JSON.parse(mapping);
  } catch {
    throw new DomainError('invalid_parameter', 'The mapping is not JSON.', [
      {
        parameter: 'mapping',
        message: 'is not JSON',
        received: mapping.slice(0, 200),
      },
    ]);
  }
}

function notRead(): DomainError {
  return new DomainError(
    'unsupported_media_type',
    `An import is sent as ${MEDIA_TYPES.join(', ')}.`,
  );
}

function streamOf(body: unknown): Readable {
  if (body instanceof Readable) return body;
  throw notRead();
}
