// Processes: what they cost, where they run, and how they are started and ended. The figures are Linux's; elsewhere
// they are null.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const TICK_US = 10_000;
const PAGE_KB = 4;
const SERVER_CORE = '1';
export const CLIENT_CORE = '0';

/** Whether a program of this name can be started. */
export function has(program) {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The words that start a program on one core; on any, where there is no `taskset` or it is not wanted. */
export function onCore(core, words, pinned) {
  return pinned ? ['taskset', '-c', core, ...words] : words;
}

/** Moves a running process and all its threads and children to the servers' core. */
export function pinToServers(pid) {
  for (const one of treeOf(pid))
    execFileSync('taskset', ['-a', '-cp', SERVER_CORE, String(one.pid)], {
      stdio: 'ignore',
    });
}

/** A port that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Starts a target's server on a free port and waits until it answers: `{base, pid, stop()}`.
 * @throws Error when it ends or has not answered after a minute; what it said is in the log
 */
export async function startServer({
  name,
  command,
  cwd,
  env,
  ready,
  log,
  pinned,
}) {
  const port = await freePort();
  const [program, ...words] = onCore(SERVER_CORE, command, pinned);
  const output = openSync(log, 'w');
  const child = spawn(program, words, {
    cwd,
    env: { ...process.env, NODE_ENV: 'production', ...env(port) },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const ended = new Promise((resolve) => {
    child.once('close', resolve);
    child.once('error', resolve);
  });
  const stop = async () => {
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await ended;
    clearTimeout(late);
  };
  const base = `http://127.0.0.1:${port}`;
  for (const began = Date.now(); ; await sleep(200)) {
    const answered = await fetch(base + ready).then(
      async (answer) => (await answer.text(), answer.status < 500),
      () => false,
    );
    if (answered) return { base, pid: child.pid, stop };
    if (
      child.exitCode !== null ||
      child.pid === undefined ||
      Date.now() - began > 60_000
    ) {
      if (child.pid !== undefined) await stop();
      throw new Error(`${name} did not start: see ${log}`);
    }
  }
}

/** What a process and its children have used so far: CPU in µs, with that of children who ended, and memory in MB. */
export function usageOf(pid) {
  const tree = treeOf(pid);
  return {
    cpu: tree.reduce((sum, { ticks }) => sum + ticks, 0) * TICK_US,
    memory: (tree.reduce((sum, { pages }) => sum + pages, 0) * PAGE_KB) / 1024,
  };
}

/** The most memory a process ever held, in MB; null where that cannot be known. */
export function peakMemory(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
  } catch {
    return null;
  }
}

/** CPU that the whole machine has used so far, in µs; null where that cannot be known. */
export function machineCpu() {
  try {
    const [, user, nice, system, , , irq, softirq, steal] = readFileSync(
      '/proc/stat',
      'utf8',
    )
      .split('\n', 1)[0]
      .split(/\s+/)
      .map(Number);
    return (user + nice + system + irq + softirq + steal) * TICK_US;
  } catch {
    return null;
  }
}

/** Waits until less than a fifth of a core is busy, but no longer than so many seconds. */
export async function untilQuiet(seconds) {
  for (const began = Date.now(); Date.now() - began < seconds * 1000;) {
    const before = machineCpu();
    await sleep(400);
    if (machineCpu() - before < 80_000) return;
  }
}

function treeOf(root) {
  const all = new Map();
  for (const name of entriesOfProc()) {
    const one = statusOf(Number(name));
    if (one !== null) all.set(one.pid, one);
  }
  const within = (pid) => {
    const one = all.get(pid);
    if (one === undefined) return [];
    return [
      one,
      ...[...all.values()]
        .filter(({ parent }) => parent === pid)
        .flatMap((child) => within(child.pid)),
    ];
  };
  return within(root);
}

function entriesOfProc() {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function statusOf(pid) {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name may hold spaces and brackets: the fields are counted from behind it.
    const fields = line
      .slice(line.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent, ticks, pages] = [
      fields[1],
      fields[11] + fields[12] + fields[13] + fields[14],
      fields[21],
    ];
    return { pid, parent, ticks, pages };
  } catch {
    return null;
  }
}
