// A whole run: targets started, answers proven, workloads timed in turns.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { provenRequests } from './check.mjs';
import { PEERS } from './goals.mjs';
import { addLimit } from './limit.mjs';
import { measureHttp } from './measure.mjs';
import { measurePgbench } from './pgbench.mjs';
import { startServer, untilQuiet } from './processes.mjs';
import { completed } from './truth.mjs';

/**
 * Measures targets under workloads: what each target is (`targets`), a run of each round, workload and target (`runs`), who failed
 * (`failed`), and what was `left` out with the reason.
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
    for (const target of targets) {
      const log = join(folder, `${target.name}.log`);
      try {
        const server = await startServer({
          ...target,
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
    const timed = await timeAll({
      plans,
      timeline,
      folder,
      options,
      left,
      tell,
    });
    return {
      targets: targets.map(({ name, note }) => ({ name, note })),
      ...timed,
      left,
    };
  } finally {
    for (const { stop } of started) await stop();
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
        const { bytes } = first;
        const requests = [target.constant(bytes)];
        entrants.push({ name: target.name, base, pid, requests, bytes });
      }
    plans.push({ workload, entrants });
    tell(
      `${workload.name} is answered rightly by ${entrants.map(({ name, bytes }) => `${name} (${Math.round(bytes)} B)`).join(', ')}`,
    );
  }
  return plans;
}

/** Times everybody in turns. Who fails under a workload is told, noted in `failed`, and left out of it from there on. */
async function timeAll({ plans, timeline, folder, options, left, tell }) {
  const [runs, failed] = [[], []];
  const { connections, seconds, warmUp, pinned, rounds, patience } = options;
  const how = { connections, seconds, warmUp, pinned };
  const { url, pid: database } = timeline;
  const measure = ({ scripts, base, requests, pid }) =>
    scripts === undefined
      ? measureHttp({
          ...how,
          base,
          requests,
          processes: { server: pid, database },
        })
      : measurePgbench({ ...how, url, scripts, folder, database });
  for (let round = 0; round < rounds; round++)
    for (const { workload, entrants } of plans)
      for (const entrant of entrants) {
        if (entrant.out) continue;
        await untilQuiet(patience);
        const result = await measure(entrant);
        const told = `${entrant.name} under ${workload.name}`;
        // What a peer cannot answer in time is no fault of the run.
        if (PEERS.includes(entrant.name) && result.requests === 0) {
          entrant.out = true;
          left.push({
            target: entrant.name,
            workload: workload.name,
            why: `no answer within ${seconds} s`,
            ms: seconds * 1000,
          });
          tell(`${told}: no answer within ${seconds} s`);
          continue;
        }
        if (result.errors.length > 0) {
          entrant.out = true;
          failed.push(`${told}: ${result.errors.join(', ')}`);
          tell(`FAILED ${failed.at(-1)}`);
          continue;
        }
        runs.push({
          round,
          workload: workload.name,
          target: entrant.name,
          ...result,
        });
        tell(`round ${round + 1}, ${told}: ${result.perSecond.toFixed(0)}/s`);
      }
  return { runs, failed };
}
