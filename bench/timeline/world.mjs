// Who there is, and what is spoken of: the same for a timeline of any size.
import { drawing, zipf } from './chance.mjs';

const STATES = 200;
const ORGANIZATIONS = 30;
const INSTITUTIONS = 200;
const OFFICES = 700;
const ACTORS = 5000;
const WORDS = 4000;
const PLACES = 600;
const TOPICS = 1000;

const SYLLABLES = 'bdfgklmnprtvz'
  .split('')
  .flatMap((consonant) => 'aeiou'.split('').map((vowel) => consonant + vowel));

/**
 * 5,000 actors: 200 states, 30 organizations with member states, 200 institutions, 700 offices whose holders follow one
 * another, and persons. `ranked` are their ids by how often they take part: states first, all others mixed. `words` by how
 * often they are used; names, places and topics are shorter, so that none of them is one of these. Nobody stands for
 * anybody before 2000 but offices and institutions.
 */
export function madeUpWorld() {
  const draw = drawing(20_240_229);
  const { below, chance, pick, weighted } = draw;
  const word = (syllables) =>
    Array.from({ length: syllables }, () => pick(SYLLABLES)).join('');
  const words = new Set();
  while (words.size < WORDS) words.add(word(4));
  const names = () => [
    { lang: 'en', value: `${capital(word(3))} ${capital(word(2))}` },
  ];
  const states = ids('state', STATES);
  const organizations = ids('organization', ORGANIZATIONS);
  const nextState = weighted(zipf(STATES));
  const state = () => states[nextState()];
  const actor = (id, affiliations) => ({
    record: 'actor',
    id,
    kind: id.split('-')[0],
    names: names(),
    affiliations,
  });
  const since = (relation, to, from = '1950') => ({
    relation,
    to,
    from,
    until: null,
  });

  const holders = [];
  const actors = [
    ...organizations.map((id) => actor(id, [])),
    ...states.map((id, index) => {
      const joined = Array.from(
        { length: below(4) + (index < 20 ? 1 : 0) },
        () => pick(organizations),
      );
      return actor(
        id,
        [...new Set(joined)].map((to) =>
          since('member-of', to, String(1950 + below(70))),
        ),
      );
    }),
    ...ids('institution', INSTITUTIONS).map((id, index) =>
      actor(id, [since('part-of', states[index % STATES])]),
    ),
    ...ids('office', OFFICES).map((id) => {
      holders.push(...tenures(id, draw));
      const to = chance(0.4) ? `institution-${1 + nextState()}` : state();
      return actor(id, [since('part-of', to)]);
    }),
  ];
  const persons = ids('person', ACTORS - actors.length).map((id, index) =>
    actor(id, [
      holders[index] ?? {
        relation: 'represents',
        to: chance(0.9) ? state() : pick(organizations),
        from: String(2000 + below(20)),
        ...(chance(0.5) ? { until: null } : {}),
      },
    ]),
  );
  actors.push(...persons);
  const others = actors
    .map(({ id }) => id)
    .filter((id) => !states.includes(id));
  for (let last = others.length - 1; last > 0; last--) {
    const other = below(last + 1);
    [others[last], others[other]] = [others[other], others[last]];
  }
  return {
    actors,
    states,
    ranked: [...states, ...others],
    words: [...words],
    places: Array.from({ length: PLACES }, () => capital(word(3))),
    topics: Array.from({ length: TOPICS }, (_, n) => `${word(3)}-${n}`),
  };
}

/** The holders of an office, one after another; the last one is still there, and of some nobody knows how long. */
function tenures(office, { below, chance }) {
  const found = [];
  for (let year = 2004; year < 2026;) {
    const next = year + 3 + below(6);
    const day = `${pad(1 + below(12))}-${pad(1 + below(28))}`;
    found.push({
      relation: 'holds',
      to: office,
      from: `${year}-${day}`,
      ...(next >= 2026
        ? { until: null }
        : chance(0.9)
          ? { until: `${next}-${day}` }
          : {}),
    });
    year = next;
  }
  return found;
}

function ids(kind, count) {
  return Array.from({ length: count }, (_, n) => `${kind}-${n + 1}`);
}

/** A number of two digits. */
export function pad(number) {
  return String(number).padStart(2, '0');
}

/** A text with a capital at its begin. */
export function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}
