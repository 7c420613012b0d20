import { type Database } from '../../src/storage/database.ts';

const TABLES = [
  'actor_version',
  'affiliation',
  'document_version',
  'document_link',
  'event_version',
  'event_actor',
  'event_account',
  'event_link',
  'event_document',
  'change',
];

/** Everything the record holds, closed rows too, as texts in an order of their own. */
export async function wholeRecord(
  database: Database,
): Promise<Record<string, string[]>> {
  const record: Record<string, string[]> = {};
  for (const table of TABLES) {
    const answer = await database.exports.query<{ row: string }>(
      `select t::text as row from ${table} t order by 1`,
    );
    record[table] = answer.rows.map(({ row }) => row);
  }
  return record;
}

/**
 * The record as it stands, but for when it was entered and in how many steps: what must be the same however one came
 * there.
 */
export async function standingRecord(
  database: Database,
): Promise<Record<string, string[]>> {
  const queries = {
    bodies: ['actor', 'document', 'event']
      .map(
        (record) =>
          `select regexp_replace(body, ',"revision":.*$', '') || terms::text as row from ${record}_version where superseded_at is null`,
      )
      .join(' union all '),
    actors: `select concat_ws(' ', id, participation, role, actor, scope, certain, path::text, begin_earliest, end_latest, sequence, reach) as row
      from event_actor where superseded_at is null`,
    accounts: `select concat_ws(' ', v.id, account, stance, actor, scope, certain) as row
      from event_account a join event_version v on v.key = a.event_key where a.superseded_at is null`,
    ties: `select concat_ws(' ', actor, ordinal, relation, target, "from", until, until_known) as row
      from affiliation where superseded_at is null`,
    handled: `select concat_ws(' ', event, relation, document) as row from event_document where superseded_at is null`,
    links: `select concat_ws(' ', event, relation, target) as row from event_link where superseded_at is null
      union all select concat_ws(' ', document, relation, target) from document_link where superseded_at is null`,
  };
  const record: Record<string, string[]> = {};
  for (const [name, query] of Object.entries(queries)) {
    const answer = await database.exports.query<{ row: string }>(
      `select row from (${query}) rows order by row collate "C"`,
    );
    record[name] = answer.rows.map(({ row }) => row);
  }
  return record;
}

/** Takes everything out of the record, as if nothing had ever been in it. */
export async function emptyRecord(database: Database): Promise<void> {
  await database.writes.query(`truncate ${TABLES.join(', ')}`);
}
