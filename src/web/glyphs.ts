import type { TimeWindow } from './address.ts';
import type { Item } from './items.ts';
import { DAY } from './time.ts';

/** The sign of a root type: a shape (SVG path round 0, 0, reaching to 1) and the number of a colour. */
export interface Glyph {
  path: string;
  colour: number;
}

const CIRCLE = 'M1 0A1 1 0 1 1-1 0 1 1 0 1 1 1 0z';

// No two roots share a shape, so colour is never alone in telling them apart.
const GLYPHS: Record<string, Glyph> = {
  call: { path: CIRCLE, colour: 0 },
  letter: { path: 'M-1-.7H1V.7H-1zM-1-.7 0 .2 1-.7z', colour: 1 },
  meeting: { path: 'M0-1.1 1.1 0 0 1.1-1.1 0z', colour: 2 },
  talks: { path: 'M-.5-.95H.5L1.05 0 .5 .95H-.5L-1.05 0z', colour: 3 },
  visit: { path: 'M0-1 1.05.85H-1.05z', colour: 4 },
  handover: { path: 'M-1-.4H.1V-.95L1.1 0 .1.95V.4H-1z', colour: 5 },
  publication: { path: 'M-.7-1H.3L.7-.6V1H-.7z', colour: 6 },
  signing: { path: 'M0-1 1-.25.62.95H-.62L-1-.25z', colour: 7 },
  ratification: { path: 'M-.9-.9H.9V.9H-.9z', colour: 3 },
  protest: { path: 'M-1.05-.85H1.05L0 1z', colour: 1 },
  statement: { path: 'M-1-.8H1V.45H0L-.5 1V.45H-1z', colour: 2 },
  credentials: {
    path: 'M0-1.15.3-.3 1.15 0 .3.3 0 1.15-.3.3-1.15 0-.3-.3z',
    colour: 5,
  },
  appointment: {
    path: 'M-.35-1H.35V-.35H1V.35H.35V1H-.35V.35H-1V-.35H-.35z',
    colour: 4,
  },
  'end-of-mission': {
    path: 'M-.95-.6-.6-.95 0-.35.6-.95.95-.6.35 0 .95.6.6.95 0 .35-.6.95-.95.6-.35 0z',
    colour: 6,
  },
  recognition: {
    path: 'M0-1.1.3-.4 1.05-.34.48.16.65.9 0 .5-.65.9-.48.16-1.05-.34-.3-.4z',
    colour: 7,
  },
  rupture: { path: 'M-1-.9 0-.25 1-.9V.9L0 .25-1 .9z', colour: 1 },
  recall: { path: 'M-1.05 0 .85-1V1z', colour: 0 },
  expulsion: { path: 'M1-.4H-.1V-.95L-1.1 0-.1.95V.4H1z', colour: 1 },
  sanctions: { path: 'M-1.1-.45H1.1V.45H-1.1z', colour: 6 },
  mediation: { path: 'M-1 1V0A1 1 0 0 1 1 0V1z', colour: 0 },
  'assumption-of-charge': {
    path: 'M-.9-1 .2-1 1 0 .2 1-.9 1-.2 0z',
    colour: 2,
  },
};
const OTHER: Glyph = { path: 'M-.8-.8H.8V.8H-.8z', colour: 6 };

/** The sign of a type: that of its root. */
export function glyphOf(type: string): Glyph {
  return GLYPHS[type.split('.')[0] ?? ''] ?? OTHER;
}

/** The roots that have a sign, in the order of a legend. */
export const SIGNED_TYPES: readonly string[] = Object.keys(GLYPHS);

/** How an event is drawn, apart from its glyph. */
export interface Sign {
  /** A day or an instant; what lasted; one time among many. */
  form: 'point' | 'bar' | 'hatched';
  /** All of the time in which it may have been; ±Infinity where open. */
  whole: TimeWindow;
  /** The time in which it certainly was: of a bar that has any. */
  sure: TimeWindow | null;
  /** "About": both ends fade. */
  faded: boolean;
  /** Not yet held: a broken outline. */
  broken: boolean;
  /** Told by one side only: half filled. */
  half: boolean;
  /** Cancelled or denied: struck through. */
  struck: boolean;
}

/** How the doubt of an event, and what became of it, are drawn. */
export function signOf(item: Item): Sign {
  const { begin, end, date, status, corroboration } = item;
  const qualified = /[~?%]$/.test(date);
  const bare = date.replace(/[~?%]$/, '');
  const vague = item.precision !== 'day' && item.precision !== 'second';
  const form = bare.startsWith('[')
    ? 'hatched'
    : bare.includes('/')
      ? 'bar'
      : vague
        ? 'hatched'
        : 'point';
  return {
    form,
    whole: { from: begin[0], until: end[1] },
    sure:
      form === 'bar' && begin[1] < end[0]
        ? { from: begin[1], until: end[0] }
        : null,
    faded: qualified,
    broken: ['announced', 'scheduled', 'postponed'].includes(status),
    half: corroboration === 'one-sided',
    struck:
      status === 'cancelled' ||
      status === 'denied' ||
      corroboration === 'denied',
  };
}

/** The instant at which the glyph of an event stands: the middle of its time, or its known end where the other is open. */
export function anchorOf({ whole: { from, until }, form }: Sign): number {
  if (!Number.isFinite(from)) return Number.isFinite(until) ? until - DAY : 0;
  if (!Number.isFinite(until)) return from;
  return form === 'bar' ? from : (from + until) / 2;
}
