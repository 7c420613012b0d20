import type { Readable } from 'node:stream';
import { type Fault, DomainError } from '../domain/errors.ts';
import { MOST_FAULTS } from '../domain/text.ts';
import { type RejectedRow } from '../imports/check.ts';

/** How long a sender may pause, in milliseconds: others wait for an import. */
const LONGEST_PAUSE = 30_000;

/**
 * The chunks of a body as they come. Unlike a stream's own iterator it leaves the connection open when its reader
 * fails, so that the sender can be told why.
 * @throws DomainError `request_timeout` when no more comes, `malformed_request` when the sender is gone
 */
export async function* arriving(body: Readable): AsyncGenerator<Uint8Array> {
  const chunks = body.iterator({
    destroyOnReturn: false,
  }) as AsyncIterator<Uint8Array>;
  for (;;) {
    const next = await inTime(chunks.next());
    if (next.done === true) return;
    yield next.value;
  }
}

async function inTime<Result>(awaited: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(new DomainError('request_timeout', 'No more of the body came.')),
      LONGEST_PAUSE,
    );
  });
  const broken = awaited.catch(() => {
    throw new DomainError('malformed_request', 'The body broke off.');
  });
  try {
    return await Promise.race([broken, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Does one thing after the other. The database lets in one import at a time; who waits there holds a connection. */
export function inTurn(): <Result>(
  work: () => Promise<Result>,
) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return async (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

/** A rejected row as a report tells it. */
export interface ToldRow {
  line: number;
  errors: readonly Fault[];
}

/**
 * Keeps the first rejected rows and the number of the rest.
 * @param most how many rows are kept
 */
export function rejections(most: number) {
  const kept: ToldRow[] = [];
  let count = 0;
  return {
    add({ line, faults }: RejectedRow): void {
      count++;
      if (kept.length < most)
        kept.push({ line, errors: faults.slice(0, MOST_FAULTS) });
    },
    told: (): { rows: ToldRow[]; more: number } => ({
      rows: kept.toSorted((a, b) => a.line - b.line),
      more: count - kept.length,
    }),
  };
}
