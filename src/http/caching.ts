import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Gives a good answer its strong `ETag`, and answers 304 without a body when the client has it already (RFC 9110,
 * 8.8.3 and 13.1.2). An `onSend` hook.
 */
export async function validated(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<unknown> {
  if (
    reply.statusCode !== 200 ||
    typeof payload !== 'string' ||
    !/^(GET|HEAD)$/.test(request.method)
  )
    return payload;
  if (reply.hasHeader('cache-control')) return payload;
  const etag = etagOf(payload);
  void reply
    .header('etag', etag)
    .header('cache-control', 'no-cache')
    .header('vary', 'Accept');
  if (!matches(request.headers['if-none-match'], etag)) return payload;
  void reply
    .code(304)
    .removeHeader('content-length')
    .removeHeader('content-type');
  return '';
}

function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return (
    ifNoneMatch.trim() === '*' ||
    ifNoneMatch
      .split(',')
      .some((one) => one.trim().replace(/^W\//, '') === etag)
  );
}

/** The strong validator of an answer: the same for the same bytes, whichever server sends them. */
export function etagOf(text: string): string {
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;
}
