import { type Fault } from '../domain/errors.ts';
import { nearest } from '../domain/nearest.ts';
import { escapePointer } from '../domain/text.ts';
import { type Cell } from './mapping.ts';

/** Told of a value that cannot be taken. */
export type Refuse = (fault: Omit<Fault, 'pointer'>) => void;

/** What a row says in one place. */
export interface MappedCell {
  /** In which columns it stands, as `column “Who”`; null when it is the same for every row. */
  where: string | null;
  /** The value, trimmed; empty when the row says nothing. */
  read: (cells: readonly string[], refuse: Refuse) => string;
}

type Origin = Exclude<Cell, string>;

/**
 * Finds the columns that a mapping names.
 * @param header the names of the columns; null when they are not known yet, then all are taken to be there
 * @param faults what is wrong with the mapping is added to them
 */
export function columnsOf(header: readonly string[] | null, faults: Fault[]) {
  const places = new Map<string, number>();
  const twice = new Set<string>();
  header?.forEach((name, index) => {
    if (places.has(name)) twice.add(name);
    else places.set(name, index);
  });

  /** The place of a column. */
  const column = (name: string, pointer: string): number => {
    const place = places.get(name.trim());
    if (header !== null && place === undefined) {
      const named = header.filter((one) => one !== '');
      const near = nearest(name, named);
      faults.push({
        pointer,
        message: 'names a column that the file does not have',
        received: name,
        allowed: named.slice(0, 50),
        ...(near.length > 0 ? { nearest: near } : {}),
      });
    } else if (twice.has(name.trim()))
      faults.push({
        pointer,
        message: 'names a column that the file has twice',
        received: name,
      });
    return place ?? -1;
  };

  const template = (text: string, pointer: string) => {
    const parts = text.split(/\{([^{}]+)\}/);
    const places = parts.map((part, index) =>
      index % 2 === 1 ? column(part, pointer) : null,
    );
    if (parts.length === 1)
      faults.push({ pointer, message: 'names no column: {Name of a column}' });
    return {
      where: whereOf(parts.filter((_, index) => index % 2 === 1)),
      /** Empty when all cells are; blanks around those that are empty fall together. */
      fill: (cells: readonly string[], write = (value: string) => value) => {
        const values = places.map((at) =>
          at === null ? null : write(trimmed(cells[at])),
        );
        if (values.every((value) => value === null || value === '')) return '';
        return parts
          .map((part, index) => values[index] ?? part)
          .join('')
          .replace(/\s+/g, ' ')
          .trim();
      },
    };
  };

  /** Where a value comes from: exactly one of a column, a template and a constant. */
  const origin = (given: Origin, pointer: string): MappedCell => {
    const ways = ['column', 'template', 'value'] as const;
    const said = ways.filter((way) => given[way] !== undefined);
    if (said.length !== 1)
      faults.push({
        pointer,
        message:
          said.length === 0
            ? 'does not say where its value comes from'
            : 'says in two ways where its value comes from',
        allowed: ways,
      });
    if (given.template !== undefined) {
      const { where, fill } = template(given.template, `${pointer}/template`);
      return { where, read: (cells) => fill(cells) };
    }
    if (given.column !== undefined) {
      const at = column(given.column, `${pointer}/column`);
      const where = whereOf([given.column]);
      return { where, read: (cells) => trimmed(cells[at]) };
    }
    const constant = given.value ?? '';
    return { where: null, read: () => constant };
  };

  const cell = (given: Cell, pointer: string): MappedCell => {
    if (typeof given === 'string') {
      const at = column(given, pointer);
      return {
        where: whereOf([given]),
        read: (cells) => trimmed(cells[at]),
      };
    }
    const { where, read } = origin(given, pointer);
    const { values, otherwise } = given;
    return {
      where,
      read(cells, refuse) {
        const text = read(cells, refuse);
        return text === '' || values === undefined
          ? text || (otherwise ?? '')
          : translated(text, values, otherwise, refuse);
      },
    };
  };

  const perLanguage = (given: Record<string, Cell>, pointer: string) =>
    Object.entries(given).map(([lang, one]) => ({
      lang,
      ...cell(one, `${pointer}/${escapePointer(lang)}`),
    }));

  return { column, template, origin, cell, perLanguage };
}

/** What a cell means by a table; what is not in it is refused, unless there is something that it means then. */
export function translated(
  text: string,
  values: Readonly<Record<string, string>>,
  otherwise: string | undefined,
  refuse: Refuse,
): string {
  // A table may well have a key such as `constructor`, or not have it.
  if (Object.hasOwn(values, text)) return values[text] ?? '';
  if (otherwise !== undefined) return otherwise;
  const allowed = Object.keys(values);
  const near = nearest(text, allowed);
  refuse({
    message: 'is not among the values of the mapping',
    received: text.slice(0, 200),
    allowed: allowed.slice(0, 50),
    ...(near.length > 0 ? { nearest: near } : {}),
  });
  return '';
}

/** Values that stand in one cell. */
export function several(text: string, separator: string | undefined): string[] {
  const all = separator === undefined ? [text] : text.split(separator);
  return all.map((one) => one.trim()).filter((one) => one !== '');
}

function trimmed(text: string | undefined): string {
  return (text ?? '').replace(/\r\n?/g, '\n').trim();
}

function whereOf(columns: readonly string[]): string | null {
  if (columns.length === 0) return null;
  const quoted = columns.map((one) => `“${one}”`).join(', ');
  return `${columns.length === 1 ? 'column' : 'columns'} ${quoted}`;
}
