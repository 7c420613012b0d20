import { StartError } from '../domain/errors.ts';

/** A backup that is read from its beginning: lines of JSON, and the rows of tables between them. */
export interface BackupFrames {
  /** The next line, without its end. */
  line(): Promise<string>;
  /** The rows up to the line `\.`, as bytes of COPY, some whole lines at a time. */
  rows(): AsyncGenerator<Buffer>;
}

const END = Buffer.from('\\.\n');
const END_AFTER_ROWS = Buffer.from('\n\\.\n');
const NEWLINE = 0x0a;

/**
 * Takes a backup apart as it comes.
 * @throws StartError when it ends before what is asked for
 */
export function framesOf(chunks: AsyncIterable<Buffer>): BackupFrames {
  const source = chunks[Symbol.asyncIterator]();
  // It begins with the beginning of a line whenever something is looked for in it.
  let held: Buffer = Buffer.alloc(0);
  const readOn = async (): Promise<void> => {
    const { done, value } = await source.next();
    if (done === true)
      throw new StartError(
        'The backup is broken off before its end; nothing was restored.',
      );
    held = held.length === 0 ? value : Buffer.concat([held, value]);
  };
  const take = (bytes: number): Buffer => {
    const taken = held.subarray(0, bytes);
    held = held.subarray(bytes);
    return taken;
  };
  return {
    async line() {
      for (;;) {
        const end = held.indexOf(NEWLINE);
        if (end !== -1) return take(end + 1).toString('utf8', 0, end);
        await readOn();
      }
    },
    async *rows() {
      for (;;) {
        if (held.subarray(0, END.length).equals(END)) break;
        const end = held.indexOf(END_AFTER_ROWS);
        const whole = end === -1 ? held.lastIndexOf(NEWLINE) : end;
        if (whole !== -1) yield take(whole + 1);
        if (end !== -1) break;
        await readOn();
      }
      take(END.length);
    },
  };
}
