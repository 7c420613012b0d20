import type {
  Actor,
  Candidates,
  Document,
  Dyad,
  Event,
  EventPage,
  EventTypes,
  Facets,
  Problem,
  RevisionPage,
  Thread,
  Timeline,
} from './shapes.ts';

/** The API did not answer what was asked. */
export class Refusal extends Error {
  /** The HTTP status; 0 where nobody answered. */
  readonly status: number;
  /** What the API says of it (RFC 9457), if it said anything. */
  readonly problem: Problem | null;
  /** After so many seconds it may be asked again; null where it does not help. */
  readonly retryAfter: number | null;

  constructor(
    status: number,
    problem: Problem | null,
    retryAfter: number | null,
  ) {
    super(problem?.detail ?? `status ${status}`);
    this.status = status;
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

const RETRY = 5;

/**
 * Asks the public API for JSON.
 * @throws Refusal when it does not answer 200; what the browser throws when the signal ends it
 */
export async function ask<Answer>(
  path: string,
  query: string,
  signal: AbortSignal | null = null,
): Promise<Answer> {
  const url = query === '' ? path : `${path}?${query}`;
  const response = await fetch(url, {
    headers: { accept: 'application/json, application/problem+json' },
    signal,
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new Refusal(0, null, RETRY);
  });
  if (response.ok)
    return (await response.json().catch((error: unknown) => {
      if (signal?.aborted) throw error;
      // It broke off, or somebody between answered in our stead.
      throw new Refusal(0, null, RETRY);
    })) as Answer;
  const problem = (await response.json().catch(() => null)) as Problem | null;
  throw new Refusal(response.status, problem, retryAfterOf(response));
}

function retryAfterOf({ status, headers }: Response): number | null {
  const told = Number(headers.get('retry-after') ?? NaN);
  if (Number.isFinite(told)) return Math.max(1, Math.ceil(told));
  return status === 429 || status >= 500 ? RETRY : null;
}

const one =
  <Answer>(prefix: string, suffix = '') =>
  (id: string, signal: AbortSignal | null = null, query = '') =>
    ask<Answer>(`${prefix}/${encodeURIComponent(id)}${suffix}`, query, signal);

const counted =
  <Answer>(path: string) =>
  (query: string, signal: AbortSignal | null = null) =>
    ask<Answer>(path, query, signal);

/** The routes that the page uses; a `query` is that of the address, without `?`. */
export const api = {
  events: counted<EventPage>('/v1/events'),
  timeline: counted<Timeline>('/v1/timeline'),
  facets: counted<Facets>('/v1/facets'),
  match: counted<Candidates>('/v1/actors/match'),
  eventTypes: counted<EventTypes>('/v1/event-types'),
  event: one<Event>('/v1/events'),
  revisions: one<RevisionPage>('/v1/events', '/revisions'),
  thread: one<Thread>('/v1/events', '/thread'),
  actor: one<Actor>('/v1/actors'),
  document: one<Document>('/v1/documents'),
  documentThread: one<Thread>('/v1/documents', '/thread'),
  dyad: (
    [a, b]: readonly [string, string],
    query: string,
    signal: AbortSignal | null = null,
  ) =>
    ask<Dyad>(
      `/v1/dyads/${encodeURIComponent(a)}/${encodeURIComponent(b)}`,
      query,
      signal,
    ),
};
