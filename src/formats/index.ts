import { atom } from './atom.ts';
import { csv } from './csv.ts';
import { feedJson } from './feed-json.ts';
import { type Format } from './format.ts';
import { geojson } from './geojson.ts';
import { ics } from './ics.ts';
import { jsonld } from './jsonld.ts';
import { timeline } from './timeline.ts';

/** Every way to write a list of events, beside JSON and NDJSON, which are the stored bodies themselves. */
export const formats: readonly Format[] = [
  csv,
  ics,
  atom,
  feedJson,
  geojson,
  timeline,
  jsonld,
];
