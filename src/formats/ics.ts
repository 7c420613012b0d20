import { type AnsweredEvent } from '../domain/answered.ts';
import { DAY, formatInstant, SECOND } from '../domain/bounds.ts';
import { type Status } from '../domain/event.ts';
import { whenInWords } from './doubt.ts';
import { type About, type Format } from './format.ts';
import { collected } from './listed.ts';
import { drawable, isClosed, isSure, spanOf } from './span.ts';
import { addressOf, headline, inText, placesOf } from './telling.ts';
import { clockTime, type TimeZones, timeZones } from './vtimezone.ts';
import { typeInWords } from './words.ts';

/** iCalendar (RFC 5545), for calendar programs to subscribe to. */
export const ics: Format = {
  suffix: 'ics',
  mediaType: 'text/calendar; charset=utf-8',
  description:
    'iCalendar (RFC 5545). Days are all-day events, clock times stand in their zone or in UTC. What is in doubt is drawn over all days it may have taken, and what is open on the days that are known; then the summary ends with the date in words. `X-EDTF` is the date as it was written.',
  whole: false,
  newestFirst: false,
  tellsRemoved: true,
  takes: [],
  async *write(events, about) {
    const page = await collected(events);
    const all = [...page, ...about.removed];
    const zones = timeZones(all);
    yield folded([
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//diplomatic-events//diplomatic-events//EN',
      'CALSCALE:GREGORIAN',
      `NAME:${escaped(about.title)}`,
      `X-WR-CALNAME:${escaped(about.title)}`,
      `SOURCE;VALUE=URI:${new URL(about.self).href}`,
      'REFRESH-INTERVAL;VALUE=DURATION:PT1H',
      'X-PUBLISHED-TTL:PT1H',
      ...zones.lines,
    ]);
    for (const event of page) yield component(event, false, zones, about);
    for (const event of about.removed)
      yield component(event, true, zones, about);
    yield folded(['END:VCALENDAR']);
  },
};

const statuses: Record<Status, string> = {
  announced: 'TENTATIVE',
  scheduled: 'CONFIRMED',
  held: 'CONFIRMED',
  postponed: 'TENTATIVE',
  cancelled: 'CANCELLED',
  denied: 'CANCELLED',
};

function component(
  event: AnsweredEvent,
  removed: boolean,
  zones: TimeZones,
  { lang, home }: About,
): string {
  const [point, ...others] = event.places.flatMap(({ coordinates }) =>
    coordinates ? [coordinates] : [],
  );
  const places = placesOf(event, lang);
  const categories = [typeInWords(event.type, lang), ...event.topics];
  const revised = utc(Date.parse(event.revisedAt));
  return folded([
    'BEGIN:VEVENT',
    `UID:${event.id}@diplomatic-events`,
    // When this version was made, and not when it is asked for: the same record gives the same bytes.
    `DTSTAMP:${revised}`,
    `CREATED:${utc(Date.parse(event.recordedAt))}`,
    `LAST-MODIFIED:${revised}`,
    `SEQUENCE:${event.revision + (removed ? 1 : 0)}`,
    `STATUS:${removed ? 'CANCELLED' : statuses[event.status]}`,
    'TRANSP:TRANSPARENT',
    ...times(event, zones),
    `SUMMARY:${escaped(summaryOf(event, lang))}`,
    `DESCRIPTION:${escaped(inText(event, lang))}`,
    ...(places.length > 0 ? [`LOCATION:${escaped(places.join('; '))}`] : []),
    ...(point && others.length === 0 ? [`GEO:${point[1]};${point[0]}`] : []),
    `CATEGORIES:${categories.map(escaped).join(',')}`,
    `URL:${addressOf(event.id, home)}`,
    `X-EDTF;VALUE=TEXT:${escaped(event.date)}`,
    'END:VEVENT',
  ]);
}

function summaryOf(event: AnsweredEvent, lang: string | null): string {
  const span = spanOf(event);
  const title = headline(event, lang);
  return isSure(span) && isClosed(span)
    ? title
    : `${title} (${whenInWords(event, lang)})`;
}

function times(event: AnsweredEvent, zones: TimeZones): string[] {
  const span = spanOf(event);
  const { from, until } = drawable(span);
  if (!span.calendar) {
    // The last second is when it ended, and what has no length has no end here.
    const end = until - SECOND;
    return [
      `DTSTART${clockTime(from, event.timeZone, zones)}`,
      ...(end > from ? [`DTEND${clockTime(end, event.timeZone, zones)}`] : []),
    ];
  }
  // A calendar ends with the year 9999; the day after its last one cannot be written.
  const end = Math.min(until, LAST_DAY);
  return [
    `DTSTART;VALUE=DATE:${day(from)}`,
    ...(end - from > 0 ? [`DTEND;VALUE=DATE:${day(end)}`] : []),
  ];
}

const LAST_DAY = Date.UTC(10_000, 0) - DAY;

const day = (instant: number) => digits(instant).slice(0, 8);
const utc = (instant: number) => `${digits(instant)}Z`;

/** `20220128T153500` of an instant, as the clock in UTC shows it. */
function digits(instant: number): string {
  const whole = Math.floor(instant / SECOND) * SECOND;
  return (formatInstant(whole) ?? '').replace(/[-:Z]/g, '');
}

/** A value of type TEXT (RFC 5545, 3.3.11). */
function escaped(text: string): string {
  return (
    text
      .toWellFormed()
      .replaceAll(/[\\;,]/g, '\\$&')
      .replaceAll(/\r\n|\r|\n/g, '\\n')
      // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
      .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '\ufffd')
  );
}

/** Content lines, folded at 75 octets so that no character is cut (RFC 5545, 3.1). */
function folded(lines: readonly string[]): string {
  return lines.map((line) => `${foldedLine(line)}\r\n`).join('');
}

function foldedLine(line: string): string {
  if (line.length <= 25) return line; // three octets a unit at most
  let text = '';
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > 75) {
      text += '\r\n ';
      octets = 1;
    }
    text += character;
    octets += size;
  }
  return text;
}
