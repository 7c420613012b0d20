import { type Candidate, isSure } from '../domain/candidates.ts';
import { DomainError, type Fault } from '../domain/errors.ts';
import { CANDIDATES, nameQuestion } from '../domain/name-question.ts';
import { ID_PATTERN } from '../domain/schemas.ts';
import { POSSIBLE_TENURE } from '../domain/tenure.ts';
import { type Database } from '../storage/database.ts';
import {
  identifiersOfPowers,
  standingActors,
} from '../storage/imports.reads.ts';
import { candidates } from '../storage/names.reads.ts';
import { type Mention } from './row.ts';

/** An actor that a name may mean, and how well it fits, from 0 to 100. */
export interface Likely {
  id: string;
  score: number;
}

/** What a name means: one actor surely, or these perhaps (none: it is unknown), or why it cannot be a name. */
export type Meaning =
  { id: string } | { perhaps: readonly Likely[] } | { fault: string };

/** A mention, and the date of its event, for which it is asked who held an office; null when that cannot be read. */
export interface Asked {
  mention: Mention;
  at: string | null;
}

/** An actor of which a name makes one think at all: with a candidate of this score a name is doubtful, not unknown. */
export const ALIKE = 75;

/** So many answers are kept, so that memory does not grow with the file. */
const MOST_KEPT = 20_000;
const MOST_TOLD = 10;

/** As wide as dates go: what no office and no tenure has to do with is the same at every date. */
const ALWAYS = '0001/9999';

interface Found {
  likely: readonly Likely[];
  /** Whether it is the same at every date. */
  dateless: boolean;
}

/**
 * Finds out whom names mean, many at once. An id of the record is taken as it is; then an identifier; then the name, by
 * {@link candidates}, at the date of its event. What was found is remembered, up to a bound.
 */
export function nameBook({ pool }: Pick<Database, 'pool'>) {
  const ids = new Map<string, boolean>();
  const found = new Map<string, Found | string>();
  const identified = new Map<string, Map<string, string[]>>();

  const lookUpIds = async (asked: readonly Asked[]) => {
    const pattern = new RegExp(ID_PATTERN);
    const names = new Set(asked.map(({ mention }) => mention.name));
    const open = [...names].filter((one) => !ids.has(one) && pattern.test(one));
    const standing = await standingActors(pool, open);
    for (const one of open) ids.set(one, standing.has(one));
  };

  const lookUpIdentifiers = async (asked: readonly Asked[]) => {
    const schemes = new Set(
      asked.flatMap(({ mention }) => Object.keys(mention.identifiers)),
    );
    const open = [...schemes].filter((one) => !identified.has(one));
    if (open.length === 0) return;
    for (const scheme of open) identified.set(scheme, new Map());
    for (const one of await identifiersOfPowers(pool, open)) {
      const actors = identified.get(one.scheme);
      actors?.set(one.value, [...(actors.get(one.value) ?? []), one.id]);
    }
  };

  const lookUpNames = async (wanted: ReadonlyMap<string, Asked>) => {
    const open = [...wanted].filter(([key]) => !found.has(key));
    const asked = open.flatMap(([key, { mention, at }]) => {
      const faults: Fault[] = [];
      const question = nameQuestion(
        {
          name: mention.name,
          ...(mention.kind === null ? {} : { kind: [mention.kind] }),
          limit: CANDIDATES.most,
        },
        at ?? ALWAYS,
        faults,
      );
      const [fault] = faults;
      if (fault === undefined) return [{ key, question }];
      found.set(key, fault.message);
      return [];
    });
    const answers = await candidates(
      pool,
      asked.map(({ question }) => question),
    );
    asked.forEach(({ key }, index) =>
      found.set(key, foundIn(answers[index] ?? [])),
    );
  };

  const byIdentifier = ({ identifiers }: Mention): string | null => {
    for (const [scheme, value] of Object.entries(identifiers)) {
      const [id, ...more] = identified.get(scheme)?.get(value) ?? [];
      if (id !== undefined && more.length === 0) return id;
    }
    return null;
  };

  // Who is known by another identifier of the same scheme is somebody else, however alike the names are.
  const others = ({ identifiers }: Mention): Set<string> =>
    new Set(
      Object.entries(identifiers).flatMap(([scheme, value]) =>
        [...(identified.get(scheme) ?? [])].flatMap(([other, actors]) =>
          other === value ? [] : actors,
        ),
      ),
    );

  return async function meanings(asked: readonly Asked[]): Promise<Meaning[]> {
    if (ids.size > MOST_KEPT) ids.clear();
    if (found.size > MOST_KEPT) found.clear();
    await lookUpIds(asked);
    await lookUpIdentifiers(asked);
    const named = asked.filter(
      ({ mention }) =>
        ids.get(mention.name) !== true && byIdentifier(mention) === null,
    );
    // First without a date: few names depend on it, and the others need be looked for only once.
    await lookUpNames(
      new Map(
        named.map(({ mention }) => [
          keyOf(mention, null),
          { mention, at: null },
        ]),
      ),
    );
    const dated = named.filter(({ mention, at }) => {
      const always = found.get(keyOf(mention, null));
      return at !== null && typeof always === 'object' && !always.dateless;
    });
    await lookUpNames(
      new Map(dated.map((one) => [keyOf(one.mention, one.at), one])),
    );
    return asked.map(({ mention, at }): Meaning => {
      if (ids.get(mention.name) === true) return { id: mention.name };
      const identifier = byIdentifier(mention);
      if (identifier !== null) return { id: identifier };
      const known =
        found.get(keyOf(mention, at)) ?? found.get(keyOf(mention, null));
      if (known === undefined) return { perhaps: [] };
      if (typeof known === 'string') return { fault: known };
      const elsewhere = others(mention);
      const left = known.likely.filter(({ id }) => !elsewhere.has(id));
      const [first] = left;
      return first !== undefined && isSure(left)
        ? { id: first.id }
        : { perhaps: left };
    });
  };
}

function foundIn(answer: readonly Candidate[]): Found {
  const likely = answer
    .slice(0, MOST_TOLD)
    .map(({ actor, score }) => ({ id: actor.id, score }));
  // At another date who held an office only possibly may have held it certainly, and so be likelier.
  const [first, ...rest] = answer.map(({ score, tenure }) => ({
    score: tenure === null ? score : score / POSSIBLE_TENURE,
  }));
  const dated = answer.some(
    ({ actor, tenure }) => tenure !== null || actor.kind === 'office',
  );
  const best = rest.toSorted((a, b) => b.score - a.score);
  const dateless =
    first === undefined ||
    !dated ||
    Math.max(first.score, best[0]?.score ?? 0) < ALIKE ||
    (answer[0]?.tenure === null && isSure([first, ...best]));
  return { likely, dateless };
}

/** Whether an actor is so like a name that it may be meant. */
export function isAlike({ score }: Likely): boolean {
  return score >= ALIKE;
}

function keyOf({ name, kind }: Mention, at: string | null): string {
  return JSON.stringify([name, kind, at]);
}

/** The names of an import that were not surely anybody's, each once. */
export interface UnsureName {
  name: string;
  count: number;
  /** Who may be meant, the likeliest first; none when it is like nobody's. */
  candidates: readonly Likely[];
}

/**
 * Keeps the first unsure names.
 * @param most how many of them are kept; of the rest it is counted how often they stood
 */
export function unsureNames(most: number) {
  const names = new Map<string, UnsureName>();
  let more = 0;
  return {
    add(name: string, perhaps: readonly Likely[]): void {
      const known = names.get(name);
      if (known !== undefined) known.count++;
      else if (names.size < most)
        names.set(name, { name, count: 1, candidates: perhaps.slice(0, 5) });
      else more++;
    },
    told: (): { names: UnsureName[]; moreNames: number } => ({
      names: [...names.values()],
      moreNames: more,
    }),
  };
}

/** What a DomainError says of a record, so that other faults can be told beside it. */
export function faultsOf(work: () => void): readonly Fault[] {
  try {
    work();
    return [];
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return error.faults;
  }
}
