import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** How a command ended, and all it wrote. */
export interface Ended {
  code: number | null;
  signal: string | null;
  out: string;
  err: string;
}

/** A command of ours that runs as a process of its own. */
export interface Running {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** Waits until it has written this on standard output, and answers the match. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
}

/** What a command is started with besides its words. */
export interface Surroundings {
  env?: Record<string, string>;
  cwd?: string;
  /** All of its standard input; without it that is empty, and with null it is left open. */
  input?: string | null;
}

const started = new Set<ChildProcess>();

const root = join(__dirname, '../..');
let built: string | undefined;

/**
 * The words that start the command line, compiled as `npm start` does it: that takes a second once, and each start
 * from the source would take a second more.
 */
export function commandLine(): [string, string] {
  if (built === undefined) {
    mkdirSync(join(root, 'dist'), { recursive: true });
    // Within the checkout, where its packages are found.
    built = mkdtempSync(join(root, 'dist', 'commands-'));
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const project = ['-p', join(root, 'tsconfig.build.json'), '--outDir'];
    const fresh = ['--incremental', 'false', '--tsBuildInfoFile', 'null'];
    execFileSync(process.execPath, [
      compiler,
      ...project,
      built,
      ...fresh,
      '--noCheck',
    ]);
  }
  return [process.execPath, join(built, 'src/main.js')];
}

/** Starts `diplomatic-events <words>`, with nothing of our environment that could be taken for a setting. */
export function startCommand(
  words: readonly string[],
  { env = {}, cwd = process.cwd(), input }: Surroundings = {},
): Running {
  return watch([...commandLine(), ...words], env, cwd, input);
}

/** Runs `diplomatic-events <words>` to its end. */
export async function runCommand(
  words: readonly string[],
  surroundings: Surroundings = {},
): Promise<Ended> {
  return startCommand(words, surroundings).ended;
}

/** Starts any program in the same way. */
export function watch(
  [program = '', ...words]: readonly string[],
  env: Record<string, string>,
  cwd = process.cwd(),
  input: string | null = '',
): Running {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(program, words, {
    cwd,
    env: { PATH, HOME, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  started.add(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => (out += String(data)));
  child.stderr.on('data', (data) => (err += String(data)));
  child.stdin.on('error', () => {});
  if (input !== null) child.stdin.end(input);
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => {
      started.delete(child);
      resolve({ code, signal, out, err });
    });
  });
  return {
    child,
    ended,
    async says(pattern) {
      for (;;) {
        const match = pattern.exec(out);
        if (match !== null) return match;
        if (!started.has(child))
          throw new Error(`it ended without saying ${pattern}: ${out}${err}`);
        await sleep(10);
      }
    },
  };
}

/** Kills what a failed test has left running, and sweeps up; for `afterAll`. */
export async function killCommands(): Promise<void> {
  const gone = [...started].map(
    async (child) =>
      new Promise((resolve) => {
        child.once('close', resolve);
        child.kill('SIGKILL');
      }),
  );
  await Promise.all(gone);
  if (built !== undefined) rmSync(built, { recursive: true, force: true });
  built = undefined;
}

/** The pids of the processes, watchdogs included, of the embedded PostgreSQL in a data directory; zombies are none. */
export function serversOf(dataDir: string): number[] {
  const cluster = join(dataDir, 'postgres');
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => {
      try {
        return (
          readlinkSync(`/proc/${pid}/cwd`) === cluster ||
          readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${cluster}\0`)
        );
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Waits until something holds, and fails when it does not within ten seconds or those given. */
export async function eventually(
  what: () => boolean | Promise<boolean>,
  seconds = 10,
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await what())) {
    if (Date.now() > deadline)
      throw new Error(`it did not come true in ${seconds} s`);
    await sleep(50);
  }
}
