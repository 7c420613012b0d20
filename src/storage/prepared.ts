import { hash } from 'node:crypto';
import type { PoolClient, QueryConfig } from 'pg';
import type { EntityManager } from 'typeorm';

/** The connection on which a transaction runs, for what TypeORM does not know: COPY, and prepared statements. */
export async function connectionOf(tx: EntityManager): Promise<PoolClient> {
  return (await tx.queryRunner?.connect()) as PoolClient;
}

/**
 * Runs a statement of a transaction that is planned once for each connection: for what every single write asks.
 * @param text without values: there are only so many texts as the code has
 */
export async function prepared<Row>(
  tx: EntityManager,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  const client = await connectionOf(tx);
  const { rows } = await client.query({
    name: nameOf(text),
    text,
    values: [...values],
  });
  return rows as Row[];
}

const names = new Map<string, string>();

/** What a statement is prepared under; of one text always the same. */
export function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  // Few shapes are prepared; but a text with a list in it would make many.
  if (names.size >= 1000) names.clear();
  const name = hash('sha1', text, 'base64url');
  names.set(text, name);
  return name;
}

/** A statement that is waited for so many milliseconds at most, whether or not the server is able to end it. */
export function within(milliseconds: number, text: string): QueryConfig {
  const timed = { text, query_timeout: milliseconds };
  return timed;
}
