import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Sends a signal to one process. `process.kill` takes 0 and less for a group of processes, its own first: a pid that was not
 * found would end the test run, and whoever runs it.
 *
 * @throws when the pid is none, or nobody has it
 */
export function signal(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined || !(pid > 1)) throw new Error(`${pid} is no process`);
  process.kill(pid, name);
}

/** The pid of the PostgreSQL that runs, or ran last, on a cluster. */
export function postmasterOf(cluster: string): number {
  const file = readFileSync(join(cluster, 'postmaster.pid'), 'utf8');
  return Number(file.split('\n')[0]);
}
