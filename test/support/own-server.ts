import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { migrate } from '../../src/storage/database.ts';
import {
  locateBinaries,
  serverAccount,
} from '../../src/storage/embedded/binaries.ts';
import {
  placeIn,
  prepareCluster,
  readPassword,
} from '../../src/storage/embedded/cluster.ts';
import { launchSomewhere } from '../../src/storage/embedded/server.ts';
import { eventually } from './command.ts';
import { postmasterOf, signal } from './signals.ts';

/** A PostgreSQL that only one test file uses: so it can be killed, stopped and misconfigured, and nobody revives it. */
export interface OwnServer {
  /** Where its migrated database `events` is; the address stays over its deaths. */
  url: string;
  /** The directory of its cluster. */
  cluster: string;
  /** Runs a statement as its administrator, whose own commits wait for no standby. */
  administer<Row extends object>(
    statement: string,
    values?: unknown[],
  ): Promise<Row[]>;
  /** Kills the postmaster at once (SIGKILL). */
  kill(): Promise<void>;
  /** Starts it again after {@link OwnServer.kill}. */
  start(): Promise<void>;
  /** Stops it for good and sweeps up. */
  stop(): Promise<void>;
}

/** Makes and starts such a server. */
export async function ownServer(): Promise<OwnServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'events-faults-'));
  const place = placeIn(dataDir);
  const account = serverAccount(place.cluster);
  const report = () => undefined;
  const binaries = locateBinaries(account, report);
  await prepareCluster(place, binaries, account, false);
  const settings = { fsync: 'off', shared_buffers: '64MB' };
  const launch = { place, binaries, account, settings, report };
  let running = await launchSomewhere(launch);
  const urlOf = (name: string) =>
    `postgres://events:${readPassword(place)}@127.0.0.1:${running.port}/${name}`;
  const run = async (name: string, statement: string, values?: unknown[]) => {
    const client = await connected(urlOf(name));
    try {
      await client.query('set synchronous_commit = local');
      return (await client.query(statement, values)).rows;
    } finally {
      await client.end();
    }
  };
  await run('postgres', 'create database events');
  await migrate(urlOf('events'));
  return {
    url: urlOf('events'),
    cluster: place.cluster,
    administer: async (statement, values) => run('events', statement, values),
    async kill() {
      signal(postmasterOf(place.cluster), 'SIGKILL');
      await eventually(() => running.server.hasExited());
    },
    async start() {
      running = await launchSomewhere(launch);
    },
    async stop() {
      await running.server.end();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A connection, as soon as the server has recovered from a crash. */
async function connected(url: string): Promise<Client> {
  for (;;) {
    const client = new Client(url);
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      const { code } = error as { code?: string };
      if (code !== '57P03') throw error;
      await sleep(50);
    }
  }
}
