import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { StartError } from '../../domain/errors.ts';
import { type Account, type Binaries, canEnter } from './binaries.ts';
import { codeOf } from './faults.ts';
import { guard } from './process.ts';

/** Where the parts of an embedded database lie. */
export interface Place {
  dataDir: string;
  cluster: string;
  log: string;
  passwordFile: string;
}

/** Answers where the parts lie below a data directory, and makes the directory. Throws what the file system throws. */
export function placeIn(dataDir: string): Place {
  makeFolder(dataDir);
  return {
    dataDir,
    cluster: join(dataDir, 'postgres'),
    log: join(dataDir, 'postgres.log'),
    passwordFile: join(dataDir, 'postgres.password'),
  };
}

/**
 * Answers the name by which the account reaches a directory that is its working directory. Below somebody's closed home
 * its real path leads nowhere for the account, but a working directory entered as root stays open, and Linux names it.
 */
export function reachable(
  folder: string,
  account: Account | undefined,
): string {
  if (account === undefined || canEnter(folder, account)) return folder;
  if (process.platform === 'linux') return '/proc/self/cwd';
  throw new StartError(
    `PostgreSQL has to run as ${account.name}, who cannot enter ${folder}: start the service as an ordinary user or move the data directory.`,
  );
}

/** Answers the password of the database; throws a StartError when the file is lost. */
export function readPassword(place: Place): string {
  const text = existsSync(place.passwordFile)
    ? readFileSync(place.passwordFile, 'utf8').trim()
    : '';
  if (text !== '') return text;
  throw new StartError(
    `The password of the database in ${place.dataDir} is missing: put the file postgres.password back.`,
  );
}

/**
 * Makes the cluster if there is none, and makes an existing one ours to run. Killed at any point, the next call begins
 * anew. Throws a StartError when the directory holds something else, or a cluster of another PostgreSQL.
 */
export async function prepareCluster(
  place: Place,
  binaries: Binaries,
  account: Account | undefined,
  durable: boolean,
): Promise<void> {
  for (const name of readdirSync(place.dataDir))
    if (name.startsWith('postgres.new-'))
      rmSync(join(place.dataDir, name), { recursive: true, force: true });

  const { cluster } = place;
  if (!existsSync(cluster) || readdirSync(cluster).length === 0)
    await createCluster(place, binaries, account, durable);

  const versionFile = join(cluster, 'PG_VERSION');
  if (!existsSync(versionFile))
    throw new StartError(
      `${cluster} holds something that is not a PostgreSQL database.`,
    );
  const major = readFileSync(versionFile, 'utf8').trim();
  if (major !== binaries.major)
    throw new StartError(
      `${cluster} was made by PostgreSQL ${major} and cannot be read by the embedded PostgreSQL ${binaries.major}.`,
    );
  if (account !== undefined && statSync(cluster).uid === 0)
    giveAway(cluster, account);
  // A copied or restored directory often has wider permissions, which PostgreSQL refuses.
  if ((statSync(cluster).mode & 0o077) !== 0) chmodSync(cluster, 0o700);
}

async function createCluster(
  place: Place,
  binaries: Binaries,
  account: Account | undefined,
  durable: boolean,
): Promise<void> {
  if (
    !existsSync(place.passwordFile) ||
    readFileSync(place.passwordFile).length === 0
  )
    writeFileSync(place.passwordFile, `${randomBytes(24).toString('hex')}\n`, {
      mode: 0o600,
    });
  const staging = mkdtempSync(join(place.dataDir, 'postgres.new-'));
  try {
    if (account !== undefined) chownSync(staging, account.uid, account.gid);
    const initdb = guard({
      command: [
        binaries.initdb,
        `--pgdata=${reachable(staging, account)}`,
        '--username=events',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--auth=scram-sha-256',
        '--pwfile=/dev/stdin',
        '--no-instructions',
        ...(durable ? [] : ['--no-sync']),
      ],
      cwd: staging,
      env: binaries.env,
      account,
      log: place.log,
      secret: readPassword(place),
    });
    const outcome = await initdb.exited;
    if (outcome !== 0)
      throw new StartError(
        `The database could not be created in ${place.dataDir}: ${typeof outcome === 'string' ? outcome : initdb.lastWords()}.`,
      );
    try {
      renameSync(staging, place.cluster);
    } catch (error) {
      // Somebody else was quicker, and then theirs is the database.
      if (!existsSync(join(place.cluster, 'PG_VERSION'))) throw error;
    }
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function giveAway(cluster: string, account: Account): void {
  for (const entry of readdirSync(cluster, {
    recursive: true,
    encoding: 'utf8',
  }))
    lchownSync(join(cluster, entry), account.uid, account.gid);
  // Last, since its owner tells whether this was done.
  chownSync(cluster, account.uid, account.gid);
}

/** Node's recursive mkdir never comes back where a parent exists that takes no directories, as in /proc. */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    const made = codeOf(error) === 'EEXIST' && statSync(path).isDirectory();
    if (!made) throw error;
  }
}
