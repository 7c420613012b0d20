import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { codeOf } from './faults.ts';

/** This process owns the data directory until it releases it. */
export interface Claim {
  release(): void;
}

/** What a running PostgreSQL says about itself in its `postmaster.pid`. */
export interface RunningServer {
  pid: number;
  port: number;
  status: string;
}

/**
 * Claims the data directory for this process, or answers the pid of the live process that has it. The claim of a dead
 * process is taken over. Two processes that take over the same claim in the same instant could both win; PostgreSQL's
 * own lock on the cluster then decides. Throws what the file system throws.
 */
export function claim(dataDir: string): Claim | number {
  const path = join(dataDir, 'owner.pid');
  const mine = `${process.pid} ${identity(process.pid) ?? ''} ${randomBytes(4).toString('hex')}\n`;
  for (;;) {
    if (createOnly(path, mine))
      return {
        release() {
          if (read(path) === mine) rmSync(path, { force: true });
        },
      };
    const theirs = read(path);
    if (theirs === undefined) continue;
    const [pid, started] = theirs.split(' ');
    if (theirs === '' && isFresh(path)) continue;
    if (theirs !== '' && identity(Number(pid)) === started) return Number(pid);
    const aside = `${path}.${randomBytes(4).toString('hex')}`;
    try {
      renameSync(path, aside);
    } catch {
      continue;
    }
    const taken = read(aside) ?? '';
    if (taken !== theirs) createOnly(path, taken);
    rmSync(aside, { force: true });
  }
}

/** Answers the PostgreSQL that is alive on this cluster, or undefined; a stale `postmaster.pid` is nothing alive. */
export function runningServer(cluster: string): RunningServer | undefined {
  const lines = read(join(cluster, 'postmaster.pid'))?.split('\n') ?? [];
  const pid = Number(lines[0]);
  if (!(pid > 0) || !servesCluster(pid, cluster)) return undefined;
  return { pid, port: Number(lines[3]), status: (lines[7] ?? '').trim() };
}

/**
 * After a crash another program may have got the dead server's pid, and PostgreSQL would then take its old lock file for
 * a live one: common in containers, where pids are low. So it does for a zombie, where nobody collects those.
 */
export function dropMisleadingLock(cluster: string): void {
  const path = join(cluster, 'postmaster.pid');
  const pid = Number(read(path)?.split('\n')[0]);
  if (pid > 0 && !servesCluster(pid, cluster) && existsEvenAsZombie(pid))
    rmSync(path, { force: true });
}

function existsEvenAsZombie(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function servesCluster(pid: number, cluster: string): boolean {
  try {
    if (process.platform !== 'linux')
      return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], {
        encoding: 'utf8',
      }).includes(cluster);
    if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== 'postgres')
      return false;
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
    } catch (error) {
      // In a container even root may not see where another user's process stands.
      return (
        codeOf(error) === 'EACCES' &&
        statSync(`/proc/${pid}`).uid === statSync(cluster).uid
      );
    }
  } catch {
    return false;
  }
}

/** Tells a process from a later one with the same pid; undefined when there is none or only its zombie. */
function identity(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux')
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
        encoding: 'utf8',
      })
        .trim()
        .replaceAll(/\s+/g, '_');
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return `${bootId()}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function createOnly(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** An empty claim is one being written at this moment, unless its writer died in that moment. */
function isFresh(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs < 1000;
}
