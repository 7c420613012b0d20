import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

interface Described {
  paths?: Record<string, Record<string, unknown> | undefined>;
}

interface Operation {
  responses: Record<
    string,
    { content?: Record<string, { schema: object }> } | undefined
  >;
}

/**
 * Holds answers to an OpenAPI document: the status must be declared, the media type too, and the body must fit the
 * schema. Paths that the document does not have are not held to it.
 */
export function conformance(document: object) {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  ajv.addSchema(document, 'api');
  const compiled = new Map<string, ValidateFunction>();
  const { paths = {} } = document as Described;

  return (
    method: string,
    url: string,
    answer: {
      status: number;
      headers: Record<string, string>;
      text: string;
      json: unknown;
    },
  ): void => {
    const path = url.split('?')[0] ?? '';
    // A path that stands there as it is goes before one with a hole.
    const template =
      paths[path] === undefined
        ? Object.keys(paths).find((one) =>
            new RegExp(`^${one.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(path),
          )
        : path;
    if (template === undefined) return;
    const operation = paths[template]?.[method] as Operation | undefined;
    if (operation === undefined) return;
    const where = `${method} ${url} → ${answer.status}`;
    const declared = operation.responses[answer.status];
    if (declared === undefined)
      throw new Error(`${where}: the status is not in the OpenAPI document`);
    if (declared.content === undefined) return;
    const type = answer.headers['content-type']?.split(';')[0] ?? '';
    if (declared.content[type] === undefined)
      throw new Error(`${where}: ${type} is not in the OpenAPI document`);
    const pointer = ['paths', template, method, 'responses', answer.status]
      .concat(['content', type, 'schema'])
      .map((part) =>
        encodeURIComponent(
          String(part).replaceAll('~', '~0').replaceAll('/', '~1'),
        ),
      )
      .join('/');
    const validate =
      compiled.get(pointer) ?? ajv.compile({ $ref: `api#/${pointer}` });
    compiled.set(pointer, validate);
    if (!validate(answer.json ?? answer.text))
      throw new Error(`${where}: ${ajv.errorsText(validate.errors)}`);
  };
}
