import { hash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type AnswerMemory } from './answer-memory.ts';
import { encode, encodedStream, encodingFor } from './encoding.ts';

/** In the `config` of a route: nothing but the record and the request decides its answers; not the clock, not who asks. */
export const OF_RECORD = { ofRecord: true, reading: true };

/**
 * Any cache may keep an answer but has to ask each time whether it still stands: nobody is shown what was true a moment
 * ago. While the service fails a cache may show what it has for an hour (RFC 5861, 4).
 */
const CACHE_CONTROL = 'public, max-age=0, stale-if-error=3600';

const passing = new WeakSet<FastifyRequest>();

/** Says of an answer of a route of the record that it may be another though the record is not: a guess, or cut short. */
export function willPass({ request }: FastifyReply): void {
  passing.add(request);
}

/**
 * Gives each good answer its strong `ETag` and its content coding, answers 304 without a body when the client has it already
 * (RFC 9110, 8.8.3 and 13.1.2), and keeps in memory what may be asked again.
 */
export function validateAnswers(
  app: FastifyInstance,
  memory: AnswerMemory | null,
): void {
  if (memory !== null)
    app.addHook('preHandler', (request, reply, done) => {
      if (isOfRecord(request)) {
        memory.begin(request.raw);
        reply.raw.once('close', () => memory.end(request.raw));
      }
      done();
    });
  const validate = async (
    request: FastifyRequest,
    reply: FastifyReply,
    payload: unknown,
  ): Promise<unknown> => {
    if (reply.statusCode !== 200 || !/^(GET|HEAD)$/.test(request.method))
      return payload;
    if (payload instanceof Readable)
      return encodedStream(request, reply, payload);
    // Who has said how long an answer may be kept has said all; `no-cache` asks each time too, with an ETag as well.
    const said = reply.getHeader('cache-control');
    if (said !== undefined && said !== 'no-cache') return payload;
    if (typeof payload !== 'string' && !(payload instanceof Buffer))
      return payload;
    const text = typeof payload === 'string' ? Buffer.from(payload) : payload;
    const encoding = encodingFor(request, text.length);
    const etag = etagOf(text, encoding);
    void reply
      .header('etag', etag)
      .header('cache-control', said ?? CACHE_CONTROL)
      .header('vary', 'Accept, Accept-Encoding');
    const keeper = isOfRecord(request) && !passing.has(request) ? memory : null;
    const unchanged = matches(request.headers['if-none-match'], etag);
    let body = text;
    if (encoding !== null && !(unchanged && keeper === null)) {
      void reply.header('content-encoding', encoding);
      body = await encode(text, encoding);
    }
    keeper?.keep(request.raw, {
      route: request.routeOptions.url ?? null,
      etag,
      body,
      headers: [
        ...headersOf(reply, NEVER),
        'content-length',
        String(body.length),
      ],
      headers304: headersOf(reply, OF_BODY),
    });
    if (!unchanged) return body;
    void reply.code(304);
    for (const name of OF_BODY) void reply.removeHeader(name);
    // A length of 0 would be told of an empty text; what answers HEAD cannot do without one.
    return request.method === 'HEAD' ? '' : null;
  };
  app.addHook('onSend', async (request, reply, payload: unknown) => {
    try {
      return await validate(request, reply, payload);
    } finally {
      // Whoever waits is not to wait for a client that reads slowly, or not at all.
      memory?.end(request.raw);
    }
  });
}

function isOfRecord({ routeOptions }: FastifyRequest): boolean {
  return (routeOptions.config as Partial<typeof OF_RECORD>).ofRecord === true;
}

const OF_BODY = ['content-length', 'content-type', 'content-encoding', 'link'];
const NEVER = ['content-length'];
/** They tell of the request that was answered, not of the answer. */
const OF_REQUEST = ['x-request-id', 'ratelimit', 'ratelimit-policy'];

/** The headers of an answer as Node sends them, names and values by turns, but for some and the request's own. */
function headersOf(reply: FastifyReply, without: readonly string[]): string[] {
  return Object.entries(reply.getHeaders()).flatMap(([name, value]) =>
    OF_REQUEST.includes(name) || without.includes(name)
      ? []
      : [value ?? []].flat().flatMap((one) => [name, String(one)]),
  );
}

/** Whether `If-None-Match` names what there is (RFC 9110, 13.1.2): weak validators count. */
export function matches(
  ifNoneMatch: string | undefined,
  etag: string,
): boolean {
  if (ifNoneMatch === undefined) return false;
  return (
    ifNoneMatch === etag ||
    ifNoneMatch.trim() === '*' ||
    ifNoneMatch
      .split(',')
      .some((one) => one.trim().replace(/^W\//, '') === etag)
  );
}

/**
 * The strong validator of an answer: the same for the same bytes, whichever server sends them, and another for each content
 * coding (RFC 9110, 8.8.3.3).
 */
export function etagOf(
  text: string | Buffer,
  encoding: string | null = null,
): string {
  const own = hash('sha256', text, 'base64url').slice(0, 27);
  return encoding === null ? `"${own}"` : `"${own}-${encoding}"`;
}

/** A validator as it is of the answer in no content coding: whoever read it compressed means the same record. */
export function uncoded(etag: string): string {
  return etag.replace(/-(br|gzip)"$/, '"');
}
