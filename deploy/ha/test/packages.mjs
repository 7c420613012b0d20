import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What is needed, by Debian's names, and the programs they bring. */
const PACKAGES = [
  'postgresql-15',
  'patroni',
  'python3-etcd',
  'python3-psycopg2',
  'etcd-server',
  'haproxy',
];
const PROGRAMS = ['patroni', 'patronictl', 'etcd', 'haproxy', 'psql'];

/**
 * Makes sure that everything is installed: as root on Debian it is, elsewhere it is told what is missing.
 * @returns where PostgreSQL's programs are, and the user that may run them (it refuses root)
 */
export function installed() {
  const root = process.getuid?.() === 0;
  if (missing().length > 0 && root && existsSync('/etc/debian_version')) {
    process.stdout.write(`Installing ${PACKAGES.join(' ')}\n`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const quiet = { env, stdio: ['ignore', 'ignore', 'inherit'] };
    execFileSync('apt-get', ['update'], quiet);
    execFileSync(
      'apt-get',
      ['install', '-y', '--no-upgrade', '--no-install-recommends', ...PACKAGES],
      quiet,
    );
  }
  if (missing().length > 0)
    throw new Error(
      `This needs ${missing().join(', ')} on the PATH. As root on Debian 12 it installs them; otherwise install Patroni 3.0 or 3.1 (with its etcd extra), etcd 3.4 or 3.5, HAProxy 2.4 or newer and PostgreSQL 15 or newer, and name PostgreSQL's own programs in PG_BIN.`,
    );
  return { bin: binaries(), user: root ? userOf('postgres') : null };
}

function missing() {
  return [
    ...PROGRAMS.filter((name) => whereIs(name) === undefined),
    ...(binaries() === undefined ? ['the programs of PostgreSQL'] : []),
  ];
}

function whereIs(name) {
  return `${process.env.PATH}${delimiter}/usr/sbin`
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

function binaries() {
  const asked = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' });
  return [
    process.env.PG_BIN,
    '/usr/lib/postgresql/15/bin',
    asked.stdout?.trim(),
  ].find((folder) => folder && existsSync(join(folder, 'pg_rewind')));
}

function userOf(name) {
  const number = (which) => Number(execFileSync('id', [which, name]));
  return { uid: number('-u'), gid: number('-g') };
}
