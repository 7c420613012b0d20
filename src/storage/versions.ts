import type { EntityManager } from 'typeorm';
import { DomainError } from '../domain/errors.ts';
import { type RecordName } from '../domain/record.ts';
import { type Change, type Journal, type Stamp } from './changes.writes.ts';
import { copyLine, loadLines, timestamp, type Cell } from './copy.ts';

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
  const rows: Current[] = await tx.query(
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
  const rows: { key: number }[] = await tx.query(
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

/** Versions ready to be written. */
export interface Composed<Item> {
  record: RecordName;
  /** When they are entered, in milliseconds. */
  at: number;
  outcomes: Outcome[];
  stored: Stored<Item>[];
  /** The rows of the versions as lines of COPY, and their columns. */
  columns: readonly string[];
  lines: string[];
  /** The versions that these replace. */
  replaced: { id: string; key: number }[];
  changes: Change[];
}

/**
 * The new versions of those records that are not already as they shall be.
 * @param keys one for each item
 * @param at when they are entered, in milliseconds; no earlier than what they replace
 */
export function composeVersions<Item>(
  record: RecordName,
  items: readonly Item[],
  current: ReadonlyMap<string, Current>,
  shape: Shape<Item>,
  keys: readonly number[],
  at: number,
): Composed<Item> {
  const composed: Composed<Item> = {
    record,
    at,
    outcomes: [],
    stored: [],
    columns: [],
    lines: [],
    replaced: [],
    changes: [],
  };
  items.forEach((item, index) => {
    const id = shape.id(item);
    const before = current.get(id);
    const body = finishedBody(shape.complete(item), before, at);
    if (body === null) {
      composed.outcomes.push('unchanged');
      return;
    }
    const stood = typeof before?.body === 'string';
    composed.outcomes.push(stood ? 'updated' : 'created');
    const key = keys[index] ?? 0;
    const revision = (before?.revision ?? 0) + 1;
    composed.stored.push({ item, key, body, before });
    const own = shape.columns(item);
    composed.columns = [...OWN_COLUMNS, ...Object.keys(own)];
    composed.lines.push(
      copyLine([key, id, revision, body, timestamp(at), ...Object.values(own)]),
    );
    if (typeof before?.key === 'number')
      composed.replaced.push({ id, key: before.key });
    composed.changes.push({
      record,
      id,
      revision,
      change: stood ? 'revised' : 'created',
      successor: null,
    });
  });
  return composed;
}

const OWN_COLUMNS = ['key', 'id', 'revision', 'body', 'recorded_at'];

/**
 * Writes composed versions of one sort of record and one instant, closes the ones that they replace, and notes it in the
 * journal.
 * @throws DomainError `conflict` when another transaction has meanwhile replaced one of them
 */
export async function writeVersions<Item>(
  tx: EntityManager,
  composed: readonly Composed<Item>[],
  journal: Journal,
): Promise<void> {
  const [first] = composed;
  if (first === undefined) return;
  const { record, at } = first;
  const replaced = composed.flatMap((some) => some.replaced);
  await closeVersions(tx, record, replaced, { stamp: { at } });
  await loadLines(
    tx,
    `${record}_version`,
    composed.find(({ columns }) => columns.length > 0)?.columns ?? [],
    composed.flatMap(({ lines }) => lines),
  );
  await journal.add(
    composed.flatMap(({ changes }) => changes),
    at,
  );
}

/**
 * Stores new versions of those records that are not already as they shall be, see {@link composeVersions} and
 * {@link writeVersions}.
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
  const { at } = journal.stamp;
  const composed = composeVersions(record, items, current, shape, keys, at);
  await writeVersions(tx, [composed], journal);
  return composed;
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
