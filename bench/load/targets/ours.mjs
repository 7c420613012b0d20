// The service itself, as `npm start` runs it.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { settings } from '../../../dist/src/config.js';

/** The setting that bounds the memory of answers; 0 remembers none. */
const CACHE_SETTING = 'ANSWER_CACHE';
const MAIN = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));
const PAGES_OF_WALK = 500;

/** Whether the service remembers answers at all. */
export function remembersAnswers() {
  return settings.some(({ name }) => name === CACHE_SETTING);
}

/** The service, with its memory of answers or without. */
export function ours({ remembering, url, key }) {
  return {
    name: remembering ? 'ours-cached' : 'ours',
    note: remembering
      ? 'this service as shipped'
      : 'this service, without its memory of answers',
    command: [process.execPath, MAIN, 'serve'],
    ready: '/readyz',
    conditional: true,
    vague: true,
    env: (port) => ({
      PORT: String(port),
      DATABASE_URL: url,
      SAMPLES: 'off',
      ...(remembering ? {} : { [CACHE_SETTING]: '0' }),
    }),
    requests: { ...requests, insert: insertWith(key) },
    answers,
    prepare: walkDown,
    readBack,
  };
}

/** A key to write with, made on the command line. */
export function makeKey(url) {
  return execFileSync(
    process.execPath,
    [MAIN, 'keys', 'create', '--name', 'measuring', '--scope', 'editor'],
    {
      env: { ...process.env, DATABASE_URL: url },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
    .toString()
    .trim();
}

const requests = {
  newest: () => ({ path: '/v1/events?order=desc' }),
  deep: ({ cursor }) => ({ path: `/v1/events?order=desc&cursor=${cursor}` }),
  actor: ({ actor, year }) => ({
    path: `/v1/events?actor=${actor}&from=${year}&to=${year}&order=desc`,
  }),
  dyad: ({ a, b }) => ({ path: `/v1/events?actor=${a}&actor=${b}` }),
  words: ({ word, actor }) => ({
    path: `/v1/events?q=${word}&order=desc${actor === undefined ? '' : `&actor=${actor}`}`,
  }),
  histogram: ({ actor, from, years }) => ({
    path: `/v1/timeline?interval=month&actor=${actor}&from=${from}&to=${from + years - 1}`,
  }),
  one: ({ key }) => ({ path: `/v1/events/${key}` }),
};

function insertWith(key) {
  return ({ title, summary, day, participants }) => ({
    method: 'POST',
    path: '/v1/events',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      type: 'meeting',
      date: day,
      title: { en: title },
      summary: { en: summary },
      participants: participants.map(({ actor, role }) => ({ actor, role })),
    }),
  });
}

const answers = {
  page: ({ data }) => data.map(({ id }) => id),
  histogram: ({ buckets }) =>
    buckets
      .filter(({ total }) => total > 0)
      .map(({ start, total }) => [start.slice(0, 7), total]),
  one: (event) => ({
    key: event.id,
    title: event.title.en,
    participants: event.participants
      .map(({ actor, role }) => `${actor}:${role}`)
      .sort(),
    sources: event.sources.map(({ url }) => url).sort(),
  }),
  insert: ({ id }) => id,
};

/** What was inserted, asked from the service. */
async function readBack(base, id) {
  const event = await (await fetch(`${base}/v1/events/${id}`)).json();
  return { title: event.title.en, participants: event.participants.length };
}

/** Cursors are sealed, so there is one way to a page deep in the list: through the pages before it. */
async function walkDown(base, questions) {
  const deep = questions.filter(({ ask }) => ask === 'deep');
  if (deep.length === 0) return;
  const walk = async (cursor, limit) => {
    const answer = await fetch(
      `${base}/v1/events?order=desc&limit=${limit}${cursor === null ? '' : `&cursor=${cursor}`}`,
    );
    return (await answer.json()).next;
  };
  let cursor = null;
  for (let left = deep[0].depth; left > 0; left -= PAGES_OF_WALK)
    cursor = await walk(cursor, Math.min(left, PAGES_OF_WALK));
  for (const question of deep) {
    question.cursor = cursor;
    cursor = await walk(cursor, 50);
  }
}
