import { type ActorKind } from '../domain/affiliation.ts';
import { type Fault } from '../domain/errors.ts';
import { type Draft, type RecordName } from '../domain/record.ts';

/** A row that cannot be taken, and which record it would have been where that much can be told. */
export interface BadRow {
  line: number;
  faults: readonly Fault[];
  record?: RecordName;
  id?: string;
}

/** A row of a file: a draft that holds by itself, and why it is entered where the row tells; or what is wrong with it. */
export type Row =
  { line: number; draft: Draft; reason?: string | null } | BadRow;

/** An actor as a source calls it, and where in the event it belongs. */
export interface Mention {
  /** Index into the event's participants. */
  participant: number;
  field: 'actor' | 'onBehalfOf';
  name: string;
  /** The language of the name (BCP 47), `und` where the source does not tell. */
  language: string;
  /** What it is, where the source tells: then only such actors are meant, and such a one may be made. */
  kind: ActorKind | null;
  /** Scheme → identifier; an actor of the record that has one of them is meant, whatever it is called. */
  identifiers: Readonly<Record<string, string>>;
}

/** An event whose actors are still names. */
export interface NamedRow {
  line: number;
  /** The draft but for `participants[].actor` and `onBehalfOf` of those mentioned; not yet checked. */
  event: {
    id?: unknown;
    date?: unknown;
    timeZone?: unknown;
    participants: Participant[];
  };
  mentions: readonly Mention[];
  /** What the source could not understand of it. */
  faults: readonly Fault[];
  /** Where in the source the value at a pointer stands, as `column “Who”`; null where it tells nothing. */
  whereIs(pointer: string): string | null;
  /** How much memory it may take, roughly, in bytes. */
  size: number;
}

/** One part in an event that may still lack its actors. */
export type Participant = Record<string, unknown>;

/** A row that is well formed and is none of those wanted. */
export interface PassedRow {
  line: number;
  passedOver: true;
}

/** What a source finds in a file. */
export type SourceRow = Row | NamedRow | PassedRow;
