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
  return (
    sources.find(({ suffixes }) =>
      suffixes.some((suffix) => name.endsWith(suffix)),
    ) ?? ndjson
  );
}
