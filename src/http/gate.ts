import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../domain/errors.ts';
import { refuseUnreadable } from './query.ts';

const LONGEST_URL = 8000;
const NEEDS_DATABASE = /^\/(v1\/|readyz)/;

/**
 * Refuses what no route can answer before anything of it is read. It knows the routes that are registered after it: so
 * not the one by which the plugin for CORS answers OPTIONS everywhere.
 * @param opened whether the database was reached at all
 */
export function gate(app: FastifyInstance, opened: () => boolean): void {
  const routes = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const methods = routes.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    routes.set(url, methods);
  });
  app.addHook('onRequest', async (request, reply) => {
    refuseHosts(request, reply);
    if (request.url.length > LONGEST_URL)
      throw new DomainError(
        'uri_too_long',
        `The address is longer than ${LONGEST_URL} characters.`,
      );
    refuseUnreadable(request.url);
    if (!opened() && NEEDS_DATABASE.test(request.url))
      throw new DomainError(
        'database_unavailable',
        'The database has not been reached since the start. Try again shortly.',
      );
    if (!request.is404) return;
    // Before a body is read: nothing here would take it.
    const allowed = methodsAt(request.url, routes);
    if (allowed.length === 0)
      throw new DomainError('not_found', 'There is nothing at this address.');
    void reply.header('allow', allowed.join(', '));
    throw new DomainError(
      'method_not_allowed',
      `This address takes ${allowed.join(', ')}.`,
    );
  });
}

// Of two hosts a proxy may believe the one and we the other (RFC 9112, 3.2). Node takes the first without a word, and
// refuses none at all without a problem.
function refuseHosts({ raw }: FastifyRequest, reply: FastifyReply): void {
  const hosts = raw.rawHeaders.filter(
    (name, index) => index % 2 === 0 && name.toLowerCase() === 'host',
  );
  if (hosts.length > 1 || (hosts.length === 0 && raw.httpVersion === '1.1')) {
    // Nor is what follows on the connection to be believed.
    void reply.header('connection', 'close');
    throw new DomainError(
      'malformed_request',
      'A request has one Host header, no more and no less.',
    );
  }
  // Links are made of it, in every format.
  const { host = '' } = raw.headers;
  if (host !== '' && !(HOST.test(host) && URL.canParse(`http://${host}`)))
    throw new DomainError(
      'malformed_request',
      'The Host header is no host name or address with a port.',
    );
}

const HOST = /^([\w.~-]+|\[[\da-f:.]+\])(:\d*)?$/i;

/** The methods that an address takes with some other method than the one it was asked with. */
function methodsAt(
  url: string,
  routes: ReadonlyMap<string, ReadonlySet<string>>,
): string[] {
  const path = url.split('?')[0] ?? '';
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
