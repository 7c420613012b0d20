import { randomUUID } from 'node:crypto';
import type {
  IncomingMessage,
  RequestListener,
  ServerResponse,
} from 'node:http';
import type { FastifyInstance } from 'fastify';
import { type RecordState } from '../storage/changes.state.ts';
import { lsnOf } from '../storage/lsn.ts';
import { type AnswerMemory, type Remembered } from './answer-memory.ts';
import { type AnswerTeller } from './answered.ts';
import { matches } from './caching.ts';
import { DATA_LSN } from './reading.ts';
import { costs } from './costs.ts';
import { type Limits } from './limits.ts';

/**
 * Answers what was asked before from memory, if nothing was written since; every other request goes on to the routes.
 * It stands before Fastify, which would cost more than the answer.
 */
export function frontDesk(
  { server }: FastifyInstance,
  memory: AnswerMemory,
  state: RecordState,
  limits: Limits,
  tell: AnswerTeller,
): void {
  const routes = server.listeners('request').at(-1) as RequestListener;
  server.removeListener('request', routes);

  /** The answer that is as new as the request, if there is one; else says what the routes' answer will be worth. */
  const recall = async (
    request: IncomingMessage,
    key: string,
  ): Promise<Remembered | null> => {
    const now = await state.now();
    const running = memory.running(key);
    if (running?.state === now) await running.done;
    const known = memory.get(key);
    if (known?.state === now) {
      memory.counts.hits++;
      return known;
    }
    memory.expect(request, key, now);
    return null;
  };

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const onward = () => routes.call(server, request, response);
    const key = server.listening ? keyOf(request) : null;
    if (key === null) return onward();
    if (memory.get(key) === undefined && memory.running(key) === undefined) {
      const known = state.known();
      if (known === null) state.now().catch(() => undefined);
      else memory.expect(request, key, known);
      return onward();
    }
    const begun = performance.now();
    const charged = async () => {
      const known = await recall(request, key);
      if (known === null) return null;
      const told = await limits.charge(request, costs.remembered);
      return { known, told: told ?? [] };
    };
    charged().then(
      (found) =>
        found === null
          ? onward()
          : send(request, response, found.known, found.told, begun, tell),
      // The database is away, or slow, or too much was asked: the routes say so.
      onward,
    );
  });
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { route, etag, headers, headers304, body }: Remembered,
  told: readonly string[],
  begun: number,
  tell: AnswerTeller,
): void {
  const id = randomUUID();
  const unchanged = matches(request.headers['if-none-match'], etag);
  const bytes = unchanged || request.method === 'HEAD' ? 0 : body.length;
  if (unchanged)
    response.writeHead(304, [...headers304, ...told, 'x-request-id', id]).end();
  else {
    response.writeHead(200, [...headers, ...told, 'x-request-id', id]);
    response.end(bytes === 0 ? undefined : body);
  }
  const seconds = (performance.now() - begun) / 1000;
  const status = response.statusCode;
  tell(request, { id, route, status, seconds, bytes, from: 'memory' });
}

/**
 * All of a request that its answer depends on beside the record; null where the routes have to look at it. Its text is
 * compared as it came: a cache of its own for each spelling is less than to understand it.
 */
function keyOf({
  method,
  url = '',
  headers,
  rawHeaders,
}: IncomingMessage): string | null {
  if (method !== 'GET' && method !== 'HEAD') return null;
  if (!url.startsWith('/v1/') || headers.host === undefined) return null;
  if ('content-length' in headers || 'transfer-encoding' in headers)
    return null;
  // Of two hosts Node has told us the first alone; the routes refuse them.
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]?.toLowerCase() === 'host') hosts++;
  if (hosts > 1) return null;
  // Who says how new an answer has to be is told if it cannot be read; what is remembered is as new as can be.
  const lsn = headers[DATA_LSN];
  if (lsn !== undefined && lsnOf(String(lsn)) === null) return null;
  const { host, accept = '', 'accept-encoding': encoding = '' } = headers;
  const protocol = String(headers['x-forwarded-proto'] ?? '');
  return `${url}\n${host}\n${protocol}\n${accept}\n${encoding}`;
}
