import type { TextDecoder } from 'node:util';
import { CsvError, parse } from 'csv-parse/sync';
import { DomainError } from '../domain/errors.ts';
import { shortened } from '../domain/text.ts';
import {
  type CsvRecord,
  csvRecords,
  DELIMITERS,
  delimiterOf,
} from './csv-records.ts';
import { mappingOf } from './default-mapping.ts';
import {
  decoderFor,
  inUtf8,
  type TextReader,
  textReader,
} from './encodings.ts';
import { type EventMapper, eventMapper } from './mapped-event.ts';
import { type Mapping } from './mapping.ts';
import { readMapping } from './read-mapping.ts';
import { type BadRow, type SourceRow } from './row.ts';
import { type Source } from './source.ts';

/** A CSV file (RFC 4180) of events; a mapping says which column is what. */
export const csv: Source = {
  name: 'csv',
  mediaType: 'text/csv',
  suffixes: ['.csv'],
  description:
    'A table of events (RFC 4180). A mapping tells which column is what; without one the columns are named as the fields are.',
  names: true,
  open({ mapping: given, encoding }) {
    const mapping = given === undefined ? null : readMapping(given);
    const label = mapping?.encoding ?? encoding ?? 'utf-8';
    const decoder = decoderFor(label);
    return (chunks) => csvRows(chunks, mapping, decoder);
  },
};

/** Records are understood so many at once: each by itself would cost several times as much. */
const AT_ONCE = 256;
const BYTES_AT_ONCE = 1 << 18;

type Whole = Extract<CsvRecord, { bytes: Buffer }>;

async function* csvRows(
  chunks: AsyncIterable<Uint8Array>,
  mapping: Mapping | null,
  decoder: TextDecoder,
): AsyncGenerator<SourceRow> {
  const text = textReader(decoder.encoding);
  const signs =
    mapping?.delimiter === undefined ? DELIMITERS : [mapping.delimiter];
  const delimiters = { bytes: bytesOf(signs) };
  let delimiter = mapping?.delimiter ?? null;
  let table: Table | null = null;
  let waiting: Whole[] = [];
  let size = 0;

  const understood = (): SourceRow[] => {
    const records = waiting;
    waiting = [];
    size = 0;
    return table === null ? [] : rowsOf(records, table);
  };
  for await (const record of csvRecords(inUtf8(chunks, decoder), delimiters)) {
    if ('fault' in record) {
      if (table === null) throw unreadable(record.line, record.fault);
      yield* understood();
      yield badRow(record.line, `The row ${record.fault}.`);
      continue;
    }
    if (table === null) {
      const line = text.read(record.bytes);
      if (line === null) throw unreadable(record.line, text.fault);
      // Spreadsheets write so what stands between the cells.
      const said = /^sep=(.)\r?\n?$/i.exec(line)?.[1];
      if (said !== undefined) {
        delimiter ??= said;
        continue;
      }
      delimiter ??= delimiterOf(line);
      delimiters.bytes = bytesOf([delimiter]);
      const named = mapping?.columns;
      table = tableOf(named ?? headerOf(record, line, delimiter), mapping, {
        text,
        delimiter,
      });
      if (named === undefined) continue;
    }
    waiting.push(record);
    size += record.bytes.length;
    if (waiting.length >= AT_ONCE || size >= BYTES_AT_ONCE) yield* understood();
  }
  yield* understood();
}

/** How the records of a file are understood. */
interface Table {
  width: number;
  map: EventMapper;
  text: TextReader;
  delimiter: string;
}

function tableOf(
  header: readonly string[],
  mapping: Mapping | null,
  how: Pick<Table, 'text' | 'delimiter'>,
): Table {
  const names = header.map((name) => name.trim());
  const map = eventMapper(mapping ?? mappingOf(names), names);
  return { width: names.length, map, ...how };
}

function headerOf({ line }: Whole, text: string, delimiter: string): string[] {
  const cells = cellsOf(text, delimiter);
  if (!Array.isArray(cells)) throw unreadable(line, cells.fault);
  return cells;
}

function rowsOf(records: readonly Whole[], table: Table): SourceRow[] {
  const { text, delimiter } = table;
  const whole = text.read(Buffer.concat(records.map(({ bytes }) => bytes)));
  const all = whole === null ? null : allCellsOf(whole, delimiter);
  // Where something is wrong, it is looked for record by record.
  return records.flatMap(({ line, bytes }, index): SourceRow[] => {
    let cells = all?.length === records.length ? all[index] : undefined;
    if (cells === undefined) {
      const own = text.read(bytes);
      if (own === null) return [badRow(line, `The row ${text.fault}.`)];
      const found = cellsOf(own, delimiter);
      if (!Array.isArray(found))
        return [badRow(line, `The row ${found.fault}.`, own)];
      cells = found;
    }
    if (cells.every((cell) => cell.trim() === '')) return [];
    if (cells.length !== table.width)
      return [
        badRow(
          line,
          `The row has ${cells.length} cells, and the header ${table.width}.`,
        ),
      ];
    return [{ line, size: 4 * bytes.length, ...table.map(cells) }];
  });
}

function allCellsOf(text: string, delimiter: string): string[][] | null {
  try {
    return parse(text, optionsFor(delimiter));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return null;
  }
}

/** The cells of one record, or what is wrong with it. */
function cellsOf(
  text: string,
  delimiter: string,
): string[] | { fault: string } {
  try {
    const [cells, ...more] = parse(text, optionsFor(delimiter));
    return cells === undefined || more.length > 0
      ? { fault: 'cannot be told apart into cells' }
      : cells;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return {
      fault:
        error.code === 'CSV_QUOTE_NOT_CLOSED'
          ? 'opens a quotation mark that nothing closes'
          : error.code === 'CSV_INVALID_CLOSING_QUOTE'
            ? 'has something between a closing quotation mark and the end of its cell'
            : 'has a quotation mark in the middle of a cell',
    };
  }
}

const optionsFor = (delimiter: string) => ({
  delimiter,
  // Ragged rows are told by their line.
  relax_column_count: true,
  record_delimiter: ['\r\n', '\n'],
  skip_empty_lines: false,
});

function badRow(line: number, message: string, received?: string): BadRow {
  return {
    line,
    faults: [
      {
        pointer: '',
        message,
        ...(received === undefined
          ? {}
          : { received: shortened(received.trim()) }),
      },
    ],
  };
}

function unreadable(line: number, fault: string): DomainError {
  return new DomainError(
    'malformed_request',
    `Line ${line}, which should name the columns, ${fault}.`,
  );
}

function bytesOf(signs: readonly string[]): Set<number> {
  return new Set(signs.map((sign) => sign.charCodeAt(0)));
}
