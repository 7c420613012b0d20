import { request, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { type AppOptions, buildApp } from '../../src/http/app.ts';
import { changeSignal } from '../../src/storage/changes.signal.ts';
import {
  cursorSecret,
  type Database,
  type DatabaseOptions,
  openDatabase,
} from '../../src/storage/database.ts';
import { watchesOf } from '../../src/storage/statements.ts';

/** An answer as it came over the wire. */
export interface Received {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** A server that remembers answers, on a port of its own. */
export interface CachedServer {
  app: FastifyInstance;
  database: Database;
  port: number;
  /** Asks over the wire. */
  get(
    path: string,
    headers?: Record<string, string>,
    method?: string,
  ): Promise<Received>;
  /** How many statements were sent to read the record since this was last asked. */
  queries(): number;
  stop(): Promise<void>;
}

/** Starts a further server on a database. */
export async function cachedServer(
  url: string,
  options: Omit<DatabaseOptions, 'url'> = {},
  seen: Pick<AppOptions, 'metrics' | 'traces' | 'logSink' | 'replicas'> & {
    logLevel?: string;
  } = {},
): Promise<CachedServer> {
  const database = await openDatabase({
    url,
    connections: 4,
    exports: 4,
    ...options,
    onStatement: watchesOf(seen.metrics?.statement, seen.traces?.statement),
  });
  const changes = changeSignal(url);
  const app = await buildApp({
    database,
    changes,
    secret: await cursorSecret(database),
    version: '0.0.0',
    logLevel: 'silent',
    answerCache: 8 * 2 ** 20,
    ...seen,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  let asked = 0;
  for (const pool of [database.pool, database.counting, database.exports])
    pool.on('acquire', () => asked++);
  return {
    app,
    database,
    port,
    get: (path, headers = {}, method = 'GET') =>
      new Promise((resolve, reject) => {
        const asking = request(
          { host: '127.0.0.1', port, path, headers, method },
          (answer) => {
            const chunks: Buffer[] = [];
            answer.on('data', (chunk: Buffer) => chunks.push(chunk));
            answer.on('error', reject);
            answer.on('end', () =>
              resolve({
                status: answer.statusCode ?? 0,
                headers: answer.headers,
                body: Buffer.concat(chunks),
              }),
            );
          },
        );
        asking.on('error', reject);
        asking.end();
      }),
    queries() {
      const before = asked;
      asked = 0;
      return before;
    },
    async stop() {
      await app.close();
      await changes.close();
      await database.close();
    },
  };
}
