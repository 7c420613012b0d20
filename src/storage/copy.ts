import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { EntityManager } from 'typeorm';

/** What a column of a bulk load may hold; a number that is an instant comes as {@link timestamp}. */
export type Cell = string | number | boolean | null | readonly string[];

const FLUSH_CHARACTERS = 1 << 16;

/** Rows that are text of COPY already, see {@link copyLine}. */
export type Lines = readonly string[] | AsyncIterable<string>;

/** Loads rows into a table with COPY: one round trip however many there are. */
export async function load(
  tx: EntityManager,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[] | AsyncIterable<readonly Cell[]>,
): Promise<void> {
  await loadLines(
    tx,
    table,
    columns,
    Symbol.iterator in rows ? rows.map(copyLine) : linesOf(rows),
  );
}

async function* linesOf(
  rows: AsyncIterable<readonly Cell[]>,
): AsyncGenerator<string> {
  for await (const cells of rows) yield copyLine(cells);
}

/**
 * Loads rows that are text of COPY. Those that come as a stream are taken at the server's pace, and until the last of
 * them nothing else may run in the transaction.
 */
export async function loadLines(
  tx: EntityManager,
  table: string,
  columns: readonly string[],
  lines: Lines,
): Promise<void> {
  if (Array.isArray(lines) && lines.length === 0) return;
  const client = (await tx.queryRunner?.connect()) as PoolClient;
  const names = columns.map((name) => `"${name}"`).join(', ');
  const stream = client.query(copyFrom(`copy ${table} (${names}) from stdin`));
  // A failed COPY is told by an event and again by what is awaited; unheard it would end the process.
  let failure: unknown = null;
  stream.on('error', (error) => (failure = error));
  const write = async (text: string) => {
    if (failure !== null) throw failure;
    if (text !== '' && !stream.write(text)) await once(stream, 'drain');
  };
  try {
    for await (const piece of pieces(lines)) await write(piece);
    stream.end();
    await finished(stream);
  } catch (error) {
    // Tells the server that no more will come: it would wait for it for ever, and a rollback behind it.
    stream.destroy();
    throw error;
  }
}

/** Lines put together: one by one they would cost more to wait for than to send. */
async function* pieces(lines: Lines): AsyncGenerator<string> {
  let waiting = '';
  if (Symbol.iterator in lines)
    for (const line of lines) {
      waiting += line;
      if (waiting.length <= FLUSH_CHARACTERS) continue;
      yield waiting;
      waiting = '';
    }
  else
    for await (const line of lines) {
      waiting += line;
      if (waiting.length <= FLUSH_CHARACTERS) continue;
      yield waiting;
      waiting = '';
    }
  yield waiting;
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
