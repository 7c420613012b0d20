import type { Pool } from 'pg';
import type { EntityManager } from 'typeorm';
import { ask } from './page.ts';
import { sql } from './sql.ts';

/** Those of these ids under which an actor stands in the record. */
export async function standingActors(
  pool: Pool,
  ids: readonly string[],
): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await ask<{ id: string }>(
    pool,
    sql`select id from actor_version where id = any (${ids}::text[]) and superseded_at is null`,
    true,
  );
  return new Set(rows.map(({ id }) => id));
}

/** Those of these ids that an actor has, or had before it was removed or merged away. */
export async function usedActorIds(
  pool: Pool,
  ids: readonly string[],
): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await ask<{ id: string }>(
    pool,
    sql`select distinct id from actor_version where id = any (${ids}::text[])`,
    true,
  );
  return new Set(rows.map(({ id }) => id));
}

/** An identifier of an actor. */
export interface ActorIdentifier {
  id: string;
  scheme: string;
  value: string;
}

/** The identifiers of all states and organizations in these schemes: a few hundred of each. */
export async function identifiersOfPowers(
  pool: Pool,
  schemes: readonly string[],
): Promise<ActorIdentifier[]> {
  return ask<ActorIdentifier>(
    pool,
    sql`select v.id, i.key as scheme, i.value
      from actor_version v cross join json_each_text(v.body::json -> 'identifiers') i
      where v.superseded_at is null and v.kind in ('state', 'organization') and i.key = any (${schemes}::text[])
      order by v.id`,
    true,
  );
}

/** Those actors that an import has made of names, and under whose ids another writer has entered one meanwhile. */
export async function madeMeanwhile(tx: EntityManager): Promise<string[]> {
  const rows: { id: string }[] = await tx.query(
    `select s.id from staged s join actor_version v on v.id = s.id and v.superseded_at is null
     where s.record = 'actor' and s.line < 1 limit 5`,
  );
  return rows.map(({ id }) => id);
}
