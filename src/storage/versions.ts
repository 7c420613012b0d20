import type { EntityManager } from 'typeorm';
import { DomainError } from '../domain/errors.ts';
import { type RecordName } from '../domain/record.ts';
import { type Journal, type Stamp } from './changes.writes.ts';
import { timestamp, type Cell } from './copy.ts';
import { prepared } from './prepared.ts';
import { addRows } from './rows.ts';

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

async function newKeys(tx: EntityManager, count: number): Promise<number[]> {
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
 */
export function finishedBody(
  complete: object,
  before: Current | undefined,
  { at }: Stamp,
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

/**
 * Stores new versions of those records that are not already as they shall be, closes the ones that these replace, and
 * notes it in the journal.
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
  for (const item of items)
    journal.notBefore(current.get(shape.id(item))?.since ?? -Infinity);
  const bodies = items.map((item) =>
    finishedBody(
      shape.complete(item),
      current.get(shape.id(item)),
      journal.stamp,
    ),
  );
  const changed = items.flatMap((item, index) => {
    const body = bodies[index];
    return typeof body === 'string'
      ? [{ item, body, before: current.get(shape.id(item)) }]
      : [];
  });
  const keys = changed.length === 0 ? [] : await newKeys(tx, changed.length);
  const stored = changed.map((one, index) => ({
    ...one,
    key: keys[index] ?? 0,
  }));
  await closeVersions(
    tx,
    record,
    stored.flatMap(({ item, before }) =>
      typeof before?.key === 'number'
        ? [{ id: shape.id(item), key: before.key }]
        : [],
    ),
    journal,
  );
  const [first] = stored;
  const names =
    first === undefined ? [] : Object.keys(shape.columns(first.item));
  await addRows(
    tx,
    `${record}_version`,
    ['key', 'id', 'revision', 'body', 'recorded_at', ...names],
    stored.map(({ item, key, body, before }) => {
      const columns = shape.columns(item);
      return [
        key,
        shape.id(item),
        revisionAfter(before),
        body,
        timestamp(journal.stamp.at),
        ...names.map((name) => columns[name] ?? null),
      ];
    }),
  );
  await journal.add(
    stored.map(({ item, before }) => ({
      record,
      id: shape.id(item),
      revision: revisionAfter(before),
      change: typeof before?.body === 'string' ? 'revised' : 'created',
      successor: null,
    })),
  );
  const outcomeOf = (item: Item, index: number): Outcome =>
    bodies[index] === null
      ? 'unchanged'
      : typeof current.get(shape.id(item))?.body === 'string'
        ? 'updated'
        : 'created';
  return { outcomes: items.map(outcomeOf), stored };
}

function revisionAfter(before: Current | undefined): number {
  return (before?.revision ?? 0) + 1;
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
  { stamp }: Journal,
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
