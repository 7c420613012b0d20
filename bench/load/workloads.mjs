// The workloads: what is asked, with many different values, the same on every run. A question says what it is of
// (`ask`) and with which values; each target puts it in its own words, and truth.mjs knows the right answer.
import { drawing, zipf } from '../timeline/chance.mjs';
import { madeUpWorld } from '../timeline/world.mjs';

const SEED = 42;
const MANY = 64;
/** So many of the rarest actors take part in what is inserted, and are asked for in no list from the first event on. */
const RESERVED = 100;
const FIRST_YEAR = 2006;
const YEARS = 20;

/** How far down the timeline the deep page lies: 500,000 events, or half of what there is. */
export function depthOf(events) {
  return Math.min(500_000, Math.floor(events / 2));
}

/** Every workload `{name, title, questions}` over a timeline of so many events. */
export function workloadsOf(events) {
  const world = madeUpWorld();
  const { ranked } = world;
  const draw = drawing(SEED);
  const { below, weighted } = draw;
  const many = (make, size = MANY) =>
    Array.from({ length: size }, (_, n) => make(n));
  const between = (first, last) => () =>
    ranked[first - 1 + below(last - first + 1)];
  const popular = between(1, 10);
  const median = between(40, 70);
  const rare = between(2501, ranked.length - RESERVED);
  const anyone = weighted(zipf(ranked.length));
  const anyActor = () => ranked[anyone()];
  const year = () => FIRST_YEAR + below(YEARS);
  const one = () => ({ ask: 'one', key: eventKey(1 + below(events)) });
  const inYear = (actor) => () => ({
    ask: 'actor',
    actor: actor(),
    year: year(),
  });
  const byMonth = (actor) => () => ({
    ask: 'histogram',
    actor: actor(),
    from: 2007 + below(9),
    years: 10,
  });
  const newest = () => ({ ask: 'newest' });
  const medium = wordsBetween(world.words, 0.001, 0.005);
  const common = wordsBetween(world.words, 0.05, 0.15);
  const words = (list, actor) => (n) => ({
    ask: 'words',
    word: list[n % list.length],
    ...(actor && { actor: actor() }),
  });
  const dyad = (pair) => () => {
    const [a, b] = pair();
    return { ask: 'dyad', a, b };
  };
  const mixed = (n) => {
    const place = n % 20;
    if (place < 16) return inYear(anyActor)();
    if (place < 18) return newest();
    return place === 18 ? byMonth(anyActor)() : one();
  };
  const pages = many(inYear(popular), 32);
  return [
    ['W1', 'the newest page', [newest()]],
    [
      'W2',
      `a page ${depthOf(events).toLocaleString('en')} events deep`,
      many(
        (n) => ({ ask: 'deep', page: n }),
        Math.min(32, Math.floor((events - depthOf(events)) / 50) - 1),
      ),
    ],
    ['W3p', 'a popular actor in a year', many(inYear(popular))],
    ['W3m', 'a median actor in a year', many(inYear(median))],
    ['W3r', 'a rare actor in a year', many(inYear(rare))],
    [
      'W4p',
      'two popular actors, from the first',
      many(
        dyad(() => twoOf(popular)),
        45,
      ),
    ],
    [
      'W4s',
      'a popular and a rare actor, from the first',
      many(dyad(() => sparse(world, popular, rare))),
    ],
    ['W5m', 'a word of 0.1–0.5 % of events', many(words(medium), 32)],
    ['W5c', 'a word of 5–15 % of events', many(words(common), 32)],
    [
      'W5ma',
      'such a rarer word and a popular actor',
      many(words(medium, popular)),
    ],
    [
      'W5ca',
      'such a common word and a popular actor',
      many(words(common, popular)),
    ],
    ['W6p', 'a popular actor, ten years by month', many(byMonth(popular), 40)],
    ['W6m', 'a median actor, ten years by month', many(byMonth(median), 40)],
    ['W7', 'one event', many(one, 400)],
    [
      'W9',
      'mixed: 80 % an actor in a year, 10 % the newest page, 5 % histograms, 5 % one event',
      many(mixed, 400),
    ],
    [
      'W10',
      'pages asked again, unchanged',
      [newest(), ...pages].map((question) => ({ ask: 'again', question })),
    ],
    [
      'W8',
      'one event with three participants inserted',
      many((n) => insert(n, ranked, below)),
    ],
  ].map(([name, title, questions]) => ({ name, title, questions }));
}

function eventKey(n) {
  return `event-${String(n).padStart(7, '0')}`;
}

function twoOf(actor) {
  for (;;) {
    const pair = [actor(), actor()];
    if (pair[0] !== pair[1]) return pair;
  }
}

/**
 * A popular actor and a rare one that does not stand for it. Two actors meet through different participations, which
 * the peers' rows cannot tell, so the rare one is an office, an institution or an organization: one participation
 * counts for such a one and for another actor only where the one is part of the other.
 */
function sparse({ actors }, popular, rare) {
  const above = new Map(
    actors.map(({ id, affiliations }) => [
      id,
      affiliations.map(({ to }) => to),
    ]),
  );
  const standsFor = (id, other) =>
    above.get(id).some((next) => next === other || standsFor(next, other));
  for (;;) {
    const [a, b] = [popular(), rare()];
    if (!b.startsWith('person-') && !standsFor(b, a)) return [a, b];
  }
}

/**
 * Words that this share of events has, by Zipf's law over some 28 words an event. Only those that no stemmer of English
 * shortens, so that everybody finds the same events.
 */
function wordsBetween(words, least, most) {
  const total = zipf(words.length).reduce((sum, weight) => sum + weight, 0);
  return words.filter((word, n) => {
    const share = 1 - (1 - 1 / (n + 1) / total) ** 28;
    return share > least && share < most && /[aou]$/.test(word);
  });
}

/**
 * An event of 1990, long before all others, of persons who stood for nobody then: what is inserted stays, and no other question
 * finds it.
 */
function insert(n, ranked, below) {
  const persons = ranked
    .slice(-RESERVED)
    .filter((id) => id.startsWith('person-'));
  const first = below(persons.length - 2);
  return {
    ask: 'insert',
    title: `Inserted for measuring, ${n}`,
    summary: Array.from({ length: 6 }, () => 'Inserted by the load test').join(
      '; ',
    ),
    day: `1990-01-${String(1 + (n % 28)).padStart(2, '0')}`,
    participants: ['initiator', 'host', 'guest'].map((role, place) => ({
      actor: persons[first + place],
      role,
    })),
  };
}
