import { EventEmitter } from 'node:events';
import { Client, type ClientConfig } from 'pg';

/** What node-postgres has, but does not tell in its types. */
interface Connection extends EventEmitter {
  attachListeners(stream: EventEmitter): void;
}

/**
 * A client of PostgreSQL that answers a statement with `binary: true` in bytes as they came, a Buffer for each value: so a finished text
 * goes on to who asked without being decoded and encoded again. Every other statement is answered as by any client.
 */
export class ByteClient extends Client {
  constructor(config?: ClientConfig) {
    super(config);
    const { connection } = this as unknown as { connection: Connection };
    const attach = connection.attachListeners.bind(connection);
    // node-postgres decodes as UTF-8 even what was asked for in binary: so rows of bytes are taken out before it.
    connection.attachListeners = (stream) => {
      const others = new EventEmitter();
      attach(others);
      takeRows(connection, stream, others);
    };
  }
}

const DATA_ROW = 'D'.charCodeAt(0);
const ROW_DESCRIPTION = 'T'.charCodeAt(0);
/** One byte says what a message is, four how long it is without that byte. */
const HEAD = 5;

function takeRows(
  connection: Connection,
  stream: EventEmitter,
  others: EventEmitter,
): void {
  let inBytes = false;
  connection.on(
    'rowDescription',
    ({ fields }: { fields: { format: string }[] }) => {
      inBytes =
        fields.length > 0 && fields.every(({ format }) => format === 'binary');
    },
  );
  // A message that has come in part, and how much of it is to come at least.
  let begun: Buffer[] = [];
  let missing = 0;
  stream.on('data', (chunk: Buffer) => {
    begun.push(chunk);
    missing -= chunk.length;
    if (missing > 0) return;
    const bytes = begun.length === 1 ? chunk : Buffer.concat(begun);
    let from = 0;
    const handOn = (until: number): void => {
      if (until > from) others.emit('data', bytes.subarray(from, until));
      from = until;
    };
    let at = 0;
    let end = endOf(bytes, at);
    while (end <= bytes.length) {
      if (bytes[at] === DATA_ROW && inBytes) {
        handOn(at);
        from = end;
        connection.emit('dataRow', { fields: valuesOf(bytes, at + HEAD) });
      } else if (bytes[at] === ROW_DESCRIPTION) handOn(end);
      at = end;
      end = endOf(bytes, at);
    }
    handOn(at);
    begun = at < bytes.length ? [bytes.subarray(at)] : [];
    missing = begun.length === 0 ? 0 : end - bytes.length;
  });
}

/** Where a message ends; at the end of its head as long as that has not come. */
function endOf(bytes: Buffer, at: number): number {
  const head = at + HEAD;
  return head > bytes.length ? head : at + 1 + bytes.readUInt32BE(at + 1);
}

/** The values of a row: how many, then each after its length, which is -1 for null. */
function valuesOf(bytes: Buffer, at: number): (Buffer | null)[] {
  const values: (Buffer | null)[] = [];
  let place = at + 2;
  for (let left = bytes.readUInt16BE(at); left > 0; left--) {
    const from = place + 4;
    const length = bytes.readInt32BE(place);
    place = from + Math.max(length, 0);
    values.push(length < 0 ? null : bytes.subarray(from, place));
  }
  return values;
}
