import { Type } from 'typebox';
import { ID_PATTERN } from '../domain/schemas.ts';

/** The `id` of a path. Its form is not in the schema: what no id can be is simply not found. */
export const idParameter = (example: string) =>
  Type.String({ description: 'Id of the record', examples: [example] });

const id = new RegExp(ID_PATTERN);

/** Whether a text can be an id at all; what cannot is not asked of the database. */
export function isId(text: string): boolean {
  return id.test(text);
}
