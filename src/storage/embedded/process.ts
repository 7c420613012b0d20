import { spawn } from 'node:child_process';
import {
  closeSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  statSync,
} from 'node:fs';
import { Socket } from 'node:net';
import { type Account, dropTo } from './binaries.ts';

// Node cannot clean up after kill -9, so a shell does. It learns of Node's end by the end of its standard input, and
// sends the signal again and again because a shell's background child ignores SIGINT until it has handlers of its own.
// SIGINT is PostgreSQL's fast shutdown; SIGQUIT loses nothing either, but the next start has to recover. HUP and TERM,
// which a service manager sends to everything, are left to Node, so that requests can drain first. USR1 ends the reader
// only while it reads: later it ends by itself, with its child.
const watchdog = `
trap '' HUP TERM
exec 3<&0
read -r secret <&3 || exit 1
printf '%s\\n' "$secret" | "$@" 3<&- &
child=$!
(
  while read -r line <&3; do :; done
  trap '' USR1
  n=0
  while kill -INT $child && [ $n -lt 1200 ]; do sleep 0.05; n=$((n + 1)); done
  kill -QUIT $child
) 2>/dev/null &
reader=$!
wait $child
code=$?
{ kill -USR1 $reader; wait $reader; } 2>/dev/null
exit $code`;

/** A program that cannot outlive this process. */
export interface Guarded {
  /** Becomes the exit code when the program has ended, or a message when it could not even start. */
  exited: Promise<number | string | null>;
  hasExited(): boolean;
  /** Ends the program (PostgreSQL: fast shutdown) and waits for it. */
  end(): Promise<void>;
  /** Lets this process finish although the program still runs; it is then ended too. */
  letGo(): void;
  /** The last thing of importance that the program wrote to its log since it was started. */
  lastWords(): string;
  /** Everything that it wrote. */
  output(): string;
}

/** Runs a program under the watchdog, with what it writes appended to the log file. */
export function guard(options: {
  command: string[];
  cwd: string;
  env: Record<string, string>;
  account: Account | undefined;
  log: string;
  /** Its standard input, one line: so that a password is neither in a file nor in the process list. */
  secret?: string;
}): Guarded {
  const log = openSync(options.log, 'a', 0o600);
  const start = fstatSync(log).size;
  const child = spawn(
    '/bin/sh',
    ['-c', watchdog, 'postgres-watchdog', ...options.command],
    {
      // The working directory is entered before root is dropped: see `place` in embedded.ts.
      cwd: options.cwd,
      env: options.env,
      stdio: ['pipe', log, log],
      // A session of its own, or Ctrl-C would stop the database before the service has drained.
      detached: true,
      ...dropTo(options.account),
    },
  );
  closeSync(log);
  let ended = false;
  const exited = new Promise<number | string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(code ?? signal));
  }).then((outcome) => {
    ended = true;
    child.stdin?.destroy();
    return outcome;
  });
  child.stdin?.on('error', () => {});
  child.stdin?.write(`${options.secret ?? ''}\n`);
  const output = () => readFrom(options.log, start);
  return {
    exited,
    hasExited: () => ended,
    async end() {
      child.ref();
      child.stdin?.end();
      await exited;
    },
    letGo() {
      child.unref();
      // It is a socket, whatever its type says.
      if (child.stdin instanceof Socket) child.stdin.unref();
    },
    output,
    lastWords() {
      const lines = output().trim().split('\n');
      const fault = lines.findLast((line) =>
        /\b(?:FATAL|PANIC|ERROR|error):/.test(line),
      );
      return (fault ?? lines.at(-1) ?? '')
        .replace(/^.*?\b(?:FATAL|PANIC|ERROR|error):\s*/, '')
        .trim();
    },
  };
}

/** Keeps one older log beside a new one once it has grown beyond 10 MB. */
export function rotateLog(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined && found.size > 10_000_000)
    renameSync(path, `${path}.1`);
}

function readFrom(path: string, start: number): string {
  const file = openSync(path, 'r');
  try {
    // A server that ran for weeks has written more than anybody wants in memory.
    const from = Math.max(start, fstatSync(file).size - 100_000);
    const buffer = Buffer.alloc(100_000);
    const length = readSync(file, buffer, 0, buffer.length, from);
    return buffer.toString('utf8', 0, length);
  } finally {
    closeSync(file);
  }
}
