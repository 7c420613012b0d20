// The tables of docs/benchmarks.md.
import { flatInDepth, flatInSize, PEERS } from './goals.mjs';
import { costRatio, shares, sizeRatio, ratioOf } from './ratios.mjs';

/** A goal, what was reached, and where the time goes. */
export function goalRow(results, { target, beside, workload, least }) {
  const ratio = ratioOf(results, workload, target, beside);
  const byCpu = ratioOf(results, workload, target, beside, 'cpu');
  const unit = ['best peer', 'postgrest'].includes(beside) ? times : percent;
  const bound =
    beside === 'best peer' && ratio === null
      ? alone(results, workload, target)
      : null;
  const value = ratio?.median ?? bound;
  return [
    workload,
    target,
    beside,
    unit(least),
    value === null
      ? 'not measured'
      : bound === null
        ? spread(ratio, unit)
        : `more than ${unit(bound)}: a peer’s answer takes too long to be timed`,
    byCpu === null ? '–' : spread(byCpu, unit),
    value === null
      ? ''
      : value >= least
        ? 'yes'
        : `**missed by ${times(least / value)}**`,
    whereTo(results, target, workload),
  ];
}

/** How much faster than the best peer could be, when each took so long for one answer that none was timed. */
function alone({ left, runs }, workload, target) {
  const slow = left.filter(
    (one) =>
      one.workload === workload &&
      PEERS.includes(one.target) &&
      one.ms !== undefined,
  );
  const own = runs.filter(
    (run) => run.workload === workload && run.target === target,
  );
  if (slow.length === 0 || own.length === 0) return null;
  return (
    (Math.min(...own.map(({ perSecond }) => perSecond)) *
      Math.min(...slow.map(({ ms }) => ms))) /
    1000
  );
}

/** Everything that was timed of a target, beside all others. */
export function overview(results, target) {
  const rows = results.workloads.map(({ name }) => {
    const of = (beside, unit) => {
      const ratio = ratioOf(results, name, target, beside);
      return ratio === null ? '–' : spread(ratio, unit);
    };
    return [
      name,
      of('pgbench', percent),
      ...PEERS.map((peer) => of(peer, times)),
      of('constant', percent),
      whereTo(results, target, name),
    ];
  });
  return table(
    [
      `\`${target}\` in`,
      'share of pgbench',
      ...PEERS.map((peer) => `beside ${peer}`),
      'share of a constant body',
      'where its time goes',
    ],
    rows,
  );
}

/** What a page deep in the list costs beside the first, and what a larger database costs beside a smaller one. */
export function flatness(results, larger, smaller) {
  const { workload, than, most } = flatInDepth;
  const deep = costRatio(results, 'ours', workload, than);
  const lines =
    deep === null
      ? []
      : [
          `A page deep in the list (${workload}) costs ${spread(deep, times)} the CPU of the first (${most} × allowed).`,
        ];
  if (smaller === null) return lines.join('\n');
  const rows = flatInSize.workloads.flatMap((name) => {
    const ratio = sizeRatio(larger, smaller, 'ours', name);
    return ratio === null
      ? []
      : [
          [
            name,
            times(ratio),
            ratio <= flatInSize.most
              ? 'yes'
              : `**missed by ${times(ratio / flatInSize.most)}**`,
          ],
        ];
  });
  lines.push(
    '',
    `CPU of a request with ${larger.events.toLocaleString('en')} events beside ${smaller.events.toLocaleString('en')} (${flatInSize.most} × allowed):`,
    '',
    table(['workload', 'times', 'flat'], rows),
  );
  return lines.join('\n');
}

function whereTo(results, target, workload) {
  const cpu = shares(results, target, workload);
  return cpu === null || Number.isNaN(cpu.server)
    ? '–'
    : `${percent(cpu.server)} service, ${percent(cpu.database)} PostgreSQL`;
}

function spread({ median, least, most }, unit) {
  return least === most
    ? unit(median)
    : `${unit(median)} (${unit(least)}–${unit(most)})`;
}

function percent(number) {
  return `${(number * 100).toFixed(number < 0.1 ? 1 : 0)} %`;
}

function times(number) {
  return `${number.toFixed(number < 10 ? 1 : 0)} ×`;
}

/** A table in Markdown. */
export function table(heads, rows) {
  return [heads, heads.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
