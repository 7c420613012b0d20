// The database that everybody is measured on: made once in a folder, through the service's own import, and kept there.
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { migrate } from '../../dist/src/storage/database.js';
import { startEmbedded } from '../../dist/src/storage/embedded.js';
import { peakMemory } from './processes.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * Starts the PostgreSQL of a folder, with the made-up timeline in our tables and, in the schema `plain`, in the peers'.
 * Both are made when the folder is missing or was not finished: `{server, url, pid, notes}`, where `notes` are what the import
 * took (`W12`): events, seconds, events a second, and its peak memory in MB.
 * @param narrow whether only that of the plain form is made which right answers are told by: peers cannot be asked then
 */
export async function openTimeline(folder, events, tell, narrow = false) {
  const file = join(folder, 'load.json');
  let notes = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
  if (notes === null && existsSync(folder) && readdirSync(folder).length > 0)
    throw new Error(`${folder} holds something else: name another folder`);
  if (notes?.narrow && !narrow)
    throw new Error(`${folder} was made for --narrow: say so`);
  if (notes?.finished && notes.events !== events)
    throw new Error(`${folder} holds ${notes.events} events, not ${events}`);
  const keep = (more) => {
    notes = { ...notes, ...more };
    writeFileSync(file, `${JSON.stringify(notes, null, 2)}\n`);
  };
  if (!notes?.imported) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    keep({ events });
    keep({ imported: await importTimeline(folder, events, tell) });
  }
  const server = await startEmbedded({ dataDir: folder, ifRunning: 'refuse' });
  try {
    await migrate(server.url);
    if (!notes.finished) {
      tell('making the plain form');
      await fillPlain(server.url, narrow ? 'narrow.sql' : 'plain.sql');
      keep({ finished: true, narrow });
    }
  } catch (error) {
    await server.stop();
    throw error;
  }
  const [pid] = readFileSync(
    join(folder, 'postgres', 'postmaster.pid'),
    'utf8',
  ).split('\n');
  return { server, url: server.url, pid: Number(pid), notes };
}

/** The generator's records into the import of the command line. */
async function importTimeline(folder, events, tell) {
  tell(`importing ${events} events`);
  const began = Date.now();
  const generator = spawn(
    process.execPath,
    [here('../generate.mjs'), '--events', String(events)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const importer = spawn(
    process.execPath,
    [here('../../dist/main.js'), 'import', '--data-dir', folder, '-'],
    // The candidates for duplicates are many, as the events are made up.
    { stdio: [generator.stdout, 'inherit', 'ignore'] },
  );
  let peak = null;
  const watching = setInterval(
    () => (peak = peakMemory(importer.pid) ?? peak),
    1000,
  );
  const code = await new Promise((resolve) => importer.once('close', resolve));
  clearInterval(watching);
  generator.kill();
  if (code !== 0) throw new Error(`the import ended with ${code}`);
  const seconds = (Date.now() - began) / 1000;
  return { seconds, perSecond: events / seconds, peakMB: peak };
}

async function fillPlain(url, form) {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(readFileSync(here(form), 'utf8'));
    await client.query('vacuum (analyze)');
  } finally {
    await client.end();
  }
}
