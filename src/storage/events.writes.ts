import type { EntityManager } from 'typeorm';
import { listOf } from '../domain/draft.ts';
import { type UnderstoodEvent } from '../domain/event.ts';
import { type Cell, load, timestamp } from './copy.ts';
import {
  actorsOf,
  derive,
  type DerivedEvent,
  namesBefore,
} from './derivations.ts';
import { type ActorBook } from './ties.ts';
import {
  currentVersions,
  finishedBody,
  newKeys,
  type NewVersion,
  type Outcome,
  type Stamp,
  storeVersions,
} from './versions.ts';
import { REACH } from './windows.ts';

/** Stores events. References and circles have been checked; an id stands once in a batch. */
export async function storeEvents(
  tx: EntityManager,
  events: readonly UnderstoodEvent[],
  book: ActorBook,
  stamp: Stamp,
): Promise<Outcome[]> {
  const current = await currentVersions(
    tx,
    'event',
    events.map(({ draft }) => draft.id),
  );
  await book.open(
    tx,
    events.flatMap(({ draft }) => actorsOf(draft)),
  );
  const derived = events.map((event) =>
    derive(event, book, namesBefore(current.get(event.draft.id)?.body)),
  );
  const bodies = derived.map(({ complete, draft }) =>
    finishedBody(complete, current.get(draft.id), stamp),
  );
  const changed = derived.flatMap((event, index) => {
    const body = bodies[index];
    const before = current.get(event.draft.id);
    return typeof body === 'string'
      ? [
          {
            event,
            body,
            revision: (before?.revision ?? 0) + 1,
            replaces: before?.key ?? null,
          },
        ]
      : [];
  });
  await storeDerived(tx, changed, stamp);
  return events.map(({ draft }, index) =>
    bodies[index] === null
      ? 'unchanged'
      : current.has(draft.id)
        ? 'updated'
        : 'created',
  );
}

/** A derived event on its way into the record. */
export interface ToStore {
  event: DerivedEvent;
  body: string;
  revision: number;
  replaces: number | null;
}

/** Stores derived events as new versions, with all their index rows. */
export async function storeDerived(
  tx: EntityManager,
  changed: readonly ToStore[],
  stamp: Stamp,
): Promise<void> {
  const keys = await newKeys(tx, changed.length);
  const versions = changed.map(
    ({ event, body, revision, replaces }, index): NewVersion => ({
      id: event.draft.id,
      key: keys[index] ?? 0,
      revision,
      body,
      columns: timeColumns(event),
      replaces,
    }),
  );
  await storeVersions(tx, 'event', versions, stamp);
  await storeCounts(
    tx,
    changed.map(({ event }, index) => ({ event, key: keys[index] ?? 0 })),
    stamp,
  );
  await load(
    tx,
    'event_link',
    ['event_key', 'event', 'relation', 'target'],
    changed.flatMap(({ event }, index) =>
      listOf(event.draft.links).map((link): Cell[] => [
        keys[index] ?? 0,
        event.draft.id,
        link.relation,
        link.event,
      ]),
    ),
  );
}

/** Writes for whom an event counts: one row per participation and actor. */
export async function storeCounts(
  tx: EntityManager,
  events: readonly { event: DerivedEvent; key: number }[],
  stamp: Stamp,
): Promise<void> {
  await load(
    tx,
    'event_actor',
    [
      'event_key',
      'actor',
      'participation',
      'role',
      'scope',
      'certain',
      'path',
      'begin_earliest',
      'end_latest',
      'sequence',
      'id',
      'reach',
      'recorded_at',
    ],
    events.flatMap(({ event, key }) =>
      event.counts.flatMap((actors, index) =>
        actors.map((one): Cell[] => [
          key,
          one.actor,
          index,
          event.draft.participants?.[index]?.role ?? 'participant',
          one.scope,
          one.certain,
          one.path.length > 1 ? one.path : null,
          timestamp(event.bounds.begin[0]),
          timestamp(event.bounds.end[1]),
          event.draft.sequence ?? 0,
          event.draft.id,
          reachOf(event),
          timestamp(stamp.at),
        ]),
      ),
    ),
  );
}

function timeColumns(event: DerivedEvent): Record<string, Cell> {
  const { bounds, draft } = event;
  return {
    begin_earliest: timestamp(bounds.begin[0]),
    begin_latest: timestamp(bounds.begin[1]),
    end_earliest: timestamp(bounds.end[0]),
    end_latest: timestamp(bounds.end[1]),
    sequence: draft.sequence ?? 0,
    calendar: bounds.calendar,
    qualified: bounds.qualified,
    vagueness: bounds.vagueness,
    reach: reachOf(event),
    members:
      bounds.members === null
        ? null
        : `{${bounds.members.map(({ from, until }) => `[${timestamp(from)},${timestamp(until)})`).join(',')}}`,
    members_are_days: bounds.membersAreDays,
    terms: event.terms,
  };
}

function reachOf({ bounds }: UnderstoodEvent): number {
  const length = bounds.end[1] - bounds.begin[0];
  return REACH.findIndex((most) => length <= most);
}
