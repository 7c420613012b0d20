import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { type AnsweredEvent } from '../domain/answered.ts';
import { eventFilter, type EventFilter } from '../domain/filter.ts';
import { type About, type Format } from '../formats/format.ts';
import { ndjsonLine } from '../formats/ndjson.ts';
import { type Snapshot } from '../storage/exports.reads.ts';
import { type Page, type Position, type Reference } from '../storage/page.ts';

/** How much of a list is exported. */
export interface Extent {
  /** Where to go on; null from its begin. */
  from: Position | null;
  /** So many events at most; null for all. */
  most: number | null;
}

/** The question names what is not in the record; nothing was written yet. */
export class UnknownInExport extends Error {
  readonly unknown: Reference[];

  constructor(unknown: Reference[]) {
    super('the question names what is not in the record');
    this.unknown = unknown;
  }
}

/**
 * The whole of a question's answer from one snapshot, in the import format: what its events need comes first, unless it goes
 * on with an export that broke off.
 */
export async function* ndjsonOf(
  snapshot: Snapshot,
  filter: EventFilter,
  extent: Extent,
): AsyncGenerator<string> {
  const pages = bodiesOf(snapshot, filter, extent);
  // Looked at first: it is the first page that knows whether the question is right.
  const first = await pages.next();
  if (extent.from === null)
    for await (const bodies of snapshot.needed(filter, isEverything(filter)))
      yield bodies.map(ndjsonLine).join('');
  if (first.done === true) return;
  yield first.value.map(ndjsonLine).join('');
  for await (const bodies of pages) yield bodies.map(ndjsonLine).join('');
}

/** The whole of a question's answer from one snapshot, in a format that is written event by event. */
export async function* formatOf(
  snapshot: Snapshot,
  filter: EventFilter,
  extent: Extent,
  write: Format['write'],
  about: About,
): AsyncGenerator<string> {
  const pages = bodiesOf(snapshot, filter, extent);
  // As above: a format begins with its head, and then it would be too late for a refusal.
  const first = await pages.next();
  yield* write(parsed(first, pages), about);
}

async function* parsed(
  first: IteratorResult<readonly string[], unknown>,
  rest: AsyncIterable<readonly string[]>,
): AsyncGenerator<AnsweredEvent> {
  if (first.done === true) return;
  for (const body of first.value) yield JSON.parse(body) as AnsweredEvent;
  for await (const bodies of rest)
    for (const body of bodies) yield JSON.parse(body) as AnsweredEvent;
}

async function* bodiesOf(
  snapshot: Snapshot,
  filter: EventFilter,
  { from, most }: Extent,
): AsyncGenerator<readonly string[]> {
  let left = most ?? Infinity;
  for await (const page of snapshot.events(filter, from)) {
    refuse(page);
    await turn();
    yield page.bodies.slice(0, left).map((body) => body.toString());
    left -= page.bodies.length;
    if (left <= 0) return;
  }
}

function refuse({ unknown }: Page): void {
  if (unknown.length > 0) throw new UnknownInExport(unknown);
}

const EVERYTHING = JSON.stringify({
  ...eventFilter({}),
  order: null,
  asOf: null,
});

/** Whether a question leaves nothing out. */
export function isEverything(filter: EventFilter): boolean {
  return JSON.stringify({ ...filter, order: null, asOf: null }) === EVERYTHING;
}

/**
 * A text as a stream that is written no faster than it is read. What fails before its first piece is thrown; when its reader
 * goes away, or takes longer than so many milliseconds, the snapshot is let go at once: it keeps the database from tidying up.
 */
export async function streamOf(
  snapshot: Snapshot,
  text: AsyncGenerator<string>,
  longest: number,
): Promise<Readable> {
  const limit = setTimeout(
    () => stream?.destroy(new Error('the export took too long')),
    longest,
  ).unref();
  const release = (): void => {
    clearTimeout(limit);
    void snapshot.end();
  };
  let stream: Readable | null = null;
  try {
    const first = await text.next();
    stream = Readable.from(gathered(first, text), {
      objectMode: false,
      highWaterMark: 1 << 16,
    });
    stream.once('close', release);
    return stream;
  } catch (error) {
    release();
    throw error;
  }
}

const PIECE = 1 << 16;

/** Small pieces are gathered: each that is sent costs a call of the system. */
async function* gathered(
  first: IteratorResult<string, unknown>,
  rest: AsyncGenerator<string>,
): AsyncGenerator<string> {
  if (first.done === true) return;
  let held = first.value;
  for await (const piece of rest) {
    held += piece;
    if (held.length < PIECE) continue;
    yield held;
    held = '';
    await turn();
  }
  if (held !== '') yield held;
}

let last: Promise<void> = Promise.resolve();

/**
 * Exports take turns, one piece each time round the event loop: fifty that write at once would keep a page waiting for
 * seconds, and let its connection time out.
 */
async function turn(): Promise<void> {
  last = last.then(() => setImmediate());
  return last;
}
