// What happened: documents and events of a made-up world.
import { drawing, zipf } from './chance.mjs';
import { capital, pad } from './world.mjs';

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
// So many take part in this share of events: one in 20 %, two in 40 % …
const SIZES = [0.2, 0.4, 0.2, 0.12, 0.08];

/** Documents, then `count` events over twenty years. */
export function* madeUpEvents(world, count) {
  const draw = drawing(count);
  const { below, chance, pick, weighted } = draw;
  const { ranked, states, words, places, topics } = world;
  const by = (list) => {
    const next = weighted(zipf(list.length));
    return () => list[next()];
  };
  const [word, place, topic, state, anyone] = [
    words,
    places,
    topics,
    states,
    ranked,
  ].map(by);
  const types = Object.keys(TYPES);
  const nextType = weighted(Object.values(TYPES));
  const size = weighted(SIZES);
  const sentence = (least, most) =>
    Array.from({ length: least + below(most - least + 1) }, word).join(' ');
  const some = (share, fields) => (chance(share) ? fields() : {});

  const documents = Math.max(1, Math.floor(count / 200));
  for (let n = 1; n <= documents; n++)
    yield {
      record: 'document',
      id: `document-${n}`,
      kind: pick(['letter', 'communique', 'agreement', 'report']),
      title: { en: capital(sentence(3, 7)) },
      date: isoDay(BEGIN + ((n - 1) / documents) * (END - BEGIN)),
    };

  for (let n = 1; n <= count; n++) {
    const near =
      BEGIN + (n / count) * (END - BEGIN) + (draw.random() - 0.5) * 60 * DAY;
    const at = Math.min(Math.max(near, BEGIN), END - DAY);
    const type = types[nextType()];
    const told = chance(0.2) ? 0 : chance(0.55) ? 1 : chance(0.75) ? 2 : 3;
    const sources = Array.from({ length: told }, (_, index) => ({
      url: `https://example.org/${n}/${index}`,
      title: capital(sentence(2, 4)),
      publisher: `publisher-${1 + topics.indexOf(topic())}`,
      language: pick(LANGUAGES),
      publishedAt: isoDay(at + DAY),
    }));
    const taking = new Set();
    const parts = 1 + size();
    while (taking.size < parts) taking.add(anyone());
    const participants = [...taking].map((id, index) => ({
      actor: id,
      role: index === 0 ? 'initiator' : chance(0.04) ? 'subject' : pick(ROLES),
      ...(id.startsWith('person') &&
        some(0.1, () => ({ onBehalfOf: state() }))),
    }));
    yield {
      record: 'event',
      id: eventId(n),
      type,
      channel: type === 'call' ? 'phone' : pick(CHANNELS),
      date: someDate(at, draw),
      title: { en: `${capital(type.split('.')[0])} on ${sentence(4, 7)}` },
      summary: { en: `${capital(sentence(16, 31))}.` },
      ...some(0.7, () => ({
        places: [{ name: { en: place() }, country: pick(COUNTRIES) }],
      })),
      participants,
      ...some(0.3, () => ({
        accounts: participants.slice(0, 1 + below(2)).map((one) => ({
          party: one.actor,
          stance: pick(STANCES),
          ...(sources.length > 0 ? { source: 0 } : {}),
        })),
      })),
      topics: [...new Set(Array.from({ length: 1 + below(2) }, topic))],
      ...(n > 1000 &&
        some(0.03, () => ({
          links: [
            {
              relation: pick(['follows', 'responds-to', 'part-of']),
              event: eventId(n - 1 - below(1000)),
            },
          ],
        }))),
      ...some(0.03, () => ({
        documents: [
          { document: `document-${1 + below(documents)}`, relation: 'issued' },
        ],
      })),
      sources,
    };
  }
}

/** 60 % days, 30 % minutes, and what lasts, is vague, doubtful or open. */
function someDate(at, { below, pick, random }) {
  const day = isoDay(at);
  const kind = random();
  if (kind < 0.6) return day;
  if (kind < 0.9)
    return `${day}T${pad(below(24))}:${pad(below(60))}:00${pick(['Z', '+02:00', '-05:00'])}`;
  if (kind < 0.94) return `${day}/${isoDay(at + (1 + below(6)) * DAY)}`;
  if (kind < 0.96) return day.slice(0, 7);
  if (kind < 0.97) return `${day}${pick(['?', '~', '%'])}`;
  if (kind < 0.98) return `[${day},${isoDay(at + (2 + below(20)) * DAY)}]`;
  if (kind < 0.985) return day.slice(0, 4);
  if (kind < 0.995) return `${day}/${isoDay(at + (20 + below(300)) * DAY)}`;
  if (kind < 0.998) return `${day}/${isoDay(at + (400 + below(1500)) * DAY)}`;
  return kind < 0.999 ? `${day}/..` : `[..${day}]`;
}

function eventId(n) {
  return `event-${String(n).padStart(7, '0')}`;
}

function isoDay(at) {
  return new Date(at).toISOString().slice(0, 10);
}
