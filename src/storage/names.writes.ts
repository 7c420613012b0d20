import type { EntityManager } from 'typeorm';
import { type ActorDraft } from '../domain/actor.ts';
import { actorKeys } from '../domain/name-keys.ts';

const AT_ONCE = 1000;

/**
 * Makes the keys of the names of actors that stand without: after the migration that brought them, and of what an older
 * server wrote meanwhile. An actor is then found by its names.
 * @returns how many there were
 */
export async function fillNameKeys(tx: EntityManager): Promise<number> {
  let done = 0;
  for (;;) {
    const rows: { key: number; body: string }[] = await tx.query(
      `select key, body from actor_version where superseded_at is null and name_keys is null order by key limit ${AT_ONCE}`,
    );
    if (rows.length === 0) return done;
    done += rows.length;
    const made = rows.map(({ key, body }) => ({
      key,
      keys: actorKeys(JSON.parse(body) as ActorDraft),
    }));
    await tx.query(
      `update actor_version v set name_keys = m.keys
       from json_to_recordset($1::json) m (key bigint, keys text[]) where v.key = m.key`,
      [JSON.stringify(made)],
    );
  }
}
