import { DomainError } from '../domain/errors.ts';
import { type EventFilter } from '../domain/filter.ts';
import { cancelQuery } from './cancel.ts';
import { type Database } from './database.ts';
import { asDomainError } from './faults.ts';
import { matching } from './events.matching.ts';
import { listEvents, position } from './events.reads.ts';
import { ask, type Asked, type Page, type Position } from './page.ts';
import { within } from './prepared.ts';
import { versionMatches } from './narrowing.ts';
import { join, type Sql, sql } from './sql.ts';
import { standing } from './standing.ts';
import { stamp } from './windows.ts';

/** The record as it stood at one moment, however long its reading takes and whoever writes meanwhile. */
export interface Snapshot {
  /** The events of a question in order, a page at a time, from a place on; the first page is given even if it is empty. */
  events(filter: EventFilter, from: Position | null): AsyncGenerator<Page>;
  /**
   * What the events of a question name, so that they can be imported elsewhere: actors, documents and linked events which
   * the question does not find, each by id; all of it when nothing narrows the question. Bodies, some at a time.
   */
  needed(filter: EventFilter, everything: boolean): AsyncGenerator<string[]>;
  /** Lets go of the connection; a statement that still runs is ended. Can be called at any time, and again. */
  end(): Promise<void>;
}

// Fifty slow readers hold a page each: of a hundred they took 258 MB together, of sixty 235 (a million events).
const AT_ONCE = 60;

/** A server that does not even begin within so many milliseconds hangs. */
const AT_MOST = 2500;

type Ask = (...query: unknown[]) => Promise<unknown>;

/**
 * Holds a moment of the record on a connection of its own. What a replica fails before it has told anything is asked of the
 * primary.
 * @throws DomainError `too_busy` when as many are read as may be at once
 */
export async function openSnapshot(
  database: Database,
  primary: Database,
): Promise<Snapshot> {
  if (database.exportsRunning() >= database.exports.options.max)
    throw new DomainError(
      'too_busy',
      'As many exports run as this server takes at once. Try again when one of them has ended.',
    );
  const replica = database.exports !== primary.exports;
  let holding = hold(database);
  if (replica) holding = holding.catch(() => hold(primary));
  let told = !replica;
  let ended = false;
  await holding;
  const held: Asked = {
    query: (async (...query: unknown[]) => {
      const one = await holding;
      try {
        const answer = await one.query(...query);
        told = true;
        return answer;
      } catch (error) {
        if (told || ended) throw error;
        told = true;
        holding = one.end().then(() => hold(primary));
        const other = await holding;
        if (ended) throw error;
        return other.query(...query);
      }
    }) as Asked['query'],
  };
  const end = async (): Promise<void> => {
    if (ended) return;
    ended = true;
    await holding.then(
      (one) => one.end(),
      () => undefined,
    );
  };
  const alive = (): void => {
    if (ended)
      throw new DomainError('malformed_request', 'The reader is gone.');
  };
  return {
    async *events(filter, from) {
      let place = from;
      for (;;) {
        alive();
        const page = await listEvents(held, filter, {
          limit: AT_ONCE,
          from: place,
          backwards: false,
          inclusive: false,
        });
        yield page;
        if (page.next === null) return;
        place = page.next.position;
      }
    },
    async *needed(filter, everything) {
      if (!everything) await gather(held, filter);
      for (const source of everything ? WHOLE(filter) : GATHERED(filter)) {
        let after = '';
        for (;;) {
          alive();
          const rows = await ask<{ id: string; body: string }>(
            held,
            sql`select v.id, v.body from ${source} and v.id > ${after}::text collate "C" order by v.id limit ${AT_ONCE}`,
            false,
          );
          if (rows.length > 0) yield rows.map(({ body }) => body);
          if (rows.length < AT_ONCE) break;
          after = rows.at(-1)?.id ?? after;
        }
      }
    },
    end,
  };
}

/** A connection in a transaction that sees one moment. */
interface Held {
  query(...query: unknown[]): Promise<unknown>;
  end(): Promise<void>;
}

async function hold(database: Database): Promise<Held> {
  const { exports } = database;
  const client = await exports.connect().catch((error: unknown) => {
    throw asDomainError(error);
  });
  // Without a listener a connection that dies while nothing is asked of it takes the process with it.
  const ignored = (): void => undefined;
  client.on('error', ignored);
  let running = 0;
  const query = async (...asked: unknown[]): Promise<unknown> => {
    running++;
    try {
      return await (client.query as Ask)(...asked);
    } finally {
      running--;
    }
  };
  try {
    await query(within(AT_MOST, 'begin isolation level repeatable read'));
  } catch (error) {
    client.release(true);
    throw asDomainError(error);
  }
  return {
    query,
    async end() {
      if (running > 0) {
        await cancelQuery(exports, client);
        client.release(true);
        return;
      }
      try {
        await client.query('rollback');
      } catch {
        client.release(true);
        return;
      }
      client.off('error', ignored);
      client.release();
    },
  };
}

const WHOLE = ({ asOf }: EventFilter): Sql[] => [
  sql`actor_version v where ${standing(sql`v`, asOf)}`,
  sql`document_version v where ${standing(sql`v`, asOf)}`,
];

const GATHERED = ({ asOf }: EventFilter): Sql[] => [
  sql`needed_actor n join actor_version v on v.id = n.id and ${standing(sql`v`, asOf)} where true`,
  sql`needed_document n join document_version v on v.id = n.id and ${standing(sql`v`, asOf)} where true`,
  sql`needed_event n join event_version v on v.key = n.key where not n.found`,
];

/** Gathers in tables of the transaction what the events of a question name, and what that names in its turn. */
async function gather(held: Asked, filter: EventFilter): Promise<void> {
  const { asOf } = filter;
  const stands = (row: Sql) => standing(row, asOf);
  const run = (statement: Sql) => ask<object>(held, statement, false);
  await run(
    sql`create temp table needed_event (key bigint primary key, id text collate "C", found boolean) on commit drop`,
  );
  await run(
    sql`create temp table needed_document (id text collate "C" primary key) on commit drop`,
  );
  await run(
    sql`create temp table needed_actor (id text collate "C" primary key) on commit drop`,
  );
  await run(
    sql`insert into needed_event select key, id, true from (${matching(filter, ['key', 'id'])}) found`,
  );
  await run(sql`
    insert into needed_event
      with recursive linked (id) as (
        select l.target from needed_event n join event_link l on l.event_key = n.key
        union
        select l.target from linked n join event_link l on l.event = n.id and ${stands(sql`l`)})
      select v.key, v.id, false from linked l join event_version v on v.id = l.id and ${stands(sql`v`)}
      where not exists (select from needed_event n where n.key = v.key)`);
  await run(sql`analyze needed_event`);
  await run(sql`
    insert into needed_document
      with recursive named (id) as (
        select d.document from needed_event n join event_document d on d.event_key = n.key
        union
        select l.target from named n join document_link l on l.document = n.id and ${stands(sql`l`)})
      select id from named`);
  const actors = [
    sql`select a.actor from needed_event n join event_actor a on a.event_key = n.key and a.scope = 0`,
    sql`select t.actor from needed_event n join event_account t on t.event_key = n.key and t.scope = 0`,
    sql`select substr(term, strpos(term, ':') + 1) from needed_document n
      join document_version v on v.id = n.id and ${stands(sql`v`)}, unnest(v.terms) term
      where starts_with(term, 'author:') or starts_with(term, 'addressee:')`,
  ];
  await run(sql`
    insert into needed_actor
      with recursive named (id) as (
        select actor from (${join(actors, sql` union `)}) first (actor)
        union
        select t.target from named n join actor_version v on v.id = n.id and ${stands(sql`v`)}
          join affiliation t on t.actor_key = v.key)
      select id from named`);
}

/**
 * Events that a question would find had they not been removed, or merged into others, as they last stood; the latest first.
 * What was made again under its id is not among them, nor as of an instant what still stood then.
 */
export async function removedEvents(
  { counting }: Database,
  filter: EventFilter,
  most: number,
): Promise<string[]> {
  const known = (change: Sql) =>
    filter.asOf === null
      ? sql`true`
      : sql`${change}.at <= ${stamp(filter.asOf)}`;
  const rows = await ask<{ body: string }>(
    counting,
    sql`select v.body from change c cross join lateral (
        select * from event_version w where w.id = c.id and w.revision <= c.revision order by w.revision desc limit 1) v
      where c.record = 'event' and c.change in ('removed', 'merged') and ${known(sql`c`)}
        and not exists (select from change l where l.record = c.record and l.id = c.id and l.revision > c.revision and ${known(sql`l`)})
        and v.superseded_at is not null and ${versionMatches(filter, sql`v`)}
      order by c.position desc limit ${most}`,
    false,
  );
  return rows.map(({ body }) => body);
}

/** Where an event stands, or last stood, in the order of every list; null if there never was one with this id. */
export async function placeOf(
  asked: Asked,
  id: string,
): Promise<Position | null> {
  const rows = await ask<{ position: Position }>(
    asked,
    sql`select ${position(sql`v`)} as position from event_version v where id = ${id} order by revision desc limit 1`,
    false,
  );
  return rows[0]?.position ?? null;
}
