import { LONGEST_LINE } from './lines.ts';

/** The bytes of a record of a CSV file with its line break, or what is wrong with them; `line` is where it begins. */
export type CsvRecord =
  { line: number; bytes: Buffer } | { line: number; fault: string };

/** Between which cells a file may have which sign. */
export const DELIMITERS = [',', ';', '\t', '|'] as const;

const QUOTE = 0x22;
const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BLANKS = new Set([0x09, CARRIAGE_RETURN, 0x20]);
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

type Place = 'start' | 'bare' | 'quoted' | 'after a quote';

/**
 * Cuts a CSV file (RFC 4180) into records without understanding them, so that one broken record spoils no other one: a line
 * break within quotes does not end a record. A record that is too long is refused without being held; where a quote that is
 * never closed made it so, reading goes on with the line after the one on which it began.
 * @param delimiters the signs after which a quote opens a cell; may be replaced while this goes on
 */
export async function* csvRecords(
  chunks: AsyncIterable<Uint8Array>,
  delimiters: { bytes: ReadonlySet<number> },
): AsyncGenerator<CsvRecord> {
  let held = Buffer.alloc(0);
  let begin = 0;
  let at = 0;
  let line = 1;
  let breaks = 0;
  let place = 'start' as Place;
  let dropping = false;
  // Up to here a line break ends a record even within quotes: what was read in vain is not read in vain again and again.
  let strict = 0;
  let first = true;

  const startAt = (position: number) => {
    line += breaks;
    breaks = 0;
    begin = position;
    at = position;
    place = 'start';
  };

  function* cut(): Generator<CsvRecord> {
    while (at < held.length) {
      const byte = held[at] ?? 0;
      if (byte === NEWLINE) {
        breaks++;
        if (place !== 'quoted' || at < strict) {
          const record = finished(held.subarray(begin, at + 1), line, dropping);
          dropping = false;
          startAt(at + 1);
          if (record !== null) yield record;
          continue;
        }
      } else if (!dropping) place = after(place, byte, delimiters.bytes);
      at++;
      if (at - begin > LONGEST_LINE && !dropping) {
        const next = place === 'quoted' ? held.indexOf(NEWLINE, begin) : -1;
        if (next >= 0 && next < at) {
          yield { line, fault: UNCLOSED };
          strict = at;
          breaks = 1;
          startAt(next + 1);
        } else {
          yield { line, fault: TOO_LONG };
          dropping = true;
          place = 'bare';
        }
      }
      if (dropping) begin = at;
    }
  }

  for await (const chunk of chunks) {
    // A copy: the stream may use its buffer again.
    held = Buffer.concat([held.subarray(begin), chunk]);
    at -= begin;
    strict -= begin;
    begin = 0;
    if (first && held.length < BYTE_ORDER_MARK.length) continue;
    if (first && BYTE_ORDER_MARK.every((byte, index) => held[index] === byte))
      startAt(BYTE_ORDER_MARK.length);
    first = false;
    yield* cut();
  }
  yield* cut();
  const next = place === 'quoted' ? held.indexOf(NEWLINE, begin) : -1;
  if (next >= 0) {
    yield { line, fault: UNCLOSED };
    strict = held.length;
    breaks = 1;
    startAt(next + 1);
    yield* cut();
  }
  const last = finished(held.subarray(begin), line, dropping);
  if (last !== null) yield last;
}

const TOO_LONG = `is longer than ${LONGEST_LINE} bytes`;
const UNCLOSED = 'opens a quotation mark that nothing closes';

/** A record as it is told; nothing for an empty line, or where its fault was told already. */
function finished(
  bytes: Buffer,
  line: number,
  told: boolean,
): CsvRecord | null {
  return told || bytes.every((byte) => byte === NEWLINE || BLANKS.has(byte))
    ? null
    : { line, bytes };
}

function after(
  place: Place,
  byte: number,
  delimiters: ReadonlySet<number>,
): Place {
  switch (place) {
    case 'quoted':
      return byte === QUOTE ? 'after a quote' : 'quoted';
    case 'after a quote':
      if (byte === QUOTE) return 'quoted';
      if (byte === CARRIAGE_RETURN) return place;
      return delimiters.has(byte) ? 'start' : 'bare';
    case 'start':
      if (byte === QUOTE) return 'quoted';
      return delimiters.has(byte) ? 'start' : 'bare';
    default:
      return delimiters.has(byte) ? 'start' : 'bare';
  }
}

/** The sign between the cells of a header: the one it has most of outside quotes, else the comma. */
export function delimiterOf(header: string): string {
  const bare = header.replace(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((sign) => bare.split(sign).length - 1);
  const most = Math.max(...counts);
  return DELIMITERS[counts.indexOf(most)] ?? ',';
}
