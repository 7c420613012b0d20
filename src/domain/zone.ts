import { DateTime, IANAZone, type Zone } from 'luxon';

const day = 86_400_000;

const asked = new Map<string, IANAZone>();

/** The IANA time zone of that name, or null if there is none; bare offsets such as `+02:00` are none. */
export function zoneNamed(name: string): IANAZone | null {
  const known = asked.get(name);
  if (known) return known;
  if (/^[+-]/.test(name)) return null;
  try {
    // Luxon keeps every name it was ever given, and names come from clients in any mix of capitals: so it is only given
    // the canonical ones, of which there are a few hundred. For the same reason the names asked for are not kept for ever.
    const { timeZone } = new Intl.DateTimeFormat('en', {
      timeZone: name,
    }).resolvedOptions();
    const zone = IANAZone.create(timeZone);
    if (asked.size >= 1000) asked.clear();
    asked.set(name, zone);
    return zone;
  } catch {
    return null;
  }
}

/** The zone of a question in which it has been read already, UTC unless it names one. */
export function zoneAsked(name = 'UTC'): IANAZone {
  const zone = zoneNamed(name);
  if (zone === null) throw new Error('a zone was read and is not known');
  return zone;
}

/** The day that a calendar on the wall of a zone shows at an instant, as YYYY-MM-DD. */
export function dayAt(instant: number, zone: IANAZone): string {
  return DateTime.fromMillis(instant, { zone }).toFormat('yyyy-MM-dd');
}

/** What to tell someone whose time zone is unknown. */
export function unknownZone(name: string): string {
  return `The time zone ${JSON.stringify(name)} is not known: give its IANA name, such as Europe/Kyiv.`;
}

/**
 * The instants at which clocks in a zone show a wall-clock time, in order: none where they skipped it, two where they
 * were set back over it, else one.
 * @param wall milliseconds since 1970-01-01T00:00 on that clock
 */
export function instantsAt(wall: number, zone: Zone): number[] {
  return offsetsAround(wall, zone)
    .filter((offset) => zone.offset(shifted(wall, offset)) === offset)
    .map((offset) => shifted(wall, offset))
    .sort((a, b) => a - b);
}

/**
 * The first instant of a calendar day in a zone; for a day, or a midnight, that was skipped there, the first instant
 * after the gap.
 * @param midnight the start of the day, in milliseconds since 1970-01-01T00:00 on the wall clock
 */
export function startOfDay(midnight: number, zone: Zone): number {
  // Most questions ask in UTC, and to learn from a zone how far it is from itself takes longer than all else of them.
  if (zone.name === 'UTC') return midnight;
  const [first] = instantsAt(midnight, zone);
  if (first !== undefined) return first;

  // Luxon would step over the gap by its whole length, and so miss the first minutes of a day whose midnight lies
  // inside it (Toronto, 31 March 1919, began at 00:30). The moment the clocks were set is looked for instead.
  const ends = offsetsAround(midnight, zone).map((o) => shifted(midnight, o));
  let before = Math.min(...ends) - 1000;
  let after = Math.max(...ends);
  const old = zone.offset(before);
  while (after - before > 1000) {
    const middle = Math.floor((before + after) / 2000) * 1000;
    if (zone.offset(middle) === old) before = middle;
    else after = middle;
  }
  return after;
}

/** How the clock of a zone differed from UTC through the years. */
export interface ZoneClock {
  /** Instants at which it was set, in order. */
  changes: readonly number[];
  /** Milliseconds ahead of UTC: the first before all changes, each other from the change of its place on. */
  offsets: readonly number[];
}

const clocks = new Map<string, ZoneClock>([
  ['UTC', { changes: [], offsets: [0] }],
]);

// Before these years a clock went by the sun of its town; beyond them nobody knows the law.
const CLOCKS_FROM = Date.UTC(1840, 0);
const CLOCKS_UNTIL = Date.UTC(2140, 0);
// Shorter than the shortest time for which a clock was ever set: a week, in Recife in October 2000.
const CLOCK_STEP = 5 * day;

/** The clock of a zone, so that many instants can be placed on it at once. */
export function clockOf(zone: IANAZone): ZoneClock {
  const known = clocks.get(zone.name);
  if (known) return known;
  const offsetAt = (instant: number) =>
    Math.round(zone.offset(instant) * 60_000);
  const changes: number[] = [];
  const offsets = [offsetAt(CLOCKS_FROM)];
  for (let at = CLOCKS_FROM; at < CLOCKS_UNTIL; at += CLOCK_STEP) {
    const [old = 0, now] = [offsets.at(-1), offsetAt(at + CLOCK_STEP)];
    if (now === old) continue;
    let [before, after] = [at, at + CLOCK_STEP];
    while (after - before > 1000) {
      const middle = Math.floor((before + after) / 2000) * 1000;
      if (offsetAt(middle) === old) before = middle;
      else after = middle;
    }
    changes.push(after);
    offsets.push(now);
  }
  const clock = { changes, offsets };
  clocks.set(zone.name, clock);
  return clock;
}

/** The offsets in force shortly before and after, which no offset is far enough from UTC to fall short of. */
function offsetsAround(wall: number, zone: Zone): number[] {
  return [...new Set([zone.offset(wall - day), zone.offset(wall + day)])];
}

/** Rounded, because local mean time made the offset a fraction of minutes. */
function shifted(wall: number, offset: number): number {
  return Math.round(wall - offset * 60_000);
}
