// A rehearsal of what can happen to a primary, on this machine: three nodes with etcd, Patroni and PostgreSQL, HAProxy, two
// servers of the service, and writers that come again with the same idempotency key. `npm run test:ha`.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { machines, signal } from './test/machines.mjs';
import { installed } from './test/packages.mjs';
import { startWriters } from './test/writers.mjs';

const main = new URL('../../dist/main.js', import.meta.url).pathname;
const files = new URL('.', import.meta.url).pathname;
const say = (line) => process.stdout.write(`${line}\n`);

const all = await machines(installed());
process.once('SIGINT', () => {
  void all.stop().then(() => process.exit(130));
});
// Whatever hangs, this ends.
setTimeout(() => {
  console.error('The rehearsal took longer than ten minutes.');
  void all.stop().then(() => process.exit(1));
}, 600_000).unref();

const servers = [];

async function startAll() {
  all.nodes.forEach(all.startEtcd);
  all.nodes.forEach(all.startPatroni);
  all.startProxy();
  say(
    `Three nodes in ${all.folder}: whole after ${(await all.whole()).toFixed(0)} s`,
  );
  const { host, port, user, password } = all.superuser();
  const words = ['-qX', '-v', 'ON_ERROR_STOP=1', '-v', 'password=events'];
  execFileSync(
    'psql',
    [
      ...words,
      '-h',
      host,
      '-p',
      port,
      '-U',
      user,
      '-f',
      `${files}database.sql`,
    ],
    { env: { ...process.env, PGPASSWORD: password }, stdio: 'inherit' },
  );
}

const environment = {
  PATH: process.env.PATH,
  DATABASE_URL: all.databaseUrl('diplomatic_events', 'events'),
  SAMPLES: 'off',
};

function startServer(number) {
  const env = { ...environment, PORT: String(all.servicePorts[number]) };
  const words = [process.execPath, main, 'serve'];
  servers[number] = all.start(`service${number + 1}`, words, env, null);
}

async function answering() {
  for (let n = 0; n < 300; n++) {
    const answer = await fetch(`${all.address}/readyz`).catch(() => null);
    if (answer?.status === 200) return;
    await sleep(100);
  }
  throw new Error(`the service does not answer: see ${all.folder}`);
}

async function actors(key) {
  for (const id of ['one', 'other']) {
    const answer = await fetch(`${all.address}/v1/actors/${id}`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        kind: 'state',
        names: [{ lang: 'en', value: id }],
      }),
    });
    if (answer.status !== 201) throw new Error(await answer.text());
  }
}

/** Nobody waits longer for an answer, be it that nobody knows whether a write was kept. In seconds. */
const LONGEST_ANSWER = 6;

/** How many writes a new primary has acknowledged at least before the old one wakes. */
const WRITES_OF_ANOTHER = 300;

/** For how long the woken one is asked to write, in milliseconds. */
const ASKED_FOR = 8000;

/** Asks a node for commits, past HAProxy, as nobody should. @returns of how many it said that they are kept */
async function askToWrite(node, forHowLong) {
  const until = Date.now() + forHowLong;
  const clients = new Set();
  let tries = 0;
  let acknowledged = 0;
  async function insist() {
    while (Date.now() < until) {
      const client = new Client(all.superuser(node));
      client.on('error', () => undefined);
      clients.add(client);
      try {
        await client.connect();
        while (Date.now() < until) {
          tries++;
          await client.query(`select pg_logical_emit_message(true, 'ha', '')`);
          acknowledged++;
        }
      } catch {
        // It refuses, or stops: what it should do.
        await sleep(50);
      }
      clients.delete(client);
      client.connection.stream.destroy();
    }
  }
  const asking = Promise.all([insist(), insist(), insist(), insist()]);
  await Promise.race([asking, sleep(forHowLong)]);
  // Commits that wait for a standby would wait for ever.
  for (const client of clients) client.connection.stream.destroy();
  await asking;
  return { tries, acknowledged };
}

/** What happens, how long writes may be away at most (in seconds), and what is done about it once they are back. */
const scenarios = [
  {
    name: 'a planned switchover',
    target: 5,
    async happens(node) {
      const words = ['switchover', '--leader', node.name, '--force'];
      const code = await all.ctl(...words);
      if (code !== 0) throw new Error(`patronictl ended with ${code}`);
    },
  },
  {
    name: "the primary's process is killed",
    target: 10,
    happens: (node) => signal(all.postmasterOf(node), 'SIGKILL'),
  },
  {
    // Before others, in which its Patroni would go to the etcd of a machine that does not hang.
    name: "the primary's machine hangs, and wakes when another has taken over",
    target: 20,
    happens(node) {
      this.frozen = all.processes(node);
      for (const pid of this.frozen) signal(pid, 'SIGSTOP');
      this.since = Date.now();
    },
    async after(node, writers) {
      // What another has acknowledged by now is what the woken one might undo.
      await writers.more(WRITES_OF_ANOTHER);
      this.other = await all.primary();
      this.meanwhile = writers.since(writers.gapSince(this.since).end);
      // They wait at its door already when it wakes.
      this.asked = askToWrite(node, ASKED_FOR);
      await sleep(100);
      for (const pid of this.frozen) signal(pid, 'SIGCONT');
    },
    async found(node) {
      const { tries, acknowledged } = await this.asked;
      const now = await all.primary();
      const kept = this.other !== node && now === this.other;
      return {
        held: kept && acknowledged === 0 && this.meanwhile >= WRITES_OF_ANOTHER,
        words: [
          `${this.meanwhile} writes acknowledged by ${this.other.name} before ${node.name} woke`,
          `${acknowledged} of ${tries} that ${node.name} was asked for then`,
          kept ? `${now.name} stays` : 'THE LOCK WAS TAKEN BACK',
        ].join(', '),
      };
    },
  },
  {
    name: "the primary's machine dies",
    target: 20,
    happens(node) {
      for (const pid of all.processes(node)) signal(pid, 'SIGKILL');
    },
    after(node) {
      all.startEtcd(node);
      all.startPatroni(node);
    },
  },
  {
    name: 'the machine dies that acknowledges each commit',
    target: 10,
    async happens() {
      this.node = await all.synchronous();
      for (const pid of all.processes(this.node)) signal(pid, 'SIGKILL');
    },
    after() {
      all.startEtcd(this.node);
      all.startPatroni(this.node);
    },
  },
  {
    name: 'nobody is left to acknowledge a commit, for ten seconds',
    // Writes wait for them: only that everybody is told so in time is asked here.
    target: null,
    async happens(node) {
      this.others = all.nodes.filter((one) => one !== node);
      for (const { alive } of this.others) alive.patroni.kill('SIGKILL');
      for (const one of this.others) signal(all.postmasterOf(one), 'SIGKILL');
      await sleep(10_000);
      this.others.forEach(all.startPatroni);
    },
  },
  {
    name: 'the lock service dies, all of it, for half a minute',
    // Nobody is refused; the rest is how unevenly a busy machine runs.
    target: 2,
    unnoticed: true,
    async happens() {
      const gone = all.nodes.map(async ({ alive }) => {
        alive.etcd.kill('SIGKILL');
        return once(alive.etcd, 'exit');
      });
      await Promise.all(gone);
      await sleep(30_000);
    },
    after: () => all.nodes.forEach(all.startEtcd),
  },
  {
    name: 'one of two servers of the service is killed',
    target: 2,
    async happens() {
      servers[0].kill('SIGKILL');
      await once(servers[0], 'exit');
    },
    after: () => startServer(0),
  },
];

async function rehearse(scenario, writers) {
  const { name, target } = scenario;
  await all.whole();
  await writers.more(50);
  writers.troubles();
  writers.slowest();
  const node = await all.primary();
  const moment = Date.now();
  await scenario.happens(node);
  await writers.more(100);
  await scenario.after?.(node, writers);
  const whole = await all.whole();
  await writers.more(50);
  const gap = writers.gapSince(moment).seconds;
  const slowest = writers.slowest();
  const told = writers.troubles();
  const now = await all.primary();
  const found = await scenario.found?.(node);
  if (found) say(found.words);
  const row = {
    'what happened': name,
    'longest gap': `${gap.toFixed(1)} s`,
    target: target === null ? '' : `${target} s`,
    'slowest answer': `${slowest.toFixed(1)} s`,
    held:
      gap <= (target ?? Infinity) &&
      slowest <= LONGEST_ANSWER &&
      found?.held !== false &&
      (scenario.unnoticed !== true || told === 'none'),
    primary: node === now ? node.name : `${node.name} → ${now?.name}`,
    'kept before it woke': scenario.meanwhile ?? '',
    'whole again after': `${whole.toFixed(0)} s`,
    'told to clients, who came again': told,
  };
  say(`${name}: ${row['longest gap']} without a write`);
  return row;
}

/** Everything there is, read through the service: the ids, by what stands in the titles. */
async function everything() {
  const found = new Map();
  let twice = 0;
  let cursor = '';
  do {
    const answer = await fetch(`${all.address}/v1/events?limit=500${cursor}`);
    const { data, next } = await answer.json();
    for (const { id, title } of data) {
      if (found.has(title.en)) twice++;
      found.set(title.en, id);
    }
    cursor = next === null ? '' : `&cursor=${encodeURIComponent(next)}`;
  } while (cursor !== '');
  return { found, twice };
}

/** A digest of what each node holds for itself. */
async function copies() {
  return Promise.all(
    all.nodes.map(async (node) => {
      const database = 'diplomatic_events';
      const client = new Client({ ...all.superuser(node), database });
      await client.connect();
      const { rows } = await client.query(
        `select count(*) || ' ' || md5(string_agg(id || body, '' order by key)) as digest from event_version`,
      );
      await client.end();
      return rows[0].digest;
    }),
  );
}

/** One scenario after the other, until one fails: what was written must be there even then. */
async function rehearseAll(writers) {
  const wanted = process.argv.slice(2);
  const rows = [];
  try {
    for (const scenario of scenarios)
      if (
        wanted.length === 0 ||
        wanted.some((one) => scenario.name.includes(one))
      )
        rows.push(await rehearse(scenario, writers));
  } catch (error) {
    console.error(error);
    rows.push({ 'what happened': 'it did not come to its end', held: false });
  }
  return rows;
}

let failed = false;
try {
  await startAll();
  startServer(0);
  startServer(1);
  await answering();
  const words = ['keys', 'create', '--name', 'ha', '--scope', 'editor'];
  const key = execFileSync(process.execPath, [main, ...words], {
    env: environment,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
  await actors(key);
  const writers = startWriters(all.address, key);
  const rows = await rehearseAll(writers);
  const ended = await writers.stop();

  const { found, twice } = await everything();
  const extra = [...found.keys()].filter(
    (token) => !writers.acknowledged.has(token),
  ).length;
  const lost = [...writers.acknowledged].filter(
    ([token, id]) => found.get(token) !== id,
  ).length;
  console.table(rows);
  say(
    `${writers.acknowledged.size} writes acknowledged: ${lost} lost, ${twice} twice, ${extra} never acknowledged`,
  );
  for (const one of writers.wrong.slice(0, 5)) say(`refused: ${one}`);
  await all.whole();
  await sleep(2000);
  const digests = new Set(await copies());
  say(digests.size === 1 ? 'All three nodes hold the same' : 'THEY DIFFER');
  failed =
    !ended ||
    lost + twice + extra + writers.wrong.length > 0 ||
    digests.size !== 1 ||
    rows.some(({ held }) => !held);
} catch (error) {
  failed = true;
  console.error(error);
} finally {
  if (failed && process.env.KEEP) say(`kept: ${all.folder}`);
  await all.stop(failed && process.env.KEEP !== undefined);
}
process.exit(failed ? 1 : 0);
