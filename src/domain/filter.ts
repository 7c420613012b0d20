import { CORROBORATIONS, type Stance, STANCES } from './account.ts';
import { type Span } from './bounds.ts';
import { isCountryCode } from './countries.ts';
import { DomainError, type Fault } from './errors.ts';
import { type Role } from './event.ts';
import { CHANNELS, ROLES, STATUSES } from './event-schema.ts';
import { eventTypes, isEventType } from './event-types.ts';
import { recordEdge } from './instant.ts';
import {
  among,
  anId,
  type Check,
  type ListCondition,
  listCondition,
  matching,
  near,
  sentence,
} from './list-filter.ts';
import { ID_PATTERN, TAG_PATTERN } from './schemas.ts';
import { shortened } from './text.ts';
import { type Relation, type Window, WindowFault, windowOf } from './window.ts';
import { type WordCondition, wordCondition } from './words.ts';

/** An actor asked for, in any taking part or in one role. */
export interface ActorValue {
  actor: string;
  role: Role | null;
}

/** An actor asked for as giving an account: as speaking, or with one stance. */
export interface AccountValue {
  actor: string;
  stance: Stance | null;
}

export const SCOPES = ['climb', 'members', 'self'] as const;
export const MIN_PRECISIONS = { day: 1, month: 2, year: 4 } as const;

/** What is asked of the events: one value, handed whole from the request to the statement. */
export interface EventFilter {
  actor: ListCondition<ActorValue>;
  /** Who gives an account of it. */
  accountBy: ListCondition<AccountValue>;
  /** The other list filters that were given, by name. */
  lists: Record<string, ListCondition>;
  /** The words of its texts; null when not asked for. */
  words: WordCondition | null;
  window: Window | null;
  relation: Relation;
  certainty: 'possible' | 'certain';
  /** The vaguest date that is still wanted, as {@link Bounds.vagueness}; null for any. */
  vaguest: number | null;
  scope: (typeof SCOPES)[number];
  order: 'asc' | 'desc';
  /** The record as it stood at this instant, in milliseconds; null for as it stands. */
  asOf: number | null;
  /** When it was entered or revised. */
  recorded: Span | null;
}

/** The parameters of a list of events as they came in; every list filter may be repeated. */
export interface EventQuestion {
  actor?: string[];
  type?: string[];
  status?: string[];
  channel?: string[];
  country?: string[];
  topic?: string[];
  document?: string[];
  publisher?: string[];
  language?: string[];
  linkedTo?: string[];
  corroboration?: string[];
  accountBy?: string[];
  q?: string;
  from?: string;
  to?: string;
  tz?: string;
  relation?: Relation;
  certainty?: 'possible' | 'certain';
  minPrecision?: keyof typeof MIN_PRECISIONS;
  scope?: (typeof SCOPES)[number];
  order?: 'asc' | 'desc';
  asOf?: string;
  recordedFrom?: string;
  recordedTo?: string;
}

/** So many times `actor` and `accountBy` may be repeated: each repetition is one more row that must be found. */
export const MOST_ACTOR_GROUPS = 8;

// The list filters over terms, and what a value of each looks like.
const LIST_FILTERS: Record<string, Check> = {
  type: (value) => {
    const codes = eventTypes.map(({ code }) => code);
    return isEventType(value)
      ? null
      : { message: 'is not a known type of event', ...near(value, codes) };
  },
  status: among(STATUSES),
  channel: among(CHANNELS),
  country: (value) =>
    isCountryCode(value)
      ? null
      : { message: 'is not a code of ISO 3166-1 alpha-2, XK or ISO 3166-3' },
  topic: matching(
    new RegExp(TAG_PATTERN),
    'is not a topic: small letters, digits and hyphens',
  ),
  document: anId,
  linkedTo: anId,
  corroboration: among(CORROBORATIONS),
  publisher: () => null,
  language: matching(
    /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/,
    'is not a language tag (BCP 47)',
  ),
};

/**
 * The question in a list's parameters.
 * @throws DomainError `invalid_parameter` naming each parameter that cannot be
 */
export function eventFilter(question: EventQuestion): EventFilter {
  const faults: Fault[] = [];
  const lists: EventFilter['lists'] = {};
  for (const [name, check] of Object.entries(LIST_FILTERS)) {
    const given = question[name as keyof EventQuestion] as string[] | undefined;
    if (given !== undefined)
      lists[name] = listCondition(name, given, check, faults);
  }
  const actor = actorCondition(
    'actor',
    question.actor,
    ['role', ROLES],
    (id, role): ActorValue => ({ actor: id, role }),
    faults,
  );
  const accountBy = actorCondition(
    'accountBy',
    question.accountBy,
    ['stance', STANCES],
    (id, stance): AccountValue => ({ actor: id, stance }),
    faults,
  );
  const words = wordCondition(question.q, faults);
  const window = readWindow(question, faults);
  const time = readRecordTime(question, faults);
  if (faults.length > 0)
    throw new DomainError('invalid_parameter', sentence(faults), faults);
  return {
    actor,
    accountBy,
    lists,
    words,
    window,
    relation: question.relation ?? 'overlaps',
    certainty: question.certainty ?? 'possible',
    vaguest:
      question.minPrecision === undefined
        ? null
        : MIN_PRECISIONS[question.minPrecision],
    scope: question.scope ?? 'climb',
    order: question.order ?? 'asc',
    ...time,
  };
}

/**
 * The conditions in the parameters of a simpler list, each value checked by its own rule.
 * @throws DomainError `invalid_parameter` naming each parameter that cannot be
 */
export function listFilter(
  given: Record<string, string[] | undefined>,
  allowed: Record<string, readonly string[] | 'id' | 'language'>,
): Record<string, ListCondition> {
  const faults: Fault[] = [];
  const lists: Record<string, ListCondition> = {};
  for (const [name, rule] of Object.entries(allowed)) {
    const values = given[name];
    const check =
      rule === 'id'
        ? anId
        : rule === 'language'
          ? (LIST_FILTERS['language'] as Check)
          : among(rule);
    if (values !== undefined)
      lists[name] = listCondition(name, values, check, faults);
  }
  if (faults.length > 0)
    throw new DomainError('invalid_parameter', sentence(faults), faults);
  return lists;
}

/** Values that are an actor's id, alone or with one of some words after a colon. */
function actorCondition<Word extends string, Value>(
  parameter: 'actor' | 'accountBy',
  given: readonly string[] | undefined,
  [what, words]: readonly [string, readonly Word[]],
  understood: (actor: string, word: Word | null) => Value,
  faults: Fault[],
): ListCondition<Value> {
  const wordNamed = (name: string | undefined): Word | null =>
    words.find((word) => word === name) ?? null;
  const condition = listCondition(
    parameter,
    given ?? [],
    (value) => {
      const [id = '', word, more] = value.split(':');
      if (more !== undefined || !new RegExp(ID_PATTERN).test(id))
        return {
          message: `is not an id of an actor, or an id and a ${what} with a colon between`,
        };
      return word === undefined || wordNamed(word) !== null
        ? null
        : {
            message: `names a ${what} that does not exist`,
            allowed: words,
            ...near(word, words),
          };
    },
    faults,
  );
  if (condition.each.length > MOST_ACTOR_GROUPS)
    faults.push({
      parameter,
      message: `is given more than ${MOST_ACTOR_GROUPS} times`,
    });
  const split = (value: string): Value => {
    const [actor = '', word] = value.split(':');
    return understood(actor, wordNamed(word));
  };
  return {
    each: condition.each.map((group) => group.map(split)),
    none: condition.none.map(split),
  };
}

function readWindow(
  { from, to, tz }: EventQuestion,
  faults: Fault[],
): Window | null {
  try {
    return windowOf({ from, to, tz });
  } catch (error) {
    if (!(error instanceof WindowFault)) throw error;
    const { parameter, message, position } = error;
    const received = { from, to, tz }[parameter];
    const at = position === null ? '' : ` (at character ${position + 1})`;
    faults.push({
      parameter,
      message: `cannot be read: ${message.replace(/\.$/, '')}${at}`,
      received: shortened(received),
    });
    return null;
  }
}

/** The parameters of the record's own time, which is never mixed up with when an event took place. */
function readRecordTime(
  question: EventQuestion,
  faults: Fault[],
): Pick<EventFilter, 'asOf' | 'recorded'> {
  const edge = (parameter: 'asOf' | 'recordedFrom' | 'recordedTo') =>
    recordEdge(parameter, question[parameter], faults);
  const [asOf, from, to] = [
    edge('asOf'),
    edge('recordedFrom'),
    edge('recordedTo'),
  ];
  if (from !== null && to !== null && from > to)
    faults.push({
      parameter: 'recordedTo',
      message: 'is before recordedFrom',
      received: shortened(question.recordedTo ?? ''),
    });
  return {
    asOf,
    recorded:
      from === null && to === null
        ? null
        : { from: from ?? -Infinity, until: (to ?? Infinity) + 1 },
  };
}
