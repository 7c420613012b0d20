import { DomainError, type Fault } from '../domain/errors.ts';
import {
  type Draft,
  readDraft,
  RECORDS,
  type RecordName,
} from '../domain/record.ts';
import { nearest } from '../domain/nearest.ts';
import { ID_PATTERN } from '../domain/schemas.ts';
import { shortened } from '../domain/text.ts';
import { linesOf } from './lines.ts';

/** A row that cannot be taken, and which record it would have been where that much can be told. */
export interface BadRow {
  line: number;
  faults: readonly Fault[];
  record?: RecordName;
  id?: string;
}

/** A row of a file: a draft that holds by itself, or what is wrong with it. */
export type Row = { line: number; draft: Draft } | BadRow;

/** The drafts in a stream of newline-delimited JSON (the contract's import format), one record a line, in any order. */
export async function* ndjsonRows(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Row> {
  for await (const found of linesOf(chunks)) {
    if ('fault' in found)
      yield {
        line: found.line,
        faults: [{ pointer: '', message: `The line ${found.fault}.` }],
      };
    else yield rowOf(found.line, found.text);
  }
}

function rowOf(line: number, text: string): Row {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return {
      line,
      faults: [
        {
          pointer: '',
          message: 'The line is not JSON.',
          received: shortened(text),
        },
      ],
    };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return {
      line,
      faults: [
        {
          pointer: '',
          message: 'The line is not a JSON object.',
          received: shortened(value),
        },
      ],
    };
  const { record, id } = value as Record<string, unknown>;
  if (!isRecord(record)) {
    const near = typeof record === 'string' ? nearest(record, RECORDS) : [];
    return {
      line,
      faults: [
        {
          pointer: '/record',
          ...(record === undefined
            ? { message: 'is missing' }
            : {
                message: 'is not a kind of record',
                received: shortened(record),
              }),
          allowed: RECORDS,
          ...(near.length > 0 ? { nearest: near } : {}),
        },
      ],
    };
  }
  try {
    return { line, draft: readDraft[record](value) };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const named = typeof id === 'string' && new RegExp(ID_PATTERN).test(id);
    return { line, faults: error.faults, record, ...(named ? { id } : {}) };
  }
}

function isRecord(value: unknown): value is RecordName {
  return RECORDS.some((record) => record === value);
}
