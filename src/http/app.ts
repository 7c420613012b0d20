import { randomUUID } from 'node:crypto';
import accepts from '@fastify/accepts';
import cors from '@fastify/cors';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { Ajv } from 'ajv';
import { fastify, type FastifyInstance, type FastifyRequest } from 'fastify';
import { DomainError, type ProblemCode, problems } from '../domain/errors.ts';
import { type Database } from '../storage/database.ts';
import { actorRoutes } from './actors.routes.ts';
import { validated } from './caching.ts';
import { cursors } from './cursor.ts';
import { documentRoutes } from './documents.routes.ts';
import { eventTypeRoutes } from './event-types.routes.ts';
import { eventRoutes } from './events.routes.ts';
import { healthRoutes } from './health.routes.ts';
import { describeApi } from './openapi.ts';
import { rawProblem, sendProblem } from './problems.ts';
import { parseQuery, refuseUnreadable } from './query.ts';

/** What the HTTP service stands on. */
export interface AppOptions {
  database: Database;
  /** Seals cursors; the same for all servers on one database. */
  secret: string;
  version: string;
  logLevel: string;
}

const LONGEST_URL = 8000;

/** The HTTP service with all its routes, not yet listening. */
export async function buildApp({
  database,
  secret,
  version,
  logLevel,
}: AppOptions): Promise<FastifyInstance> {
  const app = fastify({
    logger: { level: logLevel, stream: process.stderr },
    genReqId: () => randomUUID(),
    requestTimeout: 10_000,
    handlerTimeout: 10_000,
    bodyLimit: 262_144,
    http: {
      headersTimeout: 5000,
      connectionsCheckingInterval: 1000,
      maxHeaderSize: 32_768,
    },
    routerOptions: { maxParamLength: 500, querystringParser: parseQuery },
    return503OnClosing: true,
    frameworkErrors(error, request, reply) {
      void sendProblem(error, request, reply);
    },
    clientErrorHandler(error, socket) {
      if (!socket.writable) return;
      const [code, detail]: [ProblemCode, string] =
        error.code === 'HPE_HEADER_OVERFLOW'
          ? ['header_too_large', 'The headers, or the address, are too large.']
          : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
            ? ['request_timeout', 'The request took too long to arrive.']
            : [
                'malformed_request',
                'This is not an HTTP request that can be read.',
              ];
      socket.end(rawProblem(code, detail));
    },
    schemaController: {
      compilersFactory: { buildValidator: parameterValidator as never },
    },
  }).withTypeProvider<TypeBoxTypeProvider>();

  const routes = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const methods = routes.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    routes.set(url, methods);
  });
  app.addHook('onRequest', async (request, reply) => {
    void reply
      .header('x-request-id', request.id)
      .header('x-content-type-options', 'nosniff');
    if (request.url.length > LONGEST_URL)
      throw new DomainError(
        'uri_too_long',
        `The address is longer than ${LONGEST_URL} characters.`,
      );
    refuseUnreadable(request.url);
    if (!request.is404) return;
    // Before a body is read: nothing here would take it.
    const allowed = methodsAt(request, routes);
    if (allowed.length === 0)
      throw new DomainError('not_found', 'There is nothing at this address.');
    void reply.header('allow', allowed.join(', '));
    throw new DomainError(
      'method_not_allowed',
      `This address takes ${allowed.join(', ')}.`,
    );
  });
  app.addHook('preHandler', async (request) => {
    if (!request.url.startsWith('/v1/') || request.type(['json']) !== false)
      return;
    throw new DomainError(
      'not_acceptable',
      'The answer is application/json, which the request does not accept.',
    );
  });
  app.addHook('onSend', validated);
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
  await app.register(cors, {
    origin: '*',
    methods: ['GET', 'HEAD'],
    exposedHeaders: ['ETag', 'Link', 'Retry-After', 'X-Request-Id'],
  });
  await describeApi(app, version);

  const options = { database, cursors: cursors(secret) };
  await app.register(eventRoutes, options);
  await app.register(actorRoutes, options);
  await app.register(documentRoutes, options);
  await app.register(eventTypeRoutes);
  await app.register(healthRoutes, { database });
  app.get('/', { schema: { hide: true } }, async () => ({
    name: 'diplomatic-events',
    version,
    links: {
      documentation: '/docs',
      openapi: '/openapi.json',
      events: '/v1/events',
      actors: '/v1/actors',
      documents: '/v1/documents',
      eventTypes: '/v1/event-types',
    },
  }));
  app.get(
    '/problems/:code',
    { schema: { hide: true } },
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
  return app;
}

/** The methods that the path of a request takes with some other method than its own. */
function methodsAt(
  request: FastifyRequest,
  routes: ReadonlyMap<string, ReadonlySet<string>>,
): string[] {
  const path = request.url.split('?')[0] ?? '';
  for (const [pattern, methods] of routes) {
    const parts = pattern
      .split('/')
      .map((part) =>
        part.startsWith(':')
          ? '[^/]+'
          : part === '*'
            ? '.*'
            : part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`),
      );
    if (new RegExp(`^${parts.join('/')}$`).test(path))
      return [...methods].filter((method) => method !== 'OPTIONS').sort();
  }
  return [];
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
  return ({ schema }: { schema: unknown }) => ajv.compile(schema as object);
}
