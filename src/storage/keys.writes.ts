import { createHash, randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { keyText, type Scope } from '../domain/access.ts';
import { type Database } from './database.ts';
import { asDomainError } from './faults.ts';
import { ask } from './page.ts';
import { type Sql, sql } from './sql.ts';

/** A key to be made; `expires` is ISO 8601, null for never. */
export interface NewKey {
  name: string;
  scope: Scope;
  expires: string | null;
}

/** Makes a key and answers its text, which is nowhere else: only the hash of its secret is stored. */
export async function createKey(
  database: Database,
  { name, scope, expires }: NewKey,
): Promise<string> {
  const id = randomBytes(6).toString('hex');
  const secret = newSecret();
  await write(
    database,
    sql`insert into api_key (id, name, scope, hash, expires_at)
      values (${id}, ${name}, ${scope}, ${hashOf(secret)}, ${expires}::timestamptz)`,
  );
  return keyText({ id, secret });
}

/**
 * Makes a key of the same name and scope as another, which ends after some hours, and answers its text; null when there is no
 * such key that is valid still.
 * @param hours for which both are good, so that whoever writes can change over without a gap
 */
export async function rotateKey(
  database: Database,
  id: string,
  hours: number,
  expires: string | null,
): Promise<string | null> {
  const key = { id: randomBytes(6).toString('hex'), secret: newSecret() };
  const made = (await write(
    database,
    sql`with ending as (
        update api_key set expires_at = least(expires_at, now() + ${hours}::float8 * interval '1 hour')
        where id = ${id} and revoked_at is null and coalesce(expires_at > now(), true)
        returning name, scope)
      insert into api_key (id, name, scope, hash, expires_at)
        select ${key.id}::text, name, scope, ${hashOf(key.secret)}::bytea, ${expires}::timestamptz from ending
        returning id`,
  )) as unknown[];
  return made.length === 0 ? null : keyText(key);
}

/** Ends a key for good, and answers whether there is one with this id. Once revoked it keeps the instant of the first time. */
export async function revokeKey(
  database: Database,
  id: string,
): Promise<boolean> {
  // TypeORM answers an update with its rows and their number.
  const [, count] = (await write(
    database,
    sql`update api_key set revoked_at = coalesce(revoked_at, now()) where id = ${id}`,
  )) as [unknown, number];
  return count > 0;
}

/**
 * Records that a key is used now, at most once a minute. Nobody waits for it, and it may fail: it is a hint to whoever
 * tidies up keys, no reason to refuse a request. It runs on the pool of the reads, whose statements are short and end in
 * time; behind long writes, such as imports, the notes of a busy key would pile up.
 */
export function noteUse(pool: Pool, id: string): void {
  // Requests that come together see the same old note: one of them writes, the others do not wait for its lock.
  ask(
    pool,
    sql`update api_key set last_used_at = now() where id = (
      select id from api_key
      where id = ${id} and coalesce(last_used_at < now() - interval '1 minute', true)
      for update skip locked)`,
    true,
  ).catch(() => undefined);
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * What is stored of a secret. A plain hash is enough, and a slow one would only slow the service: the secret is 256
 * random bits, which no list of likely passwords holds.
 */
export function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

async function write({ writes }: Database, statement: Sql): Promise<unknown> {
  const { text, values } = statement.compile();
  try {
    return await writes.query(text, values);
  } catch (error) {
    throw asDomainError(error);
  }
}
