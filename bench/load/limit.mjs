// The limit of what any service could do that sends the statements ours sends.
import { join } from 'node:path';
import { insertScripts } from './inserted.mjs';
import { scriptsOf } from './pgbench.mjs';
import { recordedService } from './statements.mjs';

const PGBENCH = 'pgbench';

/**
 * Adds the limit to each plan: pgbench on the statements that the service itself sends. What cannot be sent again is noted in
 * `left`.
 */
export async function addLimit({
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
