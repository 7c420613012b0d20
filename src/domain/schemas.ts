/**
 * JSON Schema (2020-12) pieces that the drafts of all records share. They are plain data: Ajv reads them in the
 * imports, and the OpenAPI document shows them.
 */

/** A JSON Schema as this code reads it. */
export interface JsonSchema {
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema | false;
  enum?: readonly unknown[];
  default?: unknown;
  required?: readonly string[];
  anyOf?: readonly JsonSchema[];
  description?: string;
  [keyword: string]: unknown;
}

/** Ids are chosen by clients and stand in URLs, so they are plain and short (contract §1). */
export const ID_PATTERN = '^[a-z0-9][a-z0-9._~-]{0,127}$';
export const TAG_PATTERN = '^[a-z0-9-]+$';
const LANGUAGE_PATTERN = '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$';

export const id = (description: string) => ({
  type: 'string',
  pattern: ID_PATTERN,
  description,
});

export const nullable = <S extends { type: string; description?: string }>(
  schema: S,
) => ({
  ...schema,
  type: [schema.type, 'null'],
});

export const text = (description: string, maxLength = 20_000) => ({
  type: 'string',
  minLength: 1,
  maxLength,
  pattern: '\\S',
  description,
});

export const title = (description: string) => text(description, 500);

export const date = (description: string) => ({
  type: 'string',
  maxLength: 250,
  description: `${description} (EDTF, ISO 8601-2)`,
});

export const languageMap = (description: string, maxLength = 20_000) => ({
  type: 'object',
  minProperties: 1,
  maxProperties: 100,
  propertyNames: { pattern: LANGUAGE_PATTERN, maxLength: 35 },
  additionalProperties: text('The text in that language', maxLength),
  description: `${description}; BCP 47 tag → text`,
});

export const language = (description: string) => ({
  type: 'string',
  pattern: LANGUAGE_PATTERN,
  maxLength: 35,
  description: `${description} (BCP 47)`,
});

export const url = (description: string) => ({
  type: 'string',
  pattern: '^https?://[^\\s<>"]+$',
  maxLength: 20_000,
  description,
});

export const list = (items: JsonSchema, description: string) => ({
  type: ['array', 'null'],
  items,
  default: [],
  description,
});

export const object = (
  properties: Record<string, JsonSchema>,
  required: readonly string[],
  description: string,
): JsonSchema => ({
  type: 'object',
  properties,
  required: [...required],
  additionalProperties: false,
  description,
});

/** A source: an address or at least a title (contract §1). */
export const source: JsonSchema = {
  ...object(
    {
      url: nullable(url('Where it can be read')),
      title: nullable(title('Its title')),
      publisher: nullable(title('Who published it')),
      language: nullable(language('Its language')),
      publishedAt: nullable(date('When it was published')),
      archivedUrl: nullable(url('An archived copy')),
      originGroup: nullable(
        title(
          'Sources of one origin (an agency report and its reprints) share this name',
        ),
      ),
    },
    [],
    'Where it is told',
  ),
  anyOf: [
    { required: ['url'], properties: { url: { type: 'string' } } },
    { required: ['title'], properties: { title: { type: 'string' } } },
  ],
};
