import ICAL from 'ical.js';
import { LONGEST_LINE, linesOf } from './lines.ts';

/** An entry of a calendar, or what is wrong with it; `line` is where it begins. */
export type CalendarEntry =
  | { line: number; entry: ICAL.Component; calendar: Calendar; size: number }
  | { line: number; fault: string };

/** What a calendar says of all its entries. */
export interface Calendar {
  /** IANA zone of clock times that name none (`X-WR-TIMEZONE`). */
  timeZone: string | null;
  /** Its own time zones, as it defines them. */
  zones: ReadonlyMap<string, ICAL.Timezone>;
}

/** A calendar that defines more zones than there are is none. */
const MOST_ZONES = 1000;

/** The entries (VEVENT) of an iCalendar stream (RFC 5545), one at a time and with its folded lines put together. */
export async function* calendarEntries(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<CalendarEntry> {
  const zones = new Map<string, ICAL.Timezone>();
  const calendar = { timeZone: null as string | null, zones };
  let block: Block | null = null;
  for await (const found of linesOf(chunks, 'kept')) {
    const { line } = found;
    if ('fault' in found) {
      if (block === null) yield { line, fault: `The line ${found.fault}.` };
      else block.fault ??= `Line ${line} ${found.fault}.`;
      continue;
    }
    const { text } = found;
    const [, edge = '', name = ''] =
      /^(BEGIN|END):(VEVENT|VTIMEZONE)[ \t]*$/i.exec(text) ?? [];
    if (edge.toUpperCase() === 'BEGIN') {
      if (block !== null) yield broken(block);
      block = {
        name: name.toUpperCase(),
        line,
        lines: [],
        size: 0,
        fault: null,
      };
    }
    if (block === null) {
      calendar.timeZone =
        /^X-WR-TIMEZONE:(.*)$/i.exec(text)?.[1]?.trim() ?? calendar.timeZone;
      continue;
    }
    block.size += text.length;
    if (block.size > LONGEST_LINE) {
      block.lines = [];
      block.fault ??= `The entry is longer than ${LONGEST_LINE} characters.`;
    } else block.lines.push(text);
    if (edge.toUpperCase() !== 'END') continue;
    if (name.toUpperCase() !== block.name) yield broken(block);
    else if (block.name === 'VEVENT') yield entryOf(block, calendar);
    else addZone(block, zones);
    block = null;
  }
  if (block !== null) yield broken(block);
}

/** The lines of a component that are read so far. */
interface Block {
  name: string;
  line: number;
  lines: string[];
  size: number;
  fault: string | null;
}

function broken({ line, fault }: Block): CalendarEntry {
  return { line, fault: fault ?? 'The entry begins and does not end.' };
}

function entryOf(block: Block, calendar: Calendar): CalendarEntry {
  const { line, size, fault } = block;
  const entry = fault === null ? componentOf(block) : fault;
  return typeof entry === 'string'
    ? { line, fault: entry }
    : { line, entry, calendar, size: 4 * size };
}

function addZone(block: Block, zones: Map<string, ICAL.Timezone>): void {
  const component = block.fault === null ? componentOf(block) : block.fault;
  // A zone that cannot be read is missed by the entries that name it, and told there.
  if (typeof component === 'string' || zones.size >= MOST_ZONES) return;
  const name: unknown = component.getFirstPropertyValue('tzid');
  if (typeof name === 'string')
    zones.set(name, new ICAL.Timezone({ component, tzid: name }));
}

function componentOf({ lines }: Block): ICAL.Component | string {
  try {
    return new ICAL.Component(ICAL.parse(lines.join('\r\n')) as unknown[]);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return `The entry is no iCalendar: ${said.slice(0, 200).toWellFormed()}.`;
  }
}
