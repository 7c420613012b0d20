import type { EntityManager } from 'typeorm';
import { DomainError } from '../domain/errors.ts';
import { type RecordName } from '../domain/record.ts';
import { type Change, type Journal, type Stamp } from './changes.writes.ts';
import {
  type Cell,
  copyBytes,
  type CopyBytes,
  copyLine,
  timestamp,
} from './copy.ts';
import { prepared } from './prepared.ts';
import { addRows, type TableRows } from './rows.ts';

/** What the record has of an id: the version that stands, or the number of the last one when it was removed. */
export interface Current {
  id: string;
  revision: number;
  /** When that version was entered or taken away, in milliseconds. */
  since: number;
  /** Both null when no version stands. */
  key: number | null;
  body: string | null;
}

/** What became of a record that was written. */
export type Outcome = 'created' | 'updated' | 'unchanged';

/** What the record has of these ids; an id it never had is not in the answer. */
export async function currentVersions(
  tx: EntityManager,
  record: RecordName,
  ids: readonly string[],
): Promise<Map<string, Current>> {
  const rows = await prepared<Current>(
    tx,
    `select id, revision, (extract(epoch from recorded_at) * 1000)::float8 as since, key, body from ${record}_version where superseded_at is null and id = any($2)
     union all
     select id, max(revision), (extract(epoch from max(at)) * 1000)::float8, null, null from change c where record = $1 and id = any($2)
       and not exists (select from ${record}_version v where v.id = c.id and v.superseded_at is null)
     group by id`,
    [record, ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** The keys of so many new versions. Those that are not needed after all are never used. */
export async function newKeys(
  tx: EntityManager,
  count: number,
): Promise<number[]> {
  if (count === 0) return [];
  const rows = await prepared<{ key: number }>(
    tx,
    `select nextval('version_key') as key from generate_series(1, $1)`,
    [count],
  );
  return rows.map(({ key }) => key);
}

/**
 * The finished JSON of a version: the complete record, then what the record itself knows of it. Null when the current
 * version already says exactly this.
 * @param at when it is entered, in milliseconds
 */
export function finishedBody(
  complete: object,
  before: Current | undefined,
  at: number,
): string | null {
  const open = JSON.stringify(complete).slice(0, -1);
  if (before?.body?.startsWith(`${open},"revision":`) === true) return null;
  const revisedAt = new Date(at).toISOString();
  const recordedAt =
    /"recordedAt":"([^"]+)","revisedAt":"[^"]+"}$/.exec(
      before?.body ?? '',
    )?.[1] ?? revisedAt;
  return `${open},"revision":${(before?.revision ?? 0) + 1},"recordedAt":"${recordedAt}","revisedAt":"${revisedAt}"}`;
}

/** How records of one sort become versions. */
export interface Shape<Item> {
  id(item: Item): string;
  /** The record with all its fields, before what the record itself adds. */
  complete(item: Item): object;
  /** The columns that only this sort of record has; always the same names. */
  columns(item: Item): Record<string, Cell>;
}

/** A version that was stored. */
export interface Stored<Item> {
  item: Item;
  key: number;
  body: string;
  before: Current | undefined;
}

/** Versions of one sort of record on their way into it. */
export interface VersionBatch {
  record: RecordName;
  /** When they are entered, in milliseconds. */
  at: number;
  outcomes: Outcome[];
  columns: readonly string[];
  rows: CopyBytes;
  /** The versions that these replace. */
  replaced: { id: string; key: number }[];
  changes: Change[];
}

/**
 * A batch without versions.
 * @param at when they are entered, in milliseconds; no earlier than anything that they replace
 */
export function versionBatch(record: RecordName, at: number): VersionBatch {
  return {
    record,
    at,
    outcomes: [],
    columns: [],
    rows: copyBytes(),
    replaced: [],
    changes: [],
  };
}

/**
 * Adds the new version of a record to a batch, unless the record is already as it shall be: then it answers null.
 * @param key the version's own
 */
export function addVersion<Item>(
  batch: VersionBatch,
  item: Item,
  before: Current | undefined,
  shape: Shape<Item>,
  key: number,
): Stored<Item> | null {
  const { record, at } = batch;
  const id = shape.id(item);
  const body = finishedBody(shape.complete(item), before, at);
  if (body === null) {
    batch.outcomes.push('unchanged');
    return null;
  }
  const stood = typeof before?.body === 'string';
  const revision = (before?.revision ?? 0) + 1;
  const own = shape.columns(item);
  if (batch.columns.length === 0)
    batch.columns = [...OWN_COLUMNS, ...Object.keys(own)];
  batch.rows.add(
    copyLine([key, id, revision, body, timestamp(at), ...Object.values(own)]),
  );
  batch.outcomes.push(stood ? 'updated' : 'created');
  if (typeof before?.key === 'number')
    batch.replaced.push({ id, key: before.key });
  batch.changes.push({
    record,
    id,
    revision,
    change: stood ? 'revised' : 'created',
    successor: null,
  });
  return { item, key, body, before };
}

const OWN_COLUMNS = ['key', 'id', 'revision', 'body', 'recorded_at'];

/**
 * Writes the versions of a batch with the rows that hang on them, closes the ones that they replace, and notes it in the journal.
 * @throws DomainError `conflict` when another transaction has meanwhile replaced one of them
 */
export async function writeVersions(
  tx: EntityManager,
  { record, at, replaced, columns, rows, changes }: VersionBatch,
  journal: Journal,
  hanging: readonly TableRows[] = [],
): Promise<void> {
  await closeVersions(tx, record, replaced, { stamp: { at } });
  await addRows(tx, [
    { table: `${record}_version`, columns, rows },
    ...hanging,
  ]);
  await journal.add(changes, at);
}

/**
 * Stores new versions of those records that are not already as they shall be, see {@link writeVersions}.
 * @throws DomainError `conflict` when another transaction has meanwhile replaced one of them
 */
export async function storeVersions<Item>(
  tx: EntityManager,
  record: RecordName,
  items: readonly Item[],
  current: ReadonlyMap<string, Current>,
  shape: Shape<Item>,
  journal: Journal,
): Promise<{ outcomes: Outcome[]; stored: Stored<Item>[] }> {
  for (const { since } of current.values()) journal.notBefore(since);
  const keys = await newKeys(tx, items.length);
  const batch = versionBatch(record, journal.stamp.at);
  const stored = items
    .map((item, index) =>
      addVersion(
        batch,
        item,
        current.get(shape.id(item)),
        shape,
        keys[index] ?? 0,
      ),
    )
    .filter((one) => one !== null);
  await writeVersions(tx, batch, journal);
  return { outcomes: batch.outcomes, stored };
}

// The rows that hang on a version leave the current record with it; each is found by what its table is indexed on.
const HANGING: Record<RecordName, Record<string, string>> = {
  actor: { affiliation: 'actor' },
  document: { document_link: 'document' },
  event: {
    event_actor: 'event_key',
    event_account: 'event_key',
    event_link: 'event',
    event_document: 'event',
  },
};

/** Takes versions, and the rows that hang on them, out of the current record. */
export async function closeVersions(
  tx: EntityManager,
  record: RecordName,
  versions: readonly { id: string; key: number }[],
  { stamp }: { stamp: Pick<Stamp, 'at'> },
): Promise<void> {
  if (versions.length === 0) return;
  const at = timestamp(stamp.at);
  const keys = versions.map(({ key }) => key);
  const [, closed]: [unknown, number] = await tx.query(
    `update ${record}_version set superseded_at = $1 where superseded_at is null and key = any($2)`,
    [at, keys],
  );
  if (closed !== keys.length)
    throw new DomainError(
      'conflict',
      `Another writer has just changed the same ${record}. Read it again, and try again.`,
    );
  for (const [table, column] of Object.entries(HANGING[record]))
    await tx.query(
      `update ${table} set superseded_at = $1 where superseded_at is null and ${column} = any($2)`,
      [at, column.endsWith('_key') ? keys : versions.map(({ id }) => id)],
    );
}
