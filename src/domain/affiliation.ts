import { boundsOf, type Span } from './bounds.ts';
import { parseEdtf } from './edtf.ts';

export const ACTOR_KINDS = [
  'person',
  'office',
  'institution',
  'state',
  'organization',
  'format',
  'group',
] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

export const RELATIONS = [
  'holds',
  'represents',
  'part-of',
  'member-of',
  'accredited-to',
  'succeeds',
] as const;
export type Relation = (typeof RELATIONS)[number];

/** What is climbed to say who stands behind an actor; `member-of` only when a question opens it. */
export const CLIMBED: readonly Relation[] = ['holds', 'represents', 'part-of'];

/** Climbing ends at these: a state does not act for a larger one. */
const TOPS: readonly ActorKind[] = ['state', 'organization'];

/** A tie's dates as the record holds them: `until` null is "still so", undefined is "not known". */
export interface Tenure {
  from?: string | null;
  until?: string | null;
}

/** A tie up to another actor, with the days on which it possibly and certainly stood. */
export interface Edge {
  relation: Relation;
  to: string;
  possible: Span;
  /** Null when the tie was never certain: an end is not known, or a date is qualified. */
  certain: Span | null;
}

/** An actor and its ties upward. */
export interface ActorNode {
  kind: ActorKind;
  edges: readonly Edge[];
}

/** The actors known to a climb. */
export type ActorGraph = ReadonlyMap<string, ActorNode>;

/** How a participation came to count for an actor: named itself, by climbing, or through membership. */
export const SCOPE = { named: 0, climbed: 1, membership: 2 } as const;

/** An actor for whom a participation counts. */
export interface Reached {
  actor: string;
  scope: (typeof SCOPE)[keyof typeof SCOPE];
  /** True when every tie of the path stood on every day the event may have taken. */
  certain: boolean;
  /** The ids climbed, from the participation's own actor (or the one it acts for) to this one. */
  path: readonly string[];
}

/** The days on which a tie possibly and certainly stood. `until` is inclusive by its unit, as an interval's end is. */
export function standingSpans(
  tenure: Tenure,
): Pick<Edge, 'possible' | 'certain'> {
  const from =
    typeof tenure.from === 'string' ? boundsOf(parseEdtf(tenure.from)) : null;
  const until =
    typeof tenure.until === 'string' ? boundsOf(parseEdtf(tenure.until)) : null;
  const possible = {
    from: from?.begin[0] ?? -Infinity,
    until: until?.end[1] ?? Infinity,
  };
  const known =
    from !== null &&
    tenure.until !== undefined &&
    !from.qualified &&
    until?.qualified !== true;
  const certain = known
    ? { from: from.begin[1], until: until?.end[0] ?? Infinity }
    : null;
  return {
    possible,
    certain: certain !== null && certain.from < certain.until ? certain : null,
  };
}

/** Whether a tie stood on every one of the days, on some, or on none (contract §3.3). */
export function standing(
  edge: Pick<Edge, 'possible' | 'certain'>,
  days: readonly Span[],
): 'certain' | 'possible' | 'none' {
  const { possible, certain } = edge;
  if (
    certain !== null &&
    days.every((day) => certain.from <= day.from && day.until <= certain.until)
  )
    return 'certain';
  return days.some(
    (day) => possible.from < day.until && day.from < possible.until,
  )
    ? 'possible'
    : 'none';
}

/**
 * Every actor for whom a participation counts (contract §3): the actor named, the one it acts for, those reached by
 * climbing the ties that stood at the event's date, and, marked as such, those reached through membership.
 * @param days the days the event may have taken
 * @param doubtful the date carries a qualifier: no tie is then certain
 */
export function reached(
  participation: { actor: string; onBehalfOf?: string | null },
  days: readonly Span[],
  doubtful: boolean,
  graph: ActorGraph,
): Reached[] {
  const { actor, onBehalfOf } = participation;
  const found = new Map<string, Reached>();
  const keep = (one: Reached) => {
    const known = found.get(one.actor);
    if (known === undefined || better(one, known)) found.set(one.actor, one);
  };
  const step = (edge: Edge): boolean | null => {
    const stood = standing(edge, days);
    return stood === 'none' ? null : stood === 'certain' && !doubtful;
  };
  keep({ actor, scope: SCOPE.named, certain: true, path: [actor] });
  const above = climb(actor, graph, step);
  if (typeof onBehalfOf === 'string') {
    keep({
      actor: onBehalfOf,
      scope: SCOPE.named,
      certain: true,
      path: [onBehalfOf],
    });
    for (const one of above.values()) {
      // Only what lies on a way to the one acted for: who speaks for NATO does not speak for the state he once led.
      const onward = climb(one.actor, graph, step).get(onBehalfOf);
      if (onward !== undefined)
        keep({ ...one, certain: one.certain && onward.certain });
    }
    climb(onBehalfOf, graph, step).forEach(keep);
  } else above.forEach(keep);
  return [...found.values(), ...throughMembership(found, graph, step)];
}

/** Certain beats possible; then what is nearer to the participation. */
function better(one: Reached, known: Reached): boolean {
  if (one.certain !== known.certain) return one.certain;
  return (
    one.scope < known.scope ||
    (one.scope === known.scope && one.path.length < known.path.length)
  );
}

type Step = (edge: Edge) => boolean | null;

/** The best way up from an actor to each actor above it over the climbed relations. */
function climb(
  start: string,
  graph: ActorGraph,
  step: Step,
): Map<string, Reached> {
  const best = new Map<string, Reached>();
  const visit = (from: Pick<Reached, 'actor' | 'certain' | 'path'>) => {
    const node = graph.get(from.actor);
    if (node === undefined || TOPS.includes(node.kind)) return;
    for (const edge of node.edges) {
      if (!CLIMBED.includes(edge.relation) || from.path.includes(edge.to))
        continue;
      const sure = step(edge);
      if (sure === null) continue;
      const way: Reached = {
        actor: edge.to,
        scope: SCOPE.climbed,
        certain: from.certain && sure,
        path: [...from.path, edge.to],
      };
      const known = best.get(edge.to);
      if (known !== undefined && !better(way, known)) continue;
      best.set(edge.to, way);
      visit(way);
    }
  };
  visit({ actor: start, certain: true, path: [start] });
  return best;
}

function throughMembership(
  base: ReadonlyMap<string, Reached>,
  graph: ActorGraph,
  step: Step,
): Reached[] {
  const found = new Map<string, Reached>();
  const visit = (from: Reached) => {
    for (const edge of graph.get(from.actor)?.edges ?? []) {
      if (edge.relation !== 'member-of' || from.path.includes(edge.to))
        continue;
      const sure = step(edge);
      if (sure === null) continue;
      const one: Reached = {
        actor: edge.to,
        scope: SCOPE.membership,
        certain: from.certain && sure,
        path: [...from.path, edge.to],
      };
      const without = base.get(one.actor);
      const known = found.get(one.actor);
      if (without?.certain === true || (without !== undefined && !one.certain))
        continue;
      if (known !== undefined && !better(one, known)) continue;
      found.set(one.actor, one);
      visit(one);
    }
  };
  for (const one of base.values()) visit(one);
  return [...found.values()];
}

/** The states and organizations an actor stands for: itself, or those it climbs to; its *sides* (contract §1). */
export function sidesOf(
  actors: readonly Reached[],
  graph: ActorGraph,
): Set<string> {
  const sides = new Set<string>();
  for (const { actor, scope } of actors) {
    const kind = graph.get(actor)?.kind;
    if (scope !== SCOPE.membership && kind !== undefined && TOPS.includes(kind))
      sides.add(actor);
  }
  return sides;
}
