import { curlOf } from './quote.ts';

/** What can be done with what is asked, as texts to copy; every address is whole. */
export interface Recipes {
  /** The page of events itself. */
  json: string;
  curl: string;
  js: string;
  python: string;
  csv: string;
  ndjson: string;
  ics: string;
  /** The same calendar under the scheme that calendar programs subscribe to. */
  webcal: string;
  atom: string;
  timelinejs: string;
  grafana: string;
}

/** The exact addresses of a question, and small programs that ask it to its end. */
export function recipesOf(
  origin: string,
  query: string,
  language: string,
): Recipes {
  const url = (path: string, more = '') => {
    const parameters = [query, more].filter(Boolean).join('&');
    return `${origin}${path}${parameters && `?${parameters}`}`.replaceAll(
      "'",
      '%27',
    );
  };
  const lang = `lang=${language}`;
  const ics = url('/v1/events.ics', lang);
  const page = url('/v1/events', 'limit=500');
  return {
    json: url('/v1/events'),
    curl: curlOf(url('/v1/events')),
    js: `const first = '${page}';
const events = [];
for (let url = first; url !== null; ) {
  const { data, next } = await (await fetch(url)).json();
  events.push(...data);
  url = next && \`\${first}&cursor=\${encodeURIComponent(next)}\`;
}
console.log(events.length);
`,
    python: `import json
from urllib.parse import quote
from urllib.request import urlopen

first = '${page}'
events, url = [], first
while url:
    with urlopen(url) as answer:
        page = json.load(answer)
    events += page['data']
    url = page['next'] and f"{first}&cursor={quote(page['next'], safe='')}"
print(len(events))
`,
    csv: url('/v1/events.csv', lang),
    ndjson: url('/v1/events.ndjson'),
    ics,
    webcal: ics.replace(/^https?:/, 'webcal:'),
    atom: url('/v1/events.atom', lang),
    timelinejs: url('/v1/events.timeline.json', lang),
    grafana: url('/v1/timeline', 'interval=month'),
  };
}
