import type { FastifyRequest } from 'fastify';

/** What requests cost of a client's limit, in points; `docs/operations.md` tells them, held by a test. */
export const costs = {
  free: 0,
  remembered: 1,
  light: 1,
  page: 10,
  long: 40,
  count: 100,
  fine: 250,
  write: 20,
  batch: 250,
  export: 500,
  import: 500,
} as const;

/** A class of requests that cost the same. */
export type CostClass = keyof typeof costs;

/** Never limited: whoever watches the service has to see it most of all while too much is asked. */
export const OPEN: ReadonlySet<string> = new Set([
  '/healthz',
  '/readyz',
  '/metrics',
]);

const OF_ROUTE: Record<string, CostClass> = {
  '/v1/timeline': 'count',
  '/v1/facets': 'count',
  '/v1/actors/:id/counterparts': 'count',
  '/v1/dyads/:a/:b': 'count',
  '/v1/events.csv': 'export',
  '/v1/events.ndjson': 'export',
  '/v1/import': 'import',
};

/** Reads that come as `POST`, for they may be long. */
const BATCHES = new Set(['/v1/actors/match', '/v1/reconcile']);
const WHOLE = /text\/csv|application\/x-ndjson/i;
const FINE = new Set<unknown>(['day', 'week']);
const SHORT_PAGE = 100;

/**
 * The class of a request, by its route and by what makes an answer dear; never by how much it finds, for it is charged
 * before anything is looked for.
 */
export function classOf({
  method,
  url,
  routeOptions: { url: route },
  query,
  headers,
}: Pick<
  FastifyRequest,
  'method' | 'url' | 'routeOptions' | 'query' | 'headers'
>): CostClass {
  if (method === 'OPTIONS' || OPEN.has(route ?? '')) return 'free';
  const { count, interval, queries, limit } = query as Record<string, unknown>;
  // Up to five thousand buckets.
  if (route === '/v1/timeline' && FINE.has(interval)) return 'fine';
  const known = OF_ROUTE[route ?? ''];
  if (known !== undefined) return known;
  if (!url.startsWith('/v1/') || route === undefined) return 'light';
  if (BATCHES.has(route) && (method === 'POST' || queries !== undefined))
    return 'batch';
  if (method !== 'GET' && method !== 'HEAD') return 'write';
  if (count !== undefined && count !== 'none') return 'count';
  if (route === '/v1/events' && WHOLE.test(headers.accept ?? ''))
    return 'export';
  const most = limit ?? (route.startsWith('/v1/events.') ? Infinity : 0);
  return Number(most) > SHORT_PAGE ? 'long' : 'page';
}
