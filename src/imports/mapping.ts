import { type ActorKind } from '../domain/affiliation.ts';
import { DomainError, type Fault } from '../domain/errors.ts';

/** Where a value comes from: a column by its name, or more. */
export type Cell =
  | string
  | {
      column?: string;
      template?: string;
      value?: string;
      values?: Record<string, string>;
      otherwise?: string;
    };

/** Cells by language. */
export type Cells = Record<string, Cell>;

/** Participants that a column, or a few, tell of. */
export interface MappedParticipants {
  column?: string;
  template?: string;
  value?: string;
  separator?: string;
  role?: Cell;
  roleAfter?: string;
  as?: Cells;
  onBehalfOf?: Cell;
  kind?: ActorKind;
  language?: string;
}

/** From the columns of a CSV file to the fields of an event; see `docs/imports.md`. */
export interface Mapping {
  delimiter?: string;
  encoding?: string;
  columns?: string[];
  id:
    | string
    | { column?: string; template?: string; hash?: string[]; prefix?: string };
  type: Cell;
  status?: Cell;
  channel?: Cell;
  date:
    | string
    | {
        column?: string;
        template?: string;
        until?: string;
        format?: string[];
        locale?: string;
      };
  dateText?: Cell;
  timeZone?: Cell;
  sequence?: Cell;
  title: Cells;
  summary?: Cells;
  places?: {
    name?: Cells;
    country?: Cell;
    longitude?: Cell;
    latitude?: Cell;
  }[];
  participants?: MappedParticipants[];
  topics?: {
    column?: string;
    value?: string;
    separator?: string;
    values?: Record<string, string>;
  }[];
  sources?: {
    url?: Cell;
    title?: Cell;
    publisher?: Cell;
    language?: Cell;
    publishedAt?: Cell;
    separator?: string;
  }[];
}

/** A mapping, or what it says of a file, that cannot be. */
export function mappingError(faults: readonly Fault[]): DomainError {
  return new DomainError(
    'invalid_parameter',
    'The mapping does not hold.',
    faults.map((fault) => ({ parameter: 'mapping', ...fault })),
  );
}
