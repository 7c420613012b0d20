import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { buildApp } from '../../src/http/app.ts';
import { metricsOf } from '../../src/http/metrics.ts';
import { type RejectedRow } from '../../src/imports/check.ts';
import {
  type ImportOptions,
  type ImportReport,
  runImport,
} from '../../src/imports/run.ts';
import { changeSignal } from '../../src/storage/changes.signal.ts';
import {
  cursorSecret,
  type Database,
  openDatabase,
} from '../../src/storage/database.ts';
import { ndjson } from './builders.ts';
import { conformance } from './conformance.ts';
import { cloneDatabase } from './database.ts';

/** An answer of the service, held to the OpenAPI document already. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  json: any;
}

/** The service on a database of its own. */
export interface TestService {
  app: FastifyInstance;
  database: Database;
  url: string;
  /** Asks with GET and holds the answer to the OpenAPI document. */
  get(url: string, headers?: Record<string, string>): Promise<Answer>;
  /** The ids of the records on a page. */
  ids(url: string): Promise<string[]>;
  /** Imports records, a text of the import format, or bytes. */
  load(
    records: readonly object[] | string | AsyncIterable<Uint8Array>,
    options?: ImportOptions,
  ): Promise<{ report: ImportReport; rejected: RejectedRow[] }>;
  stop(): Promise<void>;
}

/** Starts the service on a fresh database, or on one that is there; with the folder of a built explorer, with that. */
export async function startService({
  explorer = null,
  at = null,
}: {
  explorer?: string | null;
  at?: string | null;
} = {}): Promise<TestService> {
  const clone =
    at === null
      ? await cloneDatabase()
      : { url: at, drop: async () => undefined };
  const metrics = metricsOf('0.0.0');
  const database = await openDatabase({
    url: clone.url,
    connections: 4,
    exports: 4,
    onStatement: metrics.statement,
  });
  const secret = await cursorSecret(database);
  const changes = changeSignal(clone.url);
  const app = await buildApp({
    database,
    changes,
    secret,
    version: '0.0.0',
    logLevel: 'silent',
    metrics,
    explorer,
  });
  await app.ready();
  const check = conformance(app.swagger());
  const get: TestService['get'] = async (url, headers = {}) => {
    const response = await app.inject({ method: 'GET', url, headers });
    const type = String(response.headers['content-type'] ?? '');
    const answer: Answer = {
      status: response.statusCode,
      headers: Object.fromEntries(
        Object.entries(response.headers).map(([name, value]) => [
          name,
          String(value),
        ]),
      ),
      text: response.body,
      json: /[/+]json/.test(type) ? response.json() : null,
    };
    check('get', url, answer);
    return answer;
  };
  return {
    app,
    database,
    url: clone.url,
    get,
    async ids(url) {
      const { status, json, text } = await get(url);
      if (status !== 200) throw new Error(`${url}: ${text}`);
      return (json.data as { id: string }[]).map(({ id }) => id);
    },
    async load(records, options = {}) {
      const rejected: RejectedRow[] = [];
      const chunks =
        typeof records === 'string'
          ? Readable.from([Buffer.from(records)])
          : Symbol.asyncIterator in records
            ? records
            : Readable.from([Buffer.from(ndjson(records))]);
      const report = await runImport(database, chunks, {
        ...options,
        onRejected: (row) => rejected.push(row),
      });
      if (report === null) throw new Error('the record was not empty');
      return { report, rejected };
    },
    async stop() {
      await app.close();
      await changes.close();
      await database.close();
      await clone.drop();
    },
  };
}

/** The bytes of a sample timeline. */
export function sample(
  name: 'security-guarantees' | 'us-leader-travels',
): AsyncIterable<Uint8Array> {
  return createReadStream(`samples/${name}.ndjson`);
}
