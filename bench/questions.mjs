// The questions asked of the lists of events, and of counts. Their values are looked up, so that they fit a timeline of any size.

import { zoneNamed } from '../dist/src/domain/zone.js';
import { readLedger } from '../dist/src/storage/dyads.reads.js';
import { countEvents } from '../dist/src/storage/events.counts.js';
import { countTimeline } from '../dist/src/storage/timeline.reads.js';

/**
 * Each question: its name, its parameters as the service takes them, the place its page begins at, and the question whose
 * cost it is compared with (the first of all unless said).
 */
export async function questionsOf(client) {
  const [popular, second, median, rare, rarer] = await actorsOf(client);
  const organization = await busiestOrganization(client);
  const topic = await topicsOf(client);
  const words = await wordsOf(client);
  const year = { from: '2019', to: '2019' };
  const asked = [];
  const ask = (name, query, more = {}) =>
    asked.push({
      name,
      query: listed(query),
      from: null,
      like: asked[0]?.name ?? name,
      ...more,
    });

  ask('timeline', {});
  ask('timeline, newest first', { order: 'desc' });
  const middle = await placeIn(client, 0.5);
  ask('timeline, half-way down', {}, { from: middle });
  ask(
    'timeline, half-way down, newest first',
    { order: 'desc' },
    { from: middle },
  );
  for (const [which, actor] of Object.entries({ popular, median, rare })) {
    const first = `${which} actor`;
    ask(first, { actor });
    const half = await placeIn(client, 0.5, actor);
    ask(`${first}, half-way down`, { actor }, { from: half, like: first });
    for (const order of ['asc', 'desc'])
      ask(
        `${first} in a year, ${order}`,
        { actor, ...year, order },
        { like: first },
      );
  }
  const like = 'popular actor';
  const actor = popular;
  const nearEnd = await placeIn(client, 0.99, actor);
  ask(`${like}, end of the list`, { actor }, { from: nearEnd, like });
  // The year is the fourteenth of twenty.
  const inYear = await placeIn(client, 0.675, actor);
  ask(
    `${like} in a year, half-way down it`,
    { actor, ...year },
    { from: inYear, like: `${like} in a year, asc` },
  );
  ask(`${like}, certain`, { actor, certainty: 'certain' }, { like });
  ask(
    `${like} in a year, certain`,
    { actor, ...year, certainty: 'certain' },
    { like },
  );
  ask(
    `${like} in a year, within`,
    { actor, ...year, relation: 'within' },
    { like },
  );
  ask(`${like} in a role`, { actor: `${actor}:host` }, { like });
  ask(`${like} as subject`, { actor: `${actor}:subject` }, { like });
  ask(`${like} by name alone`, { actor, scope: 'self' }, { like });
  ask(`${like} through members`, { actor, scope: 'members' }, { like });
  ask(
    'organization through members',
    { actor: organization, scope: 'members' },
    { like },
  );
  for (const order of ['asc', 'desc'])
    ask(
      `organization through members in a year, ${order}`,
      { actor: organization, scope: 'members', ...year, order },
      { like },
    );
  ask('either of two actors', { actor: `${popular},${second}` }, { like });
  ask(
    'either of two actors in a year',
    { actor: `${popular},${second}`, ...year },
    { like },
  );
  ask(
    'any of twenty actors in a year',
    {
      actor: Array.from({ length: 20 }, (_, n) => `state-${n + 1}`).join(),
      ...year,
    },
    { like },
  );
  ask('without an actor', { actor: `-${popular}` });
  const dyads = {
    'popular with popular': [popular, second],
    'popular with median': [popular, median],
    'popular with rare': [popular, rare],
    'rare with popular': [rare, popular],
    'rare with rare': [rare, rarer],
  };
  for (const [which, pair] of Object.entries(dyads)) {
    ask(`dyad, ${which}`, { actor: pair }, { like });
    ask(
      `dyad, ${which}, half-way down`,
      { actor: pair },
      { from: middle, like: `dyad, ${which}` },
    );
    ask(`dyad, ${which}, in a year`, { actor: pair, ...year }, { like });
  }
  ask(
    'dyad, popular with either of two',
    { actor: [popular, `${second},${median}`] },
    { like },
  );
  ask('three actors', { actor: [popular, second, median] }, { like });
  const group = (kind, first, size) =>
    Array.from({ length: size }, (_, n) => `${kind}-${first + n}`).join();
  ask(
    'any of fifty states with any of fifty others, in a year',
    { actor: [group('state', 1, 50), group('state', 51, 50)], ...year },
    { like },
  );
  ask(
    'any of fifty offices with any of fifty others',
    { actor: [group('office', 1, 50), group('office', 51, 50)] },
    { like },
  );
  ask(
    'eight groups of twelve states',
    {
      actor: Array.from({ length: 8 }, (_, n) =>
        group('state', 1 + 12 * n, 12),
      ),
    },
    { like },
  );
  ask('year deep in the timeline', year);
  ask('year deep in the timeline, newest first', { ...year, order: 'desc' });
  ask('day deep in the timeline', { from: '2019-05-05', to: '2019-05-05' });
  ask('certain', { certainty: 'certain' });
  ask('days only', { minPrecision: 'day' });
  ask('common type', { type: 'meeting' });
  ask('common type, half-way down', { type: 'meeting' }, { from: middle });
  ask('middling type', { type: 'credentials' });
  ask('rare type', { type: 'rupture' });
  ask('rare type, half-way down', { type: 'rupture' }, { from: middle });
  ask('rare type in a year', { type: 'rupture', ...year });
  ask('common topic', { topic: topic(0) });
  ask('median topic', { topic: topic(0.1) });
  ask('median topic, half-way down', { topic: topic(0.1) }, { from: middle });
  ask('rare topic', { topic: topic(1) });
  ask('popular actor, common type', { actor, type: 'meeting' }, { like });
  ask('popular actor, rare type', { actor, type: 'rupture' }, { like });
  ask('popular actor, rare topic', { actor, topic: topic(1) }, { like });
  ask(
    'popular actor, common type, in a year',
    { actor, type: 'meeting', ...year },
    { like },
  );
  for (const [which, q] of Object.entries(words)) {
    ask(`${which} word`, { q });
    ask(`${which} word, newest first`, { q, order: 'desc' });
    ask(`${which} word in a year`, { q, ...year });
    ask(`popular actor, ${which} word`, { actor, q }, { like });
    ask(`rare actor, ${which} word`, { actor: rare, q }, { like });
    ask(
      `popular and rare actor, ${which} word`,
      { actor: [popular, rare], q },
      { like },
    );
  }
  ask('phrase of common words', { q: '"meeting on"' });
  ask('all but a common word', { q: '-meeting' });
  // Counts go through all that they count: they are compared with the page of the same actor.
  const decade = { from: '2010', to: '2019' };
  const counted = (name, query, count) => ask(name, query, { like, count });
  const histogram = (database, filter) =>
    countTimeline(database, filter, {
      interval: 'month',
      zone: zoneNamed('UTC'),
      by: null,
      at: 'state',
      top: 20,
    });
  for (const [which, one] of Object.entries({ popular, median, rare }))
    counted(
      `histogram, ${which} actor, ten years by month`,
      { actor: one, ...decade },
      histogram,
    );
  counted(
    'histogram, popular actor and common word, ten years by month',
    { actor, q: words.common, ...decade },
    histogram,
  );
  for (const [which, pair] of Object.entries(dyads))
    counted(`ledger, ${which}`, {}, (database, filter) =>
      readLedger(database, pair, filter, zoneNamed('UTC'), Date.now()),
    );
  counted('count of a popular actor', { actor }, (database, filter) =>
    countEvents(database, filter, 'exact'),
  );
  return asked;
}

/** The two most frequent actors, the one with whom half of all parts are reached, and two of the rarest. */
async function actorsOf(client) {
  const { rows } = await client.query(
    `select actor, sum(count(*)) over (order by count(*) desc, actor) / sum(count(*)) over () as share
     from event_actor where superseded_at is null and scope < 2 and role <> 'subject'
     group by actor having count(*) > 5 order by count(*) desc, actor`,
  );
  return [
    rows[0],
    rows[1],
    rows.find(({ share }) => share > 0.5),
    rows.at(-1),
    rows.at(-2),
  ].map(({ actor }) => actor);
}

async function busiestOrganization(client) {
  const { rows } = await client.query(
    `select actor from event_actor where superseded_at is null and scope = 2 group by actor order by count(*) desc, actor limit 1`,
  );
  return rows[0].actor;
}

/** A topic by its place among all topics: 0 the most frequent, 1 the rarest. */
async function topicsOf(client) {
  const { rows } = await client.query(
    `select substr(term, 7) as topic from event_version, unnest(terms) term
     where superseded_at is null and term like 'topic:%' group by term order by count(*) desc, term`,
  );
  return (place) => rows[Math.floor((rows.length - 1) * place)].topic;
}

/** Words by how many events have them, of those long enough not to be changed by their stem being asked for. */
async function wordsOf(client) {
  const { rows } = await client.query(
    `select word from ts_stat('select words from event_version where superseded_at is null')
     where word ~ '^[a-z]+i$' and length(word) > 5 order by ndoc desc, word`,
  );
  const at = (place) => rows[Math.floor((rows.length - 1) * place)].word;
  return { common: at(0), middling: at(0.1), rare: at(1) };
}

/** The order key of the event a share of the way down the timeline, or down an actor's. */
async function placeIn(client, share, actor) {
  const { rows } = await client.query(
    `with keys as materialized (${
      actor === undefined
        ? `select begin_earliest, end_latest, sequence, id from event_version where superseded_at is null and $2::text is null`
        : `select distinct begin_earliest, end_latest, sequence, id from event_actor
           where superseded_at is null and scope < 2 and role <> 'subject' and actor = $2`
    })
     select json_build_array(extract(epoch from begin_earliest)::float8::text,
       extract(epoch from end_latest)::float8::text, sequence, id) as place
     from keys order by begin_earliest, end_latest, sequence, id
     offset (select floor(count(*) * $1::float8)::int from keys) limit 1`,
    [share, actor ?? null],
  );
  return rows[0].place;
}

/** Every list filter may be repeated: the service takes it as a list. */
function listed(query) {
  const lists = ['actor', 'type', 'topic'];
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [
      name,
      lists.includes(name) ? [value].flat() : value,
    ]),
  );
}
