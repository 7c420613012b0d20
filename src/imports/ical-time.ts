import type ICAL from 'ical.js';
import { DateTime, type DurationLikeObject } from 'luxon';
import { zoneNamed } from '../domain/zone.ts';
import { type Calendar } from './ical-entries.ts';

/** When an entry of a calendar takes place: EDTF, with the zone of clock times without an offset. */
export interface When {
  date: string;
  timeZone?: string;
  /** What the calendar says, where the date says less. */
  dateText?: string;
}

/** A time of a calendar, taken apart. */
interface Time {
  /** `2022-01-28`, or with a clock time `2022-01-28T15:35:00`. */
  local: string;
  isDay: boolean;
  /** `Z`, `+02:00`; empty where a zone or nothing tells it. */
  offset: string;
  zone: string | null;
}

const DAY = /^\d{4}-\d\d-\d\d$/;
const CLOCK = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ?$/;

/**
 * When an entry takes place, or what is wrong with it. A day ends where the next begins (RFC 5545, 3.6.1), so an all-day entry
 * that ends on the 29th took place on the 28th. A clock time that belongs to no zone is a day here, its text is kept.
 */
export function whenOf(
  entry: ICAL.Component,
  calendar: Calendar,
): When | { fault: string } {
  const start = entry.getFirstProperty('dtstart');
  if (start === null) return { fault: 'has no DTSTART' };
  const begin = timeOf(start, calendar);
  if ('fault' in begin) return begin;
  const stop = entry.getFirstProperty('dtend');
  const length: unknown = entry.getFirstPropertyValue('duration');
  if (stop === null && length !== null)
    return lasting(begin, length as ICAL.Duration);
  if (stop === null) return told(begin, begin);
  const end = timeOf(stop, calendar);
  if ('fault' in end) return end;
  if (end.isDay !== begin.isDay)
    return {
      fault: 'begins on a day and ends at a clock time, or the reverse',
    };
  return told(begin, end.isDay ? dayBefore(end, begin) : end);
}

function timeOf(
  property: ICAL.Property,
  { timeZone, zones }: Calendar,
): Time | { fault: string } {
  // As jCal (RFC 7265) has it: the library's own times would carry the 31st of April over into May.
  const text = String((property.toJSON() as unknown[])[3]);
  const local = text.slice(0, 19);
  const isDay = DAY.test(text);
  if (!(isDay || CLOCK.test(text)) || !wallClock(local).isValid)
    return { fault: `has a time that cannot be read: ${text.slice(0, 50)}` };
  if (isDay) return { local, isDay, offset: '', zone: null };
  const time = { local, isDay: false };
  if (text.endsWith('Z')) return { ...time, offset: 'Z', zone: null };
  const named = property.getFirstParameter('tzid') as string | undefined;
  if (named === undefined || named === '')
    return { ...time, offset: '', zone: zoneIn(timeZone ?? '') };
  const zone = zoneIn(named);
  if (zone !== null) return { ...time, offset: '', zone };
  const defined = zones.get(named);
  if (defined === undefined)
    return {
      fault: `is in the time zone ${JSON.stringify(named.slice(0, 100))}, which neither the calendar defines nor anybody knows`,
    };
  const value = property.getFirstValue() as ICAL.Time;
  return { ...time, offset: offsetText(defined.utcOffset(value)), zone: null };
}

/** The IANA zone of that name; some programs put their own before it: `/example.org/Europe/Kyiv`. */
function zoneIn(name: string): string | null {
  const end = name.split('/').slice(-2).join('/');
  return zoneNamed(name)?.name ?? zoneNamed(end)?.name ?? null;
}

function offsetText(seconds: number): string {
  const minutes = Math.round(Math.abs(seconds) / 60);
  const digits = (value: number) => String(value).padStart(2, '0');
  return `${seconds < 0 ? '-' : '+'}${digits(Math.floor(minutes / 60))}:${digits(minutes % 60)}`;
}

function lasting(begin: Time, length: ICAL.Duration): When {
  const { weeks, days, hours, minutes, seconds } = length;
  const end = length.isNegative
    ? begin
    : moved(begin, { days: 7 * weeks + days, hours, minutes, seconds });
  return told(begin, begin.isDay ? dayBefore(end, begin) : end);
}

function dayBefore(end: Time, begin: Time): Time {
  // Some programs end a day on the same day.
  return end.local === begin.local ? begin : moved(end, { days: -1 });
}

function moved(time: Time, by: DurationLikeObject): Time {
  const local = wallClock(time.local).plus(by).toISO({ includeOffset: false });
  return { ...time, local: (local ?? '').slice(0, time.isDay ? 10 : 19) };
}

function wallClock(local: string): DateTime {
  return DateTime.fromISO(local, { zone: 'utc' });
}

function told(begin: Time, end: Time): When {
  const times = [begin, end];
  if (times.some((one) => !one.isDay && one.offset === '' && one.zone === null))
    return {
      date: range(begin.local.slice(0, 10), end.local.slice(0, 10)),
      dateText: range(begin.local, end.local),
    };
  // One zone is kept as such; of two, what their clocks were ahead of UTC.
  if (begin.zone !== null && begin.zone === end.zone)
    return { date: range(begin.local, end.local), timeZone: begin.zone };
  const [first = '', last = ''] = times.map(({ local, offset, zone }) =>
    zone === null
      ? local + offset
      : local + offsetText(60 * DateTime.fromISO(local, { zone }).offset),
  );
  return { date: range(first, last) };
}

function range(begin: string, end: string): string {
  return begin === end ? begin : `${begin}/${end}`;
}
