import { listOf } from '../domain/draft.ts';
import { documentLinks } from '../storage/documents.writes.ts';
import { type RecordName } from '../storage/versions.ts';
import { type Draft } from './ndjson.ts';

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
  if (draft.record === 'document')
    return [
      ...listOf(draft.authors).map((id, index): Reference => ({
        pointer: `/authors/${index}`,
        record: 'actor',
        id,
      })),
      ...listOf(draft.addressees).map((id, index): Reference => ({
        pointer: `/addressees/${index}`,
        record: 'actor',
        id,
      })),
      ...documentLinks(draft).map(
        ({ pointer, relation, target }): Reference => ({
          pointer,
          record: 'document',
          id: target,
          relation,
        }),
      ),
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
