// Tells which of the patterns on its standard input (a list of [source, flags], as JSON) may take longer than their text
// is long. A process of its own, for the compiler of the tests makes what searches for that eight times slower.
import { readFileSync } from 'node:fs';

process.env.RECHECK_SYNC_BACKEND = 'pure';
const { checkSync } = await import('recheck');
const slow = JSON.parse(readFileSync(0, 'utf8')).flatMap(([source, flags]) => {
  const { status } = checkSync(source, flags, { timeout: 30_000 });
  return status === 'safe' ? [] : [`${status}: /${source}/${flags}`];
});
process.stdout.write(JSON.stringify(slow));
