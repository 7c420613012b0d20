// What the lists cost: fills a database through the service's own import, asks each question with the very statement that
// the service sends, and looks at its plan. Prints the table or writes it with the plans to --out, and fails when a plan is bad.
//
//     npm run bench -- [--events 100000] [--data FOLDER] [--rounds 15] [--out docs/plans.md]
//
// 100,000 events take a minute or two. Without --data the database is thrown away; with it, the database is kept there
// and used again.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { format, resolveConfig } from 'prettier';
import { eventFilter } from '../dist/src/domain/filter.js';
import { runImport } from '../dist/src/imports/run.js';
import { migrate, openDatabase } from '../dist/src/storage/database.js';
import { startEmbedded } from '../dist/src/storage/embedded.js';
import { listEvents } from '../dist/src/storage/events.reads.js';
import { explained } from './explained.mjs';
import { questionsOf } from './questions.mjs';
import { report } from './report.mjs';

const LIMIT = 50;

const { values: options } = parseArgs({
  options: {
    events: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '15' },
    data: { type: 'string' },
    out: { type: 'string' },
  },
});
const events = Number(options.events);
const dataDir = options.data ?? mkdtempSync(join(tmpdir(), 'events-bench-'));
const tell = (line) => process.stderr.write(`${line}\n`);

const server = await startEmbedded({ dataDir, ifRunning: 'refuse' });
try {
  await migrate(server.url);
  await fill(server.url);
  const results = await measure(server.url);
  const { page, bad } = report(results, {
    events,
    machine: `${cpus().length} shared cores, PostgreSQL's defaults but for shared_buffers = 128 MB`,
  });
  if (options.out === undefined)
    process.stdout.write(page.split('## Plans')[0]);
  else
    writeFileSync(
      options.out,
      await format(page, {
        ...(await resolveConfig(options.out)),
        filepath: options.out,
      }),
    );
  if (bad.length > 0) {
    tell(`Bad plans: ${bad.join('; ')}.`);
    process.exitCode = 1;
  }
} finally {
  await server.stop();
  if (options.data === undefined) rmSync(dataDir, { recursive: true });
}

/** Imports the timeline as any other, unless the database has it already. */
async function fill(url) {
  const database = await openDatabase({ url });
  try {
    const began = Date.now();
    const generator = spawn(
      process.execPath,
      [
        fileURLToPath(new URL('generate.mjs', import.meta.url)),
        '--events',
        String(events),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let told = 0;
    const done = await runImport(database, generator.stdout, {
      onlyIfEmpty: true,
      onRejected: ({ line, faults }) =>
        tell(`line ${line}: ${JSON.stringify(faults)}`),
      onProgress: (phase, rows, total) => {
        if (Date.now() - told < 5000) return;
        told = Date.now();
        tell(
          `${phase} ${rows}${total === null ? '' : ` of ${total}`} after ${Math.round((told - began) / 1000)} s`,
        );
      },
    });
    generator.kill();
    if (done !== null && !done.stored)
      throw new Error('the import was not taken');
    if (done === null) return;
    const seconds = (Date.now() - began) / 1000;
    tell(
      `${events} events imported in ${seconds.toFixed(1)} s: ${Math.round(events / seconds)} a second; ` +
        `peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`,
    );
    await database.writes.query('vacuum (analyze)');
  } finally {
    await database.close();
  }
}

/** Every question: its plan, and its time beside the page it is compared with, asked in turns. */
async function measure(url) {
  const database = await openDatabase({ url });
  // A connection as the service has them, but for the time it may take.
  const client = new Client({
    ...database.pool.options,
    statement_timeout: 0,
    query_timeout: 0,
  });
  await client.connect();
  try {
    const asked = [];
    for (const question of await questionsOf(client)) {
      const ask = () => statementOf(client, question);
      const statement = await ask();
      asked.push({
        ...question,
        ask,
        times: [],
        statement: statement.name ?? null,
        ...(await explained(client, statement, mostSorted(question))),
      });
      tell(question.name);
    }
    for (let round = 0; round < Number(options.rounds); round++)
      for (const question of asked) {
        const began = performance.now();
        await question.ask();
        question.times.push(performance.now() - began);
      }
    // The server plans a named statement five times for its values before it weighs a plan for all values.
    const { rows } = await client.query(
      'select name from pg_prepared_statements where generic_plans > 0',
    );
    const once = new Set(rows.map(({ name }) => name));
    return asked.map((question) => ({
      ...question,
      planned: once.has(question.statement)
        ? 'once'
        : question.statement === null
          ? 'each time'
          : 'each time, though named',
    }));
  } finally {
    await client.end();
    await database.close();
  }
}

/**
 * The heads of a few ranges may be merged by sorting their first rows, and what a stretch of a walk has brought is sorted; all
 * else must come in order. What is counted has no order.
 */
function mostSorted({ query: { type, topic, q, actor }, count }) {
  if (count !== undefined) return Infinity;
  const rare =
    type !== undefined ||
    topic !== undefined ||
    q !== undefined ||
    actor?.some((group) => group.includes(',')) === true;
  return Math.max(3 * (LIMIT + 1), rare ? events / 100 : 0);
}

/** Asks a question as the service does and answers the statement that went to the server. */
async function statementOf(client, { query, from, count }) {
  let sent;
  const watched = {
    query(statement) {
      sent = statement;
      return client.query(statement);
    },
  };
  if (count !== undefined) {
    await count({ counting: watched }, eventFilter(query));
    return sent;
  }
  await listEvents(watched, eventFilter(query), {
    limit: LIMIT,
    from,
    backwards: false,
    inclusive: false,
  });
  return sent;
}
