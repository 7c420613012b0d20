import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { EntityManager } from 'typeorm';

/** What a column of a bulk load may hold; a number that is an instant comes as {@link timestamp}. */
export type Cell = string | number | boolean | null | readonly string[];

/** A bulk load under way: rows go in, the server sets the pace. */
export interface Load {
  row(cells: readonly Cell[]): Promise<void>;
  end(): Promise<void>;
}

const FLUSH_CHARACTERS = 1 << 16;

/** Starts a COPY into a table inside a transaction; nothing else may run in it until the load has ended. */
export async function startLoad(
  tx: EntityManager,
  table: string,
  columns: readonly string[],
): Promise<Load> {
  const client = (await tx.queryRunner?.connect()) as PoolClient;
  const names = columns.map((name) => `"${name}"`).join(', ');
  const stream = client.query(copyFrom(`copy ${table} (${names}) from stdin`));
  // A failed COPY reports here as well as in end(); unheard it would end the process.
  let failure: unknown = null;
  stream.on('error', (error) => (failure = error));
  let waiting: string[] = [];
  let length = 0;
  const flush = async () => {
    if (failure !== null) throw failure;
    const chunk = waiting.join('');
    waiting = [];
    length = 0;
    if (chunk !== '' && !stream.write(chunk))
      await Promise.race([once(stream, 'drain'), finished(stream)]);
  };
  return {
    async row(cells) {
      const line = `${cells.map(cellText).join('\t')}\n`;
      waiting.push(line);
      length += line.length;
      if (length > FLUSH_CHARACTERS) await flush();
    },
    async end() {
      await flush();
      stream.end();
      await finished(stream);
    },
  };
}

/** Loads rows into a table with COPY: one round trip however many there are. */
export async function load(
  tx: EntityManager,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
): Promise<void> {
  if (rows.length === 0) return;
  const into = await startLoad(tx, table, columns);
  for (const row of rows) await into.row(row);
  await into.end();
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
