import { Type } from 'typebox';
import { actorSchema } from '../domain/actor.ts';
import { documentSchema } from '../domain/document.ts';
import { eventSchema } from '../domain/event-schema.ts';
import { type JsonSchema } from '../domain/schemas.ts';
import { lsnAnswered } from './reading.ts';

/** A draft as a body: which sort of record it is goes without saying, and its id may stand in the address. */
const asBody = (schema: JsonSchema, $id: string): object => ({
  ...schema,
  $id,
  required: schema.required?.filter(
    (name) => name !== 'record' && name !== 'id',
  ),
});

/** The shapes of drafts in requests. */
export const draftShapes = [
  asBody(eventSchema, 'EventDraft'),
  asBody(actorSchema, 'ActorDraft'),
  asBody(documentSchema, 'DocumentDraft'),
];

/** A short text in a query. */
export const textParameter = (description: string, example: string) =>
  Type.String({
    minLength: 1,
    maxLength: 2000,
    description,
    examples: [example],
  });

/** What the database may say of any write. */
export const UNSURE = ['outcome_unknown', 'storage_full'] as const;

/** The problems of every write that has a body. */
export const writeProblems = [
  ...UNSURE,
  'invalid_record',
  'unauthorized',
  'forbidden',
  'conflict',
  'payload_too_large',
  'unsupported_media_type',
  'unknown_reference',
  'untrue_record',
  'circular_reference',
] as const;

/** The headers of every write. */
export const writeHeaders = Type.Object({
  'if-match': Type.Optional(
    Type.String({
      description:
        'The `ETag` that was read; needed to change what exists (RFC 9110)',
      examples: ['"2jmj7l5rSw0yVb-vlWAYkK_YBwk"'],
    }),
  ),
  'if-none-match': Type.Optional(
    Type.String({
      description: '`*`: only if it does not exist yet',
      examples: ['*'],
    }),
  ),
  'idempotency-key': Type.Optional(
    Type.String({
      description:
        'On POST: 1 to 255 visible ASCII characters; the same key and body get the first answer again',
      examples: ['018f3c1e-8a52-7d4e-9b1f-2f6f3c1e8a52'],
    }),
  ),
  'x-change-reason': Type.Optional(
    Type.String({
      description: 'Why; kept with the revision',
      examples: ['The date was misread'],
    }),
  ),
});

/** The answer of a write: what a read answers, byte for byte. */
export function writtenAnswer(
  noun: string,
  status: 200 | 201,
  description: string,
): Record<number, object> {
  return {
    [status]: {
      description,
      headers: {
        ETag: {
          type: 'string',
          description:
            'Strong validator of this version: send it in `If-Match`',
        },
        ...lsnAnswered,
        ...(status === 201
          ? {
              Location: { type: 'string', description: 'Where it can be read' },
            }
          : {}),
      },
      content: { 'application/json': { schema: { $ref: `${noun}#` } } },
    },
  };
}
