import { type JsonSchema } from '../domain/schemas.ts';

/**
 * The schema of a record in an answer, from that of its draft: every field is there, what has a default is never null.
 * @param absent names of fields that may be left out all the same
 */
export function answered(
  draft: JsonSchema,
  absent: readonly string[] = [],
): JsonSchema {
  const { default: byDefault, anyOf: _, ...schema } = draft;
  if (byDefault !== undefined && Array.isArray(schema.type)) {
    schema.type = schema.type.filter((type) => type !== 'null');
    if (schema.type.length === 1 && schema.type[0] !== undefined)
      schema.type = schema.type[0];
    if (schema.enum)
      schema.enum = schema.enum.filter((value) => value !== null);
  }
  if (schema.items) schema.items = answered(schema.items, absent);
  if (schema.properties) {
    schema.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, one]) => [
        name,
        answered(one, absent),
      ]),
    );
    schema.required = Object.keys(schema.properties).filter(
      (name) => !absent.includes(name),
    );
  }
  return schema;
}

/** What the record adds to each of its records. */
export const recordFields = {
  revision: {
    type: 'integer',
    minimum: 1,
    description: 'Counts the versions of this record',
  },
  recordedAt: {
    type: 'string',
    format: 'date-time',
    description: 'When it was first entered',
  },
  revisedAt: {
    type: 'string',
    format: 'date-time',
    description: 'When this version was entered',
  },
};
