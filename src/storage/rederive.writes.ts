import type { EntityManager } from 'typeorm';
import { type Journal } from './changes.writes.ts';
import { type Reached } from '../domain/affiliation.ts';
import { type EventDraft, understoodDate } from '../domain/event.ts';
import { timestamp } from './copy.ts';
import { actorsOf, derive, type DerivedEvent } from './derivations.ts';
import { storeCounts, storeDerived } from './events.writes.ts';
import { type ActorBook } from './ties.ts';
import { type Current } from './versions.ts';

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
  journal: Journal,
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
    done += await rederiveBatch(tx, rows, book, journal);
  }
  await tx.query('drop table affected');
  return done;
}

async function rederiveBatch(
  tx: EntityManager,
  rows: readonly { key: number; body: string }[],
  book: ActorBook,
  journal: Journal,
): Promise<number> {
  const events = rows.map(({ key, body }) => {
    const draft = JSON.parse(body) as EventDraft & {
      revision: number;
      revisedAt: string;
    };
    return { key, body, draft, event: { draft, ...understoodDate(draft) } };
  });
  const current = new Map(
    events.map(({ key, body, draft }): [string, Current] => [
      draft.id,
      {
        id: draft.id,
        key,
        body,
        revision: draft.revision,
        since: Date.parse(draft.revisedAt),
      },
    ]),
  );
  await book.open(
    tx,
    events.flatMap(({ event }) => actorsOf(event.draft)),
  );
  const derived = events.map((one) => ({
    ...one,
    event: derive(one.event, book, new Map()),
  }));
  const before = await storedCounts(
    tx,
    rows.map(({ key }) => key),
  );
  const retold = await storeDerived(
    tx,
    derived.map(({ event }) => event),
    current,
    journal,
  );
  const retoldKeys = new Set(
    retold.map(({ before: replaced }) => replaced?.key),
  );
  const recounted = derived.filter(
    (one) =>
      !retoldKeys.has(one.key) &&
      countsText(one.event) !== (before.get(one.key) ?? '/'),
  );
  if (recounted.length > 0) {
    for (const table of ['event_actor', 'event_account'])
      await tx.query(
        `update ${table} set superseded_at = $1 where superseded_at is null and event_key = any($2)`,
        [timestamp(journal.stamp.at), recounted.map(({ key }) => key)],
      );
    await storeCounts(tx, recounted, journal);
  }
  return retold.length + recounted.length;
}

/** For whom events count and for whom their accounts speak, as the record has it, to be compared. */
async function storedCounts(
  tx: EntityManager,
  keys: readonly number[],
): Promise<Map<number, string>> {
  const rows: { event_key: number; counts: string }[] = await tx.query(
    `select coalesce(c.event_key, a.event_key) as event_key, concat(c.counts, '/', a.counts) as counts from (
       select event_key, string_agg(concat_ws(' ', participation, actor, scope, certain, array_to_string(path, '>')), ',' order by participation, actor, scope) as counts
       from event_actor where superseded_at is null and event_key = any($1) group by event_key
     ) c full join (
       select event_key, string_agg(concat_ws(' ', account, actor, scope, certain), ',' order by account, actor, scope) as counts
       from event_account where superseded_at is null and event_key = any($1) group by event_key
     ) a on a.event_key = c.event_key`,
    [keys],
  );
  return new Map(rows.map(({ event_key, counts }) => [event_key, counts]));
}

/** The same as derived; an account's path is not kept. */
function countsText({ counts, tellers }: DerivedEvent): string {
  return `${listText(counts)}/${listText(
    tellers.map((actors) => actors.map((one) => ({ ...one, path: [] }))),
  )}`;
}

function listText(counts: DerivedEvent['counts']): string {
  const lines = counts.flatMap((actors, index) =>
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
