import { DomainError, type Fault } from '../domain/errors.ts';
import { readDraft, RECORDS, type RecordName } from '../domain/record.ts';
import { nearest } from '../domain/nearest.ts';
import { understoodReason } from '../domain/reason.ts';
import { ID_PATTERN } from '../domain/schemas.ts';
import { shortened } from '../domain/text.ts';
import { linesOf } from './lines.ts';
import { type Row } from './row.ts';
import { mappingError } from './mapping.ts';
import { type Source } from './source.ts';

/** The import format of the contract, which the exports write as well. */
export const ndjson: Source = {
  name: 'ndjson',
  mediaType: 'application/x-ndjson',
  suffixes: ['.ndjson', '.jsonl'],
  description:
    'One record a line, as `PUT` takes it, with `record` and `id`; in any order. `reason` beside them says why.',
  names: false,
  open({ mapping }) {
    if (mapping !== undefined)
      throw mappingError([{ message: 'has no meaning for this format' }]);
    return ndjsonRows;
  },
};

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
  const { own, reason, faults } = withoutReason(value);
  try {
    const draft = readDraft[record](own);
    if (faults.length === 0)
      return { line, draft, ...(reason === null ? {} : { reason }) };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    faults.push(...error.faults);
  }
  const named = typeof id === 'string' && new RegExp(ID_PATTERN).test(id);
  return { line, faults, record, ...(named ? { id } : {}) };
}

/** The record of a row, and why it is entered: `reason` is no field of a record, but of the row. */
function withoutReason(value: object): {
  own: object;
  reason: string | null;
  faults: Fault[];
} {
  const faults: Fault[] = [];
  if (!Object.hasOwn(value, 'reason'))
    return { own: value, reason: null, faults };
  const { reason: given, ...own } = value as Record<string, unknown>;
  if (given === null) return { own, reason: null, faults };
  const understood =
    typeof given === 'string'
      ? understoodReason(given)
      : { fault: 'must be string' };
  if ('reason' in understood) return { own, reason: understood.reason, faults };
  faults.push({
    pointer: '/reason',
    message: understood.fault,
    received: shortened(given),
  });
  return { own, reason: null, faults };
}

function isRecord(value: unknown): value is RecordName {
  return RECORDS.some((record) => record === value);
}
