import type { EntityManager } from 'typeorm';
import { boundsOf } from '../domain/bounds.ts';
import { completeDocument, type DocumentDraft } from '../domain/document.ts';
import { listOf } from '../domain/draft.ts';
import { parseEdtf } from '../domain/edtf.ts';
import { load, timestamp } from './copy.ts';
import { documentTerms } from './terms.ts';
import {
  currentVersions,
  finishedBody,
  newKeys,
  type NewVersion,
  type Outcome,
  type Stamp,
  storeVersions,
} from './versions.ts';

/** Stores documents. References and circles have been checked; an id stands once in a batch. */
export async function storeDocuments(
  tx: EntityManager,
  drafts: readonly DocumentDraft[],
  stamp: Stamp,
): Promise<Outcome[]> {
  const current = await currentVersions(
    tx,
    'document',
    drafts.map(({ id }) => id),
  );
  const bodies = drafts.map((draft) =>
    finishedBody(completeDocument(draft), current.get(draft.id), stamp),
  );
  const changed = drafts.flatMap((draft, index) => {
    const body = bodies[index];
    return typeof body === 'string' ? [{ draft, body }] : [];
  });
  const keys = await newKeys(tx, changed.length);
  const versions = changed.map(({ draft, body }, index): NewVersion => {
    const before = current.get(draft.id);
    const bounds =
      typeof draft.date === 'string' ? boundsOf(parseEdtf(draft.date)) : null;
    return {
      id: draft.id,
      key: keys[index] ?? 0,
      revision: (before?.revision ?? 0) + 1,
      body,
      columns: {
        kind: draft.kind,
        // What has no date stands after everything that has one.
        begin_earliest: timestamp(bounds?.begin[0] ?? Infinity),
        end_latest: timestamp(bounds?.end[1] ?? Infinity),
        terms: documentTerms(draft),
      },
      replaces: before?.key ?? null,
    };
  });
  await storeVersions(tx, 'document', versions, stamp);
  await load(
    tx,
    'document_link',
    ['document_key', 'document', 'relation', 'target'],
    changed.flatMap(({ draft }, index) =>
      documentLinks(draft).map(({ relation, target }) => [
        keys[index] ?? 0,
        draft.id,
        relation,
        target,
      ]),
    ),
  );
  return drafts.map((draft, index) =>
    bodies[index] === null
      ? 'unchanged'
      : current.has(draft.id)
        ? 'updated'
        : 'created',
  );
}

/** The ties of a document to other documents. */
export function documentLinks(
  draft: DocumentDraft,
): { relation: string; target: string; pointer: string }[] {
  return [
    ...listOf(draft.inReplyTo).map((target, index) => ({
      relation: 'in-reply-to',
      target,
      pointer: `/inReplyTo/${index}`,
    })),
    ...(typeof draft.partOf === 'string'
      ? [{ relation: 'part-of', target: draft.partOf, pointer: '/partOf' }]
      : []),
  ];
}
