import { completeActor } from '../domain/actor.ts';
import { completeDocument } from '../domain/document.ts';
import { listOf } from '../domain/draft.ts';
import {
  completeEvent,
  type EventDraft,
  understoodDate,
} from '../domain/event.ts';
import { type Draft, type RecordName } from '../domain/record.ts';
import { namesBefore } from '../storage/derivations.ts';
import { leaveRows, rowsRevisedByHand } from '../storage/imports.conflicts.ts';
import { type Transaction } from '../storage/transaction.ts';

/** A row that was left alone: an editor has revised the record since an import brought it, and the row says otherwise. */
export interface Conflict {
  line: number;
  record: RecordName;
  id: string;
  /** The revision that stands; where the editor removed it, that of its removal. */
  revision: number;
  removed: boolean;
  by: string;
  /** ISO 8601, UTC. */
  at: string;
}

/** Takes the rows that would undo what an editor did since out of the staging, and tells of each. */
export async function leaveRevised(
  tx: Transaction,
  tell: (conflict: Conflict) => void,
): Promise<void> {
  for await (const rows of rowsRevisedByHand(tx)) {
    const other = rows.filter(
      ({ draft, body }) => !says(body, JSON.parse(draft) as Draft),
    );
    for (const { line, record, id, revision, body, by, at } of other)
      tell({ line, record, id, revision, removed: body === null, by, at });
    await leaveRows(
      tx,
      other.map(({ line }) => line),
    );
  }
}

/** Whether a record says what a draft does, whatever follows from its ties. */
function says(body: string | null, draft: Draft): boolean {
  if (body === null) return false;
  const complete =
    draft.record === 'actor'
      ? completeActor(draft)
      : draft.record === 'document'
        ? completeDocument(draft)
        : asIn(body, draft);
  return body.startsWith(
    `${JSON.stringify(complete).slice(0, -1)},"revision":`,
  );
}

function asIn(body: string, draft: EventDraft): object {
  const { corroboration } = JSON.parse(body) as {
    corroboration: Parameters<typeof completeEvent>[1]['corroboration'];
  };
  const before = namesBefore(body);
  return completeEvent(draft, {
    bounds: understoodDate(draft).bounds,
    names: listOf(draft.participants).map(
      ({ actor, name }) => name ?? before.get(actor) ?? {},
    ),
    corroboration,
  });
}
