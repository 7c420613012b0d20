import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { EntityManager } from 'typeorm';

/** What a column of a bulk load may hold; a number that is an instant comes as {@link timestamp}. */
export type Cell = string | number | boolean | null | readonly string[];

const FLUSH_CHARACTERS = 1 << 16;

/**
 * Loads rows into a table with COPY: one round trip however many there are. Rows that come as a stream are taken at the
 * server's pace, and until the last of them nothing else may run in the transaction.
 */
export async function load(
  tx: EntityManager,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[] | AsyncIterable<readonly Cell[]>,
): Promise<void> {
  if (Array.isArray(rows) && rows.length === 0) return;
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
    let waiting: string[] = [];
    let length = 0;
    for await (const cells of rows) {
      const line = `${cells.map(cellText).join('\t')}\n`;
      waiting.push(line);
      length += line.length;
      if (length <= FLUSH_CHARACTERS) continue;
      await write(waiting.join(''));
      waiting = [];
      length = 0;
    }
    await write(waiting.join(''));
    stream.end();
    await finished(stream);
  } catch (error) {
    // Tells the server that no more will come: it would wait for it for ever, and a rollback behind it.
    stream.destroy();
    throw error;
  }
}

/** An instant in milliseconds as PostgreSQL reads it; ±Infinity are its own infinities. */
export function timestamp(instant: number): string {
  if (!Number.isFinite(instant)) return instant < 0 ? '-infinity' : 'infinity';
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
    `{${cell.map((item) => `"${item.replace(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`,
  );
}

const SPECIAL: Record<string, string> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
};

function escaped(text: string): string {
  return text.replace(/[\\\t\n\r]/g, (found) => SPECIAL[found] ?? found);
}
