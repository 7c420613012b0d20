import { DateTime } from 'luxon';
import { type Fault } from './errors.ts';
import { shortened } from './text.ts';
import { WindowFault, windowOf } from './window.ts';

const DATE_TIME =
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/**
 * An instant of the record's own time, in milliseconds: a date-time with an offset (RFC 3339), or an EDTF date, which
 * stands for its first or its last moment in UTC.
 * @throws WindowFault when it is neither
 */
export function instantOfRecord(
  text: string,
  moment: 'first' | 'last' = 'last',
): number {
  if (DATE_TIME.test(text)) {
    const instant = DateTime.fromISO(text);
    if (instant.isValid) return instant.toMillis();
  }
  const window =
    moment === 'first'
      ? windowOf({ from: text, tz: 'UTC' })
      : windowOf({ to: text, tz: 'UTC' });
  if (window === null)
    throw new WindowFault('to', 'A date or a date-time is expected.');
  return moment === 'first' ? window.instant.from : window.instant.until - 1;
}

/** The instant in a parameter, null when it was not given; one that cannot be read is added to the faults. */
export function recordEdge(
  parameter: string,
  text: string | undefined,
  faults: Fault[],
): number | null {
  if (text === undefined) return null;
  try {
    return instantOfRecord(
      text,
      parameter === 'recordedFrom' ? 'first' : 'last',
    );
  } catch (error) {
    if (!(error instanceof WindowFault)) throw error;
    faults.push({
      parameter,
      message: `is neither a date-time with an offset nor a date: ${error.message.replace(/\.$/, '')}`,
      received: shortened(text),
    });
    return null;
  }
}
