import { DateTime } from 'luxon';
import { type AnsweredEvent, inLanguage } from '../domain/answered.ts';
import { type Channel, type Role, type Status } from '../domain/event.ts';
import {
  type CalendarDate,
  type ClockTime,
  parseEdtf,
  wallClock,
} from '../domain/edtf.ts';
import { whenInWords } from './doubt.ts';
import { type Format } from './format.ts';
import { listed } from './listed.ts';
import { type EventSpan, outermost, spanOf } from './span.ts';
import { addressOf, headline, webAddress } from './telling.ts';
import { typeInWords } from './words.ts';

/** JSON-LD in the words of schema.org, fit to stand in a page. */
export const jsonld: Format = {
  suffix: 'jsonld',
  mediaType: 'application/ld+json',
  description:
    'JSON-LD (schema.org), an `Event` each. `startDate` and `endDate` are ISO 8601 to the unit that is surely known, and absent where a date is approximate, uncertain or open; `dcterms:date` is the EDTF as it was written, and `disambiguatingDescription` says it in words.',
  whole: false,
  newestFirst: false,
  tellsRemoved: false,
  takes: [],
  async *write(events, { lang, home }) {
    yield `{"@context":${JSON.stringify(context)},"@graph":[`;
    const graph = listed(events, (event) => nodeOf(event, lang, home));
    // Within a page's script element `</script>` would end it.
    for await (const text of graph) yield text.replaceAll('<', '\\u003c');
    yield '\n]}\n';
  },
};

const context = [
  'https://schema.org',
  {
    dcterms: 'http://purl.org/dc/terms/',
    edtf: 'http://id.loc.gov/datatypes/edtf/',
  },
];

// schema.org has no word for what is denied to have happened, so that is told in words only.
const eventStatuses: Record<Status, string | null> = {
  announced: 'EventScheduled',
  scheduled: 'EventScheduled',
  held: 'EventScheduled',
  postponed: 'EventPostponed',
  cancelled: 'EventCancelled',
  denied: null,
};

const attendanceModes: Partial<Record<Channel, string>> = {
  'in-person': 'OfflineEventAttendanceMode',
  phone: 'OnlineEventAttendanceMode',
  video: 'OnlineEventAttendanceMode',
  online: 'OnlineEventAttendanceMode',
};

const properties: Record<Role, string> = {
  participant: 'attendee',
  initiator: 'organizer',
  host: 'organizer',
  guest: 'attendee',
  chair: 'organizer',
  mediator: 'performer',
  observer: 'attendee',
  speaker: 'performer',
  addressee: 'attendee',
  author: 'performer',
  sender: 'performer',
  deliverer: 'performer',
  recipient: 'attendee',
  signatory: 'performer',
  framework: 'contributor',
  subject: 'about',
};

function nodeOf(
  event: AnsweredEvent,
  lang: string | null,
  home: string,
): object {
  const address = addressOf(event.id, home);
  const status = eventStatuses[event.status];
  const mode = attendanceModes[event.channel];
  const summary = inLanguage(event.summary, lang);
  return {
    '@type': 'Event',
    '@id': address,
    identifier: event.id,
    url: address,
    name: headline(event, lang),
    ...(summary === '' ? {} : { description: summary }),
    disambiguatingDescription: whenInWords(event, lang),
    'dcterms:date': { '@type': 'edtf:EDTF', '@value': event.date },
    ...datesOf(spanOf(event)),
    ...(status === null ? {} : { eventStatus: `https://schema.org/${status}` }),
    ...(mode === undefined
      ? {}
      : { eventAttendanceMode: `https://schema.org/${mode}` }),
    keywords: [typeInWords(event.type, lang), ...event.topics],
    ...listOf(
      'location',
      event.places.map((one) => placeOf(one, lang)),
    ),
    ...participantsOf(event, lang, home),
    ...listOf(
      'workFeatured',
      event.documents.map(({ document }) => ({
        '@id': `${home}/v1/documents/${encodeURIComponent(document)}`,
      })),
    ),
    ...listOf(
      'superEvent',
      event.links
        .filter(({ relation }) => relation === 'part-of')
        .map((link) => ({ '@id': addressOf(link.event, home) })),
    ),
    ...listOf('subjectOf', event.sources.map(sourceOf)),
  };
}

const listOf = (name: string, values: readonly object[]) =>
  values.length === 0 ? {} : { [name]: values };

function placeOf(
  { name, country, coordinates }: AnsweredEvent['places'][number],
  lang: string | null,
): object {
  const named = inLanguage(name, lang);
  return {
    '@type': 'Place',
    ...(named === '' ? {} : { name: named }),
    ...(country === null
      ? {}
      : { address: { '@type': 'PostalAddress', addressCountry: country } }),
    ...(coordinates === null
      ? {}
      : {
          geo: {
            '@type': 'GeoCoordinates',
            longitude: coordinates[0],
            latitude: coordinates[1],
          },
        }),
  };
}

/** By what each did. Whether an actor is a person or an organization stands in the actor's record, not in the event's. */
function participantsOf(
  { participants }: AnsweredEvent,
  lang: string | null,
  home: string,
): Record<string, object[]> {
  const found: Record<string, object[]> = {};
  for (const { actor, role, name } of participants)
    (found[properties[role ?? 'participant']] ??= []).push({
      '@id': `${home}/v1/actors/${encodeURIComponent(actor)}`,
      name: inLanguage(name, lang) || actor,
    });
  return found;
}

function sourceOf(source: AnsweredEvent['sources'][number]): object {
  const [url, archived] = [
    webAddress(source.url),
    webAddress(source.archivedUrl),
  ];
  const published = source.publishedAt && parseEdtf(source.publishedAt);
  return {
    '@type': 'CreativeWork',
    name: source.title ?? source.url ?? '',
    ...(url === null ? {} : { url }),
    ...(archived === null ? {} : { archivedAt: archived }),
    ...(source.publisher === null
      ? {}
      : { publisher: { '@type': 'Organization', name: source.publisher } }),
    ...(source.language === null ? {} : { inLanguage: source.language }),
    // An interval or a set is no date of publication in ISO 8601.
    ...(published && published.kind === 'date' && published.qualifier === null
      ? dated('datePublished', commonUnit(published.first, published.last))
      : {}),
  };
}

const dated = (name: string, date: string | null) =>
  date === null ? {} : { [name]: date };

/** The dates that are sure, as ISO 8601 writes them: one that is approximate or uncertain is none. */
function datesOf({ edtf, begin, end }: EventSpan): object {
  if (edtf.qualifier !== null) return {};
  const [first, last] = outermost(edtf);
  if (edtf.kind === 'interval') {
    return {
      ...dated('startDate', first && isoOf(first, begin[0])),
      ...dated('endDate', last && isoOf(last, end[1] - 1000)),
    };
  }
  if (first === null || last === null) return {};
  if (first.kind === 'datetime' || last.kind === 'datetime')
    return dated('startDate', isoOf(first, begin[0]));
  return dated('startDate', commonUnit(first.first, last.last));
}

function isoOf(date: CalendarDate | ClockTime, instant: number): string | null {
  if (date.kind === 'date') return commonUnit(date.first, date.last);
  // ISO 8601 knows offsets of whole minutes; older clocks went by the sun.
  const offset = (wallClock(date) - instant) / 60_000;
  return Number.isInteger(offset)
    ? DateTime.fromMillis(instant, { zone: offsetZone(offset) }).toISO({
        suppressMilliseconds: true,
      })
    : DateTime.fromMillis(instant, { zone: 'utc' }).toISO({
        suppressMilliseconds: true,
      });
}

/** Luxon's name of a fixed offset. */
function offsetZone(minutes: number): string {
  const [sign, size] = [minutes < 0 ? '-' : '+', Math.abs(minutes)];
  return `UTC${sign}${Math.floor(size / 60)}:${String(size % 60).padStart(2, '0')}`;
}

/** The day, else the month, else the year in which both days lie; null if there is none, for ISO 8601 has no seasons. */
function commonUnit(
  first: CalendarDate['first'],
  last: CalendarDate['last'],
): string | null {
  if (first.year !== last.year) return null;
  const digits = (value: number, count: number) =>
    String(value).padStart(count, '0');
  const year = digits(first.year, 4);
  if (first.month !== last.month) return year;
  const month = `${year}-${digits(first.month, 2)}`;
  return first.day === last.day ? `${month}-${digits(first.day, 2)}` : month;
}
