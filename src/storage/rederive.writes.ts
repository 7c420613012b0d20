import type { EntityManager } from 'typeorm';
import { type Reached } from '../domain/affiliation.ts';
import { type EventDraft, understoodDate } from '../domain/event.ts';
import { timestamp } from './copy.ts';
import { actorsOf, derive, type DerivedEvent } from './derivations.ts';
import { storeCounts, storeDerived } from './events.writes.ts';
import { type ActorBook } from './ties.ts';
import { finishedBody, type Stamp } from './versions.ts';

const REDERIVED_AT_ONCE = 1000;

/**
 * Derives anew for whom events count, and how they are corroborated, after the ties of these actors changed: every
 * event in which one of them, or anyone who may climb to one of them, is named or gives an account.
 * @returns how many events count differently now
 */
export async function rederiveEvents(
  tx: EntityManager,
  actors: readonly string[],
  book: ActorBook,
  stamp: Stamp,
): Promise<number> {
  if (actors.length === 0) return 0;
  const below: { id: string }[] = await tx.query(
    `with recursive below (id) as (
       select unnest($1::text[]) collate "C"
       union
       select a.actor from affiliation a join below on a.target = below.id where a.superseded_at is null
     )
     select id from below`,
    [actors],
  );
  const ids = below.map(({ id }) => id);
  // A union, for each part of it has an index of its own; and values, for the planner to see how few they are.
  await tx.query(
    `create temp table affected on commit drop as
     select key, body from event_version where key in (
       select event_key from event_actor
       where superseded_at is null and scope = 0 and role <> 'subject' and actor = any($1)
       union
       select event_key from event_actor
       where superseded_at is null and scope = 0 and role = 'subject' and actor = any($1)
       union
       select key from event_version where superseded_at is null and terms && $2::text[])`,
    [ids, ids.map((id) => `party:${id}`)],
  );
  await tx.query('create index on affected (key)');
  let done = 0;
  for (let after = 0; ;) {
    const rows: { key: number; body: string }[] = await tx.query(
      'select key, body from affected where key > $1 order by key limit $2',
      [after, REDERIVED_AT_ONCE],
    );
    if (rows.length === 0) break;
    after = rows.at(-1)?.key ?? after;
    done += await rederiveBatch(tx, rows, book, stamp);
  }
  await tx.query('drop table affected');
  return done;
}

async function rederiveBatch(
  tx: EntityManager,
  rows: readonly { key: number; body: string }[],
  book: ActorBook,
  stamp: Stamp,
): Promise<number> {
  const events = rows.map(({ key, body }) => {
    const draft = JSON.parse(body) as EventDraft & { revision: number };
    return {
      key,
      body,
      revision: draft.revision,
      event: { draft, ...understoodDate(draft) },
    };
  });
  await book.open(
    tx,
    events.flatMap(({ event }) => actorsOf(event.draft)),
  );
  const derived = events.map((one) => ({
    ...one,
    event: derive(one.event, book, new Map()),
  }));
  const stored: { event_key: number; counts: string }[] = await tx.query(
    `select event_key, string_agg(concat_ws(' ', participation, actor, scope, certain, array_to_string(path, '>')), ',' order by participation, actor, scope) as counts
     from event_actor where superseded_at is null and event_key = any($1) group by event_key`,
    [rows.map(({ key }) => key)],
  );
  const before = new Map(
    stored.map(({ event_key, counts }) => [event_key, counts]),
  );
  const retold = derived.flatMap((one) => {
    const current = {
      id: one.event.draft.id,
      key: one.key,
      revision: one.revision,
      body: one.body,
    };
    const body = finishedBody(one.event.complete, current, stamp);
    return body === null
      ? []
      : [
          {
            event: one.event,
            body,
            revision: one.revision + 1,
            replaces: one.key,
          },
        ];
  });
  const retoldKeys = new Set(retold.map(({ replaces }) => replaces));
  const recounted = derived.filter(
    (one) =>
      !retoldKeys.has(one.key) &&
      countsText(one.event) !== (before.get(one.key) ?? ''),
  );
  await storeDerived(tx, retold, stamp);
  if (recounted.length > 0) {
    await tx.query(
      'update event_actor set superseded_at = $1 where superseded_at is null and event_key = any($2)',
      [timestamp(stamp.at), recounted.map(({ key }) => key)],
    );
    await storeCounts(tx, recounted, stamp);
  }
  return retold.length + recounted.length;
}

/** For whom an event counts, as the database lists it, to be compared. */
function countsText(event: DerivedEvent): string {
  const lines = event.counts.flatMap((actors, index) =>
    actors.map((one) => ({
      index,
      actor: one.actor,
      scope: one.scope,
      text: countText(index, one),
    })),
  );
  lines.sort(
    (a, b) =>
      a.index - b.index ||
      (a.actor < b.actor ? -1 : a.actor > b.actor ? 1 : a.scope - b.scope),
  );
  return lines.map(({ text }) => text).join(',');
}

function countText(
  index: number,
  { actor, scope, certain, path }: Reached,
): string {
  return [
    index,
    actor,
    scope,
    certain ? 't' : 'f',
    ...(path.length > 1 ? [path.join('>')] : []),
  ].join(' ');
}
