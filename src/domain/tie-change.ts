import {
  type ActorNode,
  CLIMBED,
  type Edge,
  standingSpans,
  type Tenure,
} from './affiliation.ts';
import { type Span } from './bounds.ts';

/** An actor whose ties are not what they were, and for which days that makes a difference. */
export interface TieChange {
  actor: string;
  spans: readonly Span[];
}

const ALWAYS: Span = { from: -Infinity, until: Infinity };

/** A change of ties of which nothing is known but whose they are. */
export function changedSomehow(actor: string): TieChange {
  return { actor, spans: [ALWAYS] };
}

/** What of an actor decides for whom its events count. */
export interface TiedActor {
  kind: ActorNode['kind'];
  affiliations?:
    readonly (Tenure & Pick<Edge, 'relation' | 'to'>)[] | null | undefined;
}

/**
 * The spans outside of which every climb from or through an actor leads where it led before, and as surely: an event none of
 * whose days lies in one of them counts for whom it counted. None where nothing differs.
 */
export function changedSpans(before: TiedActor, after: TiedActor): Span[] {
  const was = edgesOf(before);
  const is = edgesOf(after);
  const stayed = (one: typeof was, other: typeof was) =>
    [...one.keys()].filter((key) => other.has(key)).join(' ');
  // Of ways equally good the first is taken: another order may lead another way at any time.
  if (before.kind !== after.kind || stayed(was, is) !== stayed(is, was))
    return [ALWAYS];
  return joined(
    [...new Set([...was.keys(), ...is.keys()])].flatMap((key) => {
      const [old, now] = [was.get(key), is.get(key)];
      return [
        ...between(old?.possible ?? null, now?.possible ?? null),
        ...between(old?.certain ?? null, now?.certain ?? null),
      ];
    }),
  );
}

/** The same days in spans that do not touch, in their order. */
function joined(spans: readonly Span[]): Span[] {
  const found: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = found.at(-1);
    if (last === undefined || last.until < span.from) found.push({ ...span });
    else last.until = Math.max(last.until, span.until);
  }
  return found;
}

/** The ties that are climbed, in their order; two to the same actor are told apart by a number. */
function edgesOf({
  affiliations,
}: TiedActor): Map<string, ReturnType<typeof standingSpans>> {
  const edges = new Map<string, ReturnType<typeof standingSpans>>();
  for (const tie of affiliations ?? []) {
    if (!CLIMBED.includes(tie.relation) && tie.relation !== 'member-of')
      continue;
    let number = 0;
    const key = () => `${tie.relation}>${tie.to}>${number}`;
    while (edges.has(key())) number++;
    edges.set(key(), standingSpans(tie));
  }
  return edges;
}

/** The days that lie in one of two spans and not in the other, and perhaps those between them. */
function between(one: Span | null, other: Span | null): Span[] {
  if (one === null || other === null)
    return [one, other].filter((span) => span !== null);
  return [
    {
      from: Math.min(one.from, other.from),
      until: Math.max(one.from, other.from),
    },
    {
      from: Math.min(one.until, other.until),
      until: Math.max(one.until, other.until),
    },
  ].filter(({ from, until }) => from < until);
}
