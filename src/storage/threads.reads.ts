import type { Pool } from 'pg';
import { beginDays, type Distance, daysFrom } from '../domain/distance.ts';
import { type LanguageMap } from '../domain/language.ts';
import { ask } from './page.ts';
import { join, type Sql, sql } from './sql.ts';
import { standing, standings } from './standing.ts';

/** The records that stand in threads. */
export type ThreadRecord = 'event' | 'document';

/** Around which record, how far and how much. */
export interface ThreadRequest {
  record: ThreadRecord;
  id: string;
  /** So many edges away at most. */
  depth: number;
  /** So many nodes at most, the record itself among them. */
  limit: number;
  /** Milliseconds; null for the record as it stands. */
  asOf: number | null;
}

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

interface Row extends Pick<ThreadNode, 'record' | 'id' | 'depth' | 'title'> {
  date: string | null;
  timeZone: string | null;
  type: string | null;
  status: string | null;
  kind: string | null;
  refers: [ThreadRecord, string, string, boolean][] | null;
  truncated: Thread['truncated'];
}

/**
 * The chain of events and documents around a record: its nodes in chronological order, the undated last, and every
 * reference from one of them to another; null when there is no such record. One statement.
 *
 * What is nearer comes before what is further away. Where not all of one distance fit, those that answer, hand over or
 * sign come before those that only mention; among these documents before events, then by id.
 */
export async function readThread(
  pool: Pool,
  request: ThreadRequest,
): Promise<Thread | null> {
  const rows = await ask<Row>(pool, threadStatement(request), false);
  const [first] = rows;
  if (first === undefined) return null;
  const places = new Map(
    rows.map((row, place) => [
      `${row.record} ${row.id}`,
      {
        place,
        days: row.date === null ? null : beginDays(row.date, row.timeZone),
      },
    ]),
  );
  const edges = rows.flatMap(({ record, id, refers }) => {
    const from = places.get(`${record} ${id}`);
    return (refers ?? [])
      .map(([toRecord, to, relation, inferred]) => {
        const target = places.get(`${toRecord} ${to}`);
        return {
          place: target?.place ?? 0,
          edge: {
            ...{ from: id, fromRecord: record, to, toRecord },
            ...{ relation, inferred },
            days: daysFrom(target?.days ?? null, from?.days ?? null),
          },
        };
      })
      .toSorted((a, b) => a.place - b.place)
      .map(({ edge }) => edge);
  });
  return { truncated: first.truncated, nodes: rows.map(nodeOf), edges };
}

function nodeOf(row: Row): ThreadNode {
  const { record, id, depth, date, title, type, status, kind } = row;
  return {
    ...{ record, id, depth, date, title },
    ...(type === null ? {} : { type }),
    ...(status === null ? {} : { status }),
    ...(kind === null ? {} : { kind }),
  };
}

/**
 * Breadth first, one level after another. Every reference is followed both ways, so what is next to a level stands in the
 * level before, in itself or in the next one. Each level takes so many that one node more than the limit tells that there
 * are more.
 */
function threadStatement(request: ThreadRequest): Sql {
  const { record, id, depth, limit, asOf } = request;
  const level = (index: number): Sql => LEVELS[index] ?? sql`level_0`;
  const upTo = (index: number): Sql =>
    join(
      LEVELS.slice(0, index + 1).map((one) => sql`select * from ${one}`),
      sql` union all `,
    );
  const known = (index: number): Sql =>
    index === 0
      ? level(0)
      : sql`(select record, id from ${level(index - 1)} union all select record, id from ${level(index)})`;
  const around = (index: number): Sql =>
    sql`${level(index)} f cross join lateral (${neighbours(request)}) n
      where not exists (select from ${known(index)} k where k.record = n.record and k.id = n.id)`;
  const versions =
    record === 'event' ? sql`event_version` : sql`document_version`;
  const levels = LEVELS.slice(1, depth + 1).map(
    (one, index) => sql`, ${one} as materialized (
      select n.record, n.id, ${index + 1}::int as depth, row_number() over (order by bool_and(n.loose), n.record, n.id) as rank
      from ${around(index)} group by n.record, n.id order by rank
      limit greatest(0, ${limit + 1} - (select count(*) from (${upTo(index)}) taken)))`,
  );
  return sql`
    with level_0 as materialized (
      select ${record}::text collate "C" as record, ${id}::text collate "C" as id, 0 as depth, 1::bigint as rank
      where exists (select from ${versions} v where v.id = ${id} and ${standing(sql`v`, asOf)}))
    ${join(levels, sql``)}
    , found as materialized (${upTo(depth)})
    , shown as materialized (select * from found order by depth, rank limit ${limit})
    , cut as materialized (
      select case when (select count(*) from found) > ${limit} then 'limit'
        when exists (select from ${around(depth)}) then 'depth' end as truncated)
    select s.record, s.id, s.depth, b.date, b."timeZone", b.title, b.type, b.status, b.kind,
      (select json_agg(json_build_array(r.record, r.id, r.relation, r.inferred) order by r.relation) from (
         select t.record, t.id, e.relation, bool_and(e.inferred) as inferred
         from (${REFERENCES}) e (record, id, relation, inferred) join shown t on t.record = e.record and t.id = e.id
         group by t.record, t.id, e.relation) r) as refers,
      (select truncated from cut) as truncated
    from shown s
    cross join lateral (
      select body, begin_earliest, end_latest, sequence from event_version v
      where s.record = 'event' and v.id = s.id and ${standing(sql`v`, asOf)}
      union all
      select body, begin_earliest, end_latest, 0 from document_version v
      where s.record = 'document' and v.id = s.id and ${standing(sql`v`, asOf)}) v
    cross join lateral json_to_record(v.body::json) b (date text, "timeZone" text, title json, type text, status text,
      kind text, links json, documents json, "inReplyTo" json, "partOf" text)
    order by v.begin_earliest, v.end_latest, v.sequence, s.id, s.record`;
}

/** So many edges away from a record a thread reaches at most. */
export const DEEPEST_THREAD = 10;

const LEVELS: readonly Sql[] = [
  sql`level_0`,
  sql`level_1`,
  sql`level_2`,
  sql`level_3`,
  sql`level_4`,
  sql`level_5`,
  sql`level_6`,
  sql`level_7`,
  sql`level_8`,
  sql`level_9`,
  sql`level_10`,
];

/** What the body of a node refers to. */
const REFERENCES = sql`
  select 'event', event, relation, inferred from json_to_recordset(b.links) l (event text, relation text, inferred boolean)
  union all
  select 'document', document, relation, false from json_to_recordset(b.documents) d (document text, relation text)
  union all
  select 'document', answered, 'in-reply-to', false from json_array_elements_text(b."inReplyTo") answered
  union all
  select 'document', b."partOf", 'part-of', false where b."partOf" is not null`;

// Each reference both ways: where it is kept, the column of the near end and what it names, and the same of the far end.
const WAYS = [
  [sql`event_link`, sql`event`, 'event', sql`target`, 'event'],
  [sql`event_link`, sql`target`, 'event', sql`event`, 'event'],
  [sql`event_document`, sql`event`, 'event', sql`document`, 'document'],
  [sql`event_document`, sql`document`, 'document', sql`event`, 'event'],
  [sql`document_link`, sql`document`, 'document', sql`target`, 'document'],
  [sql`document_link`, sql`target`, 'document', sql`document`, 'document'],
] as const;

/**
 * What is next to a node `f`, as `{loose, record, id}`. Each way is a range of one index and stops after so many: one
 * neighbour may stand there twice, and as many as the thread holds may have been found before.
 */
function neighbours({ asOf, limit }: ThreadRequest): Sql {
  const ranges = WAYS.flatMap(([table, near, nearRecord, far, farRecord]) =>
    standings(sql`l`, asOf).map(
      (stands) => sql`
        (select distinct l.loose, ${farRecord}::text as record, l.${far} as id from ${table} l
         where f.record = ${nearRecord} and l.${near} = f.id and ${stands} order by l.loose, id limit ${2 * limit + 1})`,
    ),
  );
  return join(ranges, sql` union all `);
}
