/** A tie between two records, by their ids. */
export interface Tie {
  source: string;
  target: string;
}

/** So far is looked for the shortest way round a circle; a longer one is told with a gap. */
const MOST_STEPS = 100;

/**
 * The ties that lie on a circle, each with the way round: from its source over its target back to its source. The time
 * it takes grows with the number of ties alone.
 */
export function tiesInCircles<T extends Tie>(
  ties: readonly T[],
): { tie: T; circle: string[] }[] {
  const next = new Map<string, string[]>();
  for (const { source, target } of ties) {
    const targets = next.get(source) ?? [];
    next.set(source, targets);
    targets.push(target);
  }
  const component = components(next);
  // A tie within a component can be gone round: from its target there is a way back to its source.
  const inside = (source: string, target: string) =>
    component.get(source) === component.get(target);
  return ties
    .filter(({ source, target }) => inside(source, target))
    .map((tie) => ({
      tie,
      circle: [
        tie.source,
        ...wayBack(tie, (id) =>
          (next.get(id) ?? []).filter((target) => inside(id, target)),
        ),
      ],
    }));
}

/** The shortest way from a tie's target to its source. */
function wayBack(
  { source, target }: Tie,
  next: (id: string) => string[],
): string[] {
  const cameFrom = new Map([[target, '']]);
  const waiting = [target];
  for (const at of waiting) {
    if (at === source) {
      const way: string[] = [];
      for (let id = at; id !== ''; id = cameFrom.get(id) ?? '') way.unshift(id);
      return way;
    }
    if (cameFrom.size > MOST_STEPS) break;
    for (const id of next(at)) {
      if (cameFrom.has(id)) continue;
      cameFrom.set(id, at);
      waiting.push(id);
    }
  }
  return [target, '…', source];
}

/**
 * The strongly connected component of every id (Tarjan 1972), without recursion: a chain may be longer than the stack
 * is deep.
 */
function components(
  next: ReadonlyMap<string, readonly string[]>,
): Map<string, number> {
  const component = new Map<string, number>();
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const lower = (id: string, value: number) =>
    lowest.set(id, Math.min(lowest.get(id) ?? value, value));
  const enter = (id: string) => {
    lower(id, order.size);
    order.set(id, order.size);
    open.push(id);
    return { id, todo: (next.get(id) ?? [])[Symbol.iterator]() };
  };
  for (const start of next.keys()) {
    if (order.has(start)) continue;
    const path = [enter(start)];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const step = top.todo.next();
      if (step.done !== true) {
        const known = order.get(step.value);
        if (known === undefined) path.push(enter(step.value));
        else if (!component.has(step.value)) lower(top.id, known);
        continue;
      }
      path.pop();
      const reach = lowest.get(top.id) ?? 0;
      const below = path.at(-1);
      if (below !== undefined) lower(below.id, reach);
      if (reach !== order.get(top.id)) continue;
      for (let id = open.pop(); id !== undefined; id = open.pop()) {
        component.set(id, reach);
        if (id === top.id) break;
      }
    }
  }
  return component;
}
