import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, type Socket } from 'node:net';
import { type AppOptions, buildApp } from '../../src/http/app.ts';
import { trusted } from '../../src/http/clients.ts';
import { type LimitOptions, unlimited } from '../../src/http/limits.ts';
import { changeSignal } from '../../src/storage/changes.signal.ts';
import {
  cursorSecret,
  type Database,
  openDatabase,
} from '../../src/storage/database.ts';
import { closerOf } from '../../src/cli/drain.ts';

/** A server that listens, as it is run. */
export interface Listening {
  address: string;
  port: number;
  database: Database;
  stop(): Promise<void>;
}

/** Limits of a server that believes this machine's word on where requests come from; nobody is exempt. */
export const behindProxy = (
  over: Partial<LimitOptions> = {},
): LimitOptions => ({
  ...unlimited,
  ofAddress: 60_000,
  ofKey: 600_000,
  exportsEach: 2,
  proxies: trusted('TRUST_PROXY', 'loopback'),
  ...over,
});

/** Starts a server on a database. */
export async function listenOn(
  url: string,
  options: Partial<AppOptions> = {},
): Promise<Listening> {
  const database = await openDatabase({ url, connections: 8, exports: 8 });
  const changes = changeSignal(url);
  const app = await buildApp({
    database,
    changes,
    secret: await cursorSecret(database),
    version: '0.0.0',
    logLevel: 'silent',
    answerCache: 2 ** 20,
    ...options,
  });
  const close = closerOf(app);
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    address,
    port: (app.server.address() as AddressInfo).port,
    database,
    async stop() {
      await close();
      await changes.close();
      await database.close();
    },
  };
}

/** An open connection on which something was written already. */
export async function opened(port: number, text: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

/** All that comes on a connection until the other side closes it; rejects after so many milliseconds. */
export async function untilClosed(
  socket: Socket,
  milliseconds: number,
): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString('latin1')));
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`still open after ${milliseconds} ms`)),
      milliseconds,
    );
    const closed = () => {
      clearTimeout(late);
      resolve();
    };
    // Not `once` of events: it would take a connection that is reset for a failure.
    if (socket.closed) closed();
    else socket.once('close', closed);
  });
  return text;
}
