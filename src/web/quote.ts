import { dayInWords, whenInWords } from './dates.ts';
import type { Event } from './shapes.ts';
import type { Words } from './words.ts';

/** The address of an event's card, and of nothing else that the page shows now. */
export function permalinkOf(id: string, origin: string): string {
  return `${origin}/?event=${encodeURIComponent(id)}`;
}

/** A command of the shell that asks for an address. */
export function curlOf(url: string): string {
  // An apostrophe would end the shell's quotes; in an address it can be written so.
  return `curl '${url.replaceAll("'", '%27')}'`;
}

/** How an event is quoted: title, date, sources, version, address, and when it was read. */
export function citationOf(
  event: Event,
  words: Words,
  origin: string,
  now: number,
): string {
  const sources = event.sources
    .map(({ publisher, title, url }) =>
      [publisher, title, url].filter((part) => part !== null).join(', '),
    )
    .map((source) => `${source}. `);
  return words.say('citation', {
    title: words.choose(event.title).text,
    date: whenInWords(event.date, words, event.timeZone),
    sources: sources.join(''),
    n: event.revision,
    url: permalinkOf(event.id, origin),
    today: dayInWords(now, words),
  });
}

/** The question whose calendar holds the event: as narrow as the filters of the API allow. */
export function calendarQueryOf(event: Event): string {
  const { begin, end } = event.bounds;
  const day = (instant: string) => instant.slice(0, 10);
  const taking = event.participants.find(({ role }) => role !== 'subject');
  return new URLSearchParams({
    type: event.type,
    status: event.status,
    ...(taking ? { actor: taking.actor } : {}),
    ...(begin[0] === null ? {} : { from: day(begin[0]) }),
    ...(end[1] === null ? {} : { to: day(end[1]) }),
    limit: '500',
  }).toString();
}

/** The calendar with only this event left in it; null where it does not hold it. */
export function calendarOfOne(calendar: string, id: string): string | null {
  const [head = '', ...components] = calendar.split('BEGIN:VEVENT\r\n');
  const found = components
    .map((one) => one.split('END:VEVENT\r\n')[0] ?? '')
    // Lines are folded: a long id stands on two of them.
    .find((one) =>
      one.replaceAll('\r\n ', '').startsWith(`UID:${id}@diplomatic-events\r\n`),
    );
  return found === undefined
    ? null
    : `${head}BEGIN:VEVENT\r\n${found}END:VEVENT\r\nEND:VCALENDAR\r\n`;
}
