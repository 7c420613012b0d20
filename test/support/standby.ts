import {
  cpSync,
  lchownSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { migrate } from '../../src/storage/database.ts';
import {
  locateBinaries,
  serverAccount,
} from '../../src/storage/embedded/binaries.ts';
import { reachable } from '../../src/storage/embedded/cluster.ts';
import { guard, type Guarded } from '../../src/storage/embedded/process.ts';
import {
  type EmbeddedServer,
  startEmbedded,
} from '../../src/storage/embedded.ts';
import { postmasterOf, signal } from './signals.ts';

/** A PostgreSQL of one's own, from which others may be copied, with a migrated and empty database. */
export interface Primary extends EmbeddedServer {
  dataDir: string;
}

/** Starts a primary. */
export async function startPrimary(): Promise<Primary> {
  const dataDir = mkdtempSync(join(tmpdir(), 'events-primary-'));
  const server = await startEmbedded({
    dataDir,
    ifRunning: 'refuse',
    settings: { fsync: 'off', wal_keep_size: '512MB', shared_buffers: '64MB' },
  });
  await migrate(server.url);
  return {
    ...server,
    dataDir,
    async stop() {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A streaming standby: a copy of a primary that replays what that one writes, and answers reads. */
export interface Standby {
  url: string;
  /** Kills it as a crash would. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Ends it and takes its folder away. */
  remove(): Promise<void>;
}

/** Copies a running primary as `pg_basebackup -R` would, and starts the copy. */
export async function startStandby(
  primary: Primary,
  settings: Record<string, string> = {},
): Promise<Standby> {
  const folder = mkdtempSync(join(tmpdir(), 'events-standby-'));
  const cluster = join(folder, 'postgres');
  await copy(primary, cluster);
  const port = await freePort();
  const url = new URL(primary.url);
  url.port = String(port);
  const start = async (): Promise<Guarded> => {
    const account = serverAccount(cluster);
    const binaries = locateBinaries(account, () => undefined);
    const server = guard({
      command: [
        binaries.postgres,
        '-D',
        reachable(cluster, account),
        ...Object.entries({
          fsync: 'off',
          shared_buffers: '64MB',
          listen_addresses: '127.0.0.1',
          unix_socket_directories: '',
          dynamic_shared_memory_type: 'mmap',
          port: String(port),
          ...settings,
        }).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      cwd: cluster,
      env: binaries.env,
      account,
      log: join(folder, 'log'),
    });
    while (!(await answers(url.href))) {
      if (server.hasExited()) throw new Error(server.output());
      await sleep(50);
    }
    return server;
  };
  let running = await start();
  return {
    url: url.href,
    async kill() {
      signal(postmasterOf(cluster), 'SIGKILL');
      await running.exited;
    },
    async start() {
      // Its children notice a moment later that it was killed.
      await sleep(500);
      rmSync(join(cluster, 'postmaster.pid'), { force: true });
      running = await start();
    },
    async remove() {
      await running.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Copies the cluster of a primary that is written to, as `pg_basebackup` would, with the log that makes it whole: a server
 * started on the copy stands where the primary stood at the end.
 */
export async function baseBackup(
  primary: Primary,
  cluster: string,
): Promise<void> {
  const from = join(primary.dataDir, 'postgres');
  const log = join(from, 'pg_wal');
  const client = new Client(primary.url);
  await client.connect();
  try {
    await client.query(`select pg_backup_start('copy', true)`);
    cpSync(from, cluster, {
      recursive: true,
      filter: (path) =>
        !/postmaster\.(pid|opts)$/.test(path) && !path.startsWith(`${log}/`),
    });
    const { rows } = await client.query<{ labelfile: string }>(
      'select labelfile from pg_backup_stop(false)',
    );
    writeFileSync(join(cluster, 'backup_label'), rows[0]?.labelfile ?? '');
    cpSync(log, join(cluster, 'pg_wal'), { recursive: true });
  } finally {
    await client.end();
  }
  own(cluster, from);
}

/** Gives a folder and all in it to the owner of another. */
function own(folder: string, like: string): void {
  const { uid, gid } = statSync(like);
  for (const entry of ['.', ...readdirSync(folder, { recursive: true })])
    lchownSync(join(folder, String(entry)), uid, gid);
}

async function copy(primary: Primary, cluster: string): Promise<void> {
  await baseBackup(primary, cluster);
  const { hostname, port, username, password } = new URL(primary.url);
  writeFileSync(join(cluster, 'standby.signal'), '');
  writeFileSync(
    join(cluster, 'postgresql.auto.conf'),
    `primary_conninfo = 'host=${hostname} port=${port} user=${username} password=${password}'\n`,
  );
  own(cluster, join(primary.dataDir, 'postgres'));
}

async function answers(url: string): Promise<boolean> {
  const client = new Client(url);
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Asks a server one thing, as its owner. */
export async function tell<Row extends object>(
  url: string,
  statement: string,
): Promise<Row[]> {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}

/** An address that stays the same whoever stands behind it, as that of a proxy which follows the primary. */
export interface MovingAddress {
  url: string;
  /** New connections lead there from now on; with `cut` the old ones end. */
  moveTo(url: string, cut?: boolean): void;
  close(): Promise<void>;
}

/** An address of a database that leads to the server it is pointed at. */
export async function movingAddress(url: string): Promise<MovingAddress> {
  let target = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = new URL(url);
  own.port = String((server.address() as AddressInfo).port);
  const cutAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: own.href,
    moveTo(next, cut = true) {
      target = new URL(next);
      if (cut) cutAll();
    },
    async close() {
      cutAll();
      server.close();
      await once(server, 'close');
    },
  };
}
