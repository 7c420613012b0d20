import { type KnownActor } from './known-actor.ts';
import { explain, type KnownName, matchName } from './name-match.ts';
import { type NameQuestion } from './name-question.ts';
import {
  bestOf,
  matchWithin,
  rounded,
  type Way,
  waysToName,
  type Within,
} from './name-within.ts';
import { nameWords } from './name-words.ts';
import { held, tenureAt, tenureText } from './tenure.ts';

/** An actor that may be meant, how surely, and why. */
export interface Candidate {
  actor: KnownActor;
  /** From 0 to 100. */
  score: number;
  /** Phrases, the first of them names the name that was found. */
  reasons: string[];
  /** Of who held an office: whether certainly at that date; null for who was found by name. */
  tenure: 'certain' | 'possible' | null;
}

/** A candidate of which nobody has asked yet why it is one: few of them are ever shown. */
export interface Scored extends Omit<Candidate, 'reasons'> {
  why: () => string[];
}

/** An actor that was found, and what it may have been found through: the whole that an office or a title belongs to. */
export interface Finding {
  actor: KnownActor;
  whole: KnownActor | null;
}

/**
 * A match that nobody needs to look at: with at least this score, and at least so far ahead of the second. An import may
 * take it without asking.
 */
export const SURE = { score: 90, ahead: 5 } as const;

/** Whether the first of these candidates is surely who is meant. */
export function isSure(
  candidates: readonly Pick<Candidate, 'score'>[],
): boolean {
  const [first, second] = candidates;
  return (
    first !== undefined &&
    first.score >= SURE.score &&
    first.score - (second?.score ?? 0) >= SURE.ahead
  );
}

/** What scores less is no candidate. */
export const LEAST_SCORE = 55;

/** Who held an office is asked for when the office itself scores this. */
const OFFICE_SCORE = 75;
const MOST_OFFICES = 20;

/** Candidates with the score of the last one shown are shown as well, up to so many in all. */
export const MOST_CANDIDATES = 100;

/** Candidates by the names of what was found, its titles and the wholes it belongs to; not yet ranked. */
export function scored(
  question: NameQuestion,
  findings: readonly Finding[],
): Scored[] {
  const named = findings.filter(({ whole }) => whole === null);
  const parts = new Map<KnownActor, KnownActor[]>();
  for (const { actor, whole } of findings)
    if (whole !== null) {
      const known = parts.get(whole);
      if (known === undefined) parts.set(whole, [actor]);
      else known.push(actor);
    }
  return [
    ...named.flatMap(({ actor }) => byName(question, actor)),
    ...[...parts].flatMap(([whole, of]) => {
      const ways = waysToName(question, whole);
      const titles = new Map<string, Within | null>();
      return ways.length === 0
        ? []
        : of.flatMap((actor) =>
            actor.kind === 'person'
              ? byTitle(question, actor, whole, ways, titles)
              : byWhole(actor, ways),
          );
    }),
  ];
}

/** The offices among the candidates of which it is worth knowing who held them. */
export function officesAmong(
  { kinds }: NameQuestion,
  candidates: readonly Scored[],
): string[] {
  if (!kinds.includes('person')) return [];
  const offices = candidates
    .filter(
      ({ actor, score }) => actor.kind === 'office' && score >= OFFICE_SCORE,
    )
    .sort((a, b) => b.score - a.score);
  return [...new Set(offices.map(({ actor }) => actor.id))].slice(
    0,
    MOST_OFFICES,
  );
}

/**
 * The candidates in order, each actor once by its best score: those wanted and the ties of the last one. Who held an
 * office at the date has the office's score, and stands before it.
 * @param people those who ever held an office, by its id
 */
export function ranked(
  question: NameQuestion,
  candidates: readonly Scored[],
  people: ReadonlyMap<string, readonly KnownActor[]>,
): Candidate[] {
  const best = new Map<string, Scored>();
  const all = [
    ...candidates,
    ...candidates.flatMap((one) =>
      holders(question, one, people.get(one.actor.id) ?? []),
    ),
  ];
  for (const one of all) {
    if (one.score < LEAST_SCORE || !question.kinds.includes(one.actor.kind))
      continue;
    const known = best.get(one.actor.id);
    if (known === undefined || known.score < one.score)
      best.set(one.actor.id, one);
  }
  const order = [...best.values()].sort(
    (a, b) =>
      b.score - a.score ||
      Number(b.tenure !== null) - Number(a.tenure !== null) ||
      (a.actor.id < b.actor.id ? -1 : 1),
  );
  const last = order[question.limit - 1]?.score ?? 0;
  return order
    .filter(({ score }) => score >= last)
    .slice(0, MOST_CANDIDATES)
    .map(({ why, ...one }) => ({ ...one, reasons: why() }));
}

function byName({ words }: NameQuestion, actor: KnownActor): Scored[] {
  const match = bestOf(
    actor.names.map((name) => matchName(words, name, actor.kind === 'person')),
  );
  return match === null
    ? []
    : [
        {
          actor,
          score: rounded(match.score),
          why: () => explain(match),
          tenure: null,
        },
      ];
}

function byWhole(office: KnownActor, ways: readonly Way[]): Scored[] {
  const found = matchWithin(ways, office.names);
  return found === null ? [] : [{ actor: office, ...found, tenure: null }];
}

/** Who represents the whole under a title: "Prime Minister" of what is called "Russia". */
function byTitle(
  question: NameQuestion,
  person: KnownActor,
  whole: KnownActor,
  ways: readonly Way[],
  known: Map<string, Within | null>,
): Scored[] {
  return person.ties.flatMap((tie): Scored[] => {
    if (tie.relation !== 'represents' || tie.to !== whole.id) return [];
    // Hundreds may have the same title.
    const key = JSON.stringify(tie.title);
    let found = known.get(key);
    if (found === undefined) {
      const titles = Object.entries(tie.title ?? {}).map(
        ([lang, value]): KnownName => ({
          lang,
          value,
          words: nameWords(value),
        }),
      );
      found = matchWithin(ways, titles);
      known.set(key, found);
    }
    if (found === null) return [];
    const within = found;
    const tenure = tenureAt(question, tie);
    if (tenure === 'none') return [];
    return [
      {
        actor: person,
        score: held(found.score, tenure),
        why: () => [
          ...within.why().map((reason) => reason.replace(/^name /, 'title ')),
          tenureText(`represented ${whole.id}`, tie, tenure, question),
        ],
        tenure,
      },
    ];
  });
}

/** Who held an office at the date. */
function holders(
  question: NameQuestion,
  office: Scored,
  people: readonly KnownActor[],
): Scored[] {
  return people.flatMap((person) =>
    person.ties.flatMap((tie): Scored[] => {
      if (tie.relation !== 'holds' || tie.to !== office.actor.id) return [];
      const tenure = tenureAt(question, tie);
      if (tenure === 'none') return [];
      return [
        {
          actor: person,
          score: held(office.score, tenure),
          why: () => [
            ...office
              .why()
              .map((reason) => reason.replace(/^name /, 'name of an office ')),
            tenureText(`held ${office.actor.id}`, tie, tenure, question),
          ],
          tenure,
        },
      ];
    }),
  );
}
