import { recipesOf } from '../../src/web/recipes.ts';

const QUERY = `actor=russia,france&q=${encodeURIComponent('"a b" \\')}'`;
const recipes = recipesOf('https://h.example', QUERY, 'uk');
const quoted = QUERY.replace("'", '%27');

test('every address holds exactly the question', () => {
  expect(recipes).toMatchObject({
    json: `https://h.example/v1/events?${quoted}`,
    curl: `curl 'https://h.example/v1/events?${quoted}'`,
    csv: `https://h.example/v1/events.csv?${quoted}&lang=uk`,
    ndjson: `https://h.example/v1/events.ndjson?${quoted}`,
    ics: `https://h.example/v1/events.ics?${quoted}&lang=uk`,
    webcal: `webcal://h.example/v1/events.ics?${quoted}&lang=uk`,
    atom: `https://h.example/v1/events.atom?${quoted}&lang=uk`,
    timelinejs: `https://h.example/v1/events.timeline.json?${quoted}&lang=uk`,
    grafana: `https://h.example/v1/timeline?${quoted}&interval=month`,
  });
});

test('a question of nothing has no question mark', () => {
  const { json, ndjson } = recipesOf('http://h', '', 'en');
  expect([json, ndjson]).toEqual([
    'http://h/v1/events',
    'http://h/v1/events.ndjson',
  ]);
});

test('nothing in the programs can end the string that holds the address', () => {
  for (const program of [recipes.js, recipes.python])
    expect(program).toContain(
      `first = 'https://h.example/v1/events?${quoted}&limit=500'`,
    );
});
