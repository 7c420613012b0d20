import {
  type AnsweredEvent,
  inLanguage,
  languageFound,
} from '../domain/answered.ts';
import { whenInWords } from './doubt.ts';
import { type About, type Format } from './format.ts';
import { collected } from './listed.ts';
import {
  addressOf,
  escapeHtml,
  headline,
  inHtml,
  webAddress,
} from './telling.ts';
import { feedUrn, eventUrn } from './urn.ts';
import { spokenLanguage, typeInWords } from './words.ts';

/** Atom (RFC 4287) with links between its pages (RFC 5005). */
export const atom: Format = {
  suffix: 'atom',
  mediaType: 'application/atom+xml; charset=utf-8',
  description:
    'Atom (RFC 4287), newest first, with links to the neighbouring pages (RFC 5005). `published` and `updated` are when the record was made and revised; the date of the event itself is told in words, with its doubt, at the begin of `summary` and in `content`.',
  whole: false,
  newestFirst: true,
  tellsRemoved: false,
  takes: [],
  async *write(events, about) {
    const page = await collected(events);
    yield [
      '<?xml version="1.0" encoding="utf-8"?>',
      `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${spokenLanguage(about.lang)}">`,
      element('id', feedUrn(about.self)),
      element('title', about.title),
      element('updated', lastRevised(page)),
      '<author><name>diplomatic-events</name></author>',
      '<generator>diplomatic-events</generator>',
      ...linksOf(about),
      '',
    ].join('\n');
    for (const event of page) yield entryOf(event, about);
    yield '</feed>\n';
  },
};

/** Of an empty page nothing is known, and the clock is not asked: the same record gives the same bytes. */
function lastRevised(events: readonly AnsweredEvent[]): string {
  const instants = events.map(({ revisedAt }) => revisedAt);
  return instants.reduce(
    (a, b) => (Date.parse(b) > Date.parse(a) ? b : a),
    '1970-01-01T00:00:00Z',
  );
}

function linksOf({ home, self, next, prev }: About): string[] {
  const type = 'application/atom+xml';
  return [
    link('self', self, type),
    link('alternate', home),
    ...(next === null ? [] : [link('next', next, type)]),
    ...(prev === null ? [] : [link('previous', prev, type)]),
  ];
}

function entryOf(event: AnsweredEvent, { lang, home }: About): string {
  const address = addressOf(event.id, home);
  const summary = inLanguage(event.summary, lang);
  const when = whenInWords(event, lang);
  return [
    '<entry>',
    element('id', eventUrn(event.id)),
    element('title', headline(event, lang), languageOf(event, lang)),
    element('updated', event.revisedAt),
    element('published', event.recordedAt),
    link('alternate', address, 'application/json'),
    ...event.sources.flatMap(({ url }) => {
      const href = webAddress(url);
      return href === null ? [] : link('related', href);
    }),
    category(event.type, typeInWords(event.type, lang)),
    ...event.topics.map((topic) => category(topic, topic)),
    element('summary', summary === '' ? when : `${when}. ${summary}`),
    `<content type="html">${escapeHtml(inHtml(event, lang))}</content>`,
    '</entry>',
    '',
  ].join('\n');
}

function languageOf(event: AnsweredEvent, lang: string | null): string {
  return ` xml:lang="${escapeHtml(languageFound(event.title, lang) ?? '')}"`;
}

const element = (name: string, text: string, attributes = '') =>
  `<${name}${attributes}>${escapeHtml(text)}</${name}>`;

const link = (rel: string, href: string, type?: string) =>
  `<link rel="${rel}" href="${escapeHtml(href)}"${type === undefined ? '' : ` type="${type}"`}/>`;

const category = (term: string, label: string) =>
  `<category term="${escapeHtml(term)}" label="${escapeHtml(label)}"/>`;
