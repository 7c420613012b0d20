// Ratios between runs: taken within a round, as what else the machine does changes from round to round.
import { PEERS } from './goals.mjs';

/** With more than this many cores busy elsewhere a run says little; it is left out when there are better ones. */
const QUIET = 0.35;

/**
 * How much faster a target is than another in the same workload, by requests a second or (`by` is `cpu`) by the CPU of server and
 * PostgreSQL for a request, which other work on the machine disturbs less: `{median, least, most, rounds}`, or null when one
 * of the two was not timed. The best peer is that of each round.
 */
export function ratioOf({ runs }, workload, target, beside, by = 'speed') {
  const rivals = beside === 'best peer' ? PEERS : [beside];
  const merit =
    by === 'cpu' ? (run) => 1 / costOf(run) : (run) => run.perSecond;
  const pairs = ofTarget(runs, target, workload).flatMap((run) => {
    const others = rivals
      .flatMap((rival) => ofTarget(runs, rival, workload))
      .filter(({ round }) => round === run.round);
    if (others.length === 0) return [];
    const best = others.reduce((found, one) =>
      merit(one) > merit(found) ? one : found,
    );
    return [
      {
        ratio: merit(run) / merit(best),
        foreign: Math.max(run.foreign ?? 0, best.foreign ?? 0),
      },
    ];
  });
  return spread(pairs);
}

/** CPU of server and PostgreSQL for a request of one workload beside that for another, in the same round. */
export function costRatio({ runs }, target, workload, than) {
  return spread(
    ofTarget(runs, target, workload).flatMap((run) => {
      const other = ofTarget(runs, target, than).find(
        ({ round }) => round === run.round,
      );
      if (other === undefined) return [];
      return [
        {
          ratio: costOf(run) / costOf(other),
          foreign: Math.max(run.foreign ?? 0, other.foreign ?? 0),
        },
      ];
    }),
  );
}

/** The median CPU for a request in one run beside that in another, which had a database of another size. */
export function sizeRatio(larger, smaller, target, workload) {
  const [one, other] = [larger, smaller].map(({ runs }) =>
    spread(
      ofTarget(runs, target, workload).map((run) => ({
        ratio: costOf(run),
        foreign: run.foreign ?? 0,
      })),
    ),
  );
  return one === null || other === null ? null : one.median / other.median;
}

/** Which part of the CPU of a request the server took, and which PostgreSQL: `{server, database}` from 0 to 1. */
export function shares({ runs }, target, workload) {
  const own = ofTarget(runs, target, workload);
  if (own.length === 0) return null;
  const share = median(own.map((run) => run.cpu.server / costOf(run)));
  return { server: share, database: 1 - share };
}

/** The most cores that anything else had busy in a run; null where that could not be known. */
export function mostForeign({ runs }) {
  return runs.reduce(
    (most, { foreign }) =>
      foreign === null ? most : Math.max(most ?? 0, foreign),
    null,
  );
}

function ofTarget(runs, target, workload) {
  return runs.filter(
    (run) => run.target === target && run.workload === workload,
  );
}

function costOf({ cpu }) {
  return (cpu.server ?? 0) + cpu.database;
}

function spread(pairs) {
  const quiet = pairs.filter(({ foreign }) => foreign <= QUIET);
  const ratios = (quiet.length > 0 ? quiet : pairs).map(({ ratio }) => ratio);
  if (ratios.length === 0) return null;
  return {
    median: median(ratios),
    least: Math.min(...ratios),
    most: Math.max(...ratios),
    rounds: ratios.length,
  };
}

function median(numbers) {
  const sorted = numbers.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[middle]
    : (sorted[middle - 1] + sorted[middle]) / 2;
}
