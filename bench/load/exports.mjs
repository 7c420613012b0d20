// Exports of some 100,000 events as CSV and NDJSON, each read once as fast as it comes; peers have none.
import { join } from 'node:path';
import { startServer, usageOf } from './processes.mjs';

const WANTED = 100_000;
const YEARS = 20;
const LAST_YEAR = 2025;

/** For each format: rows, rows a second, bytes, and the most memory that the service held, in MB. */
export async function measureExports({ own: [target], events, options, tell }) {
  const years = Math.max(
    1,
    Math.min(YEARS, Math.round((WANTED / events) * YEARS)),
  );
  const found = [];
  for (const format of ['csv', 'ndjson']) {
    const log = join(options.data, 'bench-logs', 'exports.log');
    const server = await startServer({
      ...target,
      log,
      pinned: options.pinned,
    });
    try {
      let memory = 0;
      const watching = setInterval(
        () => (memory = Math.max(memory, usageOf(server.pid).memory)),
        200,
      );
      const began = performance.now();
      const { rows, bytes } = await read(
        `${server.base}/v1/events.${format}?from=${LAST_YEAR - years + 1}&to=${LAST_YEAR}`,
      );
      clearInterval(watching);
      const seconds = (performance.now() - began) / 1000;
      found.push({ format, rows, perSecond: rows / seconds, bytes, memory });
      tell(
        `export of ${rows} rows as ${format}: ${Math.round(rows / seconds)}/s`,
      );
    } finally {
      await server.stop();
    }
  }
  return found;
}

async function read(address) {
  const answer = await fetch(address);
  if (!answer.ok || answer.body === null)
    throw new Error(`${address} was answered ${answer.status}`);
  let [rows, bytes] = [0, 0];
  for await (const chunk of answer.body) {
    bytes += chunk.length;
    for (const byte of chunk) if (byte === 10) rows++;
  }
  return { rows, bytes };
}
