import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** How long a body may take to arrive, in milliseconds. */
const PATIENCE = 10_000;

/** Ends requests whose bodies do not arrive in time. */
export interface BodyClock {
  /** Lets a body take as long as it takes; its reader sees to it from now on. */
  stop(request: IncomingMessage): void;
}

/**
 * Gives every request ten seconds to arrive whole. Node's own `requestTimeout` does so too, but knows no exception for a
 * route that reads a long stream: so it is off on this server, where Node times the headers alone. It still holds on
 * the further servers that Fastify opens where a host has several addresses.
 */
export function bodyClock(server: Server): BodyClock {
  server.requestTimeout = 0;
  const timers = new WeakMap<IncomingMessage, NodeJS.Timeout>();
  const stop = (request: IncomingMessage) => clearTimeout(timers.get(request));
  server.prependListener(
    'request',
    (request: IncomingMessage, response: ServerResponse) => {
      const { headers, socket } = request;
      // Who sends no body has sent all there is.
      if (!('content-length' in headers || 'transfer-encoding' in headers))
        return;
      const late = () => {
        if (request.complete || socket.destroyed) return;
        // What has been answered has been told; else it is told as Node would.
        if (response.headersSent) socket.destroy();
        else server.emit('clientError', new LateBody(), socket);
      };
      timers.set(request, setTimeout(late, PATIENCE).unref());
      for (const end of ['end', 'close'] as const)
        request.once(end, () => stop(request));
    },
  );
  return { stop };
}

class LateBody extends Error {
  readonly code = 'ERR_HTTP_REQUEST_TIMEOUT';
}
