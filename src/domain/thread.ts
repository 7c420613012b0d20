import { beginDays, type Distance, daysFrom } from './distance.ts';
import { type LanguageMap } from './language.ts';

/** The records that stand in threads. */
export type ThreadRecord = 'event' | 'document';

/** So many edges away from a record a thread reaches at most. */
export const DEEPEST_THREAD = 10;

/** An event or a document of a thread. */
export interface ThreadNode {
  record: ThreadRecord;
  id: string;
  /** How many edges away it is from the record asked for. */
  depth: number;
  date: string | null;
  title: LanguageMap;
  /** Both of events alone. */
  type?: string;
  status?: string;
  /** Of documents alone. */
  kind?: string;
}

/** How one node refers to another. */
export interface ThreadEdge {
  from: string;
  fromRecord: ThreadRecord;
  to: string;
  toRecord: ThreadRecord;
  relation: string;
  /** An editor concluded it. */
  inferred: boolean;
  /** From the begin of `to` to the begin of `from`. */
  days: Distance;
}

/** The chain around a record. */
export interface Thread {
  /** What kept more nodes out; null when it is the whole thread. */
  truncated: 'depth' | 'limit' | null;
  nodes: ThreadNode[];
  edges: ThreadEdge[];
}

/** A node as the record has it: how its date is read, and to which other nodes it refers. */
export interface Linked extends Pick<ThreadNode, 'record' | 'id' | 'date'> {
  timeZone: string | null;
  refers: Pick<ThreadEdge, 'toRecord' | 'to' | 'relation' | 'inferred'>[];
}

/** Every reference from one of the nodes to another, in the order of the one and then of the other, with the days between. */
export function edgesBetween(nodes: readonly Linked[]): ThreadEdge[] {
  const places = new Map(
    nodes.map((node, place) => [`${node.record} ${node.id}`, place]),
  );
  const begins = nodes.map(({ date, timeZone }) =>
    date === null ? null : beginDays(date, timeZone),
  );
  return nodes.flatMap(({ record, id, refers }, from) =>
    refers
      .flatMap((one) => {
        const to = places.get(`${one.toRecord} ${one.to}`);
        return to === undefined ? [] : [{ one, to }];
      })
      .toSorted((a, b) => a.to - b.to)
      .map(({ one, to }) => ({
        from: id,
        fromRecord: record,
        to: one.to,
        toRecord: one.toRecord,
        relation: one.relation,
        inferred: one.inferred,
        days: daysFrom(begins[to] ?? null, begins[from] ?? null),
      })),
  );
}
