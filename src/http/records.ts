import type { FastifyReply } from 'fastify';
import type { Pool } from 'pg';
import { Type } from 'typebox';
import { DomainError } from '../domain/errors.ts';
import { instantOfRecord } from '../domain/instant.ts';
import { type RecordName } from '../domain/record.ts';
import { shortened, withArticle } from '../domain/text.ts';
import { WindowFault } from '../domain/window.ts';
import { readBody, readBodyAsOf } from '../storage/records.reads.ts';
import { sendJson } from './answers.ts';
import { isId } from './ids.ts';
import { refuseGone } from './removed.ts';

/** The parameter by which the record is read as it stood. */
export const asOfParameter = Type.Optional(
  Type.String({
    maxLength: 64,
    description:
      'The record as it stood at this instant: a date-time with an offset (RFC 3339), or a date for its last moment in UTC',
    examples: ['2999-01-01'],
  }),
);

/** The parameters of one record. */
export const oneRecordQuery = Type.Object(
  { asOf: asOfParameter },
  { additionalProperties: false },
);

/**
 * Sends one record, as it stands or stood.
 * @throws DomainError `not_found`, `removed`
 */
export async function sendRecord(
  reply: FastifyReply,
  pool: Pool,
  record: RecordName,
  id: string,
  { asOf }: { asOf?: string },
): Promise<FastifyReply> {
  const missing = new DomainError(
    'not_found',
    `There is no ${record} with this id.`,
  );
  if (!isId(id)) throw missing;
  const instant = asOf === undefined ? null : readInstant('asOf', asOf);
  const body =
    instant === null
      ? await readBody(pool, record, id)
      : await readBodyAsOf(pool, record, id, instant);
  if (body !== null) return sendJson(reply, body);
  if (instant !== null && (await readBody(pool, record, id)) !== null)
    throw new DomainError(
      'not_found',
      `At that instant there was not yet ${withArticle(record)} with this id.`,
    );
  return refuseGone(pool, record, id, missing);
}

/** @throws DomainError `invalid_parameter` naming the parameter */
export function readInstant(parameter: string, text: string): number {
  try {
    return instantOfRecord(text);
  } catch (error) {
    if (!(error instanceof WindowFault)) throw error;
    throw new DomainError(
      'invalid_parameter',
      `${parameter} cannot be read: ${error.message}`,
      [
        {
          parameter,
          message: 'is neither a date-time with an offset nor a date',
          received: shortened(text),
        },
      ],
    );
  }
}
