// The peers that are no part of this project, installed on demand into `bench/peers` from a lock of their own.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../peers/', import.meta.url));

/** A path inside `bench/peers`. */
export function peer(path) {
  return folder + path;
}

/** Installs the peers, unless they are there: whether they are. */
export function installPeers() {
  if (existsSync(peer('node_modules/.package-lock.json'))) return true;
  try {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return true;
  } catch {
    return false;
  }
}
