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
