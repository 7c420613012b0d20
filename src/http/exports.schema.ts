import { Type } from 'typebox';
import { type Format } from '../formats/format.ts';
import { NDJSON } from '../formats/ndjson.ts';
import { lang, listQuery, shaping } from './events.schema.ts';

const after = Type.Optional(
  Type.String({
    description:
      'Goes on after the event with this id: the last one that came of an export that broke off',
    examples: ['handover-drafts'],
  }),
);

/** The parameters of a format. */
export function formatQuery({ whole, takes }: Pick<Format, 'whole' | 'takes'>) {
  const { rows, crosswalk, expansion } = shaping;
  return Type.Object(
    {
      ...listQuery,
      lang,
      ...(takes.includes('rows') ? { rows } : {}),
      ...(takes.includes('crosswalk') ? { crosswalk } : {}),
      ...(takes.includes('expansion') ? { expansion } : {}),
      ...(whole ? { after } : {}),
    },
    { additionalProperties: false },
  );
}

/** What answers in formats are made of, by media type. */
export function formatContent(
  mediaTypes: readonly string[],
): Record<string, object> {
  return Object.fromEntries(
    mediaTypes.map((mediaType) => [
      mediaType.split(';')[0] ?? NDJSON,
      { schema: { type: ['string', 'object'] } },
    ]),
  );
}
