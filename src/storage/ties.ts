import type { EntityManager } from 'typeorm';
import { namesToShow, type ActorDraft } from '../domain/actor.ts';
import {
  type ActorNode,
  standingSpans,
  type Relation,
} from '../domain/affiliation.ts';
import { type LanguageMap } from '../domain/language.ts';
import { prepared } from './prepared.ts';

/** What storing events needs to know of actors: their kinds, their ties upward and their names. */
export interface ActorBook {
  readonly graph: ReadonlyMap<string, ActorNode>;
  readonly names: ReadonlyMap<string, LanguageMap>;
  /** Makes sure that these actors and everyone above them are in the book. */
  open(tx: EntityManager, actors: Iterable<string>): Promise<void>;
  /** Forgets everything, as ties have changed. */
  clear(): void;
}

/** More actors than this are not kept in memory; the book is then begun anew. */
const MOST_PAGES = 50_000;

interface ActorRow {
  id: string;
  kind: ActorNode['kind'];
  names: ActorDraft['names'];
  ties:
    | {
        relation: Relation;
        to: string;
        from: string | null;
        until: string | null;
        untilKnown: boolean;
      }[]
    | null;
}

/** An empty book, good for one transaction. */
export function actorBook(): ActorBook {
  const graph = new Map<string, ActorNode>();
  const names = new Map<string, LanguageMap>();
  return {
    graph,
    names,
    async open(tx, actors) {
      if (graph.size > MOST_PAGES) this.clear();
      const unknown = [...new Set(actors)].filter((id) => !graph.has(id));
      if (unknown.length === 0) return;
      for (const row of await actorsAndAbove(tx, unknown)) {
        graph.set(row.id, {
          kind: row.kind,
          edges: (row.ties ?? []).map(edgeOf),
        });
        names.set(row.id, namesToShow(row.names));
      }
    },
    clear() {
      graph.clear();
      names.clear();
    },
  };
}

/** A book kept from one transaction to the next. */
export interface KeptBook {
  /** The book, as true as if it were begun now. */
  current(tx: EntityManager): Promise<ActorBook>;
}

/** After so many changes it is quicker to begin the book anew than to look whether any was of an actor. */
const MOST_CHANGES = 1000;

/**
 * A book for one writing after the other. The log of changes is in the order of commits, so what the book says is still
 * true as long as the log has told of no actor since.
 */
export function keptBook(): KeptBook {
  const book = actorBook();
  let position = -1;
  return {
    async current(tx) {
      const [told] = await prepared<{ last: number | null; stale: boolean }>(
        tx,
        `select (select max(position) from change) as last, coalesce(bool_or(record = 'actor') or count(*) >= $2, false) as stale
         from (select record from change where position > $1 order by position limit $2) since`,
        [position, MOST_CHANGES],
      );
      const last = told?.last ?? -1;
      // A log that is shorter than it was is another one: the database was put back to an earlier state.
      if (told?.stale === true || last < position) book.clear();
      position = last;
      return book;
    },
  };
}

function edgeOf({
  relation,
  to,
  from,
  until,
  untilKnown,
}: NonNullable<ActorRow['ties']>[number]) {
  return {
    relation,
    to,
    ...standingSpans({ from, ...(untilKnown ? { until } : {}) }),
  };
}

async function actorsAndAbove(
  tx: EntityManager,
  ids: readonly string[],
): Promise<ActorRow[]> {
  // Each step is one look into an index (offset 0): the planner, who cannot know how few they are, would read all actors.
  return prepared(
    tx,
    `with recursive above (id) as (
       select unnest($1::text[]) collate "C"
       union
       select tie.target from above cross join lateral (
         select target from affiliation a
         where a.actor = above.id and a.superseded_at is null and a.relation in ('holds', 'represents', 'part-of', 'member-of')
         offset 0) tie
     )
     select v.id, v.kind, v.body::json -> 'names' as names,
       (select json_agg(json_build_object('relation', a.relation, 'to', a.target, 'from', a."from", 'until', a.until,
          'untilKnown', a.until_known) order by a.ordinal)
        from affiliation a where a.superseded_at is null and a.actor = v.id) as ties
     from above cross join lateral (
       select id, kind, body from actor_version where id = above.id and superseded_at is null offset 0) v`,
    [ids],
  );
}
