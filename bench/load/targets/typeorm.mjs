// What a team writes by hand: Fastify over TypeORM's relations, on the plain form.
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('typeorm-server.mjs', import.meta.url));

/** The service over TypeORM's relations. */
export function typeorm({ url }) {
  return {
    name: 'typeorm',
    note: 'Fastify over TypeORM with relations, pages by skip and take',
    command: [process.execPath, SERVER],
    ready: '/events?limit=1',
    env: (port) => ({ PORT: String(port), DATABASE_URL: url }),
    requests,
    answers,
  };
}

const requests = {
  newest: () => ({ path: '/events' }),
  deep: ({ depth, page }) => ({ path: `/events?offset=${depth + 50 * page}` }),
  actor: ({ actorId, from, to }) => ({
    path: `/events?actor=${actorId}&from=${from}&to=${to}`,
  }),
  dyad: ({ aId, bId }) => ({
    path: `/events?actor=${aId}&actor=${bId}&order=asc`,
  }),
  words: ({ word, actorId }) => ({
    path: `/events?q=${word}${actorId === null ? '' : `&actor=${actorId}`}`,
  }),
  histogram: ({ actorId, fromAt, toAt }) => ({
    path: `/actors/${actorId}/histogram?from=${fromAt}&to=${toAt}`,
  }),
  one: ({ id }) => ({ path: `/events/${id}` }),
  insert: ({ title, summary, day, participants }) => ({
    method: 'POST',
    path: '/events',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      type: 'meeting',
      title,
      description: summary,
      startsAt: `${day}T00:00:00Z`,
      participants: participants.map(({ actorId, role }) => ({
        actorId,
        role,
      })),
    }),
  }),
};

const answers = {
  page: ({ events }) => events.map(({ key }) => key),
  histogram: ({ buckets }) => buckets.map(({ month, n }) => [month, n]),
  one: ({ key, title, participations, sources }) => ({
    key,
    title,
    participants: participations
      .map(({ actor, role }) => `${actor.key}:${role}`)
      .sort(),
    sources: sources.map(({ url }) => url).sort(),
  }),
  insert: ({ id }) => id,
};
