import { type Fault } from '../domain/errors.ts';
import { type columnsOf, type MappedCell, type Refuse } from './mapped-cell.ts';
import { type Mention, type Participant } from './row.ts';

/** An event as it grows from a row. */
export interface Growing {
  event: Record<string, unknown> & { participants: Participant[] };
  mentions: Mention[];
  faults: Fault[];
  where: Map<string, string>;
}

/** Puts into the event what a row says in one place of the mapping. */
export type Step = (cells: readonly string[], row: Growing) => void;
/** The columns of a file, as {@link columnsOf} finds them. */
export type Columns = ReturnType<typeof columnsOf>;

/** For what cannot be refused: columns and templates without a table of values. */
export const ignore = () => undefined;

/** Texts by language, or null when the row has none of them. */
export function languageMap(
  texts: readonly ({ lang: string } & MappedCell)[],
  cells: readonly string[],
  row: Growing,
  pointer: string,
): Record<string, string> | null {
  const found = texts.flatMap(({ lang, where, read }): [string, string][] => {
    const here = `${pointer}/${lang}`;
    place(row, here, where);
    const text = read(cells, refusing(row, here));
    return text === '' ? [] : [[lang, text]];
  });
  return found.length === 0 ? null : Object.fromEntries(found);
}

/** A number as it is written, with a comma too; what is none stays a text, which the draft's check tells of. */
export function numberIn(text: string): unknown {
  return /^[+-]?\d+([.,]\d+)?$/.test(text)
    ? Number(text.replace(',', '.'))
    : text;
}

/** Remembers in which column the value at a pointer stands. */
export function place(
  row: Growing,
  pointer: string,
  where: string | null,
): void {
  if (where !== null) row.where.set(pointer, where);
}

/** Tells what is wrong with the value at a pointer. */
export function refusing(row: Growing, pointer: string): Refuse {
  return (fault) => row.faults.push({ pointer, ...fault });
}

/** Where the value at a pointer stands, or the one that it is a part of, or the first of its parts. */
export function nearestPlace(
  where: ReadonlyMap<string, string>,
  pointer: string,
): string | null {
  for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const found = where.get(at);
    if (found !== undefined) return found;
  }
  const part = [...where].find(([key]) => key.startsWith(`${pointer}/`));
  return pointer === '' ? null : (part?.[1] ?? null);
}
