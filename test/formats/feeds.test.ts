import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { parseAtomFeed, parseJsonFeed } from 'feedsmith';
import { SaxesParser } from 'saxes';
import { type AnsweredEvent } from '../../src/domain/answered.ts';
import { atom } from '../../src/formats/atom.ts';
import { feedJson } from '../../src/formats/feed-json.ts';
import { type About } from '../../src/formats/format.ts';
import {
  anyDate,
  answered,
  EVERY_DATE,
  HOSTILE,
  hostile,
  written,
} from '../support/formats.ts';

/** Throws at the first fault that an XML processor has to report. */
function wellFormed(text: string): void {
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(text).close();
}

async function atomOf(
  events: readonly AnsweredEvent[],
  over: Partial<About> = {},
) {
  const text = await written(atom, events, over);
  wellFormed(text);
  return parseAtomFeed(text);
}

const uri = { type: 'string', format: 'uri' };
const text = { type: 'string', minLength: 1 };
const author = { type: 'object', properties: { name: text }, minProperties: 1 };
/** What https://www.jsonfeed.org/version/1.1/ asks of a feed, of the fields that stand in ours; others are refused. */
const jsonFeedSchema = {
  type: 'object',
  required: ['version', 'title', 'items'],
  additionalProperties: false,
  properties: {
    version: { const: 'https://jsonfeed.org/version/1.1' },
    title: text,
    home_page_url: uri,
    feed_url: uri,
    next_url: uri,
    language: text,
    authors: { type: 'array', items: author },
    items: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id'],
        anyOf: [{ required: ['content_html'] }, { required: ['content_text'] }],
        additionalProperties: false,
        // An extension is an object under a name with an underscore and no period.
        patternProperties: { '^_[A-Za-z][^.]*$': { type: 'object' } },
        properties: {
          id: text,
          url: uri,
          external_url: uri,
          title: text,
          content_html: text,
          content_text: text,
          summary: text,
          date_published: { type: 'string', format: 'date-time' },
          date_modified: { type: 'string', format: 'date-time' },
          tags: { type: 'array', items: text },
          language: text,
        },
      },
    },
  },
};
const ajv = new Ajv2020({ allErrors: true, strictRequired: false });
addFormats.default(ajv);
const isJsonFeed = ajv.compile(jsonFeedSchema);

async function jsonFeedOf(
  events: readonly AnsweredEvent[],
  over: Partial<About> = {},
) {
  const value: unknown = JSON.parse(await written(feedJson, events, over));
  isJsonFeed(value);
  expect(isJsonFeed.errors ?? []).toEqual([]);
  return parseJsonFeed(value);
}

/** A text construct (RFC 4287, 3.1) as text. */
const plain = (text: string | { value?: string } | undefined) =>
  typeof text === 'string' ? text : (text?.value ?? '');

const paged = {
  title: 'Russia & France <all>',
  self: 'https://events.example.org/v1/events.atom?actor=russia&cursor=b',
  next: 'https://events.example.org/v1/events.atom?actor=russia&cursor=c',
  prev: 'https://events.example.org/v1/events.atom?actor=russia&cursor=a',
};

describe('Atom', () => {
  test('a feed names itself and its neighbours', async () => {
    const feed = await atomOf([], paged);
    expect(plain(feed.title)).toBe('Russia & France <all>');
    expect(feed.links?.map(({ rel, href }) => [rel, href])).toEqual([
      ['self', paged.self],
      ['alternate', 'https://events.example.org'],
      ['next', paged.next],
      ['previous', paged.prev],
    ]);
  });

  test('its id is the same on every page and every host, and another for another question', async () => {
    const id = async (self: string) => (await atomOf([], { self })).id;
    const first = await id(
      'https://events.example.org/v1/events.atom?actor=russia',
    );
    expect(first).toMatch(/^urn:uuid:[0-9a-f-]{36}$/);
    expect(
      await id('http://localhost:3000/v1/events.atom?actor=russia&cursor=x'),
    ).toBe(first);
    expect(
      await id('https://events.example.org/v1/events.atom?actor=france'),
    ).not.toBe(first);
  });

  test('an entry is told whole', async () => {
    const event = answered({
      id: 'call',
      type: 'call',
      date: '[2022-01-10..2022-01-13]',
      title: { uk: 'Розмова' },
      summary: { en: 'About everything' },
      topics: ['security'],
      sources: [{ url: 'https://example.org/1?a=1&b=2', title: 'A report' }],
    });
    const feed = await atomOf([event, answered()]);
    expect(feed.updated).toBe('2024-06-01T12:30:00.5Z');
    const [entry, other] = feed.entries ?? [];
    expect(entry).toMatchObject({
      id: 'urn:uuid:5b62a501-26e9-565b-a32c-f66e861b1605',
      title: { value: 'Розмова', xml: { lang: 'uk' } },
      updated: '2024-06-01T12:30:00.5Z',
      published: '2024-05-01T10:00:00.123456Z',
      summary: {
        value: 'one day between 10 and 13 January 2022. About everything',
      },
      categories: [
        { term: 'call', label: 'call' },
        { term: 'security', label: 'security' },
      ],
      links: [
        { rel: 'alternate', href: 'https://events.example.org/v1/events/call' },
        { rel: 'related', href: 'https://example.org/1?a=1&b=2' },
      ],
    });
    expect(plain(entry?.content)).toContain(
      '<b>When:</b> one day between 10 and 13 January 2022',
    );
    expect(plain(entry?.content)).toContain(
      '<a href="https://example.org/1?a=1&amp;b=2">A report</a>',
    );
    expect(other?.id).not.toBe(entry?.id);
  });

  test('the language is that of the words, and of a title that of the title', async () => {
    const event = answered({ title: { ru: 'Разговор' } });
    const text = await written(atom, [event], { lang: 'uk' });
    expect(text).toContain(
      '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="uk">',
    );
    expect(text).toContain('<title xml:lang="ru">Разговор</title>');
  });

  test('an empty feed is well formed, and says the same tomorrow', async () => {
    const feed = await atomOf([]);
    expect(feed.updated).toBe('1970-01-01T00:00:00Z');
  });
});

describe('JSON Feed', () => {
  test('a feed names itself and what follows', async () => {
    const feed = await jsonFeedOf([], { ...paged, lang: 'uk' });
    expect(feed).toMatchObject({
      title: 'Russia & France <all>',
      home_page_url: 'https://events.example.org',
      feed_url: paged.self,
      next_url: paged.next,
      language: 'uk',
    });
  });

  test('the last page names no next one', async () => {
    expect(JSON.parse(await written(feedJson, []))).not.toHaveProperty(
      'next_url',
    );
  });

  test('an item is told whole', async () => {
    const event = answered({
      id: 'call',
      type: 'call',
      status: 'cancelled',
      date: '2022-01-28~',
      title: { en: 'A call' },
      sources: [{ title: 'No address' }, { url: 'https://example.org/1' }],
    });
    const [item] = JSON.parse(await written(feedJson, [event])).items;
    expect(item).toMatchObject({
      url: 'https://events.example.org/v1/events/call',
      external_url: 'https://example.org/1',
      title: 'Cancelled: A call',
      summary: 'about 28 January 2022',
      date_published: '2024-05-01T10:00:00.123456Z',
      date_modified: '2024-06-01T12:30:00.5Z',
      language: 'en',
      tags: ['call'],
      _diplomatic_event: {
        about: 'https://events.example.org/v1/events/call',
        id: 'call',
        date: '2022-01-28~',
        status: 'cancelled',
        bounds: event.bounds,
      },
    });
  });

  test('an event has one name in both feeds', async () => {
    const event = answered({ id: 'call' });
    const [entry] = (await atomOf([event])).entries ?? [];
    const [item] = (await jsonFeedOf([event])).items ?? [];
    expect(item?.id).toBe(entry?.id);
  });
});

const both = [
  [
    'Atom',
    async (events: readonly AnsweredEvent[], over?: Partial<About>) =>
      ((await atomOf(events, over)).entries ?? []).map(
        ({ title, content }) => ({ title: plain(title), html: plain(content) }),
      ),
  ],
  [
    'JSON Feed',
    async (events: readonly AnsweredEvent[], over?: Partial<About>) =>
      ((await jsonFeedOf(events, over)).items ?? []).map(
        ({ title, content_html: html }) => ({ title: plain(title), html }),
      ),
  ],
] as const;

describe.each(both)('%s', (name, read) => {
  test.each(HOSTILE)(
    'texts come out as they went in, and are no markup (%#)',
    async (hurt) => {
      const items = await read([hostile(hurt, 'a'), hostile(hurt, 'b')], {
        title: hurt,
      });
      expect(items).toHaveLength(2);
      const [item] = items;
      // What XML cannot hold is replaced, and a feed reader trims.
      const expected =
        name === 'Atom' ? hurt.replaceAll(/[\ufffe\uffff]/g, '\ufffd') : hurt;
      expect(item?.title.trim()).toBe(expected.trim());
      expect(item?.html).not.toMatch(/<(?!\/?(p|b|br|a)\b)/);
      expect(item?.html).not.toMatch(/\son\w+="/);
    },
  );

  test('every date makes one item', async () => {
    const events = EVERY_DATE.map((date) =>
      answered({ date, timeZone: 'Europe/Kyiv' }),
    );
    const items = await read(events);
    expect(items).toHaveLength(EVERY_DATE.length);
  });

  test('what lasted is not told as what is in doubt', async () => {
    const [lasted, doubt] = await read([
      answered({ id: 'a', date: '2022-01-10/2022-01-13' }),
      answered({ id: 'b', date: '[2022-01-10..2022-01-13]' }),
    ]);
    expect(lasted?.html).toContain('10–13 January 2022');
    expect(doubt?.html).toContain('one day between 10 and 13 January 2022');
  });

  test('any events are as many items', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(anyDate, fc.string({ unit: 'binary', minLength: 1 })),
        ),
        async (all) => {
          const events = all.map(([date, title]) => ({
            ...answered({ date, timeZone: 'Europe/Kyiv' }),
            title: { en: `a${title}` },
          }));
          expect(await read(events)).toHaveLength(all.length);
        },
      ),
    );
  });
});

test.each([
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'JaVaScRiPt://example.org/%0aalert(1)',
  'ftp://example.org/',
  'https://',
  'http://[',
  ' https://example.org',
])('%s is told and never a link', async (url) => {
  // The record refuses most of these; a format does not rely on that.
  const event = {
    ...answered(),
    sources: [
      {
        ...answered({ sources: [{ title: 'x' }] }).sources[0],
        url,
        title: null,
      },
    ],
  } as AnsweredEvent;
  for (const format of [atom, feedJson]) {
    const told = await written(format, [event]);
    expect(told).not.toMatch(
      /href=\\?(&quot;|")(?!https:\/\/events\.example\.org)/,
    );
  }
  const [item] = JSON.parse(await written(feedJson, [event])).items;
  expect(item).not.toHaveProperty('external_url');
  expect(item.content_text).toContain(url);
});
