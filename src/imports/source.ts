import { type SourceRow } from './row.ts';

/** How a file is to be understood. */
export interface Reading {
  /** What the sender says of columns, or of what the file leaves open; `docs/imports.md` tells what each source takes. */
  mapping?: unknown;
  /** How the sender says that it is encoded, where its mapping does not. */
  encoding?: string | null;
}

/** A kind of file that records come from. */
export interface Source {
  name: string;
  /** Its media type (IANA). */
  mediaType: string;
  /** What its files' names end with, with the dot. */
  suffixes: readonly string[];
  /** One sentence for those who send it. */
  description: string;
  /** Whether it names actors as the world does, so that they must be found in the record, or may be made. */
  names: boolean;
  /**
   * How files of this kind are read, in constant memory.
   * @throws DomainError `invalid_parameter` when what is said of the file does not hold
   */
  open(
    reading: Reading,
  ): (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<SourceRow>;
}
