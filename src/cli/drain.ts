import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** As much of the service as is needed to close it. */
interface Closable {
  server: Server;
  close(): PromiseLike<unknown>;
}

/** Whoever is still reading or sending after so many milliseconds is not waited for: an export may take minutes. */
const PATIENCE = 7000;

/**
 * Watches the connections of a service that does not listen yet, and answers how to close it: who has asked is still
 * answered, and nobody else is waited for. Node by itself waits for connections that have not asked anything, as browsers
 * open them in advance, and for those that are kept alive after an answer given while closing.
 */
export function closerOf(app: Closable): () => Promise<void> {
  const asking = new Map<Socket, number>();
  let closing = false;
  app.server.on('connection', (socket) => {
    if (closing) return socket.destroy();
    asking.set(socket, 0);
    return socket.once('close', () => asking.delete(socket));
  });
  app.server.on('request', ({ socket }, response) => {
    asking.set(socket, (asking.get(socket) ?? 0) + 1);
    response.once('close', () => {
      const left = (asking.get(socket) ?? 1) - 1;
      if (asking.has(socket)) asking.set(socket, left);
      if (closing && left === 0) socket.destroySoon();
    });
  });
  return async () => {
    const closed = app.close();
    closing = true;
    for (const [socket, requests] of asking)
      if (requests === 0) socket.destroy();
    const cutOff = setTimeout(() => {
      for (const socket of asking.keys()) socket.destroy();
    }, PATIENCE);
    await closed;
    clearTimeout(cutOff);
  };
}
