import type { EntityManager } from 'typeorm';
import { type ActorDraft } from '../domain/actor.ts';
import { type DocumentDraft } from '../domain/document.ts';
import { type EventDraft, understoodDate } from '../domain/event.ts';
import {
  type Merge,
  movedActor,
  movedDocument,
  movedEvent,
} from '../domain/merge.ts';
import { draftOf, type RecordName, RECORDS } from '../domain/record.ts';
import { type TieChange } from '../domain/tie-change.ts';
import { storeActors } from './actors.writes.ts';
import { type Journal } from './changes.writes.ts';
import { storeDocuments } from './documents.writes.ts';
import { storeEventBatches } from './events.writes.ts';
import { rederiveEvents } from './rederive.writes.ts';
import { type ActorBook, actorBook } from './ties.ts';
import { newKeys } from './versions.ts';

const MOVED_AT_ONCE = 1000;

// The versions that refer to a record of a sort, by the sort that refers.
const REFERRING: Record<RecordName, Partial<Record<RecordName, string>>> = {
  actor: {
    actor: `select distinct actor_key from affiliation where superseded_at is null and target = $1`,
    document: `select key from document_version
      where superseded_at is null and terms && array['author:' || $1, 'addressee:' || $1]`,
    event: `select event_key from event_actor where superseded_at is null and scope = 0 and actor = $1
      union
      select key from event_version where superseded_at is null and terms @> array['party:' || $1]`,
  },
  document: {
    document: `select distinct document_key from document_link where superseded_at is null and target = $1`,
    event: `select key from event_version where superseded_at is null and terms @> array['document:' || $1]`,
  },
  event: {
    event: `select key from event_version where superseded_at is null and terms @> array['linkedTo:' || $1]`,
  },
};

/** Stores anew what refers to the record. Actors come first: for whom an event counts follows from their ties. */
export async function moveReferences(
  tx: EntityManager,
  merge: Merge,
  journal: Journal,
): Promise<void> {
  const book = actorBook();
  const tiesChanged: TieChange[] = [];
  const [since = 0] = await newKeys(tx, 1);
  for (const referring of RECORDS) {
    const finder = REFERRING[merge.record][referring];
    if (finder === undefined) continue;
    // Looked for until nothing is left: a version that another writer has meanwhile replaced is passed over, and its
    // successor found by the next look.
    while (await findReferring(tx, finder, merge.id)) {
      const bodies = referringBodies(tx, referring);
      if (referring === 'event')
        await moveEvents(tx, bodies, merge, book, journal);
      else
        for await (const some of bodies)
          if (referring === 'actor')
            tiesChanged.push(...(await moveActors(tx, some, merge, journal)));
          else await moveDocuments(tx, some, merge, journal);
      await tx.query('drop table referring');
    }
  }
  // What was moved was derived from the ties as they are now.
  await rederiveEvents(tx, tiesChanged, journal, since);
}

/** Looks for the versions that refer to the record, and answers whether there are any. */
async function findReferring(
  tx: EntityManager,
  finder: string,
  id: string,
): Promise<boolean> {
  await tx.query(
    `create temp table referring on commit drop as select key from (${finder}) r (key)`,
    [id],
  );
  await tx.query('create index on referring (key)');
  const found: unknown[] = await tx.query('select from referring limit 1');
  if (found.length === 0) await tx.query('drop table referring');
  return found.length > 0;
}

/** What was found to refer to the record, a batch at a time, each held against other writers. */
async function* referringBodies(
  tx: EntityManager,
  referring: RecordName,
): AsyncGenerator<string[]> {
  for (let after = 0; ;) {
    const keys: { key: number }[] = await tx.query(
      `select key from referring where key > $1 order by key limit ${MOVED_AT_ONCE}`,
      [after],
    );
    if (keys.length === 0) return;
    after = keys.at(-1)?.key ?? after;
    const rows: { body: string }[] = await tx.query(
      `select body from ${referring}_version where superseded_at is null and key = any($1) order by key for update`,
      [keys.map(({ key }) => key)],
    );
    if (rows.length > 0) yield rows.map(({ body }) => body);
  }
}

async function moveActors(
  tx: EntityManager,
  bodies: readonly string[],
  merge: Merge,
  journal: Journal,
): Promise<TieChange[]> {
  const drafts = bodies.map((body) =>
    movedActor(draftOf(body) as unknown as ActorDraft, merge),
  );
  const { tiesChanged } = await storeActors(tx, drafts, journal);
  return tiesChanged;
}

async function moveDocuments(
  tx: EntityManager,
  bodies: readonly string[],
  merge: Merge,
  journal: Journal,
): Promise<void> {
  const drafts = bodies.map((body) =>
    movedDocument(draftOf(body) as unknown as DocumentDraft, merge),
  );
  await storeDocuments(tx, drafts, journal);
}

async function moveEvents(
  tx: EntityManager,
  bodies: AsyncIterable<readonly string[]>,
  merge: Merge,
  book: ActorBook,
  journal: Journal,
): Promise<void> {
  const moved = async function* () {
    for await (const some of bodies)
      yield some.map((body) => {
        const draft = movedEvent(draftOf(body) as unknown as EventDraft, merge);
        return { draft, ...understoodDate(draft) };
      });
  };
  await storeEventBatches(tx, moved(), book, journal, true, () => undefined);
}
