import type { Pool } from 'pg';
import {
  edgesBetween,
  type Linked,
  type Thread,
  type ThreadNode,
  type ThreadRecord,
} from '../domain/thread.ts';
import { ask } from './page.ts';
import { join, type Sql, sql } from './sql.ts';
import { standing, standings } from './standing.ts';

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

/** A node with all that is told of it; what only the other sort of record has is null. */
interface Row extends Linked, Pick<ThreadNode, 'depth' | 'title'> {
  type: string | null;
  status: string | null;
  kind: string | null;
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
  const rows = await ask<Row>(
    pool,
    threadStatement(request).called('thread'),
    false,
  );
  const [first] = rows;
  if (first === undefined) return null;
  return {
    truncated: first.truncated,
    nodes: rows.map(nodeOf),
    edges: edgesBetween(rows),
  };
}

function nodeOf(row: Row): ThreadNode {
  const { record, id, depth, date, title, type, status, kind } = row;
  return {
    record,
    id,
    depth,
    date,
    title,
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
    , node as materialized (
      select s.record, s.id, s.depth, v.begin_earliest, v.end_latest, v.sequence, b.*
      from shown s
      cross join lateral (
        select body, begin_earliest, end_latest, sequence from event_version v
        where s.record = 'event' and v.id = s.id and ${standing(sql`v`, asOf)}
        union all
        select body, begin_earliest, end_latest, 0 from document_version v
        where s.record = 'document' and v.id = s.id and ${standing(sql`v`, asOf)}) v
      cross join lateral json_to_record(v.body::json) b (date text, "timeZone" text, title json, type text, status text,
        kind text, links json, documents json, "inReplyTo" json, "partOf" text))
    , edge as materialized (
      select n.record, n.id, r.to_record, r.to_id, r.relation, bool_and(r.inferred) as inferred
      from node n cross join lateral (${REFERENCES}) r (to_record, to_id, relation, inferred)
      join shown t on t.record = r.to_record and t.id = r.to_id
      group by n.record, n.id, r.to_record, r.to_id, r.relation)
    select n.record, n.id, n.depth, n.date, n."timeZone", n.title, n.type, n.status, n.kind,
      coalesce(e.refers, '[]') as refers, cut.truncated
    from cut cross join node n
    left join (
      select record, id, json_agg(json_build_object('toRecord', to_record, 'to', to_id, 'relation', relation, 'inferred', inferred)
        order by relation) as refers
      from edge group by record, id) e on e.record = n.record and e.id = n.id
    order by n.begin_earliest, n.end_latest, n.sequence, n.id, n.record`;
}

// As many as a thread may be deep.
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
  select 'event', event, relation, inferred from json_to_recordset(n.links) l (event text, relation text, inferred boolean)
  union all
  select 'document', document, relation, false from json_to_recordset(n.documents) d (document text, relation text)
  union all
  select 'document', answered, 'in-reply-to', false from json_array_elements_text(n."inReplyTo") answered
  union all
  select 'document', n."partOf", 'part-of', false where n."partOf" is not null`;

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
