import { readFileSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '../../domain/errors.ts';
import type { Account, Binaries } from './binaries.ts';
import { type Place, reachable } from './cluster.ts';
import { asStartError } from './faults.ts';
import { dropMisleadingLock, runningServer } from './owner.ts';
import { type Guarded, guard } from './process.ts';

/** Everything a server of this data directory is started with. */
export interface Launch {
  place: Place;
  binaries: Binaries;
  account: Account | undefined;
  settings: Record<string, string>;
  report: (line: string) => void;
}

/** How long a start may take, crash recovery included. */
export const startSeconds = 60;

/** A port was taken between our looking and PostgreSQL's binding it. */
class PortTaken extends StartError {}

const lastResorts = [
  { after: 3000, signal: 'SIGINT' },
  { after: 12_000, signal: 'SIGQUIT' },
] as const;

/**
 * Waits until no server runs on the cluster, or throws a StartError after 20 s.
 * We hold the claim, so a server that runs here has lost its process and its watchdog is just ending it. Should even the
 * watchdog be dead, we do its work.
 */
export async function outlast(
  cluster: string,
  report: (line: string) => void,
): Promise<void> {
  const began = Date.now();
  let signalled = 0;
  for (;;) {
    const server = runningServer(cluster);
    if (server === undefined) return dropMisleadingLock(cluster);
    const waited = Date.now() - began;
    const next = lastResorts[signalled];
    if (next !== undefined && waited > next.after) {
      report(
        `A PostgreSQL without an owner (pid ${server.pid}) is being stopped.`,
      );
      try {
        process.kill(server.pid, next.signal);
      } catch {
        // Gone just now, or another user's: the loop finds out.
      }
      signalled += 1;
    }
    if (waited > 20_000)
      throw new StartError(
        `A PostgreSQL without an owner (pid ${server.pid}) uses ${cluster} and does not stop.`,
      );
    await sleep(20);
  }
}

/** Launches PostgreSQL at the port it last had, or else at any that is free, and waits until it is ready. */
export async function launchSomewhere(
  launch: Launch,
): Promise<{ server: Guarded; port: number }> {
  const preferred = portOfLastStart(launch.place.cluster);
  for (let attempt = 1; ; attempt += 1) {
    const port =
      (attempt === 1 && (await freePort(preferred))) || (await freePort());
    if (port === undefined)
      throw new StartError('No port of 127.0.0.1 is free for PostgreSQL.');
    try {
      return { server: await launchAt(launch, port), port };
    } catch (error) {
      if (!(error instanceof PortTaken) || attempt === 5) throw error;
    }
  }
}

async function launchAt(launch: Launch, port: number): Promise<Guarded> {
  const { place, account, binaries } = launch;
  const settings = {
    max_connections: '100',
    shared_buffers: `${sharedMegabytes()}MB`,
    wal_compression: 'on',
    // A large import writes gigabytes: each checkpoint in it has all pages that follow written whole once more.
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    timezone: 'UTC',
    log_timezone: 'UTC',
    dynamic_shared_memory_type: hasSharedMemory() ? 'posix' : 'mmap',
    ...launch.settings,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(port),
  };
  const deadline = Date.now() + startSeconds * 1000;
  for (;;) {
    const server = guard({
      command: [
        binaries.postgres,
        '-D',
        reachable(place.cluster, account),
        ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`]),
      ],
      cwd: place.cluster,
      env: binaries.env,
      account,
      log: place.log,
    });
    while (!server.hasExited() && Date.now() < deadline) {
      const found = runningServer(place.cluster);
      if (found?.port === port && found.status === 'ready') return server;
      await sleep(10);
    }
    const late = !server.hasExited();
    await server.end();
    const output = server.output();
    const why = late
      ? `it was not ready within ${startSeconds} s`
      : server.lastWords();
    const sentence = `PostgreSQL did not start in ${place.cluster}: ${why}.`;
    if (/could not bind|could not create any TCP\/IP sockets/.test(output))
      throw new PortTaken(sentence);
    // The killed server's last backends need a moment to notice its death.
    if (late || !/shared memory block .* is still in use/.test(output))
      throw new StartError(sentence);
    await sleep(200);
  }
}

/**
 * Keeps a launched server alive: when it ends without having been told to, it is started again at the same port. Does
 * not keep this process alive.
 */
export function supervise(
  launch: Launch,
  first: Guarded,
  port: number,
): { stop(): Promise<void> } {
  const { place, report } = launch;
  const state = { server: first, stopping: false, reviving: Promise.resolve() };

  const revive = async (outcome: number | string | null) => {
    if (state.stopping) return;
    report(`PostgreSQL ended unexpectedly (${outcome}); it is started again.`);
    for (let pause = 100; !state.stopping; pause = Math.min(pause * 2, 5000)) {
      try {
        await outlast(place.cluster, report);
        state.server = await launchAt(launch, port);
        report(`PostgreSQL is ready again at 127.0.0.1:${port}.`);
        watch();
        return;
      } catch (error) {
        report(asStartError(error, place.dataDir).message);
      }
      await sleep(pause);
    }
  };
  const watch = () => {
    state.server.letGo();
    state.reviving = state.server.exited.then(revive);
  };
  watch();

  return {
    async stop() {
      state.stopping = true;
      // A server that is just being revived would otherwise be born after the end.
      if (state.server.hasExited()) await state.reviving;
      await state.server.end();
      report('PostgreSQL has stopped.');
    },
  };
}

/** A server that keeps its address is found again by those who had joined it. */
function portOfLastStart(cluster: string): number | undefined {
  try {
    const options = readFileSync(join(cluster, 'postmaster.opts'), 'utf8');
    return Number(/"port=(\d+)"/.exec(options)?.[1]) || undefined;
  } catch {
    return undefined;
  }
}

/** Answers the wanted port, or any, if it is free. */
async function freePort(wanted = 0): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(undefined));
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' ? address?.port : undefined;
      probe.close(() => resolve(port));
    });
  });
}

/**
 * An eighth of the memory, 128 MB to 2 GB. An import touches every index everywhere, and pages that find no room are
 * written and read again and again; what is left serves as the system's own cache.
 */
function sharedMegabytes(): number {
  // A container may have less than the machine.
  const memory = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  const eighth = Math.floor(memory / 8 / 2 ** 20);
  return Math.min(Math.max(eighth, 128), 2048);
}

/** Containers often have 64 MB of shared memory, which one parallel query can fill. */
function hasSharedMemory(): boolean {
  if (process.platform !== 'linux') return true;
  try {
    const { bsize, bavail } = statfsSync('/dev/shm');
    return bsize * bavail > 256 * 1024 * 1024;
  } catch {
    return false;
  }
}
