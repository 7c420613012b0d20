import { problems } from '../domain/errors.ts';
import { OPEN } from './costs.ts';

/** The headers by which limits are told, as OpenAPI describes them. */
export const limitHeaders = {
  'RateLimit-Policy': {
    description:
      'The limit this request was charged to (draft-ietf-httpapi-ratelimit-headers-10): `"address"` or `"key"`, its points (`q`) in so many seconds (`w`). A request costs points by its class, not one. Absent where nothing is limited',
    schema: { type: 'string', examples: ['"address";q=60000;w=60'] },
  },
  RateLimit: {
    description:
      'What is left of it: points (`r`), and the seconds (`t`) after which it begins anew',
    schema: { type: 'string', examples: ['"address";r=59990;t=60'] },
  },
  'Retry-After': {
    description: 'After how many seconds to come again',
    schema: { type: 'integer', minimum: 1 },
  },
} as const;

interface Answer {
  description: string;
  headers?: Record<string, object>;
  content?: object;
}

interface Operation {
  responses?: Record<string, Answer>;
}

/** Adds to every operation that is charged what it answers when too much was asked, and to every good answer what is left. */
export function tellLimits<Document extends { paths?: object }>(
  document: Document,
): Document {
  for (const [path, operations] of Object.entries(document.paths ?? {})) {
    if (OPEN.has(path)) continue;
    for (const operation of Object.values(operations as object)) {
      const { responses } = operation as Operation;
      if (responses === undefined) continue;
      responses['429'] = {
        description: `${problems.too_many_requests.title} (\`too_many_requests\`)`,
        headers: { 'Retry-After': reference('Retry-After') },
        content: {
          'application/problem+json': {
            schema: { $ref: '#/components/schemas/Problem' },
          },
        },
      };
      for (const [status, answer] of Object.entries(responses)) {
        if (!/^(2..|304|429)$/.test(status)) continue;
        answer.headers = {
          ...answer.headers,
          'RateLimit-Policy': reference('RateLimit-Policy'),
          RateLimit: reference('RateLimit'),
        };
      }
    }
  }
  return document;
}

const reference = (name: keyof typeof limitHeaders) => ({
  $ref: `#/components/headers/${name}`,
});
