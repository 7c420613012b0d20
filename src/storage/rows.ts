import type { EntityManager } from 'typeorm';
import { copiedCells, type CopyBytes, loadBytes } from './copy.ts';
import { prepared } from './prepared.ts';

/** Up to so many rows one prepared statement is quicker than a COPY, which is planned anew and takes three round trips. */
export const FEW = 200;

/** Rows of one table. */
export interface TableRows {
  table: string;
  columns: readonly string[];
  rows: CopyBytes;
}

/**
 * Adds rows to tables by whichever way is quicker for so many; few rows go into all their tables with one statement.
 * @param tables those first that others refer to
 */
export async function addRows(
  tx: EntityManager,
  tables: readonly TableRows[],
): Promise<void> {
  const filled = tables.filter(({ rows }) => rows.lines > 0);
  if (filled.some(({ rows }) => rows.lines > FEW))
    for (const { table, columns, rows } of filled)
      await loadBytes(tx, table, columns, rows.pieces());
  else if (filled.length > 0) {
    const inserts = filled.map(insertInto);
    const first = inserts
      .slice(0, -1)
      .map((insert, place) => `t${place} as (${insert})`)
      .join(', ');
    await prepared(
      tx,
      `${first === '' ? '' : `with ${first} `}${inserts.at(-1)}`,
      filled.map(({ columns, rows }) => recordsOf(columns, rows)),
    );
  }
}

/** Rows as the JSON that `json_populate_recordset` reads: it takes each text as the column's type does. */
export function recordsOf(columns: readonly string[], rows: CopyBytes): string {
  return JSON.stringify(
    copiedCells(rows).map((cells) =>
      Object.fromEntries(columns.map((name, index) => [name, cells[index]])),
    ),
  );
}

function insertInto({ table, columns }: TableRows, place: number): string {
  const names = columns.map((name) => `"${name}"`).join(', ');
  return `insert into ${table} (${names}) select ${names} from json_populate_recordset(null::${table}, $${place + 1})`;
}
