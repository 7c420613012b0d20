import { completeSource, type Source } from './actor.ts';
import { type Corroboration, type Stance } from './account.ts';
import { boundsJson, boundsOf, type Bounds, DAY, type Span } from './bounds.ts';
import { isCountryCode } from './countries.ts';
import { draftCheck, Faults, listOf } from './draft.ts';
import {
  type CalendarDate,
  type ClockTime,
  DateFault,
  type Edtf,
  parseEdtf,
  wallClock,
} from './edtf.ts';
import {
  type CHANNELS,
  type DOCUMENT_RELATIONS,
  eventSchema,
  type LINK_RELATIONS,
  type ROLES,
  type STATUSES,
} from './event-schema.ts';
import { eventTypes, isEventType } from './event-types.ts';
import { type LanguageMap } from './language.ts';
import { nearest } from './nearest.ts';
import { daysOf } from './window.ts';

export type Status = (typeof STATUSES)[number];
export type Channel = (typeof CHANNELS)[number];
export type Role = (typeof ROLES)[number];

/** One actor's part in an event. */
export interface ParticipationDraft {
  actor: string;
  role?: Role | null;
  as?: LanguageMap | null;
  onBehalfOf?: string | null;
  inferred?: boolean | null;
  name?: LanguageMap | null;
}

/** An event as people write it. */
export interface EventDraft {
  record: 'event';
  id: string;
  type: string;
  status?: Status | null;
  channel?: Channel | null;
  date: string;
  dateText?: string | null;
  timeZone?: string | null;
  sequence?: number | null;
  title: LanguageMap;
  summary?: LanguageMap | null;
  places?:
    | {
        name?: LanguageMap | null;
        country?: string | null;
        coordinates?: [number, number] | null;
      }[]
    | null;
  participants?: ParticipationDraft[] | null;
  documents?:
    | { document: string; relation: (typeof DOCUMENT_RELATIONS)[number] }[]
    | null;
  accounts?:
    | {
        party: string;
        stance: Stance;
        text?: LanguageMap | null;
        date?: string | null;
        source?: number | null;
      }[]
    | null;
  links?:
    | {
        relation: (typeof LINK_RELATIONS)[number];
        event: string;
        inferred?: boolean | null;
      }[]
    | null;
  topics?: string[] | null;
  sources?: Source[] | null;
}

const check = draftCheck<EventDraft>(eventSchema);

/** An event's draft with its date understood. */
export interface UnderstoodEvent {
  draft: EventDraft;
  bounds: Bounds;
  /** The calendar days, where it took place, that it may have taken: tenures are counted by them. */
  days: readonly Span[];
}

/**
 * A value understood as an event's draft.
 * @throws DomainError `invalid_record` or `untrue_record` naming every fault
 */
export function readEvent(value: unknown): UnderstoodEvent {
  const draft = check(value);
  const faults = new Faults();
  let when: Pick<UnderstoodEvent, 'bounds' | 'days'> | null = null;
  try {
    when = understoodDate(draft);
  } catch (error) {
    if (!(error instanceof DateFault)) throw error;
    if (error.field === 'timeZone')
      faults.add('/timeZone', error.message, { received: draft.timeZone });
    else faults.dateFault('/date', draft.date, error);
  }
  if (!isEventType(draft.type)) {
    const codes = eventTypes.map(({ code }) => code);
    faults.add('/type', 'is not a known type of event', {
      received: draft.type,
      nearest: nearest(draft.type, codes),
    });
  }
  listOf(draft.places).forEach((one, index) => {
    if (typeof one.country === 'string' && !isCountryCode(one.country))
      faults.add(
        `/places/${index}/country`,
        'is not a code of ISO 3166-1 alpha-2, XK or ISO 3166-3',
        { received: one.country },
      );
  });
  listOf(draft.sources).forEach((one, index) =>
    faults.date(`/sources/${index}/publishedAt`, one.publishedAt),
  );
  listOf(draft.accounts).forEach((one, index) =>
    faults.date(`/accounts/${index}/date`, one.date),
  );
  faults.raise('invalid_record', 'The event holds values that cannot be read.');
  findUntruth(draft, faults);
  faults.raise('untrue_record', 'The event is well formed but cannot be true.');
  if (when === null)
    throw new Error('a date without a fault was not understood');
  return { draft, ...when };
}

type Understood = Pick<UnderstoodEvent, 'bounds' | 'days'>;

/** Days as they were understood: many events share one, and an import meets each of them twice. */
const understoodDays = new Map<string, Understood>();

/** Beyond these the memory of days begins anew; more than most timelines have. */
const REMEMBERED = 20_000;

const ONE_DAY = /^\d{4}-\d\d-\d\d$/;

/**
 * What an event's date means; not to be changed, for others may have the same.
 * @throws DateFault when it cannot be read
 */
export function understoodDate({
  date,
  timeZone,
}: Pick<EventDraft, 'date' | 'timeZone'>): Understood {
  // A day is one in any zone; but a zone has to be a known one.
  const isDay = date.length === 10 && typeof timeZone !== 'string';
  const known = isDay ? understoodDays.get(date) : undefined;
  if (known !== undefined) return known;
  const understood = understoodAnew({ date, timeZone: timeZone ?? null });
  if (isDay && ONE_DAY.test(date)) {
    if (understoodDays.size >= REMEMBERED) understoodDays.clear();
    understoodDays.set(date, understood);
  }
  return understood;
}

function understoodAnew({
  date,
  timeZone,
}: {
  date: string;
  timeZone: string | null | undefined;
}): Understood {
  const edtf = parseEdtf(date);
  const bounds = boundsOf(edtf, timeZone ?? null);
  return {
    bounds,
    days: bounds.calendar ? daysOf(bounds) : [daysByTheClock(edtf)],
  };
}

// A clock time belongs to the day that the clock on the spot showed, whatever the day was in Greenwich.
function daysByTheClock(edtf: Edtf): Span {
  const begin = edtf.kind === 'interval' ? edtf.begin : edtf;
  const end = edtf.kind === 'interval' ? edtf.end : edtf;
  const day = (
    time: Edtf | ClockTime | CalendarDate | null,
    open: number,
  ): number =>
    time?.kind === 'datetime' ? Math.floor(wallClock(time) / DAY) * DAY : open;
  const [first, last] = [day(begin, -Infinity), day(end, Infinity)];
  // Where it ended far to the west of where it began, the clock may have shown an earlier day at the end.
  return { from: Math.min(first, last), until: Math.max(first, last) + DAY };
}

function findUntruth(draft: EventDraft, faults: Faults): void {
  const sources = listOf(draft.sources).length;
  listOf(draft.accounts).forEach(({ source: index }, at) => {
    if (typeof index === 'number' && index >= sources)
      faults.add(
        `/accounts/${at}/source`,
        `points to no source; there are ${sources}`,
        { received: index },
      );
  });
  const parts = listOf(draft.participants);
  const seen = new Set<string>();
  // Nobody can stand twice where all are different.
  if (new Set(parts.map(({ actor }) => actor)).size < parts.length)
    parts.forEach((one, index) => {
      const part = JSON.stringify([
        one.actor,
        one.role ?? 'participant',
        one.onBehalfOf ?? null,
        sorted(one.as),
      ]);
      if (seen.has(part))
        faults.add(
          `/participants/${index}`,
          'stands twice: role, `as` and `onBehalfOf` are the same',
          { received: one.actor },
        );
      seen.add(part);
    });
  listOf(draft.links).forEach((one, index) => {
    if (one.event === draft.id)
      faults.add(`/links/${index}/event`, 'is the event itself', {
        received: one.event,
      });
  });
}

const sorted = (map: LanguageMap | null | undefined) =>
  Object.entries(map ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));

/** What the record adds to an event's draft. */
export interface EventDerivations {
  bounds: Bounds;
  /** The name of each participant when recorded, in the draft's order. */
  names: readonly LanguageMap[];
  corroboration: Corroboration;
}

/** The event as it is answered: every field, empty ones as null or `[]`, with what is derived, before its revision. */
export function completeEvent(
  draft: EventDraft,
  derived: EventDerivations,
): object {
  return {
    record: 'event',
    id: draft.id,
    type: draft.type,
    status: draft.status ?? 'held',
    channel: draft.channel ?? 'unknown',
    date: draft.date,
    dateText: draft.dateText ?? null,
    timeZone: draft.timeZone ?? null,
    sequence: draft.sequence ?? 0,
    title: draft.title,
    summary: draft.summary ?? null,
    places: listOf(draft.places).map((one) => ({
      name: one.name ?? null,
      country: one.country ?? null,
      coordinates: one.coordinates ?? null,
    })),
    participants: listOf(draft.participants).map((one, index) => ({
      actor: one.actor,
      role: one.role ?? 'participant',
      as: one.as ?? null,
      onBehalfOf: one.onBehalfOf ?? null,
      inferred: one.inferred ?? false,
      name: derived.names[index],
    })),
    documents: listOf(draft.documents).map(({ document, relation }) => ({
      document,
      relation,
    })),
    accounts: listOf(draft.accounts).map((one) => ({
      party: one.party,
      stance: one.stance,
      text: one.text ?? null,
      date: one.date ?? null,
      source: one.source ?? null,
    })),
    links: listOf(draft.links).map((one) => ({
      relation: one.relation,
      event: one.event,
      inferred: one.inferred ?? false,
    })),
    topics: listOf(draft.topics),
    sources: listOf(draft.sources).map(completeSource),
    bounds: boundsJson(derived.bounds),
    corroboration: derived.corroboration,
  };
}
