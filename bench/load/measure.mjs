// One measured run of one workload against one target.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { CLIENT_CORE, machineCpu, onCore, usageOf } from './processes.mjs';

const GENERATOR = fileURLToPath(new URL('generator.mjs', import.meta.url));

/**
 * Asks a service over HTTP for some seconds after a warm-up.
 * @param processes pids of the `server` and of PostgreSQL (`database`)
 * @returns requests, perSecond, p50 and p99 in ms, bytes, errors, and CPU (see {@link accounted})
 */
export async function measureHttp({
  base,
  requests,
  connections,
  seconds,
  warmUp,
  pinned,
  processes,
}) {
  const [program, ...words] = onCore(
    CLIENT_CORE,
    [process.execPath, GENERATOR],
    pinned,
  );
  const child = spawn(program, words, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const all = { ...processes, client: child.pid };
  let before = null;
  const measured = new Promise((resolve, reject) => {
    child.on('message', (message) => {
      if (message.measuring) before = usage(all);
      else
        resolve({
          ...message.result,
          ...accounted(before, usage(all), message.result.requests),
        });
    });
    void ended.then((code) =>
      reject(new Error(`the load generator ended with ${code}`)),
    );
  });
  child.send({ base, requests, connections, seconds, warmUp });
  const result = await measured;
  await ended;
  return result;
}

/** What processes have used so far, the machine as a whole, and when. */
export function usage(processes) {
  return {
    at: performance.now(),
    machine: machineCpu(),
    cpu: Object.fromEntries(
      Object.entries(processes).map(([name, pid]) => [name, usageOf(pid).cpu]),
    ),
    memory:
      processes.server === undefined ? null : usageOf(processes.server).memory,
  };
}

/**
 * CPU between two moments: `cpu` in µs a request of server, database and client, `foreign`, the cores that everybody
 * else had busy, and `memory` of the server in MB.
 */
export function accounted(before, after, requests) {
  const spent = Object.fromEntries(
    Object.keys(after.cpu).map((name) => [
      name,
      after.cpu[name] - before.cpu[name],
    ]),
  );
  const ours = Object.values(spent).reduce((sum, one) => sum + one, 0);
  return {
    cpu: Object.fromEntries(
      Object.entries(spent).map(([name, one]) => [name, one / requests]),
    ),
    foreign:
      after.machine === null
        ? null
        : Math.max(0, after.machine - before.machine - ours) /
          ((after.at - before.at) * 1000),
    memory: after.memory,
  };
}
