import type { EntityManager } from 'typeorm';
import { listOf } from '../domain/draft.ts';
import { isPlain } from '../domain/bounds.ts';
import { type EventDraft, type UnderstoodEvent } from '../domain/event.ts';
import { type Journal } from './changes.writes.ts';
import { type Cell, load, timestamp } from './copy.ts';
import {
  actorsOf,
  derive,
  type DerivedEvent,
  namesBefore,
} from './derivations.ts';
import { addRows } from './rows.ts';
import { type ActorBook } from './ties.ts';
import {
  type Current,
  currentVersions,
  type Outcome,
  type Shape,
  type Stored,
  storeVersions,
} from './versions.ts';
import { REACH } from './windows.ts';
import { eventWords } from './words.ts';

/** Stores events. References and circles have been checked; an id stands once in a batch. */
export async function storeEvents(
  tx: EntityManager,
  events: readonly UnderstoodEvent[],
  book: ActorBook,
  journal: Journal,
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
  const { outcomes } = await storeDerived(tx, derived, current, journal);
  return outcomes;
}

/** Stores derived events as new versions, with all their index rows. */
export async function storeDerived(
  tx: EntityManager,
  events: readonly DerivedEvent[],
  current: ReadonlyMap<string, Current>,
  journal: Journal,
): Promise<{ outcomes: Outcome[]; stored: Stored<DerivedEvent>[] }> {
  const { outcomes, stored } = await storeVersions(
    tx,
    'event',
    events,
    current,
    shape,
    journal,
  );
  await storeCounts(
    tx,
    stored.map(({ item, key }) => ({ event: item, key })),
    journal,
  );
  const at = timestamp(journal.stamp.at);
  await addRows(
    tx,
    'event_link',
    ['event_key', 'event', 'relation', 'target', 'recorded_at'],
    stored.flatMap(({ item: { draft }, key }) =>
      listOf(draft.links).map((link): Cell[] => [
        key,
        draft.id,
        link.relation,
        link.event,
        at,
      ]),
    ),
  );
  await addRows(
    tx,
    'event_document',
    ['event_key', 'event', 'relation', 'document', 'recorded_at'],
    stored.flatMap(({ item: { draft }, key }) =>
      listOf(draft.documents).map(({ relation, document }): Cell[] => [
        key,
        draft.id,
        relation,
        document,
        at,
      ]),
    ),
  );
  return { outcomes, stored };
}

const shape: Shape<DerivedEvent> = {
  id: ({ draft }) => draft.id,
  complete: ({ complete }) => complete,
  columns: ownColumns,
};

/** Writes for whom an event counts, and for whom its accounts speak: one row per participation or account, and actor. */
export async function storeCounts(
  tx: EntityManager,
  events: readonly { event: DerivedEvent; key: number }[],
  journal: Journal,
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
      'plain',
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
          isPlain(event.bounds),
          timestamp(journal.stamp.at),
        ]),
      ),
    ),
  );
  await load(
    tx,
    'event_account',
    [
      'event_key',
      'actor',
      'account',
      'stance',
      'scope',
      'certain',
      'recorded_at',
    ],
    events.flatMap(({ event, key }) =>
      listOf(event.draft.accounts).flatMap(({ stance }, index) =>
        (event.tellers[index] ?? []).map((one): Cell[] => [
          key,
          one.actor,
          index,
          stance,
          one.scope,
          one.certain,
          timestamp(journal.stamp.at),
        ]),
      ),
    ),
  );
}

function ownColumns(event: DerivedEvent): Record<string, Cell> {
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
    words: eventWords(event.complete as EventDraft),
  };
}

function reachOf({ bounds }: UnderstoodEvent): number {
  const length = bounds.end[1] - bounds.begin[0];
  return REACH.findIndex((most) => length <= most);
}
