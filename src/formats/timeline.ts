import { type AnsweredEvent } from '../domain/answered.ts';
import { type CalendarDate, type ClockTime } from '../domain/edtf.ts';
import { whenInWords } from './doubt.ts';
import { type Format } from './format.ts';
import { listed } from './listed.ts';
import { outermost, spanOf } from './span.ts';
import { escapeHtml, headline, inHtml } from './telling.ts';
import { typeInWords } from './words.ts';

/** TimelineJS 3 (Knight Lab): a slide per event. */
export const timeline: Format = {
  suffix: 'timeline.json',
  // It has no media type of its own; the profile tells it from the service's own JSON.
  mediaType:
    'application/json; profile="https://timeline.knightlab.com/docs/json-format.html"',
  description:
    'TimelineJS 3, a slide per event. Dates hold no more than is known (a year stays a year), a span is all that the event may have taken, and `display_date` says whether it lasted or is in doubt; where one side is open, the slide stands at the other.',
  whole: false,
  newestFirst: false,
  tellsRemoved: false,
  takes: [],
  async *write(events, { lang, title }) {
    const text = { headline: escapeHtml(title) };
    yield `{"scale":"human","title":${JSON.stringify({ unique_id: 'title-of-the-timeline', text })},"events":[`;
    yield* listed(events, (event) => slideOf(event, lang));
    yield '\n]}\n';
  },
};

function slideOf(event: AnsweredEvent, lang: string | null): object {
  const [first, last] = outermost(spanOf(event).edtf);
  // TimelineJS leaves out a slide that has no start, so what only has an end stands there.
  const start =
    first === null ? last && dateOf(last, 'first') : dateOf(first, 'first');
  const end = first === null || last === null ? null : dateOf(last, 'last');
  const root = event.type.split('.')[0] ?? event.type;
  return {
    unique_id: event.id,
    start_date: start,
    ...(end === null || JSON.stringify(start) === JSON.stringify(end)
      ? {}
      : { end_date: end }),
    display_date: whenInWords(event, lang),
    text: {
      headline: escapeHtml(headline(event, lang)),
      text: inHtml(event, lang),
    },
    group: typeInWords(root, lang),
    autolink: false,
  };
}

/** A date to the unit that is known; a clock time as it stood on the clock, for TimelineJS knows no zones. */
function dateOf(
  date: CalendarDate | ClockTime,
  side: 'first' | 'last',
): Record<string, number> {
  if (date.kind === 'datetime') {
    const { year, month, day, hour, minute, second } = date;
    return { year, month, day, hour, minute, second };
  }
  const { year, month, day } = date[side];
  switch (date.unit) {
    case 'day':
      return { year, month, day };
    case 'year':
    case 'decade':
      return { year };
    default:
      return { year, month };
  }
}
