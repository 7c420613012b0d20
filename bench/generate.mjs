// A made-up timeline of any size, for measuring: the same on every run. NDJSON in the import's format on standard output.
//
//     node bench/generate.mjs [--events 1000000] > events.ndjson
//
// Who takes part follows Zipf's law, so that the first state is in a quarter of all events and the last person in a
// handful; so do words, places and topics. Events lie over twenty years, one to five take part, and none to three
// sources tell of each.
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { madeUpEvents } from './timeline/events.mjs';
import { madeUpWorld } from './timeline/world.mjs';

/** Every record of the timeline: actors, documents, then `count` events. */
export function* records(count) {
  const world = madeUpWorld();
  yield* world.actors;
  yield* madeUpEvents(world, count);
}

/** The timeline as an import reads it: chunks of NDJSON. */
export async function* timeline(count) {
  let lines = [];
  let length = 0;
  for (const record of records(count)) {
    const line = `${JSON.stringify(record)}\n`;
    lines.push(line);
    length += line.length;
    if (length < 1 << 18) continue;
    yield Buffer.from(lines.join(''));
    lines = [];
    length = 0;
  }
  yield Buffer.from(lines.join(''));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const at = process.argv.indexOf('--events');
  const count = at < 0 ? 1_000_000 : Number(process.argv[at + 1]);
  for await (const chunk of timeline(count))
    if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
}
