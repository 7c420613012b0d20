import * as fc from 'fast-check';
import { STANCES } from '../../src/domain/account.ts';
import { type ActorDraft } from '../../src/domain/actor.ts';
import {
  type ActorGraph,
  type Reached,
  reached,
  standingSpans,
} from '../../src/domain/affiliation.ts';
import { DateFault } from '../../src/domain/edtf.ts';
import { type EventDraft, understoodDate } from '../../src/domain/event.ts';
import { CHANNELS, ROLES, STATUSES } from '../../src/domain/event-schema.ts';
import { type EventQuestion } from '../../src/domain/filter.ts';
import { matchWindow, WindowFault, windowOf } from '../../src/domain/window.ts';
import { anActor, anEvent, tied } from './builders.ts';
import { meetsWords, someText, someWords } from './texts.ts';
import { values } from './worlds.ts';

/**
 * A slow list of events, for tests: the whole record is looked at event by event, with the contract's rules in plain
 * words (§2 to §4) and no SQL. With it come random events and random questions about a small world.
 */

/** An event as the slow reading has it: its date understood, and for whom its participations and accounts count. */
export interface SlowEvent extends ReturnType<typeof understoodDate> {
  draft: EventDraft;
  parts: readonly Part[];
  accounts: readonly Told[];
}

/** Answers questions about a record with the ids they ask for, in order. */
export function slowList(
  actors: readonly ActorDraft[],
  events: readonly EventDraft[],
): (question: EventQuestion) => string[] {
  const found = slowRecord(actors, events);
  return (question) => found(question).map(({ draft }) => draft.id);
}

/** Answers questions about a record with the events they ask for, in order. */
export function slowRecord(
  actors: readonly ActorDraft[],
  events: readonly EventDraft[],
): (question: EventQuestion) => SlowEvent[] {
  const graph = graphOf(actors);
  const names = new Map(
    actors.map((one) => [one.id, one.names[0]?.value ?? '']),
  );
  const understood = events
    .map((draft) => ({ draft, ...understoodDate(draft) }))
    .map((event): SlowEvent => ({
      ...event,
      accounts: (event.draft.accounts ?? []).map(({ party, stance }) => ({
        stance,
        counts: reached(
          { actor: party },
          event.days,
          event.bounds.qualified,
          graph,
        ),
      })),
      parts: (event.draft.participants ?? []).map((part) => ({
        actor: part.actor,
        role: part.role ?? 'participant',
        counts: reached(part, event.days, event.bounds.qualified, graph),
      })),
    }))
    .sort(
      (a, b) =>
        compare(a.bounds.begin[0], b.bounds.begin[0]) ||
        compare(a.bounds.end[1], b.bounds.end[1]) ||
        (a.draft.sequence ?? 0) - (b.draft.sequence ?? 0) ||
        compare(a.draft.id, b.draft.id),
    );
  return (question) => {
    const found = understood.filter(
      ({ bounds, parts, accounts, draft }) =>
        meetsWindow(bounds, question) &&
        meetsActors(parts, question) &&
        meetsAccounts(accounts, question) &&
        meetsLists(draft, question) &&
        meetsWords(draft, question.q, (actor) => names.get(actor) ?? ''),
    );
    return question.order === 'desc' ? found.reverse() : found;
  };
}

// Not a difference: between two infinities there is none.
function compare<Value>(a: Value, b: Value): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function graphOf(actors: readonly ActorDraft[]): ActorGraph {
  return new Map(
    actors.map(({ id, kind, affiliations }) => [
      id,
      {
        kind,
        edges: (affiliations ?? []).map((tie) => ({
          relation: tie.relation,
          to: tie.to,
          ...standingSpans(tie),
        })),
      },
    ]),
  );
}

const PRECISION = { day: 1, month: 2, year: 4 } as const;

function meetsWindow(
  bounds: ReturnType<typeof understoodDate>['bounds'],
  { from, to, tz, relation, certainty, minPrecision }: EventQuestion,
): boolean {
  const match = matchWindow(
    bounds,
    windowOf({ from, to, tz }),
    relation ?? 'overlaps',
  );
  return (
    (certainty === 'certain' ? match === 'certain' : match !== 'none') &&
    (minPrecision === undefined || bounds.vagueness <= PRECISION[minPrecision])
  );
}

/** A participation, and for whom it counts. */
export interface Part {
  actor: string;
  role: string;
  counts: readonly Reached[];
}

/** How a participation counts for a value of `actor`, if it does. */
export function waysToCount(
  part: Part,
  value: string,
  { scope, certainty }: EventQuestion,
): Reached[] {
  const [id, role] = value.split(':');
  const widest = scope === 'self' ? 0 : scope === 'members' ? 2 : 1;
  return (role === undefined ? part.role !== 'subject' : part.role === role)
    ? part.counts.filter(
        (one) =>
          one.actor === id &&
          one.scope <= widest &&
          (one.certain || certainty !== 'certain'),
      )
    : [];
}

function meetsActors(
  parts: readonly Part[],
  { actor = [], ...question }: EventQuestion,
): boolean {
  const { each, none } = groups(actor);
  const counts = (part: Part, value: string, asked: EventQuestion): boolean =>
    waysToCount(part, value, asked).length > 0;
  // Each actor asked for through a participation of its own: any way to hand them out will do.
  const handOut = (left: readonly string[][], free: readonly Part[]): boolean =>
    left[0] === undefined ||
    free.some(
      (part) =>
        left[0]?.some((value) => counts(part, value, question)) === true &&
        handOut(
          left.slice(1),
          free.filter((other) => other !== part),
        ),
    );
  const possible: EventQuestion = { ...question, certainty: 'possible' };
  return (
    handOut(each, parts) &&
    !none.some((value) => parts.some((part) => counts(part, value, possible)))
  );
}

interface Told {
  stance: string;
  counts: readonly Reached[];
}

function meetsAccounts(
  accounts: readonly Told[],
  { accountBy = [], scope, certainty }: EventQuestion,
): boolean {
  const { each, none } = groups(accountBy);
  const widest = scope === 'self' ? 0 : scope === 'members' ? 2 : 1;
  const told = (value: string, sure: boolean): boolean => {
    const [id, asked] = value.split(':');
    return accounts.some(
      ({ stance, counts }) =>
        (asked === undefined
          ? !['declines-to-comment', 'no-comment-found'].includes(stance)
          : stance === asked) &&
        counts.some(
          (one) =>
            one.actor === id && one.scope <= widest && (one.certain || !sure),
        ),
    );
  };
  return (
    each.every((group) =>
      group.some((value) => told(value, certainty === 'certain')),
    ) && !none.some((value) => told(value, false))
  );
}

function meetsLists(draft: EventDraft, question: EventQuestion): boolean {
  const sources = draft.sources ?? [];
  const has: Partial<Record<keyof EventQuestion, (value: string) => boolean>> =
    {
      type: (code) => draft.type === code || draft.type.startsWith(`${code}.`),
      status: (one) => (draft.status ?? 'held') === one,
      channel: (one) => (draft.channel ?? 'unknown') === one,
      country: (code) =>
        (draft.places ?? []).some(({ country }) => country === code),
      topic: (tag) => (draft.topics ?? []).includes(tag),
      document: (id) =>
        (draft.documents ?? []).some(({ document }) => document === id),
      linkedTo: (id) => (draft.links ?? []).some(({ event }) => event === id),
      publisher: (name) => sources.some(({ publisher }) => publisher === name),
      language: (tag) => sources.some(({ language }) => language === tag),
    };
  return Object.entries(has).every(([name, holds]) => {
    const { each, none } = groups(
      (question[name as keyof EventQuestion] ?? []) as string[],
    );
    return each.every((group) => group.some(holds)) && !none.some(holds);
  });
}

/** No value of this world has a comma, a minus in front or a backslash. */
export function groups(given: readonly string[]): {
  each: string[][];
  none: string[];
} {
  const split = given.map((text) => text.split(','));
  return {
    each: split
      .map((values) => values.filter((value) => !value.startsWith('-')))
      .filter((group) => group.length > 0),
    none: split.flatMap((values) =>
      values.flatMap((value) => (value.startsWith('-') ? value.slice(1) : [])),
    ),
  };
}

/** A small world whose ties begin and end where the dates of its events are thickest. */
export const world: readonly ActorDraft[] = [
  tied(
    'state',
    'atlantis',
    ['member-of', 'league', '1950', null],
    ['member-of', 'quartet', '2023-06', '2024-03'],
  ),
  tied('state', 'borduria', ['member-of', 'league', '2023-12~', null]),
  tied('state', 'syldavia', ['member-of', 'league', '1990', '2023-12-31']),
  tied('organization', 'league', ['member-of', 'quartet', '2024-01', null]),
  anActor('quartet', { kind: 'format' }),
  tied('institution', 'atl-mfa', ['part-of', 'atlantis', '1900', null]),
  tied('institution', 'bor-mfa', ['part-of', 'borduria', '1950']),
  tied('office', 'atl-president', ['part-of', 'atlantis', '1900', null]),
  tied('office', 'atl-minister', ['part-of', 'atl-mfa', '1900', null]),
  tied('office', 'bor-president', ['part-of', 'borduria', '1950', null]),
  tied('group', 'bor-delegation', ['part-of', 'bor-mfa', '2024', '2024']),
  tied(
    'person',
    'ana',
    ['holds', 'atl-minister', '2020-01-15', '2023-12-20'],
    ['holds', 'atl-president', '2023-12-21', null],
  ),
  tied('person', 'boris', ['holds', 'bor-president', '2023~', null]),
  tied(
    'person',
    'cyril',
    ['represents', 'syldavia', '2010', '2023-12'],
    ['represents', 'league', '[2023-12-01..2024-01-10]', '2024-11'],
  ),
  tied('person', 'dora', ['represents', 'bor-mfa', '2024-01-05']),
  tied('person', 'egon'),
];

const someone = fc.constantFrom(...world.map(({ id }) => id));
const someRole = fc.constantFrom(...ROLES);
const clock = fc
  .tuple(
    fc.constantFrom('2023-12-31', '2024-01-01', '2024-01-02', '2024-03-10'),
    fc.constantFrom('00:00:00', '04:59:59', '12:30:00', '23:30:00', '23:59:59'),
    fc.constantFrom('Z', '-05:00', '+05:30', '+14:00', '-11:00', '+02:00'),
  )
  .map(([day, time, offset]) => `${day}T${time}${offset}`);
const wall = fc
  .tuple(
    fc.constantFrom('2023-12-31', '2024-01-01', '2024-03-10'),
    fc.constantFrom('00:00:00', '01:30:00', '23:30:00'),
  )
  .map((parts) => parts.join('T'));
const zone = fc.constantFrom(
  'UTC',
  'America/New_York',
  'Asia/Kolkata',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
  'Europe/Kyiv',
  'Africa/Casablanca',
  'America/Havana',
  'Pacific/Apia',
  'Australia/Lord_Howe',
);

/** Dates that begin or end in the night that most clock times, and many windows, lie around. */
const atMidnight = [
  '2023-12-31',
  '2024-01-01',
  '2023-12',
  '2024-01',
  '2023-12-30/2023-12-31',
  '2023-12-31/2024-01-02',
  '[2023-12-31,2024-01-02]',
  '[2023-12-29..2024-01-01]',
  '[2023-11,2023-12]',
  '[2024-01,2024-03]',
  '[2023-12-01,2024-01]',
  '[..2023-12-31]',
  '[2024-01-01..]',
];

const dated: fc.Arbitrary<Pick<EventDraft, 'date' | 'timeZone'>> = fc
  .oneof(
    { weight: 10, arbitrary: fc.record({ date: values }) },
    {
      weight: 6,
      arbitrary: fc.record({ date: fc.constantFrom(...atMidnight) }),
    },
    { weight: 3, arbitrary: fc.record({ date: clock }) },
    {
      weight: 1,
      arbitrary: fc.record({
        date: fc.tuple(clock, clock).map((ends) => ends.join('/')),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ date: clock.map((begin) => `${begin}/..`) }),
    },
    { weight: 2, arbitrary: fc.record({ date: wall, timeZone: zone }) },
    {
      weight: 2,
      arbitrary: fc.record({
        date: fc.constantFrom(
          '202X',
          '199X',
          '2022',
          '2024-01-01/..',
          '../2023-12-31',
          '../2024-01',
          '[..2024-01-01]',
          '[2023-12..]',
          '[..2023-06,2024-01-02,2024-05..2024-06]',
          '2023-12/2024-01',
          '2023-24',
          '0001',
          '9999-12-31',
        ),
      }),
    },
  )
  .chain((one) =>
    fc
      .constantFrom('', '', '', '', '~', '?', '%')
      .map((sign) => ({ ...one, date: `${one.date}${sign}` })),
  )
  .filter(isDate);

function isDate(dateOf: Pick<EventDraft, 'date' | 'timeZone'>): boolean {
  try {
    understoodDate(dateOf);
    return true;
  } catch (error) {
    if (error instanceof DateFault) return false;
    throw error;
  }
}

const types = [
  'call',
  'meeting',
  'meeting.summit',
  'talks',
  'talks.round',
  'visit.state',
  'statement',
  'statement.readout',
];
const topics = ['arms', 'grain', 'gas'];
const countries = ['FR', 'UA', 'SUHH', 'XK'];
const publishers = ['Le Monde', 'Guardian', 'Європейська правда'];
const languages = ['uk', 'en', 'fr-CA'];
const documents = ['note-1', 'note-2'];
/** Events that the random ones link to; they must be in the record too. */
export const anchors = ['anchor-1', 'anchor-2'];

const participation = fc.record(
  { actor: someone, role: someRole, onBehalfOf: someone, as: someText },
  { requiredKeys: ['actor'] },
);

/** Events of the small world, with dates of every kind; their documents are `note-1` and `note-2`. */
export const someEvent: fc.Arbitrary<EventDraft> = fc
  .record({
    when: dated,
    type: fc.constantFrom(...types),
    status: fc.constantFrom(undefined, 'held' as const, ...STATUSES),
    channel: fc.constantFrom(undefined, ...CHANNELS),
    sequence: fc.constantFrom(undefined, 0, 1, -1),
    participants: fc.uniqueArray(participation, {
      maxLength: 4,
      selector: ({ actor, role, onBehalfOf }) =>
        [actor, role ?? 'participant', onBehalfOf].join(' '),
    }),
    accounts: fc.array(
      fc.record(
        {
          party: someone,
          stance: fc.constantFrom(...STANCES),
          text: someText,
        },
        { requiredKeys: ['party', 'stance'] },
      ),
      { maxLength: 3 },
    ),
    title: someText,
    summary: fc.option(someText),
    topics: fc.subarray(topics),
    countries: fc.subarray(countries, { maxLength: 2 }),
    documents: fc.subarray(documents),
    links: fc.subarray(anchors),
    sources: fc.array(
      fc.record({
        title: fc.constant('A report'),
        publisher: fc.constantFrom(null, ...publishers),
        language: fc.constantFrom(null, ...languages),
      }),
      { maxLength: 2 },
    ),
  })
  .map(({ when, status, channel, sequence, ...drawn }) =>
    anEvent({
      ...when,
      type: drawn.type,
      title: drawn.title,
      summary: drawn.summary,
      ...(status === undefined ? {} : { status }),
      ...(channel === undefined ? {} : { channel }),
      ...(sequence === undefined ? {} : { sequence }),
      participants: drawn.participants,
      accounts: drawn.accounts,
      topics: drawn.topics,
      places: drawn.countries.map((country) => ({ country })),
      documents: drawn.documents.map((document) => ({
        document,
        relation: 'cited',
      })),
      links: drawn.links.map((event) => ({ event, relation: 'refers-to' })),
      sources: drawn.sources,
    }),
  );

const edge = fc
  .tuple(
    fc.oneof(
      { weight: 8, arbitrary: values.filter((text) => !/[[/]/.test(text)) },
      {
        weight: 3,
        arbitrary: fc.constantFrom('2023-12-31', '2024-01-01', '2024-01-02'),
      },
      { weight: 4, arbitrary: clock },
      { weight: 1, arbitrary: wall },
      {
        weight: 1,
        arbitrary: fc.constantFrom('2023', '2024-01', '202X', '0001', '9999'),
      },
    ),
    fc.constantFrom('', '', '', '', '', '~', '?'),
  )
  .map((parts) => parts.join(''));

/** Groups of values, some of them excluded, as a list filter takes them. */
function listOf(value: fc.Arbitrary<string>): fc.Arbitrary<string[]> {
  const signed = fc
    .tuple(fc.constantFrom('', '', '', '-'), value)
    .map((parts) => parts.join(''));
  return fc.array(
    fc
      .array(signed, { minLength: 1, maxLength: 3 })
      .map((group) => group.join(',')),
    { minLength: 1, maxLength: 3 },
  );
}

const someActor = fc.oneof(
  { weight: 5, arbitrary: someone },
  {
    weight: 1,
    arbitrary: fc.tuple(someone, someRole).map((parts) => parts.join(':')),
  },
);

/** Nothing, but something one time in so many. */
const seldom = <T>(value: fc.Arbitrary<T>, times: number) =>
  fc.oneof(
    { weight: times - 1, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: value },
  );

const ofTime = /^(from|to|tz|relation|certainty|order)$/;

/** Questions about the small world that hold together: their windows do not end before they begin. */
export const someQuestion: fc.Arbitrary<EventQuestion> = fc
  .record({
    actor: seldom(listOf(someActor), 2),
    accountBy: seldom(
      listOf(
        fc.oneof(
          { weight: 3, arbitrary: someone },
          {
            weight: 1,
            arbitrary: fc
              .tuple(someone, fc.constantFrom(...STANCES))
              .map((parts) => parts.join(':')),
          },
        ),
      ),
      4,
    ),
    type: seldom(
      listOf(fc.constantFrom('visit', 'meeting', 'talks', ...types)),
      6,
    ),
    status: seldom(listOf(fc.constantFrom(...STATUSES)), 8),
    channel: seldom(listOf(fc.constantFrom(...CHANNELS)), 10),
    country: seldom(listOf(fc.constantFrom(...countries)), 10),
    topic: seldom(listOf(fc.constantFrom(...topics)), 10),
    document: seldom(listOf(fc.constantFrom(...documents)), 12),
    linkedTo: seldom(listOf(fc.constantFrom(...anchors)), 12),
    publisher: seldom(listOf(fc.constantFrom(...publishers)), 12),
    language: seldom(listOf(fc.constantFrom(...languages)), 12),
    q: seldom(someWords(world.map(({ id }) => id)), 4),
    from: fc.option(edge, { nil: undefined }),
    to: fc.option(edge, { nil: undefined }),
    tz: fc.option(zone, { nil: undefined }),
    relation: fc.constantFrom(
      undefined,
      'overlaps' as const,
      'within' as const,
    ),
    certainty: fc.constantFrom(
      undefined,
      'possible' as const,
      'certain' as const,
    ),
    minPrecision: fc.constantFrom(
      undefined,
      undefined,
      undefined,
      'day' as const,
      'month' as const,
      'year' as const,
    ),
    scope: fc.constantFrom(undefined, 'members' as const, 'self' as const),
    order: fc.constantFrom(undefined, 'asc' as const, 'desc' as const),
  })
  .chain((drawn) =>
    // One in three asks for the time alone, so that all events come up.
    fc
      .constantFrom(false, false, true)
      .map((timeAlone) =>
        Object.fromEntries(
          Object.entries(drawn).filter(
            ([name, value]) =>
              value !== undefined && (!timeAlone || ofTime.test(name)),
          ),
        ),
      ),
  )
  .filter(holdsTogether);

const month = fc
  .tuple(fc.integer({ min: 2022, max: 2025 }), fc.integer({ min: 1, max: 12 }))
  .map(([year, number]) => `${year}-${String(number).padStart(2, '0')}`);

/** An edge of a window as a reader of histograms gives it: mostly a month or a year as a whole. */
const roundEdge = fc.oneof(
  { weight: 3, arbitrary: month },
  { weight: 2, arbitrary: fc.constantFrom('2022', '2023', '2024', '2025') },
  { weight: 2, arbitrary: month.map((one) => `${one}-15`) },
  { weight: 1, arbitrary: edge },
);

/** Questions of one thing alone, in a window or in none: those that sums by month may answer. */
export const someSubject: fc.Arbitrary<EventQuestion> = fc
  .record({
    of: fc.oneof(
      fc.constant({}),
      someone.map((actor) => ({ actor: [actor] })),
      fc.constantFrom('visit', ...types).map((type) => ({ type: [type] })),
      fc.constantFrom(...STATUSES).map((status) => ({ status: [status] })),
      fc.constantFrom(...topics).map((topic) => ({ topic: [topic] })),
      fc.constantFrom(...countries).map((country) => ({ country: [country] })),
      fc.constantFrom(...languages).map((one) => ({ language: [one] })),
    ),
    from: fc.option(roundEdge, { nil: undefined }),
    to: fc.option(roundEdge, { nil: undefined }),
  })
  .map(({ of, from, to }): EventQuestion => ({
    ...of,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  }))
  .filter(holdsTogether);

function holdsTogether({ from, to, tz }: EventQuestion): boolean {
  try {
    windowOf({ from, to, tz });
    return true;
  } catch (error) {
    if (error instanceof WindowFault || error instanceof DateFault)
      return false;
    throw error;
  }
}

/** A question without the order of its answer, of which counts have none. */
export function unordered(question: EventQuestion): EventQuestion {
  const { order: _, ...asked } = question;
  return asked;
}

/** The address that asks a question. */
export function urlOf(
  question: object,
  more: object = {},
  path = '/v1/events',
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...question, ...more }))
    for (const one of [value].flat()) query.append(name, String(one));
  return `${path}?${query.toString()}`;
}
