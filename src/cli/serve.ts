import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { type Config } from '../config.ts';
import { StartError } from '../domain/errors.ts';
import { buildApp } from '../http/app.ts';
import { trusted } from '../http/clients.ts';
import { type LimitOptions, unlimited } from '../http/limits.ts';
import { standardError } from '../http/log.ts';
import { metricsOf } from '../http/metrics.ts';
import { runImport } from '../imports/run.ts';
import { changeSignal } from '../storage/changes.signal.ts';
import {
  cursorSecret,
  type Database,
  databaseAt,
  enterDatabase,
  migrate,
} from '../storage/database.ts';
import { startError } from '../storage/start-faults.ts';
import { addUse } from '../storage/limits.writes.ts';
import { watchesOf } from '../storage/statements.ts';
import { keepSettling } from '../storage/tallies.writes.ts';
import { connect, type Connection } from './connect.ts';
import { closerOf } from './drain.ts';
import { whenThere } from './waiting.ts';
import { explorerFolder, packageRoot, packageVersion } from './package.ts';

type App = Awaited<ReturnType<typeof buildApp>>;

// Read at once: whoever started us may be gone before we are ready.
const startedBy = process.ppid;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/**
 * `serve`: database, schema, samples, then the service, until a signal ends it: the one place where the parts are put
 * together. What was begun is finished and everything is let go of in the opposite order.
 * @throws StartError when a part cannot be started; what was started before is stopped
 */
export async function serve(config: Config): Promise<void> {
  // V8 lets a heap grow to four times what is in use before it collects what is old: fifty slow exports took 385 MB.
  setFlagsFromString('--heap-growing-percent=75');
  const undo: (() => Promise<unknown>)[] = [];
  const stopAll = async (): Promise<void> => {
    for (let stop = undo.pop(); stop !== undefined; stop = undo.pop())
      await stop();
  };
  try {
    const version = packageVersion();
    const metrics = config.metrics ? metricsOf(version) : null;
    const traces =
      config.traces === null
        ? null
        : // Twenty megabytes, for those who want them.
          (await import('../http/traces.ts')).tracesTo(config.traces, version);
    const logSink = standardError();
    undo.push(() => logSink.close());
    undo.push(async () => traces?.close());
    const connection = await connect(config, 'refuse', say);
    undo.push(() => connection.stop());
    const database = databaseAt({
      url: connection.url,
      replicas: config.databaseReplicas,
      connections: config.databaseConnections,
      exports: config.exports,
      onStatement: watchesOf(metrics?.statement, traces?.statement),
    });
    undo.push(() => database.close());
    const changes = changeSignal(connection.url);
    undo.push(() => changes.close());
    let secret: string | null = null;
    const app = await buildApp({
      database,
      changes,
      secret: () => secret ?? '',
      opened: () => secret !== null,
      version,
      logLevel: config.logLevel,
      logSink,
      metrics,
      traces,
      explorer: explorerFolder(),
      answerCache: config.answerCache,
      publicUrl: config.publicUrl,
      mostFollowers: config.followers,
      mostConnections: config.connections,
      limits: limitsFrom(config, database),
    });
    undo.push(closerOf(app));
    endWith(stopAll, config.startedByNpm);
    let address: string | null = null;
    secret = await whenThere(
      () => prepare(database, connection, config),
      async (why) => {
        address ??= await listen(app, config);
        say(`${why} It is waited for; ${address}/healthz answers meanwhile.`);
      },
    );
    address ??= await listen(app, config);
    const settling = keepSettling(database);
    undo.push(() => settling.stop());
    welcome(address, connection, await exampleOf(app));
  } catch (error) {
    await stopAll();
    throw error;
  }
}

/** Schema and samples; answers the secret that cursors are sealed with. */
async function prepare(
  database: Database,
  { url }: Connection,
  { samples }: Config,
): Promise<string> {
  await migrate(url);
  await enterDatabase(database);
  try {
    if (samples) await loadSamples(database);
    return await cursorSecret(database);
  } catch (error) {
    throw startError(error);
  }
}

function limitsFrom(
  { exportsEach, rateLimit, trustProxy }: Config,
  database: Database,
): LimitOptions {
  return {
    ...unlimited,
    ofAddress: rateLimit.ofAddress,
    ofKey: rateLimit.ofKey,
    exportsEach,
    proxies: trusted('TRUST_PROXY', trustProxy),
    exempt: trusted('RATE_LIMIT_EXEMPT', rateLimit.exempt),
    share: rateLimit.shared
      ? (uses, seconds) => addUse(database, uses, seconds)
      : null,
  };
}

async function listen(app: App, { host, port }: Config): Promise<string> {
  try {
    // All addresses of IPv6 are none that one could go to.
    return (await app.listen({ host, port })).replace('[::]', '[::1]');
  } catch (error) {
    const code =
      error instanceof Error && 'code' in error ? String(error.code) : '';
    const why =
      code === 'EADDRINUSE'
        ? `port ${port} is in use; set PORT to another, or to 0 for any free one`
        : code === 'EACCES'
          ? `port ${port} is not open to this user; set PORT to 1024 or more`
          : `${host} is not an address of this machine (${code})`;
    throw new StartError(`The service cannot listen: ${why}.`);
  }
}

async function loadSamples(database: Database): Promise<void> {
  const folder = join(packageRoot(), 'samples');
  const files = (await readdir(folder))
    .filter((name) => name.endsWith('.ndjson'))
    .sort();
  const chunks = async function* (): AsyncGenerator<Buffer> {
    for (const file of files)
      yield* createReadStream(join(folder, file)) as AsyncIterable<Buffer>;
  };
  const started = Date.now();
  const report = await runImport(database, chunks(), {
    onlyIfEmpty: true,
    by: 'service',
    reason: 'sample timelines',
    onRejected: ({ line, faults }) =>
      say(`sample line ${line}: ${faults[0]?.pointer} ${faults[0]?.message}`),
  });
  if (report !== null)
    say(
      `Loaded the sample timelines: ${report.created} records in ${((Date.now() - started) / 1000).toFixed(1)} s.`,
    );
}

/** A question that is answered with something where the samples are, and one that can always be asked elsewhere. */
async function exampleOf(app: App): Promise<string> {
  const question = '/v1/events?actor=russia&from=2022-01&to=2022-01';
  const { statusCode } = await app.inject(question);
  return statusCode === 200 ? question : '/v1/events';
}

function welcome(
  address: string,
  { dataDir }: Connection,
  question: string,
): void {
  say(`
Diplomatic events is listening at ${address}

  Look at it     ${address}/
  Try it         ${address}/docs
  Ask it         curl '${address}${question}'
  Data           ${dataDir === null ? 'in the database that DATABASE_URL names' : `in ${resolve(dataDir)}, kept between starts`}
  Write to it    ${keyCommand(dataDir)}
  Own database   DATABASE_URL=postgres://user:password@host:5432/name npm start
`);
}

const DEADLINE = 10_000;

/** Ends the process in order on a signal, on a fault nobody caught, and when npm is gone that started it. */
function endWith(stopAll: () => Promise<void>, startedByNpm: boolean): void {
  let ending = false;
  const end = (code: number): void => {
    // npm hands a Ctrl-C on that the terminal has sent us already: the second signal is no second wish.
    if (ending) return;
    ending = true;
    process.exitCode = code;
    setTimeout(() => process.exit(1), DEADLINE).unref();
    stopAll().then(
      () => process.exit(),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => end(0));
  for (const fault of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(fault, (error: unknown) => {
      console.error(error);
      end(1);
    });
  if (!startedByNpm) return;
  setInterval(() => process.ppid !== startedBy && end(0), 1000).unref();
}

/** How the first key is made: the command must find the same database. */
function keyCommand(dataDir: string | null): string {
  const where =
    dataDir === null || dataDir === './data' ? '' : ` --data-dir '${dataDir}'`;
  return `node dist/main.js keys create --name me --scope editor${where}`;
}
