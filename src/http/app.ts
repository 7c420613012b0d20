import { randomUUID } from 'node:crypto';
import accepts from '@fastify/accepts';
import cors from '@fastify/cors';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { Ajv } from 'ajv';
import {
  fastify,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { Type } from 'typebox';
import { DomainError, type ProblemCode, problems } from '../domain/errors.ts';
import { type ChangeSignal } from '../storage/changes.signal.ts';
import { type ReplicaState } from '../storage/condition.ts';
import { type Database } from '../storage/database.ts';
import { answerTeller, tellWhenEnded, type Traces } from './answered.ts';
import { actorRoutes } from './actors.routes.ts';
import { JSON_TYPE } from './answers.ts';
import { answerMemory } from './answer-memory.ts';
import { validateAnswers } from './caching.ts';
import { readJsonBodies } from './bodies.ts';
import { bodyClock } from './body-clock.ts';
import { boundConnections } from './connections.ts';
import { changeRoutes } from './changes.routes.ts';
import { revisionRoutes } from './revisions.routes.ts';
import { writeRoutes } from './writes.routes.ts';
import { logTo, type LogSink, standardError } from './log.ts';
import { type Metrics } from './metrics.ts';
import { following } from './following.ts';
import { metricsRoutes } from './metrics.routes.ts';
import { mergeRoutes } from './merge.routes.ts';
import { cursors } from './cursor.ts';
import { dyadRoutes } from './dyads.routes.ts';
import { timelineRoutes } from './timeline.routes.ts';
import { documentRoutes } from './documents.routes.ts';
import { eventTypeRoutes } from './event-types.routes.ts';
import { explorerRoutes } from './explorer.routes.ts';
import { frontDesk } from './front-desk.ts';
import { exportRoutes } from './exports.routes.ts';
import { eventRoutes } from './events.routes.ts';
import { gate } from './gate.ts';
import { healthRoutes } from './health.routes.ts';
import { homeAt, linkFromHome } from './home.ts';
import { importRoutes } from './imports.routes.ts';
import { limitsOf, type LimitOptions, unlimited } from './limits.ts';
import { chargeRequests } from './charging.ts';
import { nameRoutes } from './names.routes.ts';
import { describeApi } from './openapi.ts';
import { sendProblem } from './problems.ts';
import { parseQuery } from './query.ts';
import { threadRoutes } from './threads.routes.ts';
import { reconcileRoutes } from './reconcile.routes.ts';
import { answerUnreadable } from './unreadable.ts';

/** What the HTTP service stands on. */
export interface AppOptions {
  database: Database;
  /** Wakes those who follow the changes. */
  changes: ChangeSignal;
  /** After so many milliseconds of silence a follower of the changes is told that the connection lives. */
  heartbeat?: number;
  /** More followers of the changes than this are sent to another server. */
  mostFollowers?: number;
  /** Seals cursors; the same for all servers on one database. */
  secret: string | (() => string);
  /** Whether the database was reached at all; until then only what does without it is answered. */
  opened?: () => boolean;
  version: string;
  logLevel: string;
  /** Where the log goes; to standard error unless said. */
  logSink?: LogSink;
  /** What is counted for Prometheus; without it nothing is at `/metrics`. */
  metrics?: Metrics | null;
  /** Where spans of requests begin and end. */
  traces?: Traces | null;
  /** How the servers are that are read beside the primary. */
  replicas?: () => ReplicaState[];
  /** The folder of the built explorer; without it `/` is the index for everybody. */
  explorer?: string | null;
  /** So many bytes of answers are remembered; 0 for none. */
  answerCache?: number;
  /** Where the service is known to be, as `https://host/path`; null where each request's own host is. */
  publicUrl?: string | null;
  limits?: LimitOptions;
  /** So many connections are open at once, the others are closed; 0 for any number. */
  mostConnections?: number;
}

const NOUNS = [
  { record: 'event', example: 'call-macron-putin-2022-01-28' },
  { record: 'actor', example: 'russia' },
  { record: 'document', example: 'us-reply-2022-01-26' },
] as const;

/** The HTTP service with all its routes, not yet listening. */
export async function buildApp({
  database,
  changes,
  heartbeat,
  mostFollowers,
  secret,
  opened = () => true,
  version,
  logLevel,
  logSink = standardError(),
  metrics = null,
  traces = null,
  replicas = () => database.replicas(),
  explorer = null,
  answerCache = 0,
  publicUrl = null,
  limits: limitOptions = unlimited,
  mostConnections = 0,
}: AppOptions): Promise<FastifyInstance> {
  const log = logTo(logSink, logLevel);
  const loggerInstance: FastifyBaseLogger = log;
  const tell = answerTeller(log, metrics, traces);
  const app = fastify({
    loggerInstance,
    // One line of our own tells of each answer, also of those that no route gave.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    requestTimeout: 10_000,
    handlerTimeout: 10_000,
    bodyLimit: 262_144,
    trustProxy: limitOptions.proxies,
    http: {
      headersTimeout: 5000,
      connectionsCheckingInterval: 1000,
      maxHeaderSize: 32_768,
      requireHostHeader: false,
    },
    // As proxies are asked: `GET http://host/v1/events` is `GET /v1/events` (RFC 9112, 3.2.2).
    rewriteUrl: ({ url = '/' }) => url.replace(/^https?:\/\/[^/?]*\/?/i, '/'),
    routerOptions: { maxParamLength: 500, querystringParser: parseQuery },
    // Fastify's own answer while closing is no problem; who still asks then is answered.
    return503OnClosing: false,
    // No hook sees these.
    frameworkErrors(error, request, reply) {
      tellWhenEnded(tell, request, reply);
      identify(request, reply);
      void reply.header('access-control-allow-origin', '*');
      void sendProblem(error, request, reply);
    },
    clientErrorHandler: (error, socket) =>
      answerUnreadable(tell, error, socket),
    schemaController: {
      compilersFactory: { buildValidator: parameterValidator as never },
    },
  }).withTypeProvider<TypeBoxTypeProvider>();

  // Answers are finished texts, and what they are like is held to their schemas by tests: to compile a writer for each
  // schema would take a second of the start, and memory for ever.
  app.setSerializerCompiler(() => JSON.stringify);
  const clock = bodyClock(app.server);
  boundConnections(app.server, mostConnections, limitOptions.unreadFor);
  const limits = limitsOf(limitOptions);
  app.addHook('onClose', async () => limits.close());
  app.addHook('onRequest', async (request, reply) => {
    tellWhenEnded(tell, request, reply);
    identify(request, reply);
  });
  // Before anything is refused: a page elsewhere may read why.
  await app.register(cors, {
    origin: '*',
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    strictPreflight: false,
    exposedHeaders: [
      'ETag',
      'Link',
      'Location',
      'RateLimit',
      'RateLimit-Policy',
      'Retry-After',
      'WWW-Authenticate',
      'X-Data-Lsn',
      'X-Request-Id',
    ],
  });
  chargeRequests(app, limits);
  gate(app, opened);
  app.addHook('preHandler', async (request) => {
    const { produces = [JSON_TYPE] } = request.routeOptions.config as {
      produces?: string[];
    };
    if (!request.url.startsWith('/v1/') || request.type(produces) !== false)
      return;
    throw new DomainError(
      'not_acceptable',
      `The answer is ${produces.join(' or ')}, which the request does not accept.`,
    );
  });
  if (publicUrl !== null) linkFromHome(app, publicUrl);
  const memory = answerCache > 0 ? answerMemory(answerCache) : null;
  validateAnswers(app, memory);
  app.setErrorHandler((error, request, reply) =>
    sendProblem(error, request, reply),
  );
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      new DomainError('not_found', 'There is nothing at this address.'),
      request,
      reply,
    ),
  );

  await app.register(accepts);
  readJsonBodies(app);
  await describeApi(app, version, publicUrl);

  const options = {
    database,
    cursors: cursors(typeof secret === 'string' ? () => secret : secret),
    limits,
    home: homeAt(publicUrl),
  };
  const followers = following(metrics);
  await app.register(eventRoutes, options);
  await app.register(exportRoutes, options);
  await app.register(actorRoutes, options);
  await app.register(nameRoutes, options);
  await app.register(reconcileRoutes, { ...options, version });
  await app.register(documentRoutes, options);
  await app.register(timelineRoutes, options);
  await app.register(dyadRoutes, options);
  for (const { record, example } of NOUNS) {
    await app.register(writeRoutes, { ...options, record, example });
    await app.register(mergeRoutes, { ...options, record, example });
    await app.register(revisionRoutes, { ...options, record, example });
    if (record !== 'actor')
      await app.register(threadRoutes, { ...options, record, example });
  }
  await app.register(importRoutes, { ...options, clock, metrics });
  await app.register(changeRoutes, {
    ...options,
    signal: changes,
    followers,
    ...(heartbeat === undefined ? {} : { heartbeat }),
    ...(mostFollowers === undefined ? {} : { mostFollowers }),
  });
  await app.register(eventTypeRoutes);
  await app.register(healthRoutes, { database, replicas });
  await app.register(metricsRoutes, {
    database,
    metrics,
    replicas,
    memory,
    followers,
  });
  await app.register(explorerRoutes, { explorer, version });
  const querystring = Type.Object({}, { additionalProperties: false });
  app.get(
    '/problems/:code',
    { schema: { hide: true, querystring } },
    async (request, reply) => {
      const { code } = request.params as { code: string };
      const problem = Object.hasOwn(problems, code)
        ? problems[code as ProblemCode]
        : null;
      if (problem === null)
        throw new DomainError(
          'not_found',
          'There is no problem with this code.',
        );
      return reply
        .type('text/plain; charset=utf-8')
        .send(`${code} (${problem.status}): ${problem.title}.\n`);
    },
  );
  if (memory !== null) frontDesk(app, memory, database.state, limits, tell);
  traces?.around(app.server);
  return app;
}

/** Every answer names the request, so that it can be found in the log. */
function identify(request: FastifyRequest, reply: FastifyReply): void {
  void reply
    .header('x-request-id', request.id)
    .header('x-content-type-options', 'nosniff');
}

// Fastify's own validator strips what it does not know and turns null into "": both would lose what a client meant.
function parameterValidator(externalSchemas: unknown) {
  const ajv = new Ajv({
    coerceTypes: 'array',
    useDefaults: true,
    removeAdditional: false,
    allErrors: true,
    strict: false,
    verbose: true,
  });
  for (const schema of Object.values(externalSchemas as Record<string, object>))
    ajv.addSchema(schema);
  // Bodies are the domain's matter: it names their faults for imports too.
  return ({ schema, httpPart }: { schema: unknown; httpPart?: string }) =>
    httpPart === 'body' ? () => true : ajv.compile(schema as object);
}
