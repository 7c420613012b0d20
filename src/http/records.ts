import type { FastifyReply } from 'fastify';
import { type Database } from '../storage/database.ts';
import { Type } from 'typebox';
import { DomainError, type Fault } from '../domain/errors.ts';
import { recordEdge } from '../domain/instant.ts';
import { sentence } from '../domain/list-filter.ts';
import { type RecordName } from '../domain/record.ts';
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
  pool: Database['pool'],
  record: RecordName,
  id: string,
  { asOf }: { asOf?: string },
): Promise<FastifyReply> {
  const instant = readAsOf(asOf);
  const body = !isId(id)
    ? null
    : instant === null
      ? await readBody(pool, record, id)
      : await readBodyAsOf(pool, record, id, instant);
  if (body !== null) return sendJson(reply, body);
  return refuseMissing(pool, record, id, instant);
}

/**
 * Tells why there is no such record, now or as of an instant.
 * @throws DomainError `not_found`, `removed`
 */
export async function refuseMissing(
  pool: Database['pool'],
  record: RecordName,
  id: string,
  asOf: number | null,
): Promise<never> {
  const missing = new DomainError(
    'not_found',
    `There is no ${record} with this id.`,
  );
  if (!isId(id)) throw missing;
  if (asOf !== null && (await readBody(pool, record, id)) !== null)
    throw new DomainError(
      'not_found',
      `At that instant there was no ${record} with this id.`,
    );
  return refuseGone(pool, record, id, missing);
}

/**
 * The instant in the parameter `asOf`; null when it was not given.
 * @throws DomainError `invalid_parameter`
 */
export function readAsOf(asOf: string | undefined): number | null {
  const faults: Fault[] = [];
  const instant = recordEdge('asOf', asOf, faults);
  if (faults.length > 0)
    throw new DomainError('invalid_parameter', sentence(faults), faults);
  return instant;
}
