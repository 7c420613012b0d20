import { type RecordName } from '../domain/record.ts';

/** The media type of the import format. */
export const NDJSON = 'application/x-ndjson';

// What the record derives stands at the end of a body, and a quote in a text is always escaped: this is found nowhere else.
const DERIVED: Record<RecordName, string> = {
  event: ',"bounds":{"begin":[',
  actor: ',"revision":',
  document: ',"revision":',
};

/** A record as a line of the import format: its finished JSON without what the record derives. */
export function ndjsonLine(body: string): string {
  const record = /^\{"record":"([a-z]+)"/.exec(body)?.[1] as RecordName;
  return `${body.slice(0, body.lastIndexOf(DERIVED[record]))}}\n`;
}
