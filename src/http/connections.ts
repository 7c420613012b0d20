import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Bounds how many connections there are, and how long one may hold what it does not read.
 * @param most 0 for any number; those beyond are closed at once
 * @param unreadFor in milliseconds, see {@link cutSlowReaders}
 */
export function boundConnections(
  server: Server,
  most: number,
  unreadFor: number,
): void {
  if (most > 0) server.maxConnections = most;
  cutSlowReaders(server, unreadFor);
}

/**
 * Cuts off who takes nothing of a finished answer: its bytes lie here for as long as the connection does. What is still being made, as
 * exports are and the stream of changes is, has its own limits. Nobody is looked at but now and then, for most answers are
 * gone at once.
 * @param patience in milliseconds; who takes nothing is cut off after one to two and a half of these
 */
function cutSlowReaders(server: Server, patience: number): void {
  const last = new Map<Socket, ServerResponse>();
  const watched = new Set<Socket>();
  server.prependListener(
    'request',
    ({ socket }: IncomingMessage, response: ServerResponse) => {
      if (!last.has(socket))
        socket.once('close', () => {
          last.delete(socket);
          watched.delete(socket);
        });
      last.set(socket, response);
    },
  );
  const look = (): void => {
    for (const [socket, response] of last) {
      const waits = socket.writableLength > 0 && response.writableEnded;
      if (waits === watched.has(socket)) continue;
      // Node takes bytes that went on for a sign of life, and destroys who shows none.
      if (waits) {
        watched.add(socket);
        socket.setTimeout(patience);
      } else {
        watched.delete(socket);
        // Once all is gone, Node has set its own for the next request.
        if (!response.writableFinished) socket.setTimeout(0);
      }
    }
  };
  const timer = setInterval(look, patience / 2).unref();
  server.once('close', () => clearInterval(timer));
}
