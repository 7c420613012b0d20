import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const HERE = '127.0.0.1';
const files = new URL('..', import.meta.url).pathname;

/**
 * Three "machines" with etcd, Patroni and PostgreSQL each, and HAProxy, all on this one: from the very files that an
 * operator takes, with ports and folders of their own in the environment.
 */
export async function machines({ bin, user }) {
  const folder = mkdtempSync(join(tmpdir(), 'events-ha-'));
  chmodSync(folder, 0o755);
  // The checkout may lie where the user of PostgreSQL may not look.
  for (const file of ['patroni.yml', 'haproxy.cfg'])
    copyFileSync(join(files, file), join(folder, file));
  const ports = await freePorts(16);
  const secret = () => randomBytes(12).toString('hex');
  const passwords = {
    PATRONI_SUPERUSER_USERNAME: 'postgres',
    PATRONI_SUPERUSER_PASSWORD: secret(),
    PATRONI_REPLICATION_USERNAME: 'replicator',
    PATRONI_REPLICATION_PASSWORD: secret(),
    PATRONI_REWIND_USERNAME: 'rewinder',
    PATRONI_REWIND_PASSWORD: secret(),
    PATRONI_RESTAPI_USERNAME: 'patroni',
    PATRONI_RESTAPI_PASSWORD: secret(),
  };
  const nodes = ['pg1', 'pg2', 'pg3'].map((name) => {
    const [postgres, patroni, client, peer] = ports.splice(0, 4);
    const own = join(folder, name);
    mkdirSync(own);
    if (user !== null) chownSync(own, user.uid, user.gid);
    return { name, folder: own, postgres, patroni, client, peer, alive: {} };
  });
  // Each asks the etcd of its own machine first. One that hung with it knows, like its Patroni, only what was before.
  const etcdsFor = (node) =>
    [node, ...nodes.filter((one) => one !== node)]
      .map(({ client }) => `${HERE}:${client}`)
      .join(',');
  const members = nodes
    .map(({ name, peer }) => `${name}=http://${HERE}:${peer}`)
    .join(',');
  const [primary, service, service1, service2] = ports;
  const started = new Set();

  /** Starts a program as the user of PostgreSQL, and notes what it says. */
  function start(name, words, env, as = user) {
    const log = openSync(join(folder, `${name}.log`), 'a');
    const child = spawn(words[0], words.slice(1), {
      env: { PATH: `${process.env.PATH}:/usr/sbin`, LANG: 'C.UTF-8', ...env },
      cwd: folder,
      stdio: ['ignore', log, log],
      ...as,
    });
    started.add(child);
    child.once('exit', () => started.delete(child));
    child.once('error', (error) => process.stderr.write(`${name}: ${error}\n`));
    return child;
  }

  function startEtcd(node) {
    const env = settings('etcd.env', {
      ETCD_NAME: node.name,
      ETCD_DATA_DIR: join(node.folder, 'etcd'),
      ETCD_LISTEN_PEER_URLS: `http://${HERE}:${node.peer}`,
      ETCD_INITIAL_ADVERTISE_PEER_URLS: `http://${HERE}:${node.peer}`,
      ETCD_LISTEN_CLIENT_URLS: `http://${HERE}:${node.client}`,
      ETCD_ADVERTISE_CLIENT_URLS: `http://${HERE}:${node.client}`,
      ETCD_INITIAL_CLUSTER: members,
    });
    node.alive.etcd = start(`${node.name}.etcd`, ['etcd'], env);
  }

  const environmentOf = (node) => ({
    ...settings('node.env', {
      PATRONI_NAME: node.name,
      PATRONI_RESTAPI_LISTEN: `${HERE}:${node.patroni}`,
      PATRONI_RESTAPI_CONNECT_ADDRESS: `${HERE}:${node.patroni}`,
      PATRONI_POSTGRESQL_LISTEN: `${HERE}:${node.postgres}`,
      PATRONI_POSTGRESQL_CONNECT_ADDRESS: `${HERE}:${node.postgres}`,
      PATRONI_POSTGRESQL_DATA_DIR: join(node.folder, 'data'),
      PATRONI_POSTGRESQL_BIN_DIR: bin,
      PATRONI_POSTGRESQL_PGPASS: join(node.folder, 'pgpass'),
      PATRONI_ETCD_HOSTS: etcdsFor(node),
      ...passwords,
    }),
    // Keeps their order, which would be drawn by lot.
    PATRONI_ETCD_USE_PROXIES: 'true',
  });

  function startPatroni(node) {
    const words = ['patroni', 'patroni.yml'];
    node.alive.patroni = start(
      `${node.name}.patroni`,
      words,
      environmentOf(node),
    );
  }

  /** What Patroni's members say of themselves, by any of them that answers; empty when none does. */
  async function membersNow() {
    for (const { patroni } of nodes) {
      try {
        const answer = await fetch(`http://${HERE}:${patroni}/cluster`, {
          signal: AbortSignal.timeout(1000),
        });
        return (await answer.json()).members ?? [];
      } catch {
        // The next one may know.
      }
    }
    return [];
  }

  return {
    nodes,
    folder,
    address: `http://${HERE}:${service}`,
    servicePorts: [service1, service2],
    databaseUrl: (name, password) =>
      `postgres://${name}:${password}@${HERE}:${primary}/${name}`,
    superuser: (node) => ({
      host: HERE,
      port: node?.postgres ?? primary,
      user: 'postgres',
      password: passwords.PATRONI_SUPERUSER_PASSWORD,
    }),
    start,
    startEtcd,
    startPatroni,
    startProxy() {
      const env = {
        PRIMARY_LISTEN: `${HERE}:${primary}`,
        SERVICE_LISTEN: `${HERE}:${service}`,
        SERVICE1: `${HERE}:${service1}`,
        SERVICE2: `${HERE}:${service2}`,
      };
      for (const { name, postgres, patroni } of nodes) {
        env[name.toUpperCase()] = `${HERE}:${postgres}`;
        env[`${name.toUpperCase()}_PATRONI_PORT`] = String(patroni);
      }
      start('haproxy', ['haproxy', '-db', '-f', 'haproxy.cfg'], env);
    },
    /** `patronictl`, as an operator would use it. */
    async ctl(...words) {
      const command = ['patronictl', '-c', 'patroni.yml'];
      const child = start(
        'patronictl',
        [...command, ...words],
        environmentOf(nodes[0]),
      );
      return new Promise((resolve) => {
        child.once('exit', resolve);
      });
    },
    /** The node whose PostgreSQL takes writes. */
    async primary() {
      const leader = (await membersNow()).find(({ role }) => role === 'leader');
      return nodes.find(({ name }) => name === leader?.name);
    },
    /** The node that acknowledges each commit. */
    async synchronous() {
      const standby = (await membersNow()).find(
        ({ role }) => role === 'sync_standby',
      );
      return nodes.find(({ name }) => name === standby?.name);
    },
    /** Waits until all three run, one leads and another acknowledges each commit. @returns in how many seconds */
    async whole(atMost = 90_000) {
      const since = Date.now();
      for (;;) {
        const now = await membersNow();
        const running = now.filter(
          ({ state, lag = 0 }) =>
            /^(running|streaming)$/.test(state) && lag < 1_000_000,
        );
        const roles = running.map(({ role }) => role);
        if (
          running.length === nodes.length &&
          roles.includes('leader') &&
          roles.includes('sync_standby') &&
          nodes.every(({ alive }) => alive.patroni?.exitCode === null)
        )
          return (Date.now() - since) / 1000;
        if (Date.now() - since > atMost)
          throw new Error(
            `not whole after ${atMost / 1000} s: ${JSON.stringify(now)}`,
          );
        await sleep(250);
      }
    },
    /** Every process of a node: etcd, Patroni, PostgreSQL and all that PostgreSQL has started. */
    processes(node) {
      const postmaster = postmasterOf(node);
      return [
        node.alive.etcd?.pid,
        node.alive.patroni?.pid,
        ...(postmaster === undefined
          ? []
          : [postmaster, ...childrenOf(postmaster)]),
      ].filter((pid) => pid !== undefined);
    },
    postmasterOf,
    async stop(keep = false) {
      for (const child of started) {
        child.kill('SIGCONT');
        child.kill('SIGKILL');
      }
      // At once, but with its shared memory given back.
      const left = nodes
        .map(postmasterOf)
        .filter((pid) => pid !== undefined && signal(pid, 'SIGQUIT'));
      for (let n = 0; n < 50 && left.some((pid) => signal(pid, 0)); n++)
        await sleep(100);
      if (!keep) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Sends a signal. @returns whether there was somebody to get it */
export function signal(pid, name) {
  try {
    // 0 and less would mean groups of processes, our own first.
    return pid > 1 && process.kill(pid, name);
  } catch {
    return false;
  }
}

function postmasterOf(node) {
  try {
    const file = join(node.folder, 'data', 'postmaster.pid');
    return Number(readFileSync(file, 'utf8').split('\n')[0]);
  } catch {
    return undefined;
  }
}

/** What a file of NAME=value lines sets, but for what is given; only what stands there may be given. */
function settings(file, own) {
  const text = readFileSync(join(files, file), 'utf8');
  const lines = [...text.matchAll(/^([A-Z0-9_]+)=(.*)$/gm)];
  const theirs = Object.fromEntries(lines.map(([, ...pair]) => pair));
  const unknown = Object.keys(own).filter((name) => !(name in theirs));
  if (unknown.length > 0) throw new Error(`${unknown.join()}: not in ${file}`);
  return { ...theirs, ...own };
}

function childrenOf(parent) {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        return Number(stat.split(') ')[1]?.split(' ')[1]) === parent;
      } catch {
        return false;
      }
    })
    .map(Number);
}

async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise((resolve) => {
        server.listen(0, HERE, resolve);
      });
      return server;
    }),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(
    servers.map(
      async (server) =>
        new Promise((resolve) => {
          server.close(resolve);
        }),
    ),
  );
  return ports;
}
