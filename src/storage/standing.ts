import { timestamp } from './copy.ts';
import { type Sql, sql } from './sql.ts';

/** Which rows stand in the record: now, or (milliseconds) as of an instant. */
export function standing(row: Sql, asOf: number | null): Sql {
  if (asOf === null) return sql`${row}.superseded_at is null`;
  const instant = sql`${timestamp(asOf)}::timestamptz`;
  return sql`${row}.recorded_at <= ${instant} and (${row}.superseded_at is null or ${row}.superseded_at > ${instant})`;
}
