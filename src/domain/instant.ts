import { DateTime } from 'luxon';
import { WindowFault, windowOf } from './window.ts';

const DATE_TIME =
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/**
 * An instant of the record's own time, in milliseconds: a date-time with an offset (RFC 3339), or an EDTF date, which
 * stands for its last moment in the zone.
 * @throws WindowFault when it is neither
 */
export function instantOfRecord(text: string, tz = 'UTC'): number {
  if (DATE_TIME.test(text)) {
    const instant = DateTime.fromISO(text);
    if (instant.isValid) return instant.toMillis();
  }
  const window = windowOf({ to: text, tz });
  if (window === null)
    throw new WindowFault('to', 'A date or a date-time is expected.');
  return window.instant.until - 1;
}
