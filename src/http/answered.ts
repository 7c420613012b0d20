import type { IncomingMessage, Server } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { parseKey } from '../domain/access.ts';
import { type StatementWatch } from '../storage/statements.ts';
import { withoutSecrets } from './log.ts';
import { type Answered, type Metrics } from './metrics.ts';

/** An answer as it is told: counted for Prometheus, and a line of the log. */
export interface ToldAnswer extends Answered {
  id: string;
  /** Of the body; of a stream all that was sent. */
  bytes: number;
}

/** Traces of OpenTelemetry: a span for each request, and below it one for each of its statements. */
export interface Traces {
  /** Begins a span with each request that comes to a server; it goes on with the sender's trace (W3C Trace Context). */
  around(server: Server): void;
  /** Ends the span of a request; answers the id of its trace, or null where there is none. */
  answered(request: object, answer: Omit<ToldAnswer, 'id'>): string | null;
  /** Statements that no request asks for have no span. */
  statement: StatementWatch;
  /** Sends what was not sent yet. */
  close(): Promise<void>;
}

/** Tells of each request that was answered, once. */
export interface AnswerTeller {
  /** Told of an answer when it has ended. */
  (
    request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
    answer: ToldAnswer,
  ): void;
}

/** Counts each answer and writes its line of the log, without a secret. */
export function answerTeller(
  log: Logger,
  metrics: Metrics | null,
  traces: Traces | null,
): AnswerTeller {
  return (request, answer) => {
    const { method = '', url = '', headers } = request;
    metrics?.answered(method, answer);
    const trace = traces?.answered(request, answer) ?? null;
    // Nearly for nothing, where nobody wants the line.
    if (!log.isLevelEnabled('info')) return;
    const { id, route, status, seconds, bytes, from } = answer;
    const key = keyIn(headers.authorization);
    log.info(
      {
        reqId: id,
        method,
        url: withoutSecrets(url),
        route,
        status,
        ms: seconds === null ? null : Math.round(seconds * 1e5) / 100,
        bytes,
        ...(key === null ? {} : { key }),
        ...(trace === null ? {} : { trace }),
        from,
      },
      'answered',
    );
  };
}

/** Tells of a request that came to the routes, as soon as its answer has ended or its sender has left. */
export function tellWhenEnded(
  tell: AnswerTeller,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const begun = performance.now();
  const { raw } = reply;
  const socket = request.raw.socket;
  // What stands before is of others; without a network (in tests) nothing is counted.
  const sentBefore = socket.bytesWritten ?? null;
  raw.once('close', () => {
    const length = Number(reply.getHeader('content-length') ?? Number.NaN);
    const bodiless = request.method === 'HEAD' || raw.statusCode === 304;
    tell(request.raw, {
      id: request.id,
      route: request.routeOptions.url ?? null,
      status:
        raw.writableFinished || sentBefore === null ? raw.statusCode : 499,
      seconds: isFollowed(reply.getHeader('content-type'))
        ? null
        : (performance.now() - begun) / 1000,
      bytes: bodiless
        ? 0
        : Number.isNaN(length)
          ? (socket.bytesWritten ?? 0) - (sentBefore ?? 0)
          : length,
      from: 'route',
    });
  });
}

function isFollowed(type: unknown): boolean {
  return String(type).startsWith('text/event-stream');
}

/** The public half of the key that was shown, whether or not it counts. */
function keyIn(authorization = ''): string | null {
  const shown = /^bearer +(.*)$/is.exec(authorization)?.[1] ?? '';
  return parseKey(shown)?.id ?? null;
}
