import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DomainError } from '../domain/errors.ts';

const JSON_TYPES = ['application/json', 'application/merge-patch+json'];

/**
 * Reads JSON bodies as UTF-8 and nothing else: what is no UTF-8, no JSON or compressed is refused, never repaired.
 * Shapes are the domain's matter.
 */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  app.addContentTypeParser(
    JSON_TYPES,
    { parseAs: 'buffer' },
    (request, body, done) => {
      const refusal = refusalOfEncoding(request);
      if (refusal !== null) {
        done(refusal);
        return;
      }
      let text: string;
      try {
        text = decoder.decode(body as Buffer);
      } catch {
        done(
          new DomainError('malformed_request', 'The body is not valid UTF-8.'),
        );
        return;
      }
      try {
        done(null, JSON.parse(text));
      } catch {
        done(new DomainError('malformed_request', 'The body is not JSON.'));
      }
    },
  );
}

/** Why a compressed body is not read; null for one that is as it is. */
export function refusalOfEncoding({
  headers,
}: Pick<FastifyRequest, 'headers'>): DomainError | null {
  const encoding = headers['content-encoding'] ?? 'identity';
  return encoding.trim().toLowerCase() === 'identity'
    ? null
    : new DomainError(
        'unsupported_media_type',
        `The body is encoded as ${encoding.slice(0, 50)}; only plain bodies are read here.`,
      );
}
