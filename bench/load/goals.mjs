// What is to be reached: ratios that carry to other machines.

/** The targets that others have made. */
export const PEERS = ['typeorm', 'postgrest', 'postgraphile'];

const SHARES_OF_PGBENCH = {
  W1: 0.6,
  W3p: 0.7,
  W3m: 0.7,
  W3r: 0.5,
  W4p: 0.6,
  W4s: 0.5,
  W5m: 0.9,
  W5c: 0.9,
  W6p: 0.5,
  W6m: 0.5,
  W7: 0.5,
  W9: 0.75,
  W8: 0.5,
};

const TIMES_THE_BEST_PEER = {
  W1: 7,
  W3p: 10,
  W3m: 18,
  W4p: 38,
  W4s: 11,
  W5m: 7,
  W5c: 7,
  W6p: 400,
  W7: 5,
  W9: 22,
};

/** A target's requests a second in a workload beside those of another (`least`, of the best of `PEERS` where that is `best peer`). */
export const goals = [
  ...of('ours-cached', 'constant', { W10: 0.7 }),
  ...of('ours-cached', 'postgrest', { W1: 14, W3p: 23, W3m: 90, W8: 1 }),
  ...['ours-cached', 'ours'].flatMap((target) => [
    ...of(target, 'pgbench', SHARES_OF_PGBENCH),
    ...of(target, 'best peer', TIMES_THE_BEST_PEER),
  ]),
];

/** How many times dearer a workload may be than another on the same database. */
export const flatInDepth = { workload: 'W2', than: 'W1', most: 1.3 };

/** How many times dearer these may be on a database ten times as large. */
export const flatInSize = {
  workloads: [
    'W1',
    'W2',
    'W3p',
    'W3m',
    'W3r',
    'W4p',
    'W4s',
    'W6p',
    'W6m',
    'W7',
  ],
  most: 1.5,
};

function of(target, beside, leasts) {
  return Object.entries(leasts).map(([workload, least]) => ({
    target,
    beside,
    workload,
    least,
  }));
}
