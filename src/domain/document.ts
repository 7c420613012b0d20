import { completeSource, type Source } from './actor.ts';
import { draftCheck, Faults, listOf } from './draft.ts';
import { type LanguageMap } from './language.ts';
import {
  date,
  id,
  language,
  languageMap,
  list,
  nullable,
  object,
  source,
} from './schemas.ts';

export const DOCUMENT_KINDS = [
  'draft-treaty',
  'draft-agreement',
  'treaty',
  'agreement',
  'reply',
  'note',
  'letter',
  'memorandum',
  'protocol',
  'communique',
  'joint-statement',
  'readout',
  'credentials',
  'report',
  'other',
] as const;

export const AVAILABILITIES = [
  'published',
  'undisclosed',
  'leaked',
  'unknown',
] as const;

/** A document as people write it. */
export interface DocumentDraft {
  record: 'document';
  id: string;
  kind: (typeof DOCUMENT_KINDS)[number];
  title: LanguageMap;
  date?: string | null;
  summary?: LanguageMap | null;
  language?: string | null;
  authors?: string[] | null;
  addressees?: string[] | null;
  inReplyTo?: string[] | null;
  partOf?: string | null;
  availability?: (typeof AVAILABILITIES)[number] | null;
  sources?: Source[] | null;
}

const actorIds = (description: string) => ({
  ...list(id('An actor'), description),
  uniqueItems: true,
});

/** JSON Schema of a document's draft. */
export const documentSchema = object(
  {
    record: { const: 'document', description: 'What kind of record this is' },
    id: id('Stable for ever'),
    kind: {
      type: 'string',
      enum: DOCUMENT_KINDS,
      description: 'What the document is',
    },
    title: languageMap('Its title', 500),
    date: nullable(date('Its date')),
    summary: nullable(languageMap('What it says')),
    language: nullable(language('The language it is written in')),
    authors: actorIds('Who wrote or issued it'),
    addressees: actorIds('To whom it is addressed'),
    inReplyTo: {
      ...list(id('A document'), 'The documents it answers'),
      uniqueItems: true,
    },
    partOf: nullable(id('The document it is a part of')),
    availability: {
      type: ['string', 'null'],
      enum: [...AVAILABILITIES, null],
      default: 'unknown',
      description: 'Whether its text can be read; unknown unless said',
    },
    sources: list(source, 'Where it is told'),
  },
  ['record', 'id', 'kind', 'title'],
  'A document',
);

const check = draftCheck<DocumentDraft>(documentSchema);

/**
 * A value understood as a document's draft.
 * @throws DomainError `invalid_record` or `untrue_record` naming every fault
 */
export function readDocument(value: unknown): DocumentDraft {
  const draft = check(value);
  const faults = new Faults();
  faults.date('/date', draft.date);
  listOf(draft.sources).forEach((one, index) =>
    faults.date(`/sources/${index}/publishedAt`, one.publishedAt),
  );
  faults.raise('invalid_record', 'A date of the document cannot be read.');
  listOf(draft.inReplyTo).forEach((target, index) => {
    if (target === draft.id)
      faults.add(`/inReplyTo/${index}`, 'is the document itself', {
        received: target,
      });
  });
  if (draft.partOf === draft.id)
    faults.add('/partOf', 'is the document itself', { received: draft.id });
  faults.raise(
    'untrue_record',
    'The document is well formed but cannot be true.',
  );
  return draft;
}

/** The document as it is answered: every field, empty ones as null or `[]`, before what the record adds. */
export function completeDocument(draft: DocumentDraft): object {
  return {
    record: 'document',
    id: draft.id,
    kind: draft.kind,
    title: draft.title,
    date: draft.date ?? null,
    summary: draft.summary ?? null,
    language: draft.language ?? null,
    authors: listOf(draft.authors),
    addressees: listOf(draft.addressees),
    inReplyTo: listOf(draft.inReplyTo),
    partOf: draft.partOf ?? null,
    availability: draft.availability ?? 'unknown',
    sources: listOf(draft.sources).map(completeSource),
  };
}
