import { isCountryCode } from './countries.ts';
import { DomainError, type Fault } from './errors.ts';
import { type Role } from './event.ts';
import { CHANNELS, ROLES, STATUSES } from './event-schema.ts';
import { eventTypes, isEventType } from './event-types.ts';
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

/** An actor asked for, in any taking part or in one role. */
export interface ActorValue {
  actor: string;
  role: Role | null;
}

export const SCOPES = ['climb', 'members', 'self'] as const;
export const MIN_PRECISIONS = { day: 1, month: 2, year: 4 } as const;

/** What is asked of the events: one value, handed whole from the request to the statement. */
export interface EventFilter {
  actor: ListCondition<ActorValue>;
  /** The other list filters that were given, by name. */
  lists: Record<string, ListCondition>;
  window: Window | null;
  relation: Relation;
  certainty: 'possible' | 'certain';
  /** The vaguest date that is still wanted, as {@link Bounds.vagueness}; null for any. */
  vaguest: number | null;
  scope: (typeof SCOPES)[number];
  order: 'asc' | 'desc';
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
  from?: string;
  to?: string;
  tz?: string;
  relation?: Relation;
  certainty?: 'possible' | 'certain';
  minPrecision?: keyof typeof MIN_PRECISIONS;
  scope?: (typeof SCOPES)[number];
  order?: 'asc' | 'desc';
}

/** So many times `actor` may be repeated: each repetition is one more participation that must be found. */
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
  const actor = actorCondition(question.actor ?? [], faults);
  const window = readWindow(question, faults);
  if (faults.length > 0)
    throw new DomainError('invalid_parameter', sentence(faults), faults);
  return {
    actor,
    lists,
    window,
    relation: question.relation ?? 'overlaps',
    certainty: question.certainty ?? 'possible',
    vaguest:
      question.minPrecision === undefined
        ? null
        : MIN_PRECISIONS[question.minPrecision],
    scope: question.scope ?? 'climb',
    order: question.order ?? 'asc',
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

function actorCondition(
  given: readonly string[],
  faults: Fault[],
): ListCondition<ActorValue> {
  const roleNamed = (name: string | undefined): Role | null =>
    ROLES.find((role) => role === name) ?? null;
  const condition = listCondition(
    'actor',
    given,
    (value) => {
      const [id = '', role, more] = value.split(':');
      if (more !== undefined || !new RegExp(ID_PATTERN).test(id))
        return {
          message:
            'is not an id of an actor, or an id and a role with a colon between',
        };
      return role === undefined || roleNamed(role) !== null
        ? null
        : {
            message: 'names a role that does not exist',
            allowed: ROLES,
            ...near(role, ROLES),
          };
    },
    faults,
  );
  if (condition.each.length > MOST_ACTOR_GROUPS)
    faults.push({
      parameter: 'actor',
      message: `is given more than ${MOST_ACTOR_GROUPS} times`,
    });
  const split = (value: string): ActorValue => {
    const [actor = '', role] = value.split(':');
    return { actor, role: roleNamed(role) };
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
