export const STANCES = [
  'asserts',
  'confirms',
  'disputes',
  'denies',
  'declines-to-comment',
  'no-comment-found',
] as const;
export type Stance = (typeof STANCES)[number];

/** The stances of who has spoken: silence is data, but no account (contract §4). */
export const SPEAKING = [
  'asserts',
  'confirms',
  'disputes',
  'denies',
] as const satisfies readonly Stance[];

export const CORROBORATIONS = [
  'denied',
  'contested',
  'confirmed',
  'one-sided',
  'reported',
] as const;
export type Corroboration = (typeof CORROBORATIONS)[number];

/** An account as corroboration sees it: how it is told, and the sides its party stands for. */
export interface SidedAccount {
  stance: Stance;
  sides: ReadonlySet<string>;
}

/**
 * How well an event is told (contract §1): `denied` if anyone denies, else `contested` if anyone disputes, else
 * `confirmed` if two accounts that share no side, each of a side that takes part, assert or confirm, else `one-sided`
 * if one such account does, else `reported`. Silence never counts.
 * @param taking the sides that take part
 */
export function corroboration(
  accounts: readonly SidedAccount[],
  taking: ReadonlySet<string>,
): Corroboration {
  if (accounts.some(({ stance }) => stance === 'denies')) return 'denied';
  if (accounts.some(({ stance }) => stance === 'disputes')) return 'contested';
  const telling = accounts.filter(
    ({ stance, sides }) =>
      (stance === 'asserts' || stance === 'confirms') && shared(sides, taking),
  );
  const independent = telling.some((one, index) =>
    telling.slice(index + 1).some((other) => !shared(one.sides, other.sides)),
  );
  if (independent) return 'confirmed';
  return telling.length > 0 ? 'one-sided' : 'reported';
}

function shared(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  for (const side of a) if (b.has(side)) return true;
  return false;
}
