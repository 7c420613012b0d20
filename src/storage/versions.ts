import type { EntityManager } from 'typeorm';
import { load, timestamp, type Cell } from './copy.ts';

/** The kinds of record that are kept as versions. */
export type RecordName = 'actor' | 'document' | 'event';

/** Who writes, when and why: the same for everything one transaction stores. */
export interface Stamp {
  /** Milliseconds by the database's clock. */
  at: number;
  by: string | null;
  reason: string | null;
}

/** The version that stands in the record now. */
export interface Current {
  id: string;
  key: number;
  revision: number;
  body: string;
}

/** What became of a record that was written. */
export type Outcome = 'created' | 'updated' | 'unchanged';

/** A version about to be stored: its row without what all versions share. */
export interface NewVersion {
  id: string;
  key: number;
  revision: number;
  body: string;
  columns: Record<string, Cell>;
  replaces: number | null;
}

/** The instant that a transaction stamps on what it writes, by the database's clock alone. */
export async function stampNow(
  tx: EntityManager,
  by: string | null,
  reason: string | null,
): Promise<Stamp> {
  const rows: { at: string }[] = await tx.query(
    `select (extract(epoch from date_trunc('milliseconds', clock_timestamp())) * 1000)::float8::text as at`,
  );
  return { at: Number(rows[0]?.at), by, reason };
}

/** The current versions of the records with these ids. */
export async function currentVersions(
  tx: EntityManager,
  record: RecordName,
  ids: readonly string[],
): Promise<Map<string, Current>> {
  const rows: Current[] = await tx.query(
    `select id, key, revision, body from ${record}_version where superseded_at is null and id = any($1)`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** As many new keys for versions as asked for. */
export async function newKeys(
  tx: EntityManager,
  count: number,
): Promise<number[]> {
  if (count === 0) return [];
  const rows: { key: number }[] = await tx.query(
    `select nextval('version_key') as key from generate_series(1, $1)`,
    [count],
  );
  return rows.map(({ key }) => key);
}

/**
 * The finished JSON of a version: the complete record, then what the record itself knows of it. Null when the current
 * version already says exactly this.
 */
export function finishedBody(
  complete: object,
  current: Current | undefined,
  stamp: Stamp,
): string | null {
  const open = JSON.stringify(complete).slice(0, -1);
  const revised = new Date(stamp.at).toISOString();
  if (current === undefined)
    return `${open},"revision":1,"recordedAt":"${revised}","revisedAt":"${revised}"}`;
  if (current.body.startsWith(`${open},"revision":`)) return null;
  const recorded =
    /"recordedAt":"([^"]+)","revisedAt":"[^"]+"}$/.exec(current.body)?.[1] ??
    revised;
  return `${open},"revision":${current.revision + 1},"recordedAt":"${recorded}","revisedAt":"${revised}"}`;
}

/** Closes the versions that new ones replace, stores the new ones, and tells the log of changes. */
export async function storeVersions(
  tx: EntityManager,
  record: RecordName,
  versions: readonly NewVersion[],
  stamp: Stamp,
): Promise<void> {
  const first = versions[0];
  if (first === undefined) return;
  await closeVersions(
    tx,
    record,
    versions.flatMap(({ id, replaces }) =>
      replaces === null ? [] : [{ id, key: replaces }],
    ),
    stamp,
  );
  const names = Object.keys(first.columns);
  await load(
    tx,
    `${record}_version`,
    ['key', 'id', 'revision', 'body', 'recorded_at', ...names],
    versions.map(({ key, id, revision, body, columns }) => [
      key,
      id,
      revision,
      body,
      timestamp(stamp.at),
      ...names.map((name) => columns[name] ?? null),
    ]),
  );
  await load(
    tx,
    'change',
    ['record', 'id', 'revision', 'change', 'at', 'by', 'reason'],
    versions.map(({ id, revision }) => [
      record,
      id,
      revision,
      revision === 1 ? 'created' : 'revised',
      timestamp(stamp.at),
      stamp.by,
      stamp.reason,
    ]),
  );
}

// The rows that hang on a version leave the current record with it; each is found by what its table is indexed on.
const HANGING: Record<RecordName, Record<string, string>> = {
  actor: { affiliation: 'actor' },
  document: { document_link: 'document' },
  event: { event_actor: 'event_key', event_link: 'event' },
};

async function closeVersions(
  tx: EntityManager,
  record: RecordName,
  versions: readonly { id: string; key: number }[],
  stamp: Stamp,
): Promise<void> {
  if (versions.length === 0) return;
  const at = timestamp(stamp.at);
  const keys = versions.map(({ key }) => key);
  await tx.query(
    `update ${record}_version set superseded_at = $1 where key = any($2)`,
    [at, keys],
  );
  for (const [table, column] of Object.entries(HANGING[record]))
    await tx.query(
      `update ${table} set superseded_at = $1 where superseded_at is null and ${column} = any($2)`,
      [at, column.endsWith('_key') ? keys : versions.map(({ id }) => id)],
    );
}
