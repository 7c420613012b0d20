import { Type } from 'typebox';
import { documentSchema } from '../domain/document.ts';
import { answered, recordFields } from './answered.schema.ts';
import { listParameter, pageSchema, paging } from './answers.ts';
import { asOfParameter } from './records.ts';

function answeredDocument(): object {
  const document = answered(documentSchema);
  return {
    ...document,
    $id: 'Document',
    description: 'A treaty, a note, a draft, a reply',
    properties: { ...document.properties, ...recordFields },
    required: [...(document.required ?? []), ...Object.keys(recordFields)],
  };
}

/** The shapes of documents in answers. */
export const documentShapes = [answeredDocument(), pageSchema('Document')];

/** The parameters of the list of documents. */
export const documentQuery = Type.Object(
  {
    kind: listParameter('What the document is', 'reply'),
    availability: listParameter('Whether its text can be read', 'undisclosed'),
    language: listParameter('The language it is written in (BCP 47)', 'en'),
    author: listParameter('An actor who wrote or issued it', 'russia'),
    addressee: listParameter(
      'An actor to whom it is addressed',
      'united-states',
    ),
    inReplyTo: listParameter(
      'A document that it answers',
      'ru-draft-treaty-us-2021',
    ),
    partOf: listParameter(
      'A document that it is a part of',
      'minsk-agreements',
    ),
    unanswered: Type.Optional(
      Type.Boolean({
        description:
          'Only documents that no document of the record is in reply to; `false`: only those that some document answers',
        examples: [true],
      }),
    ),
    asOf: asOfParameter,
    ...paging,
  },
  { additionalProperties: false },
);
