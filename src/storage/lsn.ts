/**
 * A place in the write-ahead log, in bytes from its begin. Whatever was committed before it was read is in the log before
 * it, and a server that has replayed the log up to it shows all of that.
 */
export type Lsn = number;

/** A place as PostgreSQL writes it (`16/B374D848`); null for any other text. Exact up to 2^53 bytes of log. */
export function lsnOf(text: string): Lsn | null {
  const [, high, low] = /^([\dA-F]{1,8})\/([\dA-F]{1,8})$/i.exec(text) ?? [];
  if (high === undefined || low === undefined) return null;
  return parseInt(high, 16) * 2 ** 32 + parseInt(low, 16);
}

/**
 * SQL: a place in the log of the primary that has all before it which is seen to be committed. That is how far the log is on
 * disk, for only then a commit is seen; but not where commits do not wait for the disk. Further on lies what may not be sent
 * to a replica for a long time.
 */
export const COMMITTED = `(case current_setting('synchronous_commit') when 'off' then pg_current_wal_insert_lsn()
  else pg_current_wal_flush_lsn() end)::text`;
