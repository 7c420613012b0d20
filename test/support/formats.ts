import * as fc from 'fast-check';
import { type AnsweredEvent } from '../../src/domain/answered.ts';
import {
  completeEvent,
  type EventDraft,
  readEvent,
} from '../../src/domain/event.ts';
import { type About, type Format } from '../../src/formats/format.ts';
import { anEvent } from './builders.ts';

/** An event as it is answered, made by the record's own code, without a database. */
export function answered(
  over: Partial<EventDraft> & { revision?: number } = {},
): AnsweredEvent {
  const { revision = 1, ...draft } = over;
  const { draft: read, bounds } = readEvent(anEvent(draft));
  const complete = completeEvent(read, {
    bounds,
    names: (read.participants ?? []).map(
      ({ name, actor }) => name ?? { en: actor },
    ),
    corroboration: 'reported',
  });
  return JSON.parse(
    JSON.stringify({
      ...complete,
      revision,
      recordedAt: '2024-05-01T10:00:00.123456Z',
      revisedAt: '2024-06-01T12:30:00.5Z',
    }),
  ) as AnsweredEvent;
}

/** What a format is told, with whatever a test is about put over it. */
export function about(over: Partial<About> = {}): About {
  return {
    lang: null,
    title: 'Events',
    home: 'https://events.example.org',
    self: 'https://events.example.org/v1/events.x?actor=russia',
    next: null,
    prev: null,
    removed: [],
    rows: 'events',
    crosswalk: [],
    expansion: 'none',
    ...over,
  };
}

/** The whole text that a format makes of events. */
export async function written(
  format: Format,
  events: readonly AnsweredEvent[],
  over: Partial<About> = {},
): Promise<string> {
  async function* one() {
    yield* events;
  }
  let text = '';
  for await (const piece of format.write(one(), about(over))) text += piece;
  return text;
}

/** Every form of date that the contract lists; clock times without an offset are those of Kyiv. */
export const EVERY_DATE = [
  '1997',
  '0001',
  '9999',
  '9999-12-31',
  '2022-01',
  '2022-01-28',
  '2022-01-28T15:35:00-05:00',
  '2022-01-28T15:35:00Z',
  '2022-01-28T15:35:20',
  '2022-01-28T15:35:00Z/2022-01-28T17:00:00Z',
  '2022-01-28T15:35:00/2022-01-29T09:00:00',
  '2022-01-28T15:35:00Z/..',
  '../2022-01-28T15:35:00Z',
  '2022-01-10/2022-01-13',
  '2022-01-28/2022-02-03',
  '2022-01-28/2022-01-28',
  '2022-01/2022-03',
  '2022-01/2022-01',
  '2022-01-XX/2022-01-XX',
  '1991/1993-04-05',
  '198X/199X',
  '2022-02-24/..',
  '2022-02/..',
  '../1991',
  '../1991-12-26',
  '1997~',
  '1997?',
  '1997%',
  '2022-01-28~',
  '2022-01-10/2022-01-13?',
  '[2022-01-10..2022-01-13]~',
  '2022-01-28T15:35:00Z?',
  '199X',
  '2022-01-XX',
  '2022-01-XX~',
  '2022-21',
  '2022-22',
  '2022-23',
  '2022-24',
  '9999-24',
  '[2022-01-10..2022-01-13]',
  '[2022-01-28]',
  '[2021-12-17,2021-12-18]',
  '[2022-01-20,2021-12-17,2022-01-18]',
  '[2021-12-17,2021-12-20..2021-12-22]',
  '[1990..1995]',
  '[2022-01..2022-03]',
  '[..2022-01-28]',
  '[..2022-01]',
  '[2022-01-28..]',
  '[..1990,1995]',
  '[1990,1995..]',
];

const day = fc
  .tuple(
    fc.integer({ min: 1, max: 9998 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 28 }),
  )
  .map((parts) =>
    parts.map((part, at) => String(part).padStart(at === 0 ? 4 : 2, '0')),
  );
const unit = fc.oneof(
  day.map((parts) => parts.join('-')),
  day.map(([year, month]) => `${year}-${month}`),
  day.map(([year]) => `${year}`),
);
const point = fc.oneof(
  unit,
  day.map(([year, month]) => `${year}-${month}-XX`),
  day.map(([year, , dayOf]) => `${year}-2${(Number(dayOf) % 4) + 1}`),
  day.map(([year]) => `1${year?.slice(1, 3)}X`),
);
const clock = fc
  .tuple(
    day,
    fc.integer({ min: 0, max: 86_399 }),
    fc.constantFrom('', 'Z', '+05:45', '-03:30'),
  )
  .map(([parts, second, offset]) => {
    const time = new Date(second * 1000).toISOString().slice(11, 19);
    return `${parts.join('-')}T${time}${offset}`;
  });
const qualifier = fc.constantFrom('', '', '~', '?', '%');
const isDate = (date: string) => {
  try {
    answered({ date, timeZone: 'Europe/Kyiv' });
    return true;
  } catch {
    return false;
  }
};

/** Any date of the contract, most of them odd. */
export const anyDate = fc
  .tuple(
    fc.oneof(
      point,
      clock,
      fc.tuple(point, point).map((ends) => ends.toSorted().join('/')),
      fc.tuple(clock, clock).map((ends) => ends.toSorted().join('/')),
      point.map((begin) => `${begin}/..`),
      point.map((end) => `../${end}`),
      clock.map((begin) => `${begin}/..`),
      fc
        .array(unit, { minLength: 1, maxLength: 4 })
        .map((all) => `[${all.join(',')}]`),
      fc.tuple(day, day).map(
        (ends) =>
          `[${ends
            .map((one) => one.join('-'))
            .toSorted()
            .join('..')}]`,
      ),
      unit.map((last) => `[..${last}]`),
      unit.map((first) => `[${first}..]`),
    ),
    qualifier,
  )
  .map((parts) => parts.join(''))
  .filter(isDate);

/** Texts that hurt: formulas, markup, separators, bidirectional marks, and letters of four octets. */
export const HOSTILE = [
  "=cmd()|'/c calc'!A0",
  '+1-1',
  '-2+3',
  '@SUM(A1)',
  '\t=1',
  '\n=1',
  '＝1',
  'a "quoted" word, and a comma; a semicolon: a colon \\ a backslash \\n',
  'two\nlines\n\nand more',
  ']]> <![CDATA[ & &amp; &#0; <script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '\u200eleft\u200f right \u061c',
  'BEGIN:VEVENT\nEND:VCALENDAR',
  '🕊️'.repeat(60),
  'ї'.repeat(500),
  '\ufffe\uffff non-characters',
  '{"@id": "</script>"}',
];

/** An event all of whose texts hurt. */
export function hostile(text: string, id: string): AnsweredEvent {
  const map = { en: text, uk: text };
  return answered({
    id,
    title: map,
    summary: map,
    dateText: text,
    places: [{ name: map, country: 'CH', coordinates: [-6.14, -46.2] }],
    participants: [
      { actor: 'one', name: map, as: map, role: 'host' },
      { actor: 'other', name: map, role: 'subject' },
    ],
    accounts: [{ party: 'one', stance: 'asserts', text: map }],
    sources: [
      { title: text, publisher: text },
      { url: 'https://example.org/a"b\'c&d=e'.replace('"', '%22') },
    ],
  });
}
