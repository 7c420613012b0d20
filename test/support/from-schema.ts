import * as fc from 'fast-check';
import { aHarmlessText } from './spoiled.ts';

/** As much of JSON Schema as the OpenAPI document speaks. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  propertyNames?: Schema;
  minProperties?: number;
  items?: Schema | false;
  prefixItems?: Schema[];
  minItems?: number;
  uniqueItems?: boolean;
  pattern?: string;
  minimum?: number;
  maximum?: number;
}

/** Values for the texts that a schema says too little of, by the name of their field. */
export type Known = Readonly<Record<string, fc.Arbitrary<string>>>;

/**
 * Draws values that fit a schema.
 * @param named what `#/components/schemas/…` names
 */
export function fromSchema(
  schema: Schema,
  named: Readonly<Record<string, Schema>>,
  known: Known,
  name = '',
): fc.Arbitrary<unknown> {
  const within = (one: Schema, field = name) =>
    fromSchema(one, named, known, field);
  if (schema.$ref !== undefined)
    return within(named[schema.$ref.split('/').at(-1) ?? ''] ?? {});
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const [type, ...others] = [schema.type ?? []].flat();
  if (others.includes('null'))
    return fc.oneof(
      { weight: 7, arbitrary: within({ ...schema, type: type ?? 'null' }) },
      { weight: 1, arbitrary: fc.constant(null) },
    );
  switch (type) {
    case 'object':
      return anObject(schema, within);
    case 'array':
      return anArray(schema, within);
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number': {
      const { minimum: min = -1000, maximum: max = 1000 } = schema;
      const whole = fc.integer({ min, max: Math.max(min, max) });
      return fc.oneof(
        whole,
        fc.constantFrom(min, max, Math.min(max, Math.max(min, 0))),
      );
    }
    case 'string':
      return (
        known[name] ??
        (schema.pattern === undefined || schema.pattern === String.raw`\S`
          ? aHarmlessText
          : fc.stringMatching(new RegExp(schema.pattern)))
      );
    default:
      return schema.anyOf === undefined
        ? fc.jsonValue()
        : fc.oneof(...schema.anyOf.map((one) => within(one)));
  }
}

type Within = (schema: Schema, field?: string) => fc.Arbitrary<unknown>;

function anObject(schema: Schema, within: Within): fc.Arbitrary<object> {
  const {
    properties = {},
    additionalProperties: further,
    propertyNames,
  } = schema;
  if (typeof further === 'object')
    return fc.dictionary(
      propertyNames?.pattern?.startsWith('^[A-Za-z]{2,8}')
        ? fc.constantFrom('uk', 'en', 'fr', 'zh-Hant')
        : fc.constantFrom('wikidata', 'x-1', '0'),
      within(further),
      { minKeys: schema.minProperties ?? 0, maxKeys: 3 },
    );
  const drawn = Object.fromEntries(
    Object.entries(properties).map(([field, one]) => [
      field,
      within(one, field),
    ]),
  );
  // Of what is wanted in one way or another, each way as often; and what is wanted is not null.
  const ways = schema.anyOf?.map(({ required = [] }) => required) ?? [[]];
  return fc.constantFrom(...ways).chain((way) =>
    fc.record(
      {
        ...drawn,
        ...Object.fromEntries(
          way.map((field) => {
            const wanted = properties[field] ?? {};
            const [type = ''] = [wanted.type ?? ''].flat();
            return [field, within({ ...wanted, type }, field)];
          }),
        ),
      },
      { requiredKeys: [...(schema.required ?? []), ...way] as never[] },
    ),
  );
}

function anArray(schema: Schema, within: Within): fc.Arbitrary<unknown[]> {
  if (schema.prefixItems !== undefined)
    return fc.tuple(...schema.prefixItems.map((one) => within(one)));
  const item = within(schema.items || {});
  const size = { minLength: schema.minItems ?? 0, maxLength: 3 };
  return schema.uniqueItems === true
    ? fc.uniqueArray(item, size)
    : fc.array(item, size);
}
