import { type Span } from '../domain/bounds.ts';
import { type Sql, sql } from './sql.ts';
import { stamp } from './windows.ts';

/** Which rows stand in the record: now, or (milliseconds) as of an instant. */
export function standing(row: Sql, asOf: number | null): Sql {
  if (asOf === null) return sql`${row}.superseded_at is null`;
  const instant = stamp(asOf);
  return sql`${row}.recorded_at <= ${instant} and (${row}.superseded_at is null or ${row}.superseded_at > ${instant})`;
}

/**
 * The same as conditions of which one at most holds: each is a range of one index, that of the current record or that of
 * its history.
 */
export function standings(row: Sql, asOf: number | null): Sql[] {
  if (asOf === null) return [standing(row, asOf)];
  const instant = stamp(asOf);
  return [
    sql`${row}.recorded_at <= ${instant} and ${row}.superseded_at is null`,
    sql`${row}.recorded_at <= ${instant} and ${row}.superseded_at > ${instant}`,
  ];
}

/** Which events were entered or revised in a span of milliseconds, as far as the record knew of it as of an instant. */
export function recordedWithin(
  id: Sql,
  { from, until }: Span,
  asOf: number | null,
): Sql {
  const known =
    asOf === null ? sql`` : sql` and w.recorded_at <= ${stamp(asOf)}`;
  return sql`exists (select from event_version w where w.id = ${id}
    and w.recorded_at >= ${stamp(from)} and w.recorded_at < ${stamp(until)}${known})`;
}
