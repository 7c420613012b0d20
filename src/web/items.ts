import type { Event } from './shapes.ts';

/** Who takes part in an event. */
export interface Party {
  id: string;
  role: Event['participants'][number]['role'];
  onBehalfOf: string | null;
  name: Record<string, string>;
}

/** What the lanes and the list keep of an event; instants in milliseconds, ±Infinity where open. */
export interface Item {
  id: string;
  type: string;
  status: Event['status'];
  corroboration: Event['corroboration'];
  /** EDTF, as it was written. */
  date: string;
  begin: readonly [earliest: number, latest: number];
  end: readonly [earliest: number, latest: number];
  precision: Event['bounds']['precision'];
  title: Record<string, string>;
  parties: readonly Party[];
  countries: readonly string[];
}

/** The part of an event that the page keeps. */
export function itemOf(event: Event): Item {
  const { begin, end, precision } = event.bounds;
  return {
    id: event.id,
    type: event.type,
    status: event.status,
    corroboration: event.corroboration,
    date: event.date,
    begin: [instant(begin[0], -1), instant(begin[1], -1)],
    end: [instant(end[0], 1), instant(end[1], 1)],
    precision,
    title: event.title,
    parties: event.participants.map(({ actor, role, onBehalfOf, name }) => ({
      id: actor,
      role,
      onBehalfOf,
      name,
    })),
    countries: event.places.flatMap(({ country }) => country ?? []),
  };
}

function instant(text: string | null, side: -1 | 1): number {
  return text === null ? side * Infinity : Date.parse(text);
}
