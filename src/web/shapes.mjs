// Writes the types of the public API's answers, as the page uses them, from the OpenAPI document to standard output.
import { readFileSync } from 'node:fs';
import { format } from 'prettier';

const wanted = [
  'Actor',
  'Candidates',
  'Document',
  'Dyad',
  'Event',
  'EventInShort',
  'EventPage',
  'EventTypes',
  'EventType',
  'Facets',
  'Problem',
  'RevisionPage',
  'Thread',
  'Timeline',
];

const { components } = JSON.parse(readFileSync('openapi/openapi.json', 'utf8'));
const shapes = wanted.map(
  (name) =>
    `export interface ${name} ${typeOf({ description: '', ...components.schemas[name] })}`,
);
const text = `// Made from openapi/openapi.json by \`npm run openapi\`; a test fails when it is stale.\n\n${shapes.join('\n\n')}\n`;
process.stdout.write(
  await format(text, {
    parser: 'typescript',
    printWidth: 200,
    singleQuote: true,
  }),
);

/** The TypeScript of a schema: what the API's own schemas use, and no more. */
function typeOf(schema) {
  const { $ref, type, anyOf, items, properties, additionalProperties } = schema;
  if ($ref !== undefined) return $ref.split('/').at(-1);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined)
    return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (anyOf !== undefined && properties === undefined)
    return anyOf.map(typeOf).join(' | ');
  if (Array.isArray(type))
    return type.map((one) => typeOf({ ...schema, type: one })).join(' | ');
  switch (type) {
    case 'array':
      return arrayOf(schema, items);
    case 'object':
      return objectOf(properties, additionalProperties, schema.required ?? []);
    case 'integer':
      return 'number';
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
      return type;
    default:
      return 'unknown';
  }
}

function arrayOf({ minItems, maxItems, prefixItems }, items) {
  if (prefixItems !== undefined)
    return `[${prefixItems.map(typeOf).join(', ')}]`;
  if (items === undefined) return 'unknown[]';
  if (minItems !== undefined && minItems === maxItems)
    return `[${Array.from({ length: minItems }, () => typeOf(items)).join(', ')}]`;
  return `(${typeOf(items)})[]`;
}

function objectOf(properties, additional, required) {
  if (properties === undefined)
    return `Record<string, ${typeof additional === 'object' ? typeOf(additional) : 'unknown'}>`;
  const fields = Object.entries(properties).map(
    ([name, schema]) =>
      `${JSON.stringify(name)}${required.includes(name) ? '' : '?'}: ${typeOf(schema)};`,
  );
  return `{ ${fields.join(' ')} }`;
}
