import { createHash } from 'node:crypto';
import type ICAL from 'ical.js';
import { draftCheck } from '../domain/draft.ts';
import { DomainError, type Fault } from '../domain/errors.ts';
import { CHANNELS, STATUSES } from '../domain/event-schema.ts';
import { language, object } from '../domain/schemas.ts';
import { slugOf } from '../domain/slug.ts';
import { type CalendarEntry, calendarEntries } from './ical-entries.ts';
import { whenOf } from './ical-time.ts';
import { mappingError } from './mapping.ts';
import { type Mention, type Participant, type SourceRow } from './row.ts';
import { type Source } from './source.ts';

/** What an agenda leaves open, the same for all of its entries. */
interface Agenda {
  type?: string;
  status?: (typeof STATUSES)[number];
  channel?: (typeof CHANNELS)[number];
  language?: string;
}

/** JSON Schema of what may be said of an agenda. */
export const agendaSchema = object(
  {
    type: {
      type: 'string',
      maxLength: 100,
      default: 'meeting',
      description: 'The type of all its events',
    },
    status: {
      type: 'string',
      enum: STATUSES,
      description:
        'Their status; unless said what STATUS says of each, for an agenda tells what is planned: scheduled, announced (TENTATIVE) or cancelled',
    },
    channel: { type: 'string', enum: CHANNELS, description: 'How they met' },
    language: language('The language of its texts; und unless they tell'),
  },
  [],
  'What an agenda leaves open',
);

const check = draftCheck<Agenda>(agendaSchema);

/** An agenda (iCalendar, RFC 5545). */
export const ical: Source = {
  name: 'ical',
  mediaType: 'text/calendar',
  suffixes: ['.ics', '.ical'],
  description:
    'An agenda (iCalendar, RFC 5545): one event for each VEVENT, its attendees by their names. A mapping may say the type (meeting unless said), status, channel and language of all.',
  names: true,
  open({ mapping }) {
    const agenda = agendaIn(mapping ?? {});
    return async function* (chunks): AsyncGenerator<SourceRow> {
      for await (const one of calendarEntries(chunks)) yield rowOf(one, agenda);
    };
  },
};

function agendaIn(mapping: unknown): Agenda {
  try {
    return check(mapping);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw mappingError(error.faults);
  }
}

const STATUS: Readonly<Record<string, string>> = {
  TENTATIVE: 'announced',
  CANCELLED: 'cancelled',
};

function rowOf(found: CalendarEntry, agenda: Agenda): SourceRow {
  const { line } = found;
  if ('fault' in found)
    return { line, faults: [{ pointer: '', message: found.fault }] };
  const { entry, calendar, size } = found;
  const faults: Fault[] = [];
  for (const name of ['rrule', 'rdate'])
    if (entry.hasProperty(name))
      faults.push({
        pointer: '/date',
        message: `repeats (${name.toUpperCase()}): each time must be an entry of its own`,
        received: textOf(entry, name).slice(0, 200),
      });
  const when = whenOf(entry, calendar);
  if ('fault' in when) faults.push({ pointer: '/date', message: when.fault });
  const uid = textOf(entry, 'uid');
  const status = textOf(entry, 'status').toUpperCase();
  const { participants, mentions } = partsOf(entry, agenda);
  const event = {
    record: 'event',
    ...(uid === '' ? {} : { id: idOf(uid, textOf(entry, 'recurrence-id')) }),
    type: agenda.type ?? 'meeting',
    status: agenda.status ?? STATUS[status] ?? 'scheduled',
    ...(agenda.channel === undefined ? {} : { channel: agenda.channel }),
    ...('fault' in when ? {} : when),
    ...texts(entry, 'title', 'summary', agenda),
    ...texts(entry, 'summary', 'description', agenda),
    ...placeOf(entry, agenda),
    participants,
    ...topicsOf(entry),
    ...sourceOf(entry),
  };
  return {
    line,
    event,
    mentions,
    faults,
    whereIs: (pointer) => PROPERTIES[pointer.split('/')[1] ?? ''] ?? null,
    size,
  };
}

const PROPERTIES: Readonly<Record<string, string>> = {
  id: 'UID',
  title: 'SUMMARY',
  summary: 'DESCRIPTION',
  date: 'DTSTART',
  places: 'LOCATION',
  participants: 'ATTENDEE',
  topics: 'CATEGORIES',
  sources: 'URL',
};

/** An id that is the same at every import; another time of a repeated entry has the same UID, so it tells which. */
function idOf(uid: string, time: string): string {
  const hash = createHash('sha256').update(JSON.stringify([uid, time]));
  const slug = slugOf(uid.split('@', 1)[0] ?? '');
  return `ical-${slug === '' ? '' : `${slug}-`}${hash.digest('hex').slice(0, 12)}`;
}

/** Who is invited, each once: rooms, those who declined, and those without a name are left out. */
function partsOf(
  entry: ICAL.Component,
  agenda: Agenda,
): { participants: Participant[]; mentions: Mention[] } {
  const participants: Participant[] = [];
  const mentions: Mention[] = [];
  const seen = new Set<string>();
  const invited = [
    ...entry.getAllProperties('attendee'),
    ...entry.getAllProperties('organizer'),
  ];
  for (const one of invited) {
    const said = (name: string) => (one.getFirstParameter(name) ?? '').trim();
    const name = said('cn').replace(/^"|"$/g, '').trim();
    const address = String(one.getFirstValue() ?? '').toLowerCase();
    const sort = said('cutype').toUpperCase();
    if (
      name === '' ||
      name.includes('@') ||
      seen.has(name.toLowerCase()) ||
      seen.has(address) ||
      ['ROOM', 'RESOURCE'].includes(sort) ||
      said('partstat').toUpperCase() === 'DECLINED' ||
      said('role').toUpperCase() === 'NON-PARTICIPANT'
    )
      continue;
    seen.add(name.toLowerCase()).add(address);
    mentions.push({
      participant: participants.length,
      field: 'actor',
      name,
      language: agenda.language ?? 'und',
      kind: null,
      identifiers: {},
    });
    participants.push(
      said('role').toUpperCase() === 'CHAIR' ? { role: 'chair' } : {},
    );
  }
  return { participants, mentions };
}

function texts(
  entry: ICAL.Component,
  field: string,
  property: string,
  agenda: Agenda,
): object {
  const text = textOf(entry, property);
  if (text === '') return {};
  const own = entry.getFirstProperty(property)?.getFirstParameter('language');
  const lang = typeof own === 'string' ? own : (agenda.language ?? 'und');
  return { [field]: { [lang]: text } };
}

function placeOf(entry: ICAL.Component, agenda: Agenda): object {
  const { name } = texts(entry, 'name', 'location', agenda) as {
    name?: Record<string, string>;
  };
  if (name === undefined) return {};
  const geo: unknown = entry.getFirstPropertyValue('geo');
  // There the latitude comes first.
  const coordinates =
    Array.isArray(geo) && geo.length === 2 ? geo.toReversed() : null;
  return { places: [{ name, ...(coordinates ? { coordinates } : {}) }] };
}

function topicsOf(entry: ICAL.Component): object {
  const categories = entry
    .getAllProperties('categories')
    .flatMap((one) => one.getValues() as unknown[]);
  const topics = new Set(
    categories.map((one) => slugOf(String(one))).filter((slug) => slug !== ''),
  );
  return topics.size > 0 ? { topics: [...topics] } : {};
}

function sourceOf(entry: ICAL.Component): object {
  const url = textOf(entry, 'url');
  return /^https?:\/\//.test(url) ? { sources: [{ url }] } : {};
}

function textOf(entry: ICAL.Component, name: string): string {
  const value: unknown = entry.getFirstPropertyValue(name);
  return value === null || value === undefined
    ? ''
    : // oxlint-disable-next-line typescript/no-base-to-string -- a text, or a value of iCalendar that writes itself
      String(value).replace(/\r\n?/g, '\n').trim();
}
