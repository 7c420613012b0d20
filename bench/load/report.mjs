// Makes docs/benchmarks.md of what was measured: ratios, and no absolute figures, as those do not carry to other machines.
import { goals } from './goals.mjs';
import { mostForeign } from './ratios.mjs';
import { flatness, goalRow, overview, table } from './tables.mjs';

/**
 * The page.
 * @param beside the results on a database of another size, or null
 */
export function report(results, beside) {
  const { events, options, workloads, targets, left, failed } = results;
  const own = targets
    .filter(({ name }) => name.startsWith('ours'))
    .map(({ name }) => name);
  const [larger, smaller] =
    beside !== null && beside.events > events
      ? [beside, results]
      : [results, beside];
  const foreign = mostForeign(results);
  return `# Benchmarks

Written by \`npm run bench:load\`: ${events.toLocaleString('en')} made-up events (\`bench/generate.mjs\`), ${options.connections} connections, ${options.rounds} round${options.rounds === 1 ? '' : 's'} of ${options.seconds} s in turns,
${options.pinned ? 'the load generator on one core, service and PostgreSQL together on another' : 'on cores that all share'}. Every answer was compared with the right one before
anything was timed. Ratios of requests a second, taken within a round: the median, and in brackets the least and the greatest; "by CPU" is the same
of the CPU that service and PostgreSQL took for a request, which other work on the machine disturbs less.
${foreign === null ? '' : `At most ${foreign.toFixed(1)} cores were busy with something else; rounds in which more than 0.35 were are left out where there are others.\n`}
${METHOD}
${table(['target', 'what it is'], [...targets.map(({ name, note }) => [name, note]), ['pgbench', 'PostgreSQL’s own load generator on the statements that we send']])}

## What was to be reached

${table(
  [
    'workload',
    'target',
    'beside',
    'to be reached',
    'reached',
    'by CPU',
    '',
    'where its time goes',
  ],
  goals
    .filter(({ target }) => own.includes(target))
    .map((goal) => goalRow(results, goal)),
)}

${flatness(results, larger, smaller)}

## All workloads

${own.map((target) => overview(results, target)).join('\n\n')}
${left.length === 0 ? '' : `\nLeft out: ${left.map(({ target, workload, why }) => `${target}${workload === undefined ? '' : ` in ${workload}`} (${why})`).join('; ')}.\n`}
${failed.map((one) => `**Failed**: ${one}.\n`).join('\n')}
## The workloads

${table(['', 'what is asked'], [...workloads.map(({ name, title }) => [name, title]), ['W11', 'some 100,000 events exported as CSV and NDJSON (figures in `results.json` only)'], ['W12', 'the import of the whole timeline (figures in `results.json`, and in [benchmarks-import.md](benchmarks-import.md))']])}
`;
}

const METHOD = `How the same is asked of all:

- The peers have the same events in a plain normal form (\`bench/load/plain.sql\`), with the indexes a competent user adds, in the same
  PostgreSQL. An event's begin and end are the earliest and the latest that its date allows.
- Peers cannot climb from persons to their states. They are given what climbing finds as rows (\`involvement\`), which is kind to them:
  a question for an actor is one join. Their answers are half as long as ours, which carry sources, accounts, topics and places too.
- In a histogram we count events apart whose month is not certain; peers place each by its first instant.
- pgbench executes a statement by its name, which costs PostgreSQL some 6 µs more than binding values to it: only beside *one event* (W7)
  is that much.
- Insert: pgbench writes the bare rows that the service leaves behind, without its checks; peers write an event and its participants and
  none of the history, the words or the climbed rows. What was inserted stays in the database, dated 1990.
`;
