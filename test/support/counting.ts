import { DateTime } from 'luxon';
import { type Bounds, DAY } from '../../src/domain/bounds.ts';
import { type EventQuestion } from '../../src/domain/filter.ts';
import { type Interval } from '../../src/domain/timeline.ts';
import { matchWindow, windowOf } from '../../src/domain/window.ts';
import { groups, type SlowEvent, waysToCount, world } from './reference.ts';

/** Slow counts over the events that a slow list found: event by event, with Luxon for the calendar and no SQL. */

export type Level = 'state' | 'actor';

/** The first day of the bucket in which an event begins, as YYYY-MM-DD; null where that is not certain. */
export function bucketOfEvent(
  { begin: [earliest, latest], calendar }: Bounds,
  interval: Interval,
  tz: string,
): string | null {
  if (!Number.isFinite(earliest) || !Number.isFinite(latest)) return null;
  const bucket = (instant: number) =>
    localDay(
      DateTime.fromMillis(instant, { zone: calendar ? 'utc' : tz }).startOf(
        interval,
      ),
    );
  return bucket(earliest) === bucket(latest) ? bucket(earliest) : null;
}

/** A day on the wall as YYYY-MM-DD. */
export function localDay(date: DateTime): string {
  return date.toFormat('yyyy-MM-dd');
}

/** The values of an event by which it is told apart, each once. */
export function valuesOf(
  event: SlowEvent,
  facet: string,
  at: Level,
  question: EventQuestion,
): string[] {
  const { draft } = event;
  const type = draft.type.split('.');
  const values: Record<string, () => (string | null | undefined)[]> = {
    type: () => type.map((_, index) => type.slice(0, index + 1).join('.')),
    status: () => [draft.status ?? 'held'],
    channel: () => [draft.channel ?? 'unknown'],
    country: () => (draft.places ?? []).map(({ country }) => country),
    topic: () => draft.topics ?? [],
    actor: () => [...takingPart(event, at, question).keys()],
    document: () => (draft.documents ?? []).map(({ document }) => document),
    publisher: () => (draft.sources ?? []).map(({ publisher }) => publisher),
    language: () => (draft.sources ?? []).map(({ language }) => language),
  };
  const found = values[facet]?.() ?? [];
  return [...new Set(found.filter((one) => typeof one === 'string'))];
}

/** Who takes part in an event at a level, each with the places of the participations through which. */
function takingPart(
  event: SlowEvent,
  at: Level,
  question: EventQuestion,
): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const { id, kind } of world) {
    if (at === 'state' && kind !== 'state' && kind !== 'organization') continue;
    const places = event.parts.flatMap((part, place) =>
      waysToCount(
        part,
        id,
        at === 'actor' ? { ...question, scope: 'self' } : question,
      ).length > 0
        ? [place]
        : [],
    );
    if (places.length > 0) found.set(id, places);
  }
  return found;
}

/** How often each value stands in lists of values, as a plain object. */
export function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/** The most frequent of counted values, ties by code point, and the rest in one sum. */
export function ranked(
  counts: Record<string, number>,
  top: number,
): {
  shown: { value: string; count: number }[];
  rest: { values: number; count: number };
} {
  const all = Object.entries(counts)
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  const rare = all.slice(top);
  return {
    shown: all.slice(0, top),
    rest: {
      values: rare.length,
      count: rare.reduce((sum, { count }) => sum + count, 0),
    },
  };
}

/** A question as one about contacts of some actors: of what was held, unless it asks for a status. */
export function asContacts(
  question: EventQuestion,
  ...actors: string[]
): EventQuestion {
  const { actor = [], status = [] } = question;
  const asked = status
    .join()
    .split(',')
    .some((one) => /^[^-]/.test(one));
  return {
    ...question,
    actor: [...actors, ...actor],
    status: asked ? status : ['held', ...status],
  };
}

/** With whom an actor dealt in these events, in the order of the list. */
export function slowCounterparts(
  contacts: readonly SlowEvent[],
  actor: string,
  at: Level,
  question: EventQuestion,
): { id: string; count: number; first: string; last: string }[] {
  const met = new Map<string, string[]>();
  for (const event of contacts) {
    // Whoever possibly took part for the actor is no counterpart either.
    const own = event.parts.map(
      (part) =>
        waysToCount({ ...part, role: 'participant' }, actor, {
          ...question,
          certainty: 'possible',
        }).length > 0,
    );
    for (const [id, places] of takingPart(event, at, question))
      if (!places.some((place) => own[place]))
        met.set(id, [...(met.get(id) ?? []), event.draft.id]);
  }
  return [...met]
    .map(([id, events]) => ({
      id,
      count: events.length,
      first: events[0] ?? '',
      last: events.at(-1) ?? '',
    }))
    .sort((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1));
}

/** The ledger of two actors over these contacts, in the order of the list. */
export function slowLedger(
  contacts: readonly SlowEvent[],
  tz: string,
  now: number,
): object {
  const years = contacts.map(({ bounds }) => bucketOfEvent(bounds, 'year', tz));
  const known = years.filter((year) => year !== null);
  const day = (instant: number, { calendar }: Bounds) =>
    Date.parse(
      localDay(DateTime.fromMillis(instant, { zone: calendar ? 'utc' : tz })),
    ) / DAY;
  const iso = (days: number) => new Date(days * DAY).toISOString().slice(0, 10);
  let last = -Infinity;
  let longest: { from: string; to: string; days: number } | null = null;
  for (const { bounds } of contacts) {
    const begin = Number.isFinite(bounds.begin[0])
      ? day(bounds.begin[0], bounds)
      : -Infinity;
    const days = begin - last;
    if (Number.isFinite(days) && days > (longest?.days ?? 0))
      longest = { from: iso(last), to: iso(begin), days };
    last = Math.max(
      last,
      Number.isFinite(bounds.end[1])
        ? day(bounds.end[1] - 1, bounds)
        : Infinity,
    );
  }
  const today =
    Date.parse(localDay(DateTime.fromMillis(now, { zone: tz }))) / DAY;
  return {
    total: contacts.length,
    byType: tally(contacts.map(({ draft }) => draft.type)),
    byChannel: tally(contacts.map(({ draft }) => draft.channel ?? 'unknown')),
    byYear: tally(known.map((year) => String(Number(year.slice(0, 4))))),
    imprecise: years.length - known.length,
    first: contacts[0]?.draft.id ?? null,
    last: contacts.at(-1)?.draft.id ?? null,
    longestGap: longest,
    silenceDays: contacts.length === 0 ? null : Math.max(0, today - last),
  };
}

/** How an event met a question, as `explain=true` tells it; the actors in no order. */
export function slowMatch(
  event: SlowEvent,
  question: EventQuestion,
): { date: string; actors: string[] } {
  const { from, to, tz, relation } = question;
  const window = windowOf({ from, to, tz });
  const values = groups(question.actor ?? []).each.flat();
  return {
    date: matchWindow(event.bounds, window, relation ?? 'overlaps'),
    actors: values
      .flatMap((filter) =>
        event.parts.flatMap((part) =>
          waysToCount(part, filter, question).map(({ path, certain }) =>
            toldActor({
              filter,
              participant: part.actor,
              role: part.role,
              path,
              tenure: certain ? 'certain' : 'possible',
            }),
          ),
        ),
      )
      .sort(),
  };
}

/** One way in which an actor took part, as a text to compare. */
export function toldActor({
  filter,
  participant,
  role,
  path,
  tenure,
}: {
  filter: string;
  participant: string;
  role: string;
  path: readonly string[];
  tenure: string;
}): string {
  return [filter, participant, role, path.join('>'), tenure].join(' ');
}
