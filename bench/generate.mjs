// A made-up timeline of any size, for measuring: the same on every run. NDJSON in the import's format on standard output.
//
//     node bench/generate.mjs [--events 1000000] > events.ndjson
//
// 5,000 actors: 200 states, 30 organizations with member states, 200 institutions, 700 offices whose holders follow one
// another, and persons; who takes part follows Zipf's law, so that the first state is in a quarter of all events and the
// last person in a handful. Events lie over twenty years, 60 % of them on a day, so that there are many ties in the order.
import { fileURLToPath } from 'node:url';
import { once } from 'node:events';

const STATES = 200;
const ORGANIZATIONS = 30;
const INSTITUTIONS = 200;
const OFFICES = 700;
const ACTORS = 5000;
const TOPICS = 1000;
const DAY = 86_400_000;
const BEGIN = Date.UTC(2006, 0, 1);
const END = Date.UTC(2026, 0, 1);

// A type and its share of a thousand events.
const TYPES = {
  meeting: 230,
  call: 180,
  statement: 140,
  'visit.official': 90,
  'visit.working': 80,
  talks: 70,
  'talks.round': 50,
  letter: 50,
  'meeting.summit': 30,
  signing: 20,
  sanctions: 19,
  mediation: 15,
  protest: 10,
  credentials: 8,
  expulsion: 4,
  recognition: 3,
  rupture: 1,
};
const ROLES = ['participant', 'host', 'guest', 'speaker', 'addressee'];
const CHANNELS = ['in-person', 'phone', 'video', 'written', 'unknown'];
const STANCES = [
  'asserts',
  'asserts',
  'confirms',
  'confirms',
  'disputes',
  'no-comment-found',
];
const LANGUAGES = ['en', 'en', 'uk', 'fr', 'de', 'es'];
const COUNTRIES =
  'US CN RU DE FR GB UA PL TR IN JP BR CA IT ES KZ EG SA IL ZA'.split(' ');

/** Numbers from 0 to 1 that follow from a seed (mulberry32). */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Every record of the timeline: actors, documents, then `count` events. */
export function* records(count, seed = 20_240_229) {
  const random = seeded(seed);
  const below = (limit) => Math.floor(random() * limit);
  const pick = (list) => list[below(list.length)];
  const chance = (share) => random() < share;
  /** Draws the index of a weight, as often as it weighs. */
  const zipf = (weights) => {
    const sums = new Float64Array(weights.length);
    let total = 0;
    weights.forEach((weight, index) => (sums[index] = total += weight));
    return () => {
      const sought = random() * total;
      let [low, high] = [0, sums.length - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (sums[middle] < sought) low = middle + 1;
        else high = middle;
      }
      return low;
    };
  };
  // Zipf's law: the nth is n times as seldom as the first.
  const harmonic = (size) =>
    Array.from({ length: size }, (_, n) => 1 / (n + 1));

  const syllables = 'bdfgklmnprtvz'
    .split('')
    .flatMap((consonant) =>
      'aeiou'.split('').map((vowel) => consonant + vowel),
    );
  const word = () =>
    Array.from({ length: 2 + below(3) }, () => pick(syllables)).join('');
  const words = Array.from({ length: 4000 }, word);
  const places = Array.from({ length: 600 }, () => capital(word()));
  const topics = Array.from({ length: TOPICS }, (_, n) => `${word()}-${n}`);
  const nextWord = zipf(harmonic(words.length));
  const nextPlace = zipf(harmonic(places.length));
  const nextTopic = zipf(harmonic(TOPICS));
  const nextState = zipf(harmonic(STATES));
  const types = Object.keys(TYPES);
  const nextType = zipf(Object.values(TYPES));
  const sentence = (least, more) =>
    capital(
      Array.from({ length: least + below(more) }, () => words[nextWord()]).join(
        ' ',
      ),
    );
  const names = () => [
    { lang: 'en', value: `${capital(word())} ${capital(word())}` },
  ];

  // Actors, in the order of how often they take part: states first, all others mixed.
  const states = Array.from({ length: STATES }, (_, n) => `state-${n + 1}`);
  const others = [];
  for (let n = 1; n <= ORGANIZATIONS; n++) {
    const id = `organization-${n}`;
    others.push(id);
    yield actor(id, 'organization', names());
  }
  for (const [index, id] of states.entries()) {
    const ties = Array.from(
      { length: below(4) + (index < 20 ? 1 : 0) },
      () => ({
        relation: 'member-of',
        to: `organization-${1 + below(ORGANIZATIONS)}`,
        from: String(1950 + below(70)),
        until: null,
      }),
    );
    yield actor(id, 'state', names(), distinctBy(ties, 'to'));
  }
  for (let n = 1; n <= INSTITUTIONS; n++) {
    const id = `institution-${n}`;
    others.push(id);
    yield actor(id, 'institution', names(), [
      { relation: 'part-of', to: states[n - 1], from: '1950', until: null },
    ]);
  }
  const persons = [];
  const holders = [];
  for (let n = 1; n <= OFFICES; n++) {
    const id = `office-${n}`;
    others.push(id);
    const to = chance(0.4)
      ? `institution-${1 + nextState()}`
      : states[nextState()];
    yield actor(id, 'office', names(), [
      { relation: 'part-of', to, from: '1950', until: null },
    ]);
    // One holder after another; the last one is still there.
    for (let year = 2004; year < 2026;) {
      const next = year + 3 + below(6);
      const day = `${pad(1 + below(12))}-${pad(1 + below(28))}`;
      holders.push({
        relation: 'holds',
        to: id,
        from: `${year}-${day}`,
        ...(next < 2026
          ? chance(0.9)
            ? { until: `${next}-${day}` }
            : {}
          : { until: null }),
      });
      year = next;
    }
  }
  const room = ACTORS - STATES - others.length;
  for (let n = 1; n <= room; n++) {
    const id = `person-${n}`;
    persons.push(id);
    const holding = holders[n - 1];
    yield actor(id, 'person', names(), [
      holding ?? {
        relation: 'represents',
        to: chance(0.9)
          ? states[nextState()]
          : `organization-${1 + below(ORGANIZATIONS)}`,
        from: String(2000 + below(20)),
        ...(chance(0.5) ? { until: null } : {}),
      },
    ]);
  }
  others.push(...persons);
  for (let last = others.length - 1; last > 0; last--) {
    const other = below(last + 1);
    [others[last], others[other]] = [others[other], others[last]];
  }
  const actors = [...states, ...others];
  const nextActor = zipf(harmonic(actors.length));

  const documents = Math.max(1, Math.floor(count / 200));
  for (let n = 1; n <= documents; n++)
    yield {
      record: 'document',
      id: `document-${n}`,
      kind: pick(['letter', 'communique', 'agreement', 'report']),
      title: { en: sentence(3, 5) },
      date: isoDay(BEGIN + ((n - 1) / documents) * (END - BEGIN)),
    };

  for (let n = 1; n <= count; n++) {
    const near =
      BEGIN + (n / count) * (END - BEGIN) + (random() - 0.5) * 60 * DAY;
    const at = Math.min(Math.max(near, BEGIN), END - DAY);
    const type = types[nextType()];
    const sources = Array.from(
      { length: chance(0.2) ? 0 : chance(0.6) ? 1 : 2 + below(2) },
      (_, index) => ({
        url: `https://example.org/${n}/${index}`,
        title: sentence(3, 4),
        publisher: `publisher-${1 + nextTopic()}`,
        language: pick(LANGUAGES),
        publishedAt: isoDay(at + DAY),
      }),
    );
    const participants = [];
    const parts = 1 + sizeOf(random());
    while (participants.length < parts) {
      const id = actors[nextActor()];
      if (participants.some((one) => one.actor === id)) continue;
      const [kind] = id.split('-');
      participants.push({
        actor: id,
        role:
          participants.length === 0
            ? 'initiator'
            : chance(0.04)
              ? 'subject'
              : pick(ROLES),
        ...(kind === 'person' && chance(0.1)
          ? { onBehalfOf: states[nextState()] }
          : {}),
      });
    }
    yield {
      record: 'event',
      id: eventId(n),
      type,
      channel: type === 'call' ? 'phone' : pick(CHANNELS),
      date: someDate(at),
      title: { en: `${capital(type.split('.')[0])} on ${sentence(3, 4)}` },
      ...(chance(0.5) ? { summary: { en: `${sentence(12, 16)}.` } } : {}),
      ...(chance(0.7)
        ? {
            places: [
              { name: { en: places[nextPlace()] }, country: pick(COUNTRIES) },
            ],
          }
        : {}),
      participants,
      ...(chance(0.3)
        ? {
            accounts: participants.slice(0, 1 + below(2)).map((one) => ({
              party: one.actor,
              stance: pick(STANCES),
              ...(sources.length > 0 ? { source: 0 } : {}),
            })),
          }
        : {}),
      topics: [
        ...new Set(
          Array.from({ length: 1 + below(2) }, () => topics[nextTopic()]),
        ),
      ],
      ...(n > 1000 && chance(0.03)
        ? {
            links: [
              {
                relation: pick(['follows', 'responds-to', 'part-of']),
                event: eventId(n - 1 - below(1000)),
              },
            ],
          }
        : {}),
      ...(chance(0.03)
        ? {
            documents: [
              {
                document: `document-${1 + below(documents)}`,
                relation: 'issued',
              },
            ],
          }
        : {}),
      sources,
    };
  }

  /** 60 % days, 20 % clock times, 8 % intervals of days, and what is vaguer, doubtful or open. */
  function someDate(at) {
    const day = isoDay(at);
    const kind = random();
    if (kind < 0.6) return day;
    if (kind < 0.8)
      return `${day}T${pad(below(24))}:${pad(below(60))}:00${pick(['Z', '+02:00', '-05:00'])}`;
    if (kind < 0.88) return `${day}/${isoDay(at + (1 + below(6)) * DAY)}`;
    if (kind < 0.93) return day.slice(0, 7);
    if (kind < 0.95) return `${day}${pick(['?', '~', '%'])}`;
    if (kind < 0.97) return `[${day},${isoDay(at + (2 + below(20)) * DAY)}]`;
    if (kind < 0.985) return day.slice(0, 4);
    if (kind < 0.995) return `${day}/${isoDay(at + (20 + below(300)) * DAY)}`;
    if (kind < 0.998) return `${day}/${isoDay(at + (400 + below(1500)) * DAY)}`;
    return kind < 0.999 ? `${day}/..` : `[..${day}]`;
  }
}

function actor(id, kind, names, affiliations = []) {
  return { record: 'actor', id, kind, names, affiliations };
}

function sizeOf(drawn) {
  return [0.2, 0.6, 0.8, 0.92].filter((share) => drawn >= share).length;
}

function eventId(n) {
  return `event-${String(n).padStart(7, '0')}`;
}

function isoDay(at) {
  return new Date(at).toISOString().slice(0, 10);
}

function pad(number) {
  return String(number).padStart(2, '0');
}

function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}

function distinctBy(list, key) {
  return [...new Map(list.map((one) => [one[key], one])).values()];
}

/** The timeline as an import reads it: chunks of NDJSON. */
export async function* timeline(count) {
  let lines = [];
  let length = 0;
  for (const record of records(count)) {
    const line = `${JSON.stringify(record)}\n`;
    lines.push(line);
    length += line.length;
    if (length < 1 << 18) continue;
    yield Buffer.from(lines.join(''));
    lines = [];
    length = 0;
  }
  yield Buffer.from(lines.join(''));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const at = process.argv.indexOf('--events');
  const count = at < 0 ? 1_000_000 : Number(process.argv[at + 1]);
  for await (const chunk of timeline(count))
    if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
}
