// A whole run: targets started, answers proven, workloads timed in turns.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { provenRequests } from './check.mjs';
import { insertScripts, removeInserted } from './inserted.mjs';
import { measureHttp } from './measure.mjs';
import { measurePgbench, scriptsOf } from './pgbench.mjs';
import { startServer, untilQuiet } from './processes.mjs';
import { recordedService } from './statements.mjs';
import { completed } from './truth.mjs';

const PGBENCH = 'pgbench';

/**
 * Measures targets under workloads: `{targets, runs, left}`: what each target is, a run of each round, workload and target, and
 * what was left out with the reason.
 */
export async function measureAll({
  targets,
  workloads,
  timeline,
  depth,
  options,
  tell,
}) {
  const folder = join(options.data, 'bench-logs');
  mkdirSync(folder, { recursive: true });
  const client = new Client({ connectionString: timeline.url });
  await client.connect();
  const started = [];
  const left = [];
  try {
    for (const workload of workloads)
      workload.questions = await completed(client, workload.questions, depth);
    for (const [n, target] of targets.entries()) {
      const port = options.port + n;
      const log = join(folder, `${target.name}.log`);
      try {
        const server = await startServer({
          ...target,
          env: target.env(port),
          port,
          log,
          pinned: options.pinned,
        });
        started.push({ target, ...server });
        await target.prepare?.(
          server.base,
          workloads.flatMap(({ questions }) => questions),
        );
        tell(`${target.name} is up`);
      } catch (error) {
        if (!target.optional) throw error;
        left.push({ target: target.name, why: error.message });
        tell(`${target.name} is left out: ${error.message}`);
      }
    }
    const plans = await prove({
      started,
      workloads,
      client,
      timeline,
      left,
      tell,
    });
    if (options.limit)
      await addLimit({
        plans,
        started,
        workloads,
        client,
        timeline,
        folder,
        options,
        left,
        tell,
      });
    const runs = await timeAll({ plans, timeline, folder, options, tell });
    return {
      targets: targets.map(({ name, note }) => ({ name, note })),
      runs,
      left,
    };
  } finally {
    for (const { stop } of started) await stop();
    await cleared(client);
    await client.end();
  }
}

/** For each workload, who takes part and with which requests. */
async function prove({ started, workloads, client, timeline, left, tell }) {
  const plans = [];
  for (const workload of workloads) {
    const entrants = [];
    for (const { target, base, pid } of started) {
      if (target.constant !== undefined) continue;
      const proven = await provenRequests({
        target,
        base,
        workload,
        client,
        url: timeline.url,
      });
      if (proven === null) continue;
      if (proven.slow)
        left.push({
          target: target.name,
          workload: workload.name,
          why: `one answer took ${(proven.ms / 1000).toFixed(1)} s`,
          ms: proven.ms,
        });
      else
        entrants.push({
          name: target.name,
          base,
          pid,
          requests: proven.requests,
          bytes: proven.bytes,
        });
    }
    const [first] = entrants;
    for (const { target, base, pid } of started)
      if (target.constant !== undefined && first !== undefined) {
        // What is answered without a body is compared with the page that it spares.
        const bytes =
          first.bytes > 0 ? first.bytes : plans[0].entrants[0].bytes;
        entrants.push({
          name: target.name,
          base,
          pid,
          requests: [target.constant(bytes)],
          bytes,
        });
      }
    plans.push({ workload, entrants });
    tell(
      `${workload.name} is answered rightly by ${entrants.map(({ name, bytes }) => `${name} (${Math.round(bytes)} B)`).join(', ')}`,
    );
  }
  return plans;
}

/** Gives each plan its limit: pgbench on the statements of the first of the targets, which is the service itself. */
async function addLimit({
  plans,
  workloads,
  client,
  folder,
  options,
  left,
  tell,
}) {
  const [own] = options.own;
  const service = await recordedService({
    env: own.env,
    port: options.port + 90,
  });
  try {
    for (const { workload, entrants } of plans) {
      const ofOurs = entrants.find(({ name }) => name === own.name);
      if (ofOurs === undefined || workload.questions[0].ask === 'again')
        continue;
      const scripts = join(folder, `pgbench-${workload.name}`);
      const isInsert = workload.questions[0].ask === 'insert';
      const made = isInsert
        ? await limitOfInserts(client, service.base, ofOurs.requests, scripts)
        : await limitOfReads(service, ofOurs.requests, scripts);
      if (made === null)
        left.push({
          target: PGBENCH,
          workload: workload.name,
          why: 'its statements cannot be sent again',
        });
      else entrants.unshift({ name: PGBENCH, scripts: made });
    }
    tell(`${PGBENCH} has the statements of ${workloads.length} workloads`);
  } finally {
    await service.stop();
  }
}

async function limitOfReads(service, requests, folder) {
  const statements = [];
  for (const request of requests)
    statements.push(await service.statementsOf(request));
  return statements.includes(null) ? null : scriptsOf(folder, statements);
}

async function limitOfInserts(client, base, requests, folder) {
  const ids = [];
  for (const { path, ...request } of requests.slice(0, 16)) {
    const answer = await fetch(base + path, request);
    ids.push((await answer.json()).id);
  }
  return insertScripts(client, folder, ids);
}

async function timeAll({ plans, timeline, folder, options, tell }) {
  const runs = [];
  const { connections, seconds, pinned } = options;
  for (let round = 0; round < options.rounds; round++)
    for (const { workload, entrants } of plans)
      for (const entrant of entrants) {
        await untilQuiet(options.patience);
        const result =
          entrant.scripts === undefined
            ? await measureHttp({
                ...entrant,
                connections,
                seconds,
                pinned,
                processes: { server: entrant.pid, database: timeline.pid },
              })
            : await measurePgbench({
                url: timeline.url,
                scripts: entrant.scripts,
                connections,
                seconds,
                pinned,
                folder,
                database: timeline.pid,
              });
        if (result.errors.length > 0)
          throw new Error(
            `${entrant.name} fails under ${workload.name}: ${result.errors.join(', ')}`,
          );
        runs.push({
          round,
          workload: workload.name,
          target: entrant.name,
          ...result,
        });
        tell(
          `round ${round + 1}, ${workload.name}, ${entrant.name}: ${result.perSecond.toFixed(0)}/s`,
        );
      }
  return runs;
}

/** Takes out what was inserted past the service; what went through it stays in the record, dated 1990. */
async function cleared(client) {
  await removeInserted(client);
  await client.query(`
    delete from plain.participation where event_id in (select id from plain.event where starts_at >= '1990-01-01Z' and starts_at < '1990-02-01Z');
    delete from plain.event where starts_at >= '1990-01-01Z' and starts_at < '1990-02-01Z'`);
}
