/** A line of a file: its text, or what is wrong with it as bytes. Counted from 1. */
export type Line =
  { line: number; text: string } | { line: number; fault: string };

/** Longer than any record the contract allows in practice; a longer line is refused without being held in memory. */
export const LONGEST_LINE = 1 << 20;

const NEWLINE = 0x0a;

/**
 * The lines of a stream of UTF-8 bytes, in constant memory; a byte order mark is skipped, empty lines are passed over.
 * @param blanks what becomes of blanks at both ends: where they tell something, only CR at the end is taken away
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  blanks: 'trimmed' | 'kept' = 'trimmed',
): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
  let held: Uint8Array[] = [];
  let length = 0;
  let line = 1;
  const take = (piece: Uint8Array) => {
    length += piece.length;
    if (length > LONGEST_LINE) held = [];
    // A copy: the stream may use its buffer again.
    else if (piece.length > 0) held.push(new Uint8Array(piece));
  };
  const finish = (last: Uint8Array): Line | null => {
    let whole = last;
    // Most lines lie in one chunk, and are read where they lie.
    if (length > 0) {
      take(last);
      whole = Buffer.concat(held);
    }
    const tooLong = Math.max(length, last.length) > LONGEST_LINE;
    held = [];
    length = 0;
    if (tooLong) return { line, fault: `is longer than ${LONGEST_LINE} bytes` };
    try {
      const text = decoder.decode(whole);
      const trimmed = text.trim();
      if (trimmed === '') return null;
      return {
        line,
        text: blanks === 'trimmed' ? trimmed : text.replace(/\r$/, ''),
      };
    } catch {
      return { line, fault: 'is not valid UTF-8' };
    }
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (
      let end = chunk.indexOf(NEWLINE);
      end >= 0;
      end = chunk.indexOf(NEWLINE, start)
    ) {
      const done = finish(chunk.subarray(start, end));
      if (done !== null) yield done;
      line++;
      start = end + 1;
    }
    take(chunk.subarray(start));
  }
  const last = finish(new Uint8Array());
  if (last !== null) yield last;
}
