import { any, type Sql } from './sql.ts';

/** Beyond this, planning the ways one by one would cost more than it saves. */
const MOST_WAYS = 16;

/** A way of more actors than this takes so long to plan that only a few ways of them are worth it. */
const FEW_ACTORS = 4;
const MOST_WAYS_OF_MANY = 4;

/**
 * The ways in which groups of conditions can be met, one of each group. Of the first, in whose order the list is, each way
 * is told apart as long as there are few actors.
 */
export function ways(groups: readonly Sql[][], actors: number): Sql[][] {
  const count = groups.reduce((product, { length }) => product * length, 1);
  const few = actors <= FEW_ACTORS;
  const most = few ? MOST_WAYS : MOST_WAYS_OF_MANY;
  return groups.reduce<Sql[][]>(
    (found, group, index) =>
      count <= most || (index === 0 && (few || group.length <= most))
        ? found.flatMap((way) => group.map((one) => [...way, one]))
        : found.map((way) => [...way, any(group)]),
    [[]],
  );
}
