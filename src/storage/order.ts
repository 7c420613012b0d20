import { join, type Sql, sql } from './sql.ts';

const KEY = [sql`begin_earliest`, sql`end_latest`, sql`sequence`, sql`id`];

/** Chronological order as one value: begin earliest, end latest, sequence, id (contract §2). */
export function orderKey(row: Sql): Sql {
  return sql`(${join(
    KEY.map((column) => sql`${row}.${column}`),
    sql`, `,
  )})`;
}

/** Chronological order, or its exact reverse, of rows called so; null for columns that need no name before them. */
export function orderBy(row: Sql | null, ascending: boolean): Sql {
  const direction = ascending ? sql`asc` : sql`desc`;
  return join(
    KEY.map((column) =>
      row === null
        ? sql`${column} ${direction}`
        : sql`${row}.${column} ${direction}`,
    ),
    sql`, `,
  );
}
