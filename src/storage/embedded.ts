import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { StartError } from '../domain/errors.ts';
import { locateBinaries, serverAccount } from './embedded/binaries.ts';
import {
  type Place,
  placeIn,
  prepareCluster,
  readPassword,
} from './embedded/cluster.ts';
import { asStartError, codeOf } from './embedded/faults.ts';
import { claim, runningServer } from './embedded/owner.ts';
import { rotateLog } from './embedded/process.ts';
import {
  launchSomewhere,
  outlast,
  startSeconds,
  supervise,
} from './embedded/server.ts';

/** The PostgreSQL that runs for this data directory. */
export interface EmbeddedServer {
  /** Where the database `events` is; it does not change while the server lives, even over a crash. */
  url: string;
  /** Whether another process runs the server; it ends when that process does. */
  joined: boolean;
  /** Shuts the server down and waits for it; does nothing when it was joined. May be called more than once. */
  stop(): Promise<void>;
}

/** How an embedded server is to be started. */
export interface EmbeddedOptions {
  /** Holds the cluster in `postgres`, its log, its password and the owner's pid; made when missing. */
  dataDir: string;
  /** What to do when another process runs a server here. */
  ifRunning: 'join' | 'refuse';
  /** Told what happens, a sentence a time. */
  report?: (line: string) => void;
  /** PostgreSQL settings that add to ours or override them. */
  settings?: Record<string, string>;
}

/**
 * Answers a running PostgreSQL with the database `events`, made at the first start, kept in the data directory, and
 * never outliving this process however that ends; should the server alone be killed, it is started again at the same
 * address. Throws a StartError of one sentence for every fault, and when another process runs the directory
 * and `ifRunning` is `refuse`.
 */
export async function startEmbedded(
  options: EmbeddedOptions,
): Promise<EmbeddedServer> {
  const dataDir = resolve(options.dataDir);
  try {
    if (process.platform === 'win32')
      throw new StartError(
        'The embedded PostgreSQL runs on Linux and macOS only: name a PostgreSQL server instead.',
      );
    return await ownOrJoin(placeIn(dataDir), options);
  } catch (error) {
    throw asStartError(error, dataDir);
  }
}

async function ownOrJoin(
  place: Place,
  options: EmbeddedOptions,
): Promise<EmbeddedServer> {
  const { ifRunning, report = () => {}, settings = {} } = options;
  const patience = ifRunning === 'join' ? startSeconds : 10;
  const began = Date.now();
  let seen: number | undefined;
  for (;;) {
    const owner = claim(place.dataDir);
    if (typeof owner !== 'number') {
      try {
        return await own(place, settings, report, () => owner.release());
      } catch (error) {
        owner.release();
        throw error;
      }
    }
    const server = runningServer(place.cluster);
    const waited = Date.now() - began;
    const late = waited > patience * 1000;
    // A process that was just killed takes a moment to be gone, and a server that is stopping makes room soon: a restart
    // need not fail for either.
    const stays = waited > 500 && server?.status !== 'stopping';
    if (ifRunning === 'refuse' && (stays || late))
      throw new StartError(
        `The data directory ${place.dataDir} is in use by another process (pid ${owner}).`,
      );
    if (ifRunning === 'join' && server?.status === 'ready') {
      const url = urlOf(place, server.port);
      const answers = (await connectFault(url)) === undefined;
      // The second look is for the owner that was just killed, whose server still answers for an instant.
      if (answers && seen === owner) {
        report(
          `Joined the PostgreSQL of process ${owner} at 127.0.0.1:${server.port}.`,
        );
        return { url, joined: true, stop: async () => {} };
      }
      seen = answers ? owner : undefined;
    }
    if (late)
      throw new StartError(
        `The data directory ${place.dataDir} is in use by another process (pid ${owner}), whose PostgreSQL did not get ready within ${patience} s.`,
      );
    await sleep(50);
  }
}

async function own(
  place: Place,
  settings: Record<string, string>,
  report: (line: string) => void,
  release: () => void,
): Promise<EmbeddedServer> {
  const began = Date.now();
  const account = serverAccount(place.cluster);
  const binaries = locateBinaries(account, report);
  await outlast(place.cluster, report);
  rotateLog(place.log);
  await prepareCluster(place, binaries, account, settings['fsync'] !== 'off');
  const launch = { place, binaries, account, settings, report };
  const { server, port } = await launchSomewhere(launch);
  try {
    await ensureDatabase(place, port);
  } catch (error) {
    await server.end();
    throw error;
  }
  report(
    `PostgreSQL is ready at 127.0.0.1:${port} after ${Date.now() - began} ms.`,
  );
  const supervised = supervise(launch, server, port);
  let stopped: Promise<void> | undefined;
  return {
    url: urlOf(place, port),
    joined: false,
    stop: () => (stopped ??= supervised.stop().finally(release)),
  };
}

async function ensureDatabase(place: Place, port: number): Promise<void> {
  const fault = await connectFault(urlOf(place, port));
  if (fault === undefined) return;
  if (codeOf(fault) === '28P01')
    throw new StartError(
      `The password in ${place.passwordFile} is not that of the database in ${place.cluster}.`,
    );
  if (codeOf(fault) !== '3D000') throw fault;
  const client = new Client(urlOf(place, port, 'postgres'));
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('create database events');
  } finally {
    await client.end();
  }
}

async function connectFault(url: string): Promise<unknown> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: 5000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return undefined;
  } catch (error) {
    return error;
  } finally {
    await client.end().catch(() => {});
  }
}

function urlOf(place: Place, port: number, database = 'events'): string {
  return `postgres://events:${readPassword(place)}@127.0.0.1:${port}/${database}`;
}
