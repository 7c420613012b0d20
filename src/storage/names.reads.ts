import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Pool } from 'pg';
import { type ActorDraft } from '../domain/actor.ts';
import {
  type Candidate,
  type Finding,
  officesAmong,
  ranked,
  type Scored,
  scored,
} from '../domain/candidates.ts';
import { DomainError } from '../domain/errors.ts';
import { knownActor, type KnownActor } from '../domain/known-actor.ts';
import { type NameQuestion } from '../domain/name-question.ts';
import { ask } from './page.ts';
import { lookUp } from './names.lookup.ts';
import { sql } from './sql.ts';

/** So many names are looked for with one statement, which then ends well within its time. */
const AT_ONCE = 50;

/** Scoring lets others have their turn after so many milliseconds. */
const TURN = 10;

/**
 * Who may be meant by each of these names, the likeliest first, in their order; what the list of an import calls its
 * people, for example (see `isSure` for which need no second look). Two statements for every fifty names.
 * @param gone nobody waits any more: the rest is not looked for
 * @throws DomainError `query_timeout` when nobody waited for the end
 */
export async function candidates(
  pool: Pool,
  questions: readonly NameQuestion[],
  gone?: AbortSignal,
): Promise<Candidate[][]> {
  const answers: Candidate[][] = [];
  const turn = turns();
  for (let at = 0; at < questions.length; at += AT_ONCE) {
    if (gone?.aborted === true)
      throw new DomainError(
        'query_timeout',
        'So many names took too long. Try again, or ask for fewer at once.',
      );
    const some = questions.slice(at, at + AT_ONCE);
    const findings = await findingsFor(pool, some, turn);
    const matches: Scored[][] = [];
    for (const [index, question] of some.entries()) {
      matches.push(scored(question, findings[index] ?? []));
      await turn();
    }
    const offices = new Set(
      some.flatMap((question, index) =>
        officesAmong(question, matches[index] ?? []),
      ),
    );
    const people = await holdersOf(pool, [...offices], turn);
    for (const [index, question] of some.entries()) {
      answers.push(ranked(question, matches[index] ?? [], people));
      await turn();
    }
  }
  return answers;
}

/** Waits for the next turn of the event loop, if this one was long. */
function turns(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < TURN) return;
    await nextTurn();
    since = performance.now();
  };
}

interface FoundRow {
  query: number | null;
  key: number;
  whole: number | null;
  body: string | null;
}

async function findingsFor(
  pool: Pool,
  questions: readonly NameQuestion[],
  turn: () => Promise<void>,
): Promise<Finding[][]> {
  let rows: FoundRow[];
  try {
    rows = await ask<FoundRow>(pool, lookUp(questions).called('names'), true);
  } catch (error) {
    const slow = error instanceof DomainError && error.code === 'query_timeout';
    if (!slow || questions.length === 1) throw error;
    const half = Math.ceil(questions.length / 2);
    return [
      ...(await findingsFor(pool, questions.slice(0, half), turn)),
      ...(await findingsFor(pool, questions.slice(half), turn)),
    ];
  }
  const actors = new Map<number, KnownActor>();
  for (const { key, body } of rows)
    if (body !== null) {
      actors.set(key, knownActor(JSON.parse(body) as ActorDraft));
      await turn();
    }
  const findings: Finding[][] = questions.map(() => []);
  for (const { query, key, whole } of rows) {
    const actor = actors.get(key);
    if (query === null || actor === undefined) continue;
    findings[query]?.push({
      actor,
      whole: whole === null ? null : (actors.get(whole) ?? null),
    });
  }
  return findings;
}

/** Everybody who ever held one of these offices, by office. */
async function holdersOf(
  pool: Pool,
  offices: readonly string[],
  turn: () => Promise<void>,
): Promise<Map<string, KnownActor[]>> {
  const people = new Map<string, KnownActor[]>();
  if (offices.length === 0) return people;
  const rows = await ask<{ offices: string[]; body: string }>(
    pool,
    sql`select h.offices, v.body from (
        select actor_key, array_agg(distinct target) as offices from affiliation
        where superseded_at is null and relation = 'holds' and target = any (${offices}::text[]) group by actor_key
      ) h join actor_version v on v.key = h.actor_key order by v.id`,
    true,
  );
  for (const row of rows) {
    const person = knownActor(JSON.parse(row.body) as ActorDraft);
    for (const office of row.offices) {
      const known = people.get(office);
      if (known === undefined) people.set(office, [person]);
      else known.push(person);
    }
    await turn();
  }
  return people;
}
