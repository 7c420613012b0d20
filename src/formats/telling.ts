import { type AnsweredEvent, inLanguage } from '../domain/answered.ts';
import { whenInWords } from './doubt.ts';
import {
  corroborations,
  labels,
  roles,
  said,
  stances,
  statuses,
  typeInWords,
} from './words.ts';

/** A piece of text, and where it leads. */
interface Piece {
  text: string;
  href: string | null;
}

/** One thing told of an event, under its name. */
interface Line {
  label: string;
  pieces: Piece[];
}

/**
 * An event's title; what was not held says so first, because no calendar or feed has a word for "denied".
 * @param lang BCP 47, null for English, Ukrainian, or the first there is
 */
export function headline(event: AnsweredEvent, lang: string | null): string {
  const title = inLanguage(event.title, lang);
  return event.status === 'held'
    ? title
    : `${said(statuses[event.status], lang)}: ${title}`;
}

/** Where an event took place: the names of its places, or their countries (ISO 3166). */
export function placesOf(event: AnsweredEvent, lang: string | null): string[] {
  return event.places.map(({ name, country }) =>
    [inLanguage(name, lang), country ?? ''].filter(Boolean).join(', '),
  );
}

/** All that is told of an event, as plain text of several lines. */
export function inText(event: AnsweredEvent, lang: string | null): string {
  const lines = linesOf(event, lang).map(
    ({ label, pieces }) =>
      `${label}: ${pieces.map(({ text, href }) => (href === null || href === text ? text : `${text} ${href}`)).join('; ')}`,
  );
  const summary = inLanguage(event.summary, lang);
  return [...(summary === '' ? [] : [summary, '']), ...lines].join('\n');
}

/** The same as HTML, every text of the record escaped, with links to nothing but the web. */
export function inHtml(event: AnsweredEvent, lang: string | null): string {
  const lines = linesOf(event, lang).map(
    ({ label, pieces }) =>
      `<b>${escapeHtml(label)}:</b> ${pieces.map(pieceInHtml).join('; ')}`,
  );
  const summary = inLanguage(event.summary, lang);
  return [
    ...(summary === '' ? [] : [`<p>${escapeHtml(summary)}</p>`]),
    `<p>${lines.join('<br>')}</p>`,
  ].join('');
}

function pieceInHtml({ text, href }: Piece): string {
  return href === null
    ? escapeHtml(text)
    : `<a href="${escapeHtml(href)}">${escapeHtml(text)}</a>`;
}

function linesOf(event: AnsweredEvent, lang: string | null): Line[] {
  const plain = (text: string): Piece => ({ text, href: null });
  const line = (label: keyof typeof labels, pieces: Piece[]): Line[] =>
    pieces.length === 0 ? [] : [{ label: said(labels[label], lang), pieces }];
  const parts = (subjects: boolean) =>
    event.participants
      .filter(({ role }) => (role === 'subject') === subjects)
      .map((one) => plain(participantInWords(one, lang)));
  return [
    ...line('when', [plain(whenInWords(event, lang))]),
    ...line('type', [plain(typeInWords(event.type, lang))]),
    ...line('status', [plain(said(statuses[event.status], lang))]),
    ...line('where', placesOf(event, lang).map(plain)),
    ...line('who', parts(false)),
    ...line('subjects', parts(true)),
    ...line(
      'accounts',
      event.accounts.map((one) => plain(accountInWords(event, one, lang))),
    ),
    ...line('corroboration', [
      plain(said(corroborations[event.corroboration], lang)),
    ]),
    ...line(
      'sources',
      event.sources.map(({ url, title, publisher }) => ({
        text: [title ?? url ?? '', publisher ?? ''].filter(Boolean).join(', '),
        href: webAddress(url),
      })),
    ),
  ];
}

function participantInWords(
  one: AnsweredEvent['participants'][number],
  lang: string | null,
): string {
  const more = [
    inLanguage(one.as, lang),
    one.role === 'participant' || one.role === 'subject'
      ? ''
      : said(roles[one.role ?? 'participant'], lang),
  ].filter(Boolean);
  const name = inLanguage(one.name, lang) || one.actor;
  return more.length === 0 ? name : `${name} (${more.join('; ')})`;
}

function accountInWords(
  { participants }: AnsweredEvent,
  { party, stance, text }: AnsweredEvent['accounts'][number],
  lang: string | null,
): string {
  const known = participants.find(({ actor }) => actor === party);
  const told = inLanguage(text, lang);
  return `${inLanguage(known?.name, lang) || party}: ${said(stances[stance], lang)}${told === '' ? '' : ` (${told})`}`;
}

/** A text within HTML or XML, in an element or an attribute; what XML cannot hold at all becomes U+FFFD. */
export function escapeHtml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(
      // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g,
      '\ufffd',
    )
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** An address that may become a link: only the web's (`http`, `https`), in the form of RFC 3986; null for all else. */
export function webAddress(url: string | null): string | null {
  if (url === null || !/^https?:\/\//i.test(url)) return null;
  return URL.canParse(url) ? new URL(url).href : null;
}

/** The address of an event. */
export function addressOf(id: string, home: string): string {
  return `${home}/v1/events/${encodeURIComponent(id)}`;
}
