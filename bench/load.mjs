// The load test: the service beside what others make of the same events, side by side in turns, on a database of any size.
//
//     npm run bench:load -- [--events 1000000] [--data data/bench-1000000] [--workloads W1,W3m] [--targets ours,postgrest]
//       [--connections 16] [--seconds 5] [--warm-up 1] [--rounds 3] [--patience 10] [--unpinned] [--no-exports] [--narrow]
//       [--beside FOLDER] [--out docs/benchmarks.md]
//     npm run bench:load -- --report --data FOLDER [--beside FOLDER] [--out docs/benchmarks.md]
//
// The service itself is always measured; --targets names who else: ours-cached, pgbench, typeorm, postgrest, postgraphile, constant.
// The database is made in the folder when it is not there, and kept. What was measured is kept in `results.json` in the same
// folder; only ratios are printed. With --narrow no form is made for the peers, where there is no room for it. With --beside,
// the results of another size are compared: does it stay flat? --report prints what was measured before, and measures
// nothing. A wrong answer ends the run; who fails under load is told, and the run fails.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { openTimeline } from './load/database.mjs';
import { measureExports } from './load/exports.mjs';
import { has, pinToServers } from './load/processes.mjs';
import { report } from './load/report.mjs';
import { measureAll } from './load/run.mjs';
import { chosenTargets } from './load/targets.mjs';
import { depthOf, workloadsOf } from './load/workloads.mjs';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    data: { type: 'string' },
    workloads: { type: 'string' },
    targets: { type: 'string' },
    connections: { type: 'string', default: '16' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    'warm-up': { type: 'string', default: '1' },
    patience: { type: 'string', default: '10' },
    unpinned: { type: 'boolean', default: false },
    'no-exports': { type: 'boolean', default: false },
    narrow: { type: 'boolean', default: false },
    beside: { type: 'string' },
    report: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});
const events = Number(values.events);
const data = values.data ?? join('data', `bench-${events}`);
const tell = (line) =>
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);

if (!values.report) await measure();
const page = report(
  resultsIn(data),
  values.beside === undefined ? null : resultsIn(values.beside),
);
if (values.out === undefined) process.stdout.write(page);
else
  writeFileSync(
    values.out,
    await format(page, {
      ...(await resolveConfig(values.out)),
      filepath: values.out,
    }),
  );

async function measure() {
  const timeline = await openTimeline(data, events, tell, values.narrow);
  try {
    const pinned = !values.unpinned && has('taskset');
    if (pinned) pinToServers(timeline.pid);
    const options = {
      data,
      pinned,
      connections: Number(values.connections),
      seconds: Number(values.seconds),
      warmUp: Number(values['warm-up']),
      rounds: Number(values.rounds),
      patience: Number(values.patience),
    };
    const { targets, own, limit, left } = chosenTargets({
      url: timeline.url,
      names: values.targets?.split(','),
      tell,
    });
    const workloads = workloadsOf(events).filter(
      ({ name }) => values.workloads?.split(',').includes(name) ?? true,
    );
    const measured = await measureAll({
      targets,
      workloads,
      timeline,
      depth: depthOf(events),
      options: { ...options, own, limit },
      tell,
    });
    const exports = values['no-exports']
      ? []
      : await measureExports({ own, events, timeline, options, tell });
    const titles = workloads.map(({ name, title }) => ({ name, title }));
    const results = {
      events,
      options,
      workloads: titles,
      ...measured,
      left: [...left, ...measured.left],
      exports,
      imported: timeline.notes.imported,
    };
    writeFileSync(
      join(data, 'results.json'),
      `${JSON.stringify(results, null, 1)}\n`,
    );
    tell(`all figures are in ${join(data, 'results.json')}`);
    if (measured.failed.length > 0) process.exitCode = 1;
  } finally {
    await timeline.server.stop();
  }
}

function resultsIn(folder) {
  return JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'));
}
