import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import {
  DomainError,
  type Fault,
  type ProblemCode,
  problems,
} from '../domain/errors.ts';
import { sentence } from '../domain/list-filter.ts';
import type { Database } from '../storage/database.ts';
import { type Page } from '../storage/page.ts';
import { nearestIds } from '../storage/references.reads.ts';
import { type Cursors } from './cursor.ts';
import { type Home } from './home.ts';
import { type Limits } from './limits.ts';
import { parseQuery } from './query.ts';

/** The media type of every good answer. */
export const JSON_TYPE = 'application/json; charset=utf-8';

/** What every route plugin is handed. */
export interface RouteOptions {
  database: Database;
  cursors: Cursors;
  limits: Limits;
  home: Home;
}

export const DEFAULT_LIMIT = 50;

/** The parameters of every list. */
export const paging = {
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 500,
      default: DEFAULT_LIMIT,
      description: 'How many records a page holds',
      examples: [10],
    }),
  ),
  cursor: Type.Optional(
    Type.String({
      description:
        'Where to go on: `next` or `prev` of another page of the same question',
    }),
  ),
};

/** A list filter (contract §4): `a,b` any of them, repeated each of them, `-a` none of it, `\,` a comma. */
export const listParameter = (description: string, example: string) =>
  Type.Optional(
    Type.Array(Type.String(), {
      description: `${description}. \`a,b\`: any of them; given twice: each of them; \`-a\`: not that one; \`\\,\` is a comma inside a value`,
      examples: [[example]],
    }),
  );

/** Sends a finished JSON text as it is. */
export function sendJson(
  reply: FastifyReply,
  body: string | Buffer,
): FastifyReply {
  return reply.header('content-type', JSON_TYPE).send(body);
}

/**
 * Sends a page: stored bodies in a row, cursors and `Link` headers (RFC 8288), and whatever more is to be told.
 * @throws DomainError `unknown_value` when the question names what is not in the record
 */
export async function sendPage(
  reply: FastifyReply,
  page: Page,
  question: string,
  { database, cursors }: RouteOptions,
  more: object = {},
): Promise<FastifyReply> {
  if (page.unknown.length > 0) await refuseUnknown(database, page.unknown);
  const next = page.next && cursors.seal(question, page.next);
  const prev = page.prev && cursors.seal(question, page.prev);
  linksTo(reply, { next, prev });
  return sendJson(
    reply,
    listed(
      '{"data":[',
      page.bodies,
      `],"next":${JSON.stringify(next)},"prev":${JSON.stringify(prev)}${beside(more)}}`,
    ),
  );
}

/** Stored bodies in a row, with commas between them. */
function listed(head: string, bodies: readonly Buffer[], tail: string): Buffer {
  return Buffer.concat([
    Buffer.from(head),
    ...bodies.flatMap((body, index) => (index === 0 ? [body] : [COMMA, body])),
    Buffer.from(tail),
  ]);
}

const COMMA: Buffer = Buffer.from(',');

function beside(more: object): string {
  const fields = JSON.stringify(more).slice(1, -1);
  return fields === '' ? '' : `,${fields}`;
}

/** Names the neighbouring pages in the `Link` header (RFC 8288). */
export function linksTo(
  reply: FastifyReply,
  cursors: Record<string, string | null>,
): void {
  const links = Object.entries(cursors).flatMap(([relation, cursor]) =>
    cursor === null
      ? []
      : `<${pageUrl(reply.request.url, cursor)}>; rel="${relation}"`,
  );
  if (links.length > 0) void reply.header('link', links.join(', '));
}

/** The address of another page of the same list. */
export function pageUrl(url: string, cursor: string): string {
  const [path = '', ...query] = url.split('?');
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(parseQuery(query.join('?'))))
    for (const one of [value].flat())
      if (name !== 'cursor' && name !== 'after') asked.append(name, one);
  asked.append('cursor', cursor);
  return `${path}?${asked.toString()}`;
}

/** @throws DomainError `unknown_value` naming each with the nearest ids */
export async function refuseUnknown(
  { pool }: Database,
  unknown: Page['unknown'],
): Promise<never> {
  const faults: Fault[] = [];
  for (const { parameter, record, id } of unknown.slice(0, 5)) {
    const nearest = await nearestIds(pool, record, id);
    faults.push({
      parameter,
      message: `names no ${record} of the record`,
      received: id,
      ...(nearest.length > 0 ? { nearest } : {}),
    });
  }
  throw new DomainError('unknown_value', sentence(faults), faults);
}

/** What is answered under an id that was merged away. */
export const mergedAnswer = {
  308: {
    description: 'It was merged into another record: ask there',
    headers: {
      Location: { type: 'string', description: 'The same of its successor' },
    },
    type: 'null',
  },
};

/** The problems a route may answer with, for its OpenAPI operation: by status, each with its codes. */
export function problemAnswers(
  ...codes: ProblemCode[]
): Record<string, object> {
  const always: ProblemCode[] = [
    'malformed_request',
    'unknown_parameter',
    'not_acceptable',
    'uri_too_long',
    'internal',
  ];
  const answers: Record<string, { description: string; content?: object }> =
    codes.includes('removed') ? { ...mergedAnswer } : {};
  for (const code of [...always, ...codes]) {
    const { status, title } = problems[code];
    const before = answers[status]?.description;
    answers[status] = {
      description:
        before === undefined
          ? `${title} (\`${code}\`)`
          : `${before}; ${title} (\`${code}\`)`,
      content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
    };
  }
  return answers;
}

/** The problems of a route that asks the database. */
export function databaseAnswers(
  ...codes: ProblemCode[]
): Record<string, object> {
  return problemAnswers(
    'database_unavailable',
    'query_timeout',
    'too_busy',
    ...codes,
  );
}

/** What repeats nothing. */
export const unchangedAnswer = {
  304: {
    description:
      'Nothing changed since the `ETag` that was sent in `If-None-Match`',
    type: 'null',
  },
};

/** By which a 304 is had the next time. */
export const validatorAnswered = {
  ETag: {
    type: 'string',
    description: 'Strong validator (RFC 9110): send it back in `If-None-Match`',
  },
};

/** An answer of one shape, and a 304 that repeats nothing. */
export function jsonAnswer(
  shape: string,
  description: string,
  headers: Record<string, object> = {},
  formats: Record<string, object> = {},
): Record<string, object> {
  return {
    200: {
      description,
      headers: { ...validatorAnswered, ...headers },
      content: {
        // Last: a format of JSON would be described in its stead.
        ...formats,
        'application/json': { schema: { $ref: `${shape}#` } },
      },
    },
    ...unchangedAnswer,
  };
}

/** An answer of a page of records. */
export function pageAnswer(
  record: string,
  description: string,
  formats: Record<string, object> = {},
): Record<string, object> {
  const links = {
    Link: {
      type: 'string',
      description:
        'The neighbouring pages, `rel="next"` and `rel="prev"` (RFC 8288)',
    },
  };
  return jsonAnswer(`${record}Page`, description, links, formats);
}

/** The schema of a cursor in an answer. */
export const cursorField = (description: string) => ({
  type: ['string', 'null'],
  description,
});

/** The schema of a page of records. */
export function pageSchema(record: string, more: object = {}): object {
  return {
    $id: `${record}Page`,
    type: 'object',
    description: `A page of ${record.toLowerCase()}s`,
    properties: {
      data: {
        type: 'array',
        items: { $ref: `${record}#` },
        description: 'The records in order',
      },
      next: cursorField('Cursor of the next page, null on the last'),
      prev: cursorField('Cursor of the page before, null on the first'),
      ...more,
    },
    required: ['data', 'next', 'prev'],
    additionalProperties: false,
  };
}
