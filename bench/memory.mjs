// How much memory the service holds: under the mixed load (W9), and while many read whole exports slowly.
//
//     node bench/memory.mjs --data FOLDER --events N [--minutes 10] [--readers 50] [--rate 30000] [--connections 16] [--only load|readers]
//
// The folder is that of `npm run bench:load`. Prints the resident memory of the service every ten seconds, in MB.
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { requestOf } from './load/check.mjs';
import { openTimeline } from './load/database.mjs';
import { measureHttp } from './load/measure.mjs';
import { has, startServer, usageOf } from './load/processes.mjs';
import { makeKey, ours, remembersAnswers } from './load/targets/ours.mjs';
import { completed } from './load/truth.mjs';
import { depthOf, workloadsOf } from './load/workloads.mjs';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    events: { type: 'string', default: '1000000' },
    minutes: { type: 'string', default: '10' },
    readers: { type: 'string', default: '50' },
    rate: { type: 'string', default: '30000' },
    connections: { type: 'string', default: '16' },
    only: { type: 'string' },
  },
});
const events = Number(values.events);
const data = values.data ?? join('data', `bench-${events}`);
const seconds = Number(values.minutes) * 60;
const tell = (line) => process.stdout.write(`${line}\n`);

const timeline = await openTimeline(data, events, tell);
const target = ours({
  remembering: remembersAnswers(),
  url: timeline.url,
  key: makeKey(timeline.url),
});
try {
  if (values.only !== 'readers') await watched('the mixed load', underLoad);
  if (values.only !== 'load')
    await watched(`${values.readers} slow readers`, slowReaders);
} finally {
  await timeline.server.stop();
}

/** Starts a service of its own, tells its memory while something is done with it, and stops it. */
async function watched(name, doing) {
  const service = await startServer({
    ...target,
    log: join(data, 'memory.log'),
    pinned: false,
  });
  const began = Date.now();
  const found = [];
  const look = () => {
    const memory = Math.round(usageOf(service.pid).memory);
    found.push(memory);
    tell(`${name}, ${Math.round((Date.now() - began) / 1000)} s: ${memory} MB`);
  };
  try {
    look();
    const watching = setInterval(look, 10_000);
    await doing(service).finally(() => clearInterval(watching));
    look();
    tell(`${name}: ${Math.max(...found)} MB at most`);
  } finally {
    await service.stop();
  }
}

async function underLoad({ base, pid }) {
  const client = new Client({ connectionString: timeline.url });
  await client.connect();
  const { questions } = workloadsOf(events).find(({ name }) => name === 'W9');
  const requests = [];
  for (const question of await completed(client, questions, depthOf(events)))
    requests.push(await requestOf(target, base, question));
  await client.end();
  const { perSecond, errors } = await measureHttp({
    base,
    requests,
    connections: Number(values.connections),
    seconds,
    warmUp: 1,
    pinned: has('taskset'),
    processes: { server: pid, database: timeline.pid },
  });
  tell(
    `${Math.round(perSecond)} requests a second${errors.map((one) => `, ${one}`).join('')}`,
  );
}

/** Half read CSV and half NDJSON, each so many bytes a second, until the time is over. */
async function slowReaders({ base }) {
  const until = Date.now() + seconds * 1000;
  const sizes = await Promise.all(
    Array.from({ length: Number(values.readers) }, (_, n) =>
      readSlowly(`${base}/v1/events.${n % 2 === 0 ? 'csv' : 'ndjson'}`, until),
    ),
  );
  tell(
    `${sizes.length} readers took ${sizes.reduce((sum, one) => sum + one, 0)} bytes`,
  );
}

async function readSlowly(address, until) {
  const answer = await new Promise((resolve, reject) => {
    get(address, { agent: false }, resolve).once('error', reject);
  });
  if (answer.statusCode !== 200)
    throw new Error(`${address} was answered ${answer.statusCode}`);
  let bytes = 0;
  for await (const chunk of answer) {
    bytes += chunk.length;
    await sleep((chunk.length / Number(values.rate)) * 1000);
    if (Date.now() > until) break;
  }
  answer.destroy();
  return bytes;
}
