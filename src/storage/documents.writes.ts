import type { EntityManager } from 'typeorm';
import { boundsOf } from '../domain/bounds.ts';
import { completeDocument, type DocumentDraft } from '../domain/document.ts';
import { parseEdtf } from '../domain/edtf.ts';
import { referencesOf } from '../domain/record.ts';
import { type Journal } from './changes.writes.ts';
import { type Cell, copied, timestamp } from './copy.ts';
import { addRows } from './rows.ts';
import { documentTerms } from './terms.ts';
import {
  currentVersions,
  type Outcome,
  type Shape,
  storeVersions,
} from './versions.ts';

/** Stores documents. References and circles have been checked; an id stands once in a batch. */
export async function storeDocuments(
  tx: EntityManager,
  drafts: readonly DocumentDraft[],
  journal: Journal,
): Promise<Outcome[]> {
  const current = await currentVersions(
    tx,
    'document',
    drafts.map(({ id }) => id),
  );
  const { outcomes, stored } = await storeVersions(
    tx,
    'document',
    drafts,
    current,
    shape,
    journal,
  );
  await addRows(tx, [
    {
      table: 'document_link',
      columns: [
        'document_key',
        'document',
        'relation',
        'target',
        'recorded_at',
      ],
      rows: copied(
        stored.flatMap(({ item, key }) =>
          referencesOf(item).flatMap(({ relation, id }): Cell[][] =>
            relation === undefined
              ? []
              : [[key, item.id, relation, id, timestamp(journal.stamp.at)]],
          ),
        ),
      ),
    },
  ]);
  return outcomes;
}

const shape: Shape<DocumentDraft> = {
  id: ({ id }) => id,
  complete: completeDocument,
  columns(draft) {
    const bounds =
      typeof draft.date === 'string' ? boundsOf(parseEdtf(draft.date)) : null;
    return {
      kind: draft.kind,
      // What has no date stands after everything that has one.
      begin_earliest: timestamp(bounds?.begin[0] ?? Infinity),
      end_latest: timestamp(bounds?.end[1] ?? Infinity),
      terms: documentTerms(draft),
    };
  },
};
