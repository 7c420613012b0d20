import type { EventEmitter } from 'node:events';
import { isIP, type Socket } from 'node:net';
import { Client, type ClientBase, type Pool } from 'pg';

/** What node-postgres has, but does not tell in its types. */
interface Connection extends EventEmitter {
  stream: Socket;
  ssl: boolean | object;
  sslNegotiation?: string;
  connect(port: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processID: number, secretKey: number): void;
}

interface Connected {
  host: string;
  port: number;
  processID: number | null;
  secretKey: number | null;
  connection: Connection;
}

const AT_MOST = 1500;

/**
 * Ends what runs on a connection of a pool, as PostgreSQL's protocol has it (CancelRequest): by a second connection to the same
 * address, which shows the number and the secret key that the first one was given. Wherever a proxy leads it, a server that did not
 * give that key does nothing, where `pg_cancel_backend` would end a stranger's query that has the number there. Never fails: what
 * is not ended ends at its own limits.
 * @returns when the server has passed it on, or after a second and a half
 */
export async function cancelQuery(
  pool: Pool,
  client: ClientBase,
): Promise<void> {
  const { host, port, processID, secretKey, connection } =
    client as unknown as Connected;
  if (processID === null || secretKey === null) return;
  const { connection: other } = new Client(
    pool.options,
  ) as unknown as Connected;
  const send = (): void => other.cancel(processID, secretKey);
  other.on('error', () => undefined);
  other.once('connect', () => {
    if (other.ssl === false) send();
    else if (other.sslNegotiation !== 'direct') other.requestSsl();
  });
  other.once('sslconnect', send);
  // A name may lead to another server by now. Its certificate is held to the name all the same.
  const address = connection.stream.remoteAddress;
  if (other.ssl !== false && isIP(host) === 0)
    other.ssl = { ...Object(other.ssl), servername: host };
  // The server answers by hanging up, and pg's connection tells that as its end.
  await new Promise<void>((resolve) => {
    const late = setTimeout(resolve, AT_MOST);
    other.once('end', () => {
      clearTimeout(late);
      resolve();
    });
    if (host.startsWith('/')) other.connect(`${host}/.s.PGSQL.${port}`);
    else other.connect(port, address ?? host);
  });
  other.stream.destroy();
}
