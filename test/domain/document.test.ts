import {
  AVAILABILITIES,
  completeDocument,
  DOCUMENT_KINDS,
  readDocument,
} from '../../src/domain/document.ts';
import { aDocument } from '../support/builders.ts';
import { refusal } from '../support/refusal.ts';

const source = { url: 'https://example.org/reply', title: 'A reply' };

test.each<[string, object]>([
  ['nothing but what is required', {}],
  [
    'null for every optional field',
    {
      date: null,
      summary: null,
      language: null,
      authors: null,
      addressees: null,
      inReplyTo: null,
      partOf: null,
      availability: null,
      sources: null,
    },
  ],
  ['a title of 500 characters', { title: { en: 'x'.repeat(500) } }],
  ['a summary of 20,000 characters', { summary: { en: '😀'.repeat(20_000) } }],
  ['authors and addressees', { authors: ['a', 'b'], addressees: ['a'] }],
  [
    'a date with a clock time and its offset',
    { date: '2022-01-26T20:00:00+03:00' },
  ],
  [
    'several it answers, one of which it is part of',
    { inReplyTo: ['x', 'y'], partOf: 'x' },
  ],
  ['a source with an address alone', { sources: [{ url: source.url }] }],
  ['a source with a title alone', { sources: [{ title: 'x', url: null }] }],
  [
    'every field of a source',
    {
      sources: [
        {
          ...source,
          publisher: 'p',
          language: 'uk',
          publishedAt: '2022-01-28',
          archivedUrl: 'http://archive.org/1',
          originGroup: 'agency',
        },
      ],
    },
  ],
  [
    'an address with a port, a query and Cyrillic',
    { sources: [{ url: 'http://пошта.укр:8080/шлях?a=b#c' }] },
  ],
  ...DOCUMENT_KINDS.map((kind): [string, object] => [
    `the kind ${kind}`,
    { kind },
  ]),
  ...AVAILABILITIES.map((availability): [string, object] => [
    `the availability ${availability}`,
    { availability },
  ]),
])('a document may have %s', (_, over) => {
  expect(refusal(readDocument, { ...aDocument('reply'), ...over })).toBeNull();
});

test.each<[string, object, string[]]>([
  ['an unknown field', { body: 'x' }, ['/body']],
  ['a revision', { revision: 2 }, ['/revision']],
  ['no title', { title: undefined }, ['/title']],
  ['a title of text', { title: 'Reply' }, ['/title']],
  [
    'a title of 501 characters',
    { title: { en: 'x'.repeat(501) } },
    ['/title/en'],
  ],
  ['a title in no language', { title: { '': 'x' } }, ['/title']],
  [
    'a title in a language with a space',
    { title: { 'en us': 'x' } },
    ['/title'],
  ],
  [
    'a summary of 20,001 characters',
    { summary: { uk: 'х'.repeat(20_001) } },
    ['/summary/uk'],
  ],
  ['an unknown kind', { kind: 'reply ' }, ['/kind']],
  ['an unknown availability', { availability: 'secret' }, ['/availability']],
  ['a date that cannot be read', { date: '26.01.2022' }, ['/date']],
  ['a date of null within a list', { date: ['2022'] }, ['/date']],
  ['an author named twice', { authors: ['a', 'a'] }, ['/authors']],
  ['an author of null', { authors: [null] }, ['/authors/0']],
  ['an author with a capital', { authors: ['a', 'B'] }, ['/authors/1']],
  [
    'itself as what it answers',
    { inReplyTo: ['x', 'reply'] },
    ['/inReplyTo/1'],
  ],
  ['itself as what it is part of', { partOf: 'reply' }, ['/partOf']],
  ['a language that is none', { language: 'українська' }, ['/language']],
  ['an empty source', { sources: [{}] }, ['/sources/0']],
  [
    'a source of nulls',
    { sources: [{ url: null, title: null }] },
    ['/sources/0'],
  ],
  [
    'a script for an address',
    { sources: [{ url: 'javascript:alert(1)' }] },
    ['/sources/0/url'],
  ],
  [
    'data for an address',
    { sources: [{ url: 'data:text/html,x' }] },
    ['/sources/0/url'],
  ],
  [
    'a file for an address',
    { sources: [{ url: 'file:///etc/passwd' }] },
    ['/sources/0/url'],
  ],
  [
    'an address without a scheme',
    { sources: [{ url: '//example.org' }] },
    ['/sources/0/url'],
  ],
  [
    'an address with a blank before it',
    { sources: [{ url: ' https://example.org' }] },
    ['/sources/0/url'],
  ],
  [
    'an address with a blank in it',
    { sources: [{ url: 'https://a b' }] },
    ['/sources/0/url'],
  ],
  [
    'an address with a tag in it',
    { sources: [{ url: 'https://a/"><b>' }] },
    ['/sources/0/url'],
  ],
  [
    'an archived script',
    { sources: [{ ...source, archivedUrl: 'JavaScript:x' }] },
    ['/sources/0/archivedUrl'],
  ],
  [
    'a source with a wrong date',
    { sources: [source, { ...source, publishedAt: '2022-1' }] },
    ['/sources/1/publishedAt'],
  ],
  [
    'an unknown field of a source',
    { sources: [{ ...source, author: 'x' }] },
    ['/sources/0/author'],
  ],
])(
  'a document with %s is refused with a pointer to it',
  (_, over, pointers) => {
    const refused = refusal(readDocument, { ...aDocument('reply'), ...over });
    expect([...new Set(refused?.pointers)]).toEqual(pointers);
  },
);

test('the complete document has every field, and can be read back as it is', () => {
  const complete = completeDocument(readDocument(aDocument('reply')));
  expect(complete).toEqual({
    record: 'document',
    id: 'reply',
    kind: 'note',
    title: { en: 'reply' },
    date: null,
    summary: null,
    language: null,
    authors: [],
    addressees: [],
    inReplyTo: [],
    partOf: null,
    availability: 'unknown',
    sources: [],
  });
  expect(completeDocument(readDocument(complete))).toEqual(complete);
});
