import { type ActorDraft, type Affiliation, namesToShow } from './actor.ts';
import { type ActorKind, standing, standingSpans } from './affiliation.ts';
import { listOf } from './draft.ts';
import { type LanguageMap } from './language.ts';
import {
  explain,
  type KnownName,
  matchName,
  type NameMatch,
} from './name-match.ts';
import { type NameQuestion } from './name-question.ts';
import { nameWords } from './name-words.ts';

/** An actor as its names are compared. */
export interface KnownActor {
  id: string;
  kind: ActorKind;
  /** The name to show, by language. */
  name: LanguageMap;
  names: readonly KnownName[];
  ties: readonly Affiliation[];
}

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
export function isSure(candidates: readonly Candidate[]): boolean {
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
const OFFICE_SCORE = 70;

/** Candidates with the score of the last one shown are shown as well, up to so many in all. */
export const MOST_CANDIDATES = 100;

/** Who only possibly held the office at that date loses this share of the score. */
const POSSIBLE_TENURE = 0.85;

/** An actor's names made ready for comparing; spellings that differ in capitals alone are one. */
export function knownActor(draft: ActorDraft): KnownActor {
  const names = new Map<string, KnownName>();
  for (const { lang, value } of draft.names) {
    const key = value.toLowerCase();
    if (!names.has(key))
      names.set(key, { lang, value, words: nameWords(value) });
  }
  return {
    id: draft.id,
    kind: draft.kind,
    name: namesToShow(draft.names),
    names: [...names.values()],
    ties: listOf(draft.affiliations),
  };
}

/** Candidates by the names of what was found, its titles and the wholes it belongs to; not yet ranked. */
export function scored(
  question: NameQuestion,
  findings: readonly Finding[],
): Candidate[] {
  return findings.flatMap(({ actor, whole }) => [
    ...byName(question, actor),
    ...(whole === null
      ? []
      : actor.kind === 'person'
        ? byTitle(question, actor, whole)
        : byWhole(question, actor, whole)),
  ]);
}

/** The offices among the candidates of which it is worth knowing who held them. */
export function officesAmong(
  { kinds }: NameQuestion,
  candidates: readonly Candidate[],
): string[] {
  if (!kinds.includes('person')) return [];
  const offices = candidates.filter(
    ({ actor, score }) => actor.kind === 'office' && score >= OFFICE_SCORE,
  );
  return [...new Set(offices.map(({ actor }) => actor.id))];
}

/**
 * The candidates in order, each actor once by its best score: those wanted and the ties of the last one. Who held an
 * office at the date has the office's score, and stands before it.
 * @param people those who may have held the offices among the candidates
 */
export function ranked(
  question: NameQuestion,
  candidates: readonly Candidate[],
  people: readonly KnownActor[],
): Candidate[] {
  const offices = candidates.filter(({ actor }) => actor.kind === 'office');
  const best = new Map<string, Candidate>();
  for (const one of [...candidates, ...holders(question, offices, people)]) {
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
  return order.filter(({ score }) => score >= last).slice(0, MOST_CANDIDATES);
}

function byName({ words }: NameQuestion, actor: KnownActor): Candidate[] {
  const match = bestOf(
    actor.names.map((name) => matchName(words, name, actor.kind === 'person')),
  );
  return match === null
    ? []
    : [
        {
          actor,
          score: rounded(match.score),
          reasons: explain(match),
          tenure: null,
        },
      ];
}

function byWhole(
  question: NameQuestion,
  office: KnownActor,
  whole: KnownActor,
): Candidate[] {
  const found = matchWithin(question, office.names, whole);
  return found === null ? [] : [{ actor: office, ...found, tenure: null }];
}

/** Who represents the whole under a title: "Prime Minister" of what is called "Russia". */
function byTitle(
  question: NameQuestion,
  person: KnownActor,
  whole: KnownActor,
): Candidate[] {
  return person.ties.flatMap((tie): Candidate[] => {
    if (tie.relation !== 'represents' || tie.to !== whole.id) return [];
    const tenure = tenureAt(question, tie);
    if (tenure === 'none') return [];
    const titles = Object.entries(tie.title ?? {}).map(
      ([lang, value]): KnownName => ({ lang, value, words: nameWords(value) }),
    );
    const found = matchWithin(question, titles, whole);
    if (found === null) return [];
    return [
      {
        actor: person,
        score: held(found.score, tenure),
        reasons: [
          ...found.reasons.map((reason) => reason.replace(/^name /, 'title ')),
          tenureText(`represented ${whole.id}`, tie, tenure, question),
        ],
        tenure,
      },
    ];
  });
}

/** Names of a part, with or without the name of its whole beside them. */
function matchWithin(
  { words }: NameQuestion,
  names: readonly KnownName[],
  whole: KnownActor,
): Pick<Candidate, 'score' | 'reasons'> | null {
  const alone = bestOf(names.map((name) => matchName(words, name, false)));
  let best =
    alone === null ? null : { score: alone.score, reasons: explain(alone) };
  for (const wholeName of whole.names) {
    const of = matchName(words, wholeName, false);
    if (of === null || !isWhole(of)) continue;
    const taken = new Set(of.pairs.map(({ asked }) => asked));
    const rest = words.filter((_, index) => !taken.has(index));
    const own = bestOf(names.map((name) => matchName(rest, name, false)));
    if (own === null) continue;
    const [of1, of2] = [taken.size, rest.filter(({ small }) => !small).length];
    const likeness =
      of.pairs.reduce((sum, pair) => sum + pair.likeness, 0) / of1;
    const score = (likeness * of1 + own.score * of2) / (of1 + of2);
    if (score > (best?.score ?? 0))
      best = {
        score,
        reasons: [...explain(own), `of “${wholeName.value}” (${whole.id})`],
      };
  }
  return best && { ...best, score: rounded(best.score) };
}

/** Whether every word of a name was asked for that counts. */
function isWhole({ name, pairs }: NameMatch): boolean {
  return name.words.every(
    ({ small }, index) => small || pairs.some(({ known }) => known === index),
  );
}

function holders(
  question: NameQuestion,
  offices: readonly Candidate[],
  people: readonly KnownActor[],
): Candidate[] {
  return people.flatMap((person) =>
    person.ties.flatMap((tie) =>
      offices.flatMap((office): Candidate[] => {
        if (tie.relation !== 'holds' || tie.to !== office.actor.id) return [];
        const tenure = tenureAt(question, tie);
        if (tenure === 'none') return [];
        return [
          {
            actor: person,
            score: held(office.score, tenure),
            reasons: [
              ...office.reasons.map((reason) =>
                reason.replace(/^name /, 'name of an office '),
              ),
              tenureText(`held ${office.actor.id}`, tie, tenure, question),
            ],
            tenure,
          },
        ];
      }),
    ),
  );
}

function tenureAt(
  { days, doubtful }: NameQuestion,
  tie: Affiliation,
): 'certain' | 'possible' | 'none' {
  const stood = standing(standingSpans(tie), days);
  return stood === 'certain' && doubtful ? 'possible' : stood;
}

function held(score: number, tenure: 'certain' | 'possible'): number {
  return tenure === 'certain'
    ? score
    : rounded((score / 100) * POSSIBLE_TENURE);
}

function tenureText(
  what: string,
  { from, until }: Affiliation,
  tenure: 'certain' | 'possible',
  { at }: NameQuestion,
): string {
  const since = from ?? 'an unknown date';
  const to =
    until === undefined ? 'an unknown date' : (until ?? 'now, still so');
  return `${what} from ${since} until ${to}: ${tenure === 'certain' ? 'certainly' : 'possibly'} at ${at}`;
}

function bestOf(matches: readonly (NameMatch | null)[]): NameMatch | null {
  return matches.reduce(
    (best, one) =>
      one !== null && one.score > (best?.score ?? 0) ? one : best,
    null,
  );
}

function rounded(score: number): number {
  return Math.round(score * 1000) / 10;
}
