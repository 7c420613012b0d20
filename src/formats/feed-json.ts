import {
  type AnsweredEvent,
  inLanguage,
  languageFound,
} from '../domain/answered.ts';
import { whenInWords } from './doubt.ts';
import { type About, type Format } from './format.ts';
import { listed } from './listed.ts';
import { addressOf, headline, inHtml, inText, webAddress } from './telling.ts';
import { eventUrn } from './urn.ts';
import { spokenLanguage, typeInWords } from './words.ts';

/** JSON Feed 1.1. */
export const feedJson: Format = {
  suffix: 'feed.json',
  mediaType: 'application/feed+json',
  description:
    'JSON Feed 1.1, newest first. `date_published` and `date_modified` are when the record was made and revised; the date of the event itself is told in words, with its doubt, in the content, and as EDTF in `_diplomatic_event`.',
  whole: false,
  newestFirst: true,
  tellsRemoved: false,
  takes: [],
  async *write(events, about) {
    const head = {
      version: 'https://jsonfeed.org/version/1.1',
      title: about.title,
      home_page_url: about.home,
      feed_url: about.self,
      ...(about.next === null ? {} : { next_url: about.next }),
      language: spokenLanguage(about.lang),
      authors: [{ name: 'diplomatic-events' }],
    };
    yield `${JSON.stringify(head).slice(0, -1)},"items":[`;
    yield* listed(events, (event) => itemOf(event, about));
    yield '\n]}\n';
  },
};

function itemOf(event: AnsweredEvent, { lang, home }: About): object {
  const when = whenInWords(event, lang);
  const summary = inLanguage(event.summary, lang);
  const [source] = event.sources.flatMap(({ url }) => webAddress(url) ?? []);
  return {
    id: eventUrn(event.id),
    url: addressOf(event.id, home),
    ...(source === undefined ? {} : { external_url: source }),
    title: headline(event, lang),
    summary: summary === '' ? when : `${when}. ${summary}`,
    content_text: inText(event, lang),
    content_html: inHtml(event, lang),
    date_published: event.recordedAt,
    date_modified: event.revisedAt,
    language: languageFound(event.title, lang) ?? spokenLanguage(lang),
    tags: [typeInWords(event.type, lang), ...event.topics],
    _diplomatic_event: {
      about: addressOf(event.id, home),
      id: event.id,
      type: event.type,
      status: event.status,
      date: event.date,
      when,
      bounds: event.bounds,
      corroboration: event.corroboration,
    },
  };
}
