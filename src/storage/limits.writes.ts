import { type Database } from './database.ts';
import { sql } from './sql.ts';

/** What a client has used of a limit on all servers together, and in how many milliseconds it begins anew. */
export interface SharedUse {
  client: string;
  used: number;
  endsIn: number;
}

const MOST_FORGOTTEN = 1000;

/**
 * Adds what clients have used on this server since it was last told, and answers what they have used on all of them: one
 * statement, however many they are. By the database's clock alone, so that servers whose clocks differ agree. Those whose time is over are
 * forgotten with it.
 */
export async function addUse(
  { writes }: Database,
  uses: ReadonlyMap<string, number>,
  seconds: number,
): Promise<SharedUse[]> {
  const clients = [...uses.keys()];
  const { text, values } = sql`
    with forgotten as (
      delete from limit_use where client in (
        select client from limit_use where ends_at < now() - interval '1 minute' and client <> all(${clients}::text[])
        limit ${MOST_FORGOTTEN} for update skip locked)
    )
    insert into limit_use as known (client, used, ends_at)
    select client, used, now() + make_interval(secs => ${seconds})
    from unnest(${clients}::text[], ${[...uses.values()]}::bigint[]) as added (client, used)
    -- In one order on every server: else two could wait for each other.
    order by client
    on conflict (client) do update set
      used = case when known.ends_at > now() then known.used else 0 end + excluded.used,
      ends_at = case when known.ends_at > now() then known.ends_at else excluded.ends_at end
    returning client, used, (extract(epoch from ends_at - now()) * 1000)::int as "endsIn"`.compile();
  return (await writes.query(text, values)) as SharedUse[];
}
