import type { EntityManager } from 'typeorm';
import { copiedCells, type CopyBytes, loadBytes } from './copy.ts';
import { prepared } from './prepared.ts';

/** Up to so many rows one prepared statement is quicker than a COPY, which is planned anew and takes three round trips. */
export const FEW = 200;

/** Adds rows to a table, in their order, by whichever way is quicker for so many. */
export async function addRows(
  tx: EntityManager,
  table: string,
  columns: readonly string[],
  rows: CopyBytes,
): Promise<void> {
  const { lines } = rows;
  if (lines > FEW) return loadBytes(tx, table, columns, rows.pieces());
  if (lines === 0) return;
  const names = columns.map((name) => `"${name}"`).join(', ');
  await prepared(
    tx,
    `insert into ${table} (${names}) select ${names} from json_populate_recordset(null::${table}, $1)`,
    [recordsOf(columns, rows)],
  );
}

/** Rows as the JSON that `json_populate_recordset` reads: it takes each text as the column's type does. */
export function recordsOf(columns: readonly string[], rows: CopyBytes): string {
  return JSON.stringify(
    copiedCells(rows).map((cells) =>
      Object.fromEntries(columns.map((name, index) => [name, cells[index]])),
    ),
  );
}
