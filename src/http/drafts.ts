import { DomainError } from '../domain/errors.ts';
import { mergePatch } from '../domain/merge-patch.ts';
import {
  type Draft,
  draftOf,
  readDraft,
  readPatch,
  type RecordName,
} from '../domain/record.ts';
import { isId } from './ids.ts';

/**
 * The draft in a body; which sort of record it is goes without saying.
 * @param id that of a body which has none
 * @throws DomainError `invalid_record`, `untrue_record`
 */
export function draftFrom(record: RecordName, id: string, body: unknown) {
  return readDraft[record]({ record, id, ...objectOf(body) });
}

/**
 * The draft in a body whose address says which record it is.
 * @throws DomainError `invalid_record`, `untrue_record`
 */
export function draftAt(record: RecordName, id: string, body: unknown): Draft {
  return withId(draftFrom(record, id, body), id);
}

/**
 * Reads a body as a patch, and answers the draft that it makes of what stands.
 * @throws DomainError `invalid_record`, `untrue_record`
 */
export function patchFrom(
  record: RecordName,
  id: string,
  body: unknown,
): (current: string) => Draft {
  const patch = readPatch(record, objectOf(body));
  return (current) =>
    withId(readDraft[record](mergePatch(draftOf(current), patch)), id);
}

/** @throws DomainError `invalid_parameter` for what cannot be the id of a record */
export function refuseStrangeId(id: string): void {
  if (!isId(id))
    throw new DomainError(
      'invalid_parameter',
      'The address does not end in an id: small letters, digits, and . _ ~ - after the first.',
      [
        {
          parameter: 'id',
          message: 'is not an id',
          received: id.slice(0, 200).toWellFormed(),
        },
      ],
    );
}

function objectOf(body: unknown): Record<string, unknown> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return body as Record<string, unknown>;
  throw new DomainError('invalid_record', 'The body is not a JSON object.', [
    { pointer: '', message: 'is not a JSON object' },
  ]);
}

function withId(draft: Draft, id: string): Draft {
  if (draft.id === id) return draft;
  throw new DomainError(
    'invalid_record',
    'The id in the body is not the one in the address.',
    [
      {
        pointer: '/id',
        message: 'is not the id in the address',
        received: draft.id,
        allowed: [id],
      },
    ],
  );
}
