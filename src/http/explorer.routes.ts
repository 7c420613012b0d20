import { readFile, readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../domain/errors.ts';

/** What the front page is made of. */
export interface ExplorerOptions {
  /** The folder of the built page; null where there is none, and everybody gets the index. */
  explorer: string | null;
  version: string;
}

const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const POLICY = [
  "default-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ');

const compressed = promisify(gzip);

/**
 * `/`: the explorer for whoever prefers HTML, else an index of the service as JSON; and the files of the explorer, whose
 * names change with their bytes, so that they are kept for ever.
 */
export async function explorerRoutes(
  app: FastifyInstance,
  { explorer, version }: ExplorerOptions,
): Promise<void> {
  const names = explorer === null ? [] : await readdir(explorer);
  for (const name of names.filter((one) => extname(one) in TYPES))
    await fileRoute(app, join(explorer ?? '', name), name);
  const page = names.includes('index.html')
    ? await readFile(join(explorer ?? '', 'index.html'), 'utf8')
    : null;
  app.get('/', { schema: { hide: true } }, async (request, reply) => {
    void reply.header('vary', 'Accept');
    if (page !== null && wantsHtml(request)) return sendPage(reply, page);
    refuseParameters(request);
    return {
      name: 'diplomatic-events',
      version,
      links: {
        documentation: '/docs',
        openapi: '/openapi.json',
        events: '/v1/events',
        actors: '/v1/actors',
        documents: '/v1/documents',
        eventTypes: '/v1/event-types',
        timeline: '/v1/timeline?interval=year',
      },
    };
  });
}

function wantsHtml(request: FastifyRequest): boolean {
  // Of two that are as welcome the first is taken: who takes anything, as curl does, gets the index.
  return request.type(['application/json', 'text/html']) === 'text/html';
}

function sendPage(reply: FastifyReply, page: string): FastifyReply {
  return (
    reply
      // It names files that another version no longer has: an old one is of no use to anybody.
      .header('cache-control', 'no-cache')
      .header('content-security-policy', POLICY)
      .header('referrer-policy', 'no-referrer')
      .type('text/html; charset=utf-8')
      .send(page)
  );
}

/** The page's own parameters are the page's business; the index takes none, as everywhere. */
function refuseParameters({ query }: FastifyRequest): void {
  const names = Object.keys(query as object);
  if (names.length === 0) return;
  throw new DomainError(
    'unknown_parameter',
    `${names.join(', ')} ${names.length > 1 ? 'are no parameters' : 'is no parameter'} here.`,
    names.map((parameter) => ({ parameter, message: 'is not known here' })),
  );
}

async function fileRoute(
  app: FastifyInstance,
  path: string,
  name: string,
): Promise<void> {
  const bytes = await readFile(path);
  const small = await compressed(bytes, { level: 9 });
  const type = TYPES[extname(name)] ?? '';
  app.get(
    `/explorer/${name}`,
    { schema: { hide: true } },
    async (request, reply) => {
      void reply
        .type(type)
        .header('cache-control', 'public, max-age=31536000, immutable')
        .header('vary', 'Accept-Encoding');
      if (request.encoding(['gzip', 'identity']) !== 'gzip')
        return reply.send(bytes);
      return reply.header('content-encoding', 'gzip').send(small);
    },
  );
}
