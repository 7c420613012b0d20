import { type ActorDraft, actorSchema, readActor } from './actor.ts';
import {
  type DocumentDraft,
  documentSchema,
  readDocument,
} from './document.ts';
import { listOf } from './draft.ts';
import { DomainError, type Fault } from './errors.ts';
import { type EventDraft, readEvent } from './event.ts';
import { eventSchema } from './event-schema.ts';
import { nearest } from './nearest.ts';
import { cleanJson, escapePointer, MOST_FAULTS } from './text.ts';

/** The kinds of record that people write. */
export const RECORDS = ['actor', 'document', 'event'] as const;
export type RecordName = (typeof RECORDS)[number];

/** Any record as people write it. */
export type Draft = ActorDraft | DocumentDraft | EventDraft;

/** A value understood as a draft of that kind; each throws a DomainError naming every fault. */
export const readDraft: Record<RecordName, (value: unknown) => Draft> = {
  actor: readActor,
  document: readDocument,
  event: (value) => readEvent(value).draft,
};

const SCHEMAS = {
  actor: actorSchema,
  document: documentSchema,
  event: eventSchema,
};

/**
 * A patch (RFC 7396) that names no field but those of drafts of that kind, not even to take one away.
 * @throws DomainError `invalid_record` naming every fault
 */
export function readPatch(
  record: RecordName,
  patch: Record<string, unknown>,
): Record<string, unknown> {
  const known = Object.keys(SCHEMAS[record].properties ?? {});
  const clean = cleanJson(patch) as Record<string, unknown>;
  const faults = Object.keys(clean)
    .filter((name) => !known.includes(name))
    .map((name): Fault => {
      const near = nearest(name, known);
      return {
        pointer: `/${escapePointer(name)}`,
        message: 'is not a field of this record',
        ...(near.length > 0 ? { nearest: near } : {}),
      };
    });
  if (faults.length > 0)
    throw new DomainError(
      'invalid_record',
      'The patch names what is not a field of the record.',
      faults.slice(0, MOST_FAULTS),
    );
  return clean;
}

// What the record adds to a draft; the rest of an answer is the draft.
const DERIVED = [
  'revision',
  'recordedAt',
  'revisedAt',
  'bounds',
  'corroboration',
];

/** The draft in a finished answer: what can be written back. */
export function draftOf(body: string): Record<string, unknown> {
  const answer = JSON.parse(body) as Record<string, unknown>;
  for (const name of DERIVED) delete answer[name];
  return answer;
}

/** A place in a draft that names another record. */
export interface Reference {
  pointer: string;
  record: RecordName;
  id: string;
  /** How the two are tied, where both are records of one sort. */
  relation?: string;
}

/** Every place in a draft that names another record. */
export function referencesOf(draft: Draft): Reference[] {
  if (draft.record === 'actor')
    return listOf(draft.affiliations).map(({ relation, to }, index) => ({
      pointer: `/affiliations/${index}/to`,
      record: 'actor',
      id: to,
      relation,
    }));
  const all = (
    list: string,
    record: RecordName,
    ids: readonly string[] | null | undefined,
    relation?: string,
  ): Reference[] =>
    listOf(ids).map((id, index) => ({
      pointer: `/${list}/${index}`,
      record,
      id,
      ...(relation === undefined ? {} : { relation }),
    }));
  if (draft.record === 'document')
    return [
      ...all('authors', 'actor', draft.authors),
      ...all('addressees', 'actor', draft.addressees),
      ...all('inReplyTo', 'document', draft.inReplyTo, 'in-reply-to'),
      ...(typeof draft.partOf === 'string'
        ? [
            {
              pointer: '/partOf',
              record: 'document' as const,
              id: draft.partOf,
              relation: 'part-of',
            },
          ]
        : []),
    ];
  return [
    ...listOf(draft.participants).flatMap(
      ({ actor, onBehalfOf }, index): Reference[] => [
        { pointer: `/participants/${index}/actor`, record: 'actor', id: actor },
        ...(typeof onBehalfOf === 'string'
          ? [
              {
                pointer: `/participants/${index}/onBehalfOf`,
                record: 'actor' as const,
                id: onBehalfOf,
              },
            ]
          : []),
      ],
    ),
    ...listOf(draft.documents).map(({ document }, index): Reference => ({
      pointer: `/documents/${index}/document`,
      record: 'document',
      id: document,
    })),
    ...listOf(draft.accounts).map(({ party }, index): Reference => ({
      pointer: `/accounts/${index}/party`,
      record: 'actor',
      id: party,
    })),
    ...listOf(draft.links).map(({ event, relation }, index): Reference => ({
      pointer: `/links/${index}/event`,
      record: 'event',
      id: event,
      relation,
    })),
  ];
}
