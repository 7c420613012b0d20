import { DateTime, type IANAZone } from 'luxon';
import { type AnsweredEvent } from '../domain/answered.ts';
import { formatInstant, SECOND } from '../domain/bounds.ts';
import { clockOf, instantsAt, zoneNamed } from '../domain/zone.ts';
import { drawable, spanOf } from './span.ts';

/** The time zones of a calendar: by the names that the events give them, and as its components (RFC 5545, 3.6.5). */
export interface TimeZones {
  named: ReadonlyMap<string, IANAZone>;
  lines: readonly string[];
}

/** The zones of events that have a clock time, told from the first to the last of those times and no further. */
export function timeZones(events: readonly AnsweredEvent[]): TimeZones {
  const named = new Map<string, IANAZone>();
  const times = new Map<string, number[]>();
  for (const { timeZone, ...event } of events) {
    const span = spanOf(event);
    const zone = timeZone === null ? null : zoneNamed(timeZone);
    if (timeZone === null || zone === null || span.calendar) continue;
    const { from, until } = drawable(span);
    const known = times.get(timeZone) ?? [];
    known.push(
      ...[from, until - SECOND].filter((at) => onItsClock(at, zone) !== null),
    );
    if (known.length > 0) {
      named.set(timeZone, zone);
      times.set(timeZone, known);
    }
  }
  const lines = [...named]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, zone]) => component(name, zone, times.get(name) ?? []));
  return { named, lines };
}

/** A clock time with its parameters: on the clock of its zone, or else in UTC. */
export function clockTime(
  instant: number,
  timeZone: string | null,
  { named }: TimeZones,
): string {
  const zone = timeZone === null ? undefined : named.get(timeZone);
  const local = zone ? onItsClock(instant, zone) : null;
  return local === null
    ? `:${digits(instant)}Z`
    : `;TZID=${timeZone}:${digits(local)}`;
}

/** What the clock showed; null where calendar programs would not find the instant again. */
function onItsClock(instant: number, zone: IANAZone): number | null {
  if (instant < CLOCKS_FROM || instant >= CLOCKS_UNTIL) return null;
  const offset = offsetAt(instant, zone);
  // A clock that went by the sun differs by seconds, which most programs leave out.
  if (offset % 60_000 !== 0) return null;
  const local = onClock(instant, offset);
  // Of a time that the clock showed twice, iCalendar means the first.
  return instantsAt(local, zone)[0] === instant ? local : null;
}

// The years that `clockOf` looks at.
const CLOCKS_FROM = Date.UTC(1840, 0);
const CLOCKS_UNTIL = Date.UTC(2140, 0);

function component(
  name: string,
  zone: IANAZone,
  times: readonly number[],
): string[] {
  // A second earlier: of a clock set at that very moment, what was before is told too.
  const [first, last] = [Math.min(...times) - SECOND, Math.max(...times)];
  const { changes, offsets } = clockOf(zone);
  const begin = changes.findLastIndex((change) => change <= first);
  const observances = changes.flatMap((change, index) =>
    index >= begin && change <= last
      ? observance(change, offsets[index] ?? 0, offsets[index + 1] ?? 0, zone)
      : [],
  );
  const base = offsets[0] ?? 0;
  return [
    'BEGIN:VTIMEZONE',
    `TZID:${name}`,
    // Before all changes there was but one time.
    ...(begin === -1 ? observance(CLOCKS_FROM, base, base, zone) : []),
    ...observances,
    'END:VTIMEZONE',
  ];
}

function observance(
  change: number,
  before: number,
  after: number,
  zone: IANAZone,
): string[] {
  const kind = DateTime.fromMillis(change, { zone }).isInDST
    ? 'DAYLIGHT'
    : 'STANDARD';
  return [
    `BEGIN:${kind}`,
    `DTSTART:${digits(onClock(change, before))}`,
    `TZOFFSETFROM:${offsetText(before)}`,
    `TZOFFSETTO:${offsetText(after)}`,
    `END:${kind}`,
  ];
}

const offsetAt = (instant: number, zone: IANAZone) =>
  Math.round(zone.offset(instant) * 60_000);

/** What a clock that is this much ahead of UTC showed, to the second. */
const onClock = (instant: number, offset: number) =>
  Math.round((instant + offset) / SECOND) * SECOND;

const digits = (instant: number) =>
  (formatInstant(instant) ?? '').replace(/[-:Z]/g, '');

/** `+0200`, or `+020204` of a clock that went by the sun. */
function offsetText(offset: number): string {
  const seconds = Math.round(Math.abs(offset) / SECOND);
  const two = (value: number) => String(value).padStart(2, '0');
  const rest = seconds % 60;
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(seconds / 3600))}${two(Math.floor(seconds / 60) % 60)}${rest === 0 ? '' : two(rest)}`;
}
