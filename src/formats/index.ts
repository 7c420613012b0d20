import { type Format } from './format.ts';

/** Every way to write a list of events, beside JSON and NDJSON, which are the stored bodies themselves. */
export const formats: readonly Format[] = [];
