import type { FastifyReply } from 'fastify';
import { DomainError } from '../domain/errors.ts';
import { attended } from '../storage/attended.ts';
import { type Database } from '../storage/database.ts';
import { type Lsn, lsnOf } from '../storage/lsn.ts';
import { type Committed } from '../storage/transaction.ts';
import { willPass } from './caching.ts';
import { leaving } from './leaving.ts';

/**
 * The header in which a write answers how far the log of the database had come when it was committed; sent with a read, that
 * is answered by a server that shows the write.
 */
export const DATA_LSN = 'x-data-lsn';

/** In the `config` of a route: it only reads, and `X-Data-Lsn` is one of its headers. */
export const READING = { reading: true };

/**
 * Where what a request reads is asked: of a replica that has come as far as its `X-Data-Lsn`, while there is one, else of
 * the primary. What a replica answers that may be behind is not remembered. What still runs when whoever asked has left is
 * ended.
 * @throws DomainError `invalid_parameter` when the header holds no place in the log
 */
export function readsFor(database: Database, reply: FastifyReply): Database {
  const read = database.readAt(lsnAsked(reply));
  if (!read.upToDate) willPass(reply);
  return attended(read.database, leaving(reply));
}

function lsnAsked({ request }: FastifyReply): Lsn | null {
  const given = request.headers[DATA_LSN];
  if (given === undefined) return null;
  const lsn = lsnOf(String(given));
  if (lsn !== null) return lsn;
  const message = 'is not what a write has answered in X-Data-Lsn';
  throw new DomainError('invalid_parameter', `X-Data-Lsn ${message}.`, [
    {
      parameter: 'X-Data-Lsn',
      message,
      received: String(given).slice(0, 200),
    },
  ]);
}

/** Tells the sender of a write, with its answer, how far one must have come who shows it. */
export function tellLsn(reply: FastifyReply): Committed {
  return (lsn) => void reply.header(DATA_LSN, lsn);
}

/** As a header of the answers of writes. */
export const lsnAnswered = {
  'X-Data-Lsn': {
    type: 'string',
    description:
      'Where the log of the database stood afterwards: a read that sends it back shows this write, whichever server answers',
  },
};

/** As a header of the requests of reads. */
export const lsnAccepted = {
  type: 'object',
  properties: {
    'x-data-lsn': {
      type: 'string',
      description:
        'The `X-Data-Lsn` of a write: the answer shows that write, also where replicas answer that may be seconds behind',
      examples: ['0/16B3748'],
    },
  },
};
