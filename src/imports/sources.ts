import { csv } from './csv.ts';
import { gdelt } from './gdelt.ts';
import { ical } from './ical.ts';
import { ndjson } from './ndjson.ts';
import { type Source } from './source.ts';

/** Every kind of file that is read; the first is the import format, which is taken unless another is named. */
export const sources = [ndjson, csv, gdelt, ical] as const;

/** The source for a file by the end of its name; the import format for any other. */
export function sourceOfFile(file: string): Source {
  const name = file.toLowerCase();
  const ends = sources
    .flatMap((source) => source.suffixes.map((suffix) => ({ source, suffix })))
    .filter(({ suffix }) => name.endsWith(suffix));
  // `.export.csv` tells more than `.csv`.
  const [best] = ends.toSorted((a, b) => b.suffix.length - a.suffix.length);
  return best?.source ?? ndjson;
}
