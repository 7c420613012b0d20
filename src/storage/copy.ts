import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import type { EntityManager } from 'typeorm';
import { connectionOf } from './prepared.ts';

/** What a column of a bulk load may hold; a number that is an instant comes as {@link timestamp}. */
export type Cell = string | number | boolean | null | readonly string[];

const PIECE = 1 << 16;

/** Loads rows into a table with COPY: one round trip however many there are. */
export async function load(
  tx: EntityManager,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[] | AsyncIterable<readonly Cell[]>,
): Promise<void> {
  if (Symbol.asyncIterator in rows) {
    await loadBytes(tx, table, columns, bytesOf(rows));
    return;
  }
  await loadBytes(tx, table, columns, copied(rows).pieces());
}

/** Rows as bytes of COPY. */
export function copied(rows: readonly (readonly Cell[])[]): CopyBytes {
  const bytes = copyBytes();
  for (const cells of rows) bytes.add(copyLine(cells));
  return bytes;
}

/** The cells of rows that are bytes of COPY, as the text that PostgreSQL reads of each; null where there is none. */
export function copiedCells(rows: CopyBytes): (string | null)[][] {
  const lines = Buffer.concat(rows.pieces()).toString().split('\n');
  // Each line has its end.
  return lines
    .slice(0, -1)
    .map((line) =>
      line
        .split('\t')
        .map((text) => (text === String.raw`\N` ? null : unescaped(text))),
    );
}

async function* bytesOf(
  rows: AsyncIterable<readonly Cell[]>,
): AsyncGenerator<Uint8Array> {
  let lines = copyBytes();
  for await (const cells of rows) {
    lines.add(copyLine(cells));
    if (lines.pieces().length === 1) continue;
    yield* lines.pieces();
    lines = copyBytes();
  }
  yield* lines.pieces();
}

/**
 * Loads rows that are bytes of COPY. Those that come as a stream are taken at the server's pace, and until the last of
 * them nothing else may run in the transaction.
 */
export async function loadBytes(
  tx: EntityManager,
  table: string,
  columns: readonly string[],
  pieces: readonly Uint8Array[] | AsyncIterable<Uint8Array>,
): Promise<void> {
  if (Array.isArray(pieces) && pieces.length === 0) return;
  const client = await connectionOf(tx);
  const names = columns.map((name) => `"${name}"`).join(', ');
  const stream = client.query(copyFrom(`copy ${table} (${names}) from stdin`));
  // A failed COPY is told by an event and again by what is awaited; unheard it would end the process.
  let failure: unknown = null;
  stream.on('error', (error) => (failure = error));
  try {
    for await (const piece of pieces) {
      if (failure !== null) throw failure;
      if (!stream.write(piece)) await once(stream, 'drain');
    }
    stream.end();
    await finished(stream);
  } catch (error) {
    // Tells the server that no more will come: it would wait for it for ever, and a rollback behind it.
    stream.destroy();
    throw error;
  }
}

/** Rows on their way into a table, as bytes of COPY: outside the heap, where thousands of them cost nothing to keep. */
export interface CopyBytes {
  /** Adds one or more whole lines, see {@link copyLine}. */
  add(lines: string): void;
  /** How many were added. */
  readonly lines: number;
  /** All that was added, in its order. */
  pieces(): Uint8Array[];
}

/** No rows yet. */
export function copyBytes(): CopyBytes {
  const full: Uint8Array[] = [];
  let piece = Buffer.alloc(0);
  let used = 0;
  let count = 0;
  return {
    get lines() {
      return count;
    },
    add(lines) {
      for (
        let at = lines.indexOf('\n');
        at !== -1;
        at = lines.indexOf('\n', at + 1)
      )
        count++;
      // No character takes more bytes than this.
      const most = 3 * lines.length;
      if (used + most > piece.length) {
        if (used > 0) full.push(piece.subarray(0, used));
        piece = Buffer.allocUnsafeSlow(Math.max(PIECE, most));
        used = 0;
      }
      used += piece.write(lines, used);
    },
    pieces: () => (used > 0 ? [...full, piece.subarray(0, used)] : full),
  };
}

/** A row as COPY reads it. */
export function copyLine(cells: readonly Cell[]): string {
  return `${copyCells(cells)}\n`;
}

/** Some cells of a row as COPY reads them: rows that have them in common need not have them made again. */
export function copyCells(cells: readonly Cell[]): string {
  return cells.map(cellText).join('\t');
}

const remembered = new Map<number, string>();

/** Beyond this the memory of instants begins anew. */
const REMEMBERED = 20_000;

/** An instant in milliseconds as PostgreSQL reads it; ±Infinity are its own infinities. */
export function timestamp(instant: number): string {
  if (!Number.isFinite(instant)) return instant < 0 ? '-infinity' : 'infinity';
  let text = remembered.get(instant);
  if (text === undefined) {
    if (remembered.size >= REMEMBERED) remembered.clear();
    remembered.set(instant, (text = timestampText(instant)));
  }
  return text;
}

function timestampText(instant: number): string {
  const text = new Date(instant).toISOString();
  // PostgreSQL takes the year 10000 (the end of 9999) without ISO 8601's sign, and calls its year 0000 the first BC.
  return text.startsWith('0000')
    ? `0001${text.slice(4)} BC`
    : text.replace(/^\+0*/, '');
}

function cellText(cell: Cell): string {
  if (cell === null) return String.raw`\N`;
  if (typeof cell === 'boolean') return cell ? 't' : 'f';
  if (typeof cell === 'number') return String(cell);
  if (typeof cell === 'string') return escaped(cell);
  return escaped(
    `{${cell.map((item) => `"${QUOTED.test(item) ? item.replace(/["\\]/g, String.raw`\$&`) : item}"`).join(',')}}`,
  );
}

const SPECIAL: Record<string, string> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
};

const QUOTED = /["\\]/;
const ESCAPED = /[\\\t\n\r]/;

function escaped(text: string): string {
  if (!ESCAPED.test(text)) return text;
  return text.replace(/[\\\t\n\r]/g, (found) => SPECIAL[found] ?? found);
}

const MEANT: Record<string, string> = { t: '\t', n: '\n', r: '\r' };

function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(.)/g, (_, found: string) => MEANT[found] ?? found);
}
