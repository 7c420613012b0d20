import { type ActorDraft } from '../domain/actor.ts';
import { DateFault } from '../domain/edtf.ts';
import { type Fault } from '../domain/errors.ts';
import { type EventDraft, readEvent, understoodDate } from '../domain/event.ts';
import { ID_PATTERN } from '../domain/schemas.ts';
import { MOST_FAULTS, shortened } from '../domain/text.ts';
import { type Database } from '../storage/database.ts';
import {
  faultsOf,
  isAlike,
  type Likely,
  type Meaning,
  nameBook,
} from './names.ts';
import { newActors } from './new-actors.ts';
import {
  type BadRow,
  type Mention,
  type NamedRow,
  type PassedRow,
  type Row,
  type SourceRow,
} from './row.ts';

/** How names become actors. */
export interface Resolving {
  /** Make an actor of each name that is like nobody's. */
  createActors: boolean;
  /** Told of each name that was not surely anybody's, as often as it stands. */
  onUnsure(name: string, perhaps: readonly Likely[]): void;
}

/** A row whose names have become actors, or an actor that a name made: those come before the rows that name them. */
export type ResolvedRow = Row | PassedRow | { made: ActorDraft };

/** Names are looked up for so many rows at once, or for rows of so many bytes. */
const AT_ONCE = 200;
const BYTES_AT_ONCE = 1 << 22;

/** The rows of a source with actors for their names: sure matches are taken, doubtful ones make the row a bad one. */
export async function* withActors(
  rows: AsyncIterable<SourceRow>,
  database: Pick<Database, 'pool'>,
  resolving: Resolving,
): AsyncGenerator<ResolvedRow> {
  const meanings = nameBook(database);
  const made = newActors(database);
  let waiting: SourceRow[] = [];
  let size = 0;

  async function* resolved(): AsyncGenerator<ResolvedRow> {
    const named = waiting.filter((row) => 'mentions' in row);
    const meant = await meanings(
      named.flatMap((row) =>
        row.mentions.map((mention) => ({ mention, at: dateOf(row) })),
      ),
    );
    if (resolving.createActors)
      await made.prepare(
        named
          .flatMap(({ mentions }) => mentions)
          .filter((_, index) => isUnknown(meant[index])),
      );
    let at = 0;
    for (const row of waiting)
      if ('mentions' in row) {
        const next = at + row.mentions.length;
        yield* rowOf(row, meant.slice(at, next));
        at = next;
      } else yield row;
    waiting = [];
    size = 0;
  }

  function* rowOf(
    row: NamedRow,
    meant: readonly Meaning[],
  ): Generator<ResolvedRow> {
    const faults: Fault[] = [...row.faults];
    const fresh: [Mention, ActorDraft][] = [];
    row.mentions.forEach((mention, index) => {
      const meaning = planned(mention, meant[index] ?? { perhaps: [] });
      if ('actor' in meaning) fresh.push([mention, meaning.actor]);
      const id =
        'actor' in meaning
          ? meaning.actor.id
          : 'id' in meaning
            ? meaning.id
            : // Only so that the rest of the row can be checked as well; no row is taken with it.
              `unresolved-${index}`;
      const part = row.event.participants[mention.participant];
      if (part !== undefined) part[mention.field] = id;
      if ('fault' in meaning || 'perhaps' in meaning) {
        if ('perhaps' in meaning)
          resolving.onUnsure(mention.name, meaning.perhaps);
        faults.push(nameFault(mention, meaning));
      }
    });
    let draft: EventDraft | null = null;
    const told = new Set(faults.map(({ pointer }) => pointer));
    const wrong = faultsOf(() => {
      draft = readEvent(row.event).draft;
    }).filter(({ pointer }) => !told.has(pointer));
    faults.push(...wrong);
    if (faults.length > 0 || draft === null) {
      yield badRow(row, faults);
      return;
    }
    for (const [mention, actor] of fresh)
      if (made.make(mention, actor)) yield { made: actor };
    yield { line: row.line, draft };
  }

  function planned(
    mention: Mention,
    meaning: Meaning,
  ): Meaning | { actor: ActorDraft } {
    return resolving.createActors && isUnknown(meaning)
      ? made.plan(mention)
      : meaning;
  }

  for await (const row of rows) {
    if ('mentions' in row) size += row.size;
    else if (waiting.length === 0) {
      yield row;
      continue;
    }
    waiting.push(row);
    if (waiting.length >= AT_ONCE || size >= BYTES_AT_ONCE) yield* resolved();
  }
  yield* resolved();
}

function isUnknown(meaning: Meaning | undefined): boolean {
  return (
    meaning !== undefined &&
    'perhaps' in meaning &&
    !meaning.perhaps.some(isAlike)
  );
}

/** The days for which names are looked up, or null where the date cannot be read. */
function dateOf({ event: { date, timeZone } }: NamedRow): string | null {
  if (typeof date !== 'string' || date.length > 250) return null;
  try {
    understoodDate({
      date,
      timeZone: typeof timeZone === 'string' ? timeZone : null,
    });
    // Offices are held by the day; what the clock showed there does not matter, nor where that was.
    return [...new Set(date.replace(/T[^/]*/g, '').split('/'))].join('/');
  } catch (error) {
    if (!(error instanceof DateFault)) throw error;
    return null;
  }
}

function nameFault(
  { name, participant, field }: Mention,
  meaning: Exclude<Meaning, { id: string }>,
): Fault {
  const pointer = `/participants/${participant}/${field}`;
  const received = shortened(name);
  if ('fault' in meaning)
    return { pointer, message: `cannot be a name: ${meaning.fault}`, received };
  const near = meaning.perhaps.slice(0, 3).map(({ id }) => id);
  return {
    pointer,
    message: meaning.perhaps.some(isAlike)
      ? 'may mean several actors, or only resembles one'
      : 'is nobody in the record',
    received,
    ...(near.length > 0 ? { nearest: near } : {}),
  };
}

function badRow(row: NamedRow, faults: readonly Fault[]): BadRow {
  const { id } = row.event;
  const named = typeof id === 'string' && new RegExp(ID_PATTERN).test(id);
  return {
    line: row.line,
    faults: faults.slice(0, MOST_FAULTS).map((fault) => {
      const where = row.whereIs(fault.pointer ?? '');
      return where === null
        ? fault
        : { ...fault, message: `${fault.message} (${where})` };
    }),
    record: 'event',
    ...(named ? { id } : {}),
  };
}
