import type { Pool } from 'pg';
import { type EventFilter } from '../domain/filter.ts';
import { versionMatches } from './narrowing.ts';
import { ask } from './page.ts';
import { every, sql } from './sql.ts';
import { type RecordName } from '../domain/record.ts';

/** A change as it is told, and its place in the log. */
export interface LoggedChange {
  position: number;
  body: string;
}

/** Which changes are wanted, from where on. */
export interface ChangeRequest {
  /** The place after which to begin; 0 begins with the first. */
  after: number;
  limit: number;
  records: readonly RecordName[] | null;
  /** Only changes of events that are what this asks for: as of that change, or before it where it ended them. */
  events: EventFilter | null;
}

/** A page of changes, and the place that was read to. */
export interface ChangePage {
  changes: LoggedChange[];
  /** After it nothing has been looked at; where it began when nothing more is there. */
  reached: number;
}

/** So much of the log is looked at for one page: where few changes match, pages are short, and the next goes on. */
const MOST_LOOKED_AT = 2000;

/** Changes in the order in which they were committed: one statement, one range of the log. */
export async function listChanges(
  pool: Pool,
  { after, limit, records, events }: ChangeRequest,
): Promise<ChangePage> {
  const looked = sql`select * from change where ${every([
    sql`position > ${after}`,
    ...(records === null ? [] : [sql`record = any(${records}::text[])`]),
  ])} order by position limit ${events === null ? limit : MOST_LOOKED_AT}`;
  const matching =
    events === null
      ? sql`looked c`
      : sql`looked c cross join lateral (
          select * from event_version v where v.id = c.id and v.revision <= c.revision order by v.revision desc limit 1
        ) e where c.record = 'event' and ${versionMatches(events, sql`e`)}`;
  const rows = await ask<{
    position: number;
    body: string | null;
    last: number | null;
  }>(
    pool,
    sql`with looked as materialized (${looked})
      (select c.position, json_build_object('record', c.record, 'id', c.id, 'revision', c.revision, 'change', c.change,
          'at', to_char(c.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'by', c.by, 'reason', c.reason,
          'successor', c.successor)::text as body, null::bigint as last
        from ${matching} order by c.position limit ${limit})
      union all
      select null, null, max(position) from looked`.called('changes'),
    events === null,
  );
  const changes = rows.flatMap(({ position, body }) =>
    body === null ? [] : [{ position, body }],
  );
  const last = rows.find(({ body }) => body === null)?.last ?? after;
  return {
    changes,
    reached:
      changes.length === limit ? (changes.at(-1)?.position ?? last) : last,
  };
}

/** How a record came to an end. */
export interface Fate {
  change: 'removed' | 'merged';
  reason: string | null;
  successor: string | null;
}

/** How the record with an id came to an end; null when it stands, or never was. */
export async function readFate(
  pool: Pool,
  record: RecordName,
  id: string,
): Promise<Fate | null> {
  const rows = await ask<Fate>(
    pool,
    sql`select change, reason, successor from (
        select change, reason, successor from change where record = ${record} and id = ${id} order by revision desc limit 1
      ) last where change in ('removed', 'merged')`,
    true,
  );
  return rows[0] ?? null;
}
