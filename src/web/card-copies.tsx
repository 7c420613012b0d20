import { Copy } from './copy.tsx';
import { useExplorer } from './explorer.ts';
import {
  calendarOfOne,
  calendarQueryOf,
  citationOf,
  curlOf,
  permalinkOf,
} from './quote.ts';
import type { Event } from './shapes.ts';

/** What can be copied of an event. */
export function CardCopies({ event }: { event: Event }) {
  const { words } = useExplorer();
  const { origin } = location;
  const url = `${origin}/v1/events/${encodeURIComponent(event.id)}`;
  return (
    <section class="copies">
      <h3>{words.say('copy')}</h3>
      <p>
        <Copy
          what={words.say('copy.link')}
          text={permalinkOf(event.id, origin)}
        />
        <Copy what={words.say('copy.curl')} text={curlOf(url)} />
        <Copy
          what={words.say('copy.json')}
          text={JSON.stringify(event, null, 2)}
        />
        <Copy
          what={words.say('copy.citation')}
          text={citationOf(event, words, origin, Date.now())}
        />
        <Copy
          what={words.say('copy.ics')}
          text={() => calendarOf(event, words.language)}
        />
      </p>
    </section>
  );
}

/** @throws Error where the calendar of the service does not hold the event */
async function calendarOf(event: Event, lang: string): Promise<string> {
  let url: string | null =
    `/v1/events.ics?${calendarQueryOf(event)}&lang=${lang}`;
  while (url !== null) {
    const response: Response = await fetch(url);
    if (!response.ok) throw new Error(`status ${response.status}`);
    const found = calendarOfOne(await response.text(), event.id);
    if (found !== null) return found;
    const link = response.headers.get('link') ?? '';
    url = /<([^>]+)>; ?rel="next"/.exec(link)?.[1] ?? null;
  }
  throw new Error('not in the calendar');
}
