import type { Pool } from 'pg';
import { type Scope } from '../domain/access.ts';
import { ask } from './page.ts';
import { type Sql, sql } from './sql.ts';

/** A key as it is looked up when somebody shows one. */
export interface StoredKey {
  id: string;
  name: string;
  scope: Scope;
  /** SHA-256 of the secret. */
  hash: Buffer;
  /** Neither revoked nor expired, by the database's clock: no server can think otherwise because its own is wrong. */
  valid: boolean;
  /** Whether a use within the last minute is on record already. */
  usedLately: boolean;
}

/** A key as it is listed; instants are ISO 8601 in UTC, to the second. */
export interface ListedKey {
  id: string;
  name: string;
  scope: Scope;
  created: string;
  expires: string | null;
  lastUsed: string | null;
  state: 'valid' | 'expired' | 'revoked';
}

/** The key with this id, whether it still counts or not. Never cached, so that a revocation counts at once. */
export async function findKey(
  pool: Pool,
  id: string,
): Promise<StoredKey | null> {
  const rows = await ask<StoredKey>(
    pool,
    sql`select id, name, scope, hash,
        revoked_at is null and coalesce(expires_at > now(), true) as valid,
        coalesce(last_used_at > now() - interval '1 minute', false) as "usedLately"
      from api_key where id = ${id}`,
    true,
  );
  return rows[0] ?? null;
}

/** Every key there ever was, oldest first. */
export async function listKeys(pool: Pool): Promise<ListedKey[]> {
  return ask<ListedKey>(
    pool,
    sql`select id, name, scope, ${utc(sql`created_at`)} as created, ${utc(sql`expires_at`)} as expires,
        ${utc(sql`last_used_at`)} as "lastUsed",
        case when revoked_at is not null then 'revoked' when expires_at <= now() then 'expired' else 'valid' end as state
      from api_key order by created_at, id`,
    false,
  );
}

function utc(column: Sql): Sql {
  return sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;
}
