import { isPlain } from '../domain/bounds.ts';
import { listOf } from '../domain/draft.ts';
import { type EventDraft, type UnderstoodEvent } from '../domain/event.ts';
import {
  type Cell,
  copyBytes,
  type CopyBytes,
  copyCells,
  copyLine,
  timestamp,
} from './copy.ts';
import { type DerivedEvent } from './derivations.ts';
import { type Shape } from './versions.ts';
import { REACH } from './windows.ts';
import { eventWords } from './words.ts';

/** The tables of what hangs on a version of an event, each with the columns of its rows. */
export const EVENT_TABLES = {
  event_actor: [
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
  event_account: [
    'event_key',
    'actor',
    'account',
    'stance',
    'scope',
    'certain',
    'recorded_at',
  ],
  event_link: ['event_key', 'event', 'relation', 'target', 'recorded_at'],
  event_document: ['event_key', 'event', 'relation', 'document', 'recorded_at'],
} as const;

export type EventTable = keyof typeof EVENT_TABLES;

/** Rows of each of these tables. */
export type EventRows = Record<EventTable, CopyBytes>;

/** No rows yet. */
export function noRows(): EventRows {
  return {
    event_actor: copyBytes(),
    event_account: copyBytes(),
    event_link: copyBytes(),
    event_document: copyBytes(),
  };
}

/** How an event becomes a version. */
export const eventShape: Shape<DerivedEvent> = {
  id: ({ draft }) => draft.id,
  complete: ({ complete }) => complete,
  columns: ownColumns,
};

/**
 * Adds the rows that hang on an event's version.
 * @param at when it is entered, in milliseconds
 */
export function addHanging(
  rows: EventRows,
  event: DerivedEvent,
  key: number,
  at: number,
): void {
  addCounts(rows, event, key, at);
  const { id, links, documents } = event.draft;
  for (const { relation, event: target } of listOf(links))
    rows.event_link.add(copyLine([key, id, relation, target, timestamp(at)]));
  for (const { relation, document } of listOf(documents))
    rows.event_document.add(
      copyLine([key, id, relation, document, timestamp(at)]),
    );
}

/**
 * Adds for whom an event counts, and for whom its accounts speak: one row per participation or account, and actor.
 * @param at when it is entered, in milliseconds
 */
export function addCounts(
  rows: EventRows,
  event: UnderstoodEvent & Pick<DerivedEvent, 'counts' | 'tellers'>,
  key: number,
  at: number,
): void {
  const { bounds, draft, counts, tellers } = event;
  // What the rows of an event have in common is made once.
  const shared = copyCells([
    timestamp(bounds.begin[0]),
    timestamp(bounds.end[1]),
    draft.sequence ?? 0,
    draft.id,
    reachOf(event),
    isPlain(bounds),
    timestamp(at),
  ]);
  let lines = '';
  counts.forEach((actors, index) => {
    const role = draft.participants?.[index]?.role ?? 'participant';
    for (const { actor, scope, certain, path } of actors) {
      const way = copyCells([path.length > 1 ? path : null]);
      // Ids, roles and numbers need no escapes.
      lines += `${key}\t${actor}\t${index}\t${role}\t${scope}\t${certain ? 't' : 'f'}\t${way}\t${shared}\n`;
    }
  });
  rows.event_actor.add(lines);
  tellers.forEach((actors, index) => {
    const stance = draft.accounts?.[index]?.stance ?? null;
    for (const { actor, scope, certain } of actors)
      rows.event_account.add(
        copyLine([key, actor, index, stance, scope, certain, timestamp(at)]),
      );
  });
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
