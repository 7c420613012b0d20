import type { EntityManager } from 'typeorm';
import { type Cell, load } from './copy.ts';
import { prepared } from './prepared.ts';

/** Up to so many rows one prepared statement is quicker than a COPY, which is planned anew and takes three round trips. */
const FEW = 200;

/** Adds rows to a table, in their order, by whichever way is quicker for so many. */
export async function addRows(
  tx: EntityManager,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
): Promise<void> {
  if (rows.length > FEW) return load(tx, table, columns, rows);
  if (rows.length === 0) return;
  const names = columns.map((name) => `"${name}"`).join(', ');
  await prepared(
    tx,
    `insert into ${table} (${names}) select ${names} from json_populate_recordset(null::${table}, $1)`,
    [recordsOf(columns, rows)],
  );
}

/** Rows as the JSON that `json_populate_recordset` reads. */
export function recordsOf(
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
): string {
  return JSON.stringify(
    rows.map((cells) =>
      Object.fromEntries(columns.map((name, index) => [name, cells[index]])),
    ),
  );
}
