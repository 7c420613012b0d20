import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { AccessError } from '../domain/access.ts';
import {
  DomainError,
  type Fault,
  type ProblemCode,
  problems,
} from '../domain/errors.ts';
import { nearest } from '../domain/nearest.ts';
import { sentence } from '../domain/list-filter.ts';
import { shortened } from '../domain/text.ts';
import { asDomainError } from '../storage/faults.ts';
import { challengeOf } from './access.ts';
import { LimitError } from './limits.ts';
import { GoneError } from './removed.ts';

export const PROBLEM_JSON = 'application/problem+json; charset=utf-8';

/** A problem as it is sent (RFC 9457). */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  /** Of a removed record: why, and what to look at instead. */
  reason?: string;
  successor?: string;
  errors?: readonly Fault[];
}

/** Where a problem is explained. */
export function problemPage(code: ProblemCode): string {
  return `/problems/${code}`;
}

/** Answers any error as a problem: the one place where an error becomes an answer. What is not ours to tell is logged. */
export function sendProblem(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const error = understood(thrown);
  if (error.code === 'internal')
    request.log.error({ err: thrown }, 'request failed');
  const problem = problemOf(error, request.url, request.id);
  if (problem.status === 503) void reply.header('retry-after', '1');
  if (error instanceof LimitError) void reply.headers(error.headers);
  if (error instanceof AccessError)
    void reply.header('www-authenticate', challengeOf(error));
  if (error instanceof GoneError && error.successorUrl !== null)
    return reply
      .code(308)
      .header('location', error.successorUrl(request.url))
      .send('');
  return reply
    .code(problem.status)
    .header('content-type', PROBLEM_JSON)
    .header('cache-control', 'no-store')
    .send(JSON.stringify(problem));
}

/** An error as the problem that tells of it. */
export function problemOf(
  error: DomainError,
  url: string,
  requestId: string,
): Problem {
  const { status, title } = problems[error.code];
  return {
    type: problemPage(error.code),
    title,
    status,
    detail:
      error.code === 'internal'
        ? `The service failed; the log has the reason under ${requestId}.`
        : error.message,
    // The path alone: a query may be long and may hold anything.
    instance: (url.split(/[?#]/)[0] ?? '').slice(0, 500).toWellFormed(),
    ...(error instanceof GoneError ? error.told : {}),
    ...(error.faults.length > 0
      ? { errors: error.faults.slice(0, MOST_FAULTS) }
      : {}),
  };
}

/** A whole HTTP answer for a connection on which no request could be read. */
export function rawProblem(
  code: ProblemCode,
  detail: string,
  requestId: string,
): string {
  const body = JSON.stringify(
    problemOf(new DomainError(code, detail), '', requestId),
  );
  const { status } = problems[code];
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    `content-type: ${PROBLEM_JSON}`,
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}

// Fastify's own codes, as far as a request can cause them here.
const OF_FASTIFY: Record<string, [ProblemCode, string]> = {
  FST_ERR_BAD_URL: [
    'malformed_request',
    'The path of the address is not valid UTF-8.',
  ],
  FST_ERR_MAX_PARAM_LENGTH: [
    'not_found',
    'Nothing is here: no id is that long.',
  ],
  FST_STATIC_FORBIDDEN_PATH: ['not_found', 'There is nothing at this address.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unsupported_media_type',
    'The body has a media type that is not read here, or none.',
  ],
  FST_ERR_CTP_BODY_TOO_LARGE: [
    'payload_too_large',
    'The body is larger than is read here (256 kB, and 1 MB of names). Many records go in by POST /v1/import.',
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'malformed_request',
    'The body is not as long as Content-Length says.',
  ],
  FST_ERR_HANDLER_TIMEOUT: ['query_timeout', 'The answer took too long.'],
};

function understood(thrown: unknown): DomainError {
  const error = asDomainError(thrown);
  if (error instanceof DomainError) return error;
  if (!(error instanceof Error)) return new DomainError('internal', '');
  const { validation, validationContext, code, expose } =
    error as FastifyError & { expose?: boolean };
  if (validation !== undefined)
    return invalidRequest(validation, validationContext ?? 'querystring');
  const known = OF_FASTIFY[code];
  if (known !== undefined) return new DomainError(...known);
  // So the files of the documentation refuse ranges and preconditions.
  return expose === true
    ? new DomainError(
        'malformed_request',
        'What is here cannot be sent as the headers of the request ask for it.',
      )
    : new DomainError('internal', '');
}

/** How many faults of one request are told; the rest would help nobody. */
const MOST_FAULTS = 20;

type Validation = NonNullable<FastifyError['validation']>[number] & {
  data?: unknown;
  parentSchema?: { properties?: object };
};

function invalidRequest(
  found: readonly Validation[],
  context: string,
): DomainError {
  const faults = found
    .filter(({ keyword }) => keyword !== 'anyOf')
    .slice(0, MOST_FAULTS)
    .map((one) => faultOf(one, context));
  const unknown = found.find(
    ({ keyword }) => keyword === 'additionalProperties',
  );
  return new DomainError(
    unknown === undefined ? 'invalid_parameter' : 'unknown_parameter',
    sentence(faults),
    faults,
  );
}

function faultOf(
  {
    keyword,
    instancePath,
    params,
    message = 'is wrong',
    data,
    parentSchema,
  }: Validation,
  context: string,
): Fault {
  const parameter = instancePath.split('/')[1] ?? '';
  if (keyword === 'additionalProperties') {
    const name = String(params['additionalProperty']);
    const known = Object.keys(parentSchema?.properties ?? {});
    const near = nearest(name, known);
    return {
      parameter: name.slice(0, 200).toWellFormed(),
      message: 'is not a parameter of this address',
      allowed: known,
      ...(near.length > 0 ? { nearest: near } : {}),
    };
  }
  if (keyword === 'required')
    return {
      parameter: String(params['missingProperty']),
      message: 'is missing',
    };
  if (Array.isArray(data))
    return { parameter, message: 'is given more than once' };
  const received = shortened(data);
  if (keyword === 'enum') {
    const allowed = params['allowedValues'] as string[];
    const near = nearest(String(received), allowed);
    return {
      parameter,
      message: 'is not one of the known values',
      received,
      allowed,
      ...(near.length > 0 ? { nearest: near } : {}),
    };
  }
  if (context === 'params')
    return { parameter, message: 'is not an id', received };
  return { parameter, message, received };
}
