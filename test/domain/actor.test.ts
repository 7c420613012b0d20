import {
  completeActor,
  namesToShow,
  readActor,
  RELATIONS_BETWEEN,
} from '../../src/domain/actor.ts';
import { ACTOR_KINDS, RELATIONS } from '../../src/domain/affiliation.ts';
import { anActor } from '../support/builders.ts';
import { deep, refusal } from '../support/refusal.ts';

const tie = { relation: 'member-of', to: 'nato' };
const name = { lang: 'en', value: 'France' };
const withTie = (over: object) => ({ affiliations: [{ ...tie, ...over }] });

test.each<[string, object]>([
  ['nothing but what is required', {}],
  ['an id of one character', { id: '0' }],
  ['an id of 128 characters', { id: 'a'.repeat(128) }],
  ['an id with dots, dashes and tildes', { id: '0._~-x' }],
  ['several names in one language', { names: [name, name] }],
  ['an alias', { names: [name, { ...name, alias: true }] }],
  ['an alias of null', { names: [{ ...name, alias: null }] }],
  [
    'a name of 500 characters',
    { names: [{ lang: 'en', value: '😀'.repeat(500) }] },
  ],
  [
    'a language with script and region',
    { names: [{ lang: 'uk-Cyrl-UA', value: 'х' }] },
  ],
  ['a language named toString', { names: [{ lang: 'toString', value: 'x' }] }],
  ['identifiers', { identifiers: { wikidata: 'Q142', 'iso3166-1': 'FR' } }],
  [
    'null for every optional field',
    {
      identifiers: null,
      affiliations: null,
      description: null,
      born: null,
      died: null,
    },
  ],
  ['a description', { description: { uk: 'Опис', en: 'Text' } }],
  ['born and died', { born: '0988~', died: '[1240..1241]' }],
  ['a tie without dates', withTie({})],
  ['a tie that is still so', withTie({ from: '1949', until: null })],
  [
    'null for every optional field of a tie',
    withTie({ from: null, until: null, title: null, sources: null }),
  ],
  [
    'a tie from and until one day',
    withTie({ from: '1949-04-04', until: '1949-04-04' }),
  ],
  [
    'a tie with a title and sources',
    withTie({
      title: { en: 'Member' },
      sources: [{ title: 'A book', publishedAt: '1950' }],
    }),
  ],
  [
    'the same tie at two times',
    { affiliations: [tie, { ...tie, from: '2009' }] },
  ],
])('an actor may have %s', (_, over) => {
  expect(refusal(readActor, { ...anActor('france'), ...over })).toBeNull();
});

test.each<[string, object, string[]]>([
  ['an unknown field', { nmae: 1 }, ['/nmae']],
  ['an unknown field with a slash and a tilde', { 'a/b~': 1 }, ['/a~1b~0']],
  ['a revision', { revision: 1 }, ['/revision']],
  [
    'what the record adds',
    { recordedAt: '2022-01-01T00:00:00.000Z', revisedAt: 'x' },
    ['/recordedAt', '/revisedAt'],
  ],
  ['no id', { id: undefined }, ['/id']],
  ['an id of null', { id: null }, ['/id']],
  ['an id of a number', { id: 5 }, ['/id']],
  ['an empty id', { id: '' }, ['/id']],
  ['an id in capitals', { id: 'France' }, ['/id']],
  ['an id that begins with a dot', { id: '.a' }, ['/id']],
  ['an id of 129 characters', { id: 'a'.repeat(129) }, ['/id']],
  ['an id with a newline at its end', { id: 'a\n' }, ['/id']],
  ['an id with a slash', { id: 'a/b' }, ['/id']],
  ['the id at whose address names are matched', { id: 'match' }, ['/id']],
  ['an unknown kind', { kind: 'stat' }, ['/kind']],
  ['another record', { record: 'event' }, ['/record']],
  ['no names', { names: [] }, ['/names']],
  ['null for names', { names: null }, ['/names']],
  ['names of aliases alone', { names: [{ ...name, alias: true }] }, ['/names']],
  ['a name without a language', { names: [{ value: 'x' }] }, ['/names/0/lang']],
  [
    'a name of blanks',
    { names: [{ lang: 'en', value: ' \u00a0\n' }] },
    ['/names/0/value'],
  ],
  [
    'a name of 501 characters',
    { names: [{ lang: 'en', value: 'x'.repeat(501) }] },
    ['/names/0/value'],
  ],
  [
    'a language that is no tag',
    { names: [{ lang: 'english please', value: 'x' }] },
    ['/names/0/lang'],
  ],
  [
    'an unknown field of a name',
    { names: [{ ...name, script: 'Latn' }] },
    ['/names/0/script'],
  ],
  ['an alias of 1', { names: [{ ...name, alias: 1 }] }, ['/names/0/alias']],
  [
    'a name with NUL',
    { names: [{ lang: 'en', value: 'a\0' }] },
    ['/names/0/value'],
  ],
  [
    'an identifier in capitals',
    { identifiers: { Wikidata: 'Q1' } },
    ['/identifiers'],
  ],
  [
    'an empty identifier',
    { identifiers: { wikidata: '' } },
    ['/identifiers/wikidata'],
  ],
  ['identifiers in a list', { identifiers: ['Q1'] }, ['/identifiers']],
  ['an empty description', { description: {} }, ['/description']],
  [
    'a description of null in a language',
    { description: { en: null } },
    ['/description/en'],
  ],
  [
    'a description of 20,001 characters',
    { description: { en: 'x'.repeat(20_001) } },
    ['/description/en'],
  ],
  ['a birth that is no date', { born: '1912-13' }, ['/born']],
  [
    'a death with a clock time but no zone',
    { died: '1953-03-05T21:50:00' },
    ['/died'],
  ],
  [
    'a tie to nothing',
    { affiliations: [{ relation: 'member-of' }] },
    ['/affiliations/0/to'],
  ],
  [
    'an unknown relation',
    withTie({ relation: 'member' }),
    ['/affiliations/0/relation'],
  ],
  [
    'an unknown field of a tie',
    withTie({ till: null }),
    ['/affiliations/0/till'],
  ],
  [
    'dates of a tie that cannot be read',
    withTie({ from: 'x', until: '2022-02-30' }),
    ['/affiliations/0/from', '/affiliations/0/until'],
  ],
  [
    'a tie that ends before it begins',
    withTie({ from: '1966', until: '1949' }),
    ['/affiliations/0/until'],
  ],
  ['a tie to itself', withTie({ to: 'france' }), ['/affiliations/0/to']],
  [
    'a source with neither address nor title',
    withTie({ sources: [{ publisher: 'x' }] }),
    ['/affiliations/0/sources/0'],
  ],
  [
    'a source of a tie with a wrong date',
    withTie({ sources: [{ title: 'x', publishedAt: 'y' }] }),
    ['/affiliations/0/sources/0/publishedAt'],
  ],
  [
    'affiliations nested ten thousand deep',
    { affiliations: deep(10_000) },
    [`/affiliations${'/0'.repeat(31)}`],
  ],
])('an actor with %s is refused with a pointer to it', (_, over, pointers) => {
  const refused = refusal(readActor, { ...anActor('france'), ...over });
  expect([...new Set(refused?.pointers)]).toEqual(pointers);
});

test.each(
  ACTOR_KINDS.flatMap((kind) =>
    RELATIONS.map((relation) => ({
      kind,
      relation,
      may: RELATIONS_BETWEEN[relation].from.includes(kind),
    })),
  ),
)(
  'whether a $kind has "$relation" to others: $may',
  ({ kind, relation, may }) => {
    const refused = refusal(
      readActor,
      anActor('x', { kind, affiliations: [{ relation, to: 'y' }] }),
    );
    expect(refused?.code ?? null).toBe(may ? null : 'untrue_record');
    if (!may)
      expect(refused?.faults[0]).toMatchObject({
        pointer: '/affiliations/0/relation',
        received: relation,
      });
  },
);

test.each([5, 'text', null, [], true, undefined])('%j is no actor', (value) => {
  expect(refusal(readActor, value)?.pointers).toEqual(['']);
});

test('what is misspelled is told with what it looks like', () => {
  expect(
    refusal(readActor, anActor('x', { kind: 'sate' as 'state' }))?.faults,
  ).toMatchObject([{ pointer: '/kind', received: 'sate', nearest: ['state'] }]);
  expect(
    refusal(readActor, { ...anActor('x'), nmaes: [] })?.faults,
  ).toMatchObject([{ pointer: '/nmaes', nearest: ['names'] }]);
});

test('all faults are told at once, twenty at most', () => {
  const names = Array.from({ length: 30 }, () => ({ lang: '5', value: '' }));
  expect(refusal(readActor, anActor('x', { names }))?.faults).toHaveLength(20);
});

test('the first name of a language that is not an alias is shown', () => {
  expect(
    namesToShow([
      { lang: 'en', value: 'Kiev', alias: true },
      { lang: 'en', value: 'Kyiv' },
      { lang: 'en', value: 'Kyïv' },
      { lang: 'uk', value: 'Київ', alias: null },
      { lang: 'toString', value: 'a tag as good as any' },
    ]),
  ).toEqual({
    en: 'Kyiv',
    uk: 'Київ',
    toString: 'a tag as good as any',
  });
});

test('the complete actor has every field, and can be read back as it is', () => {
  const complete = completeActor(
    readActor(
      anActor('france', {
        affiliations: [
          { relation: 'member-of', to: 'nato', until: null },
          { relation: 'member-of', to: 'eu', sources: [{ title: 'x' }] },
        ],
      }),
    ),
  );
  expect(complete).toMatchObject({
    identifiers: {},
    description: null,
    affiliations: [{ until: null, from: null, title: null, sources: [] }, {}],
  });
  // What is not known stays unsaid: null would say "still so".
  expect(complete).not.toHaveProperty('affiliations.1.until');
  expect(completeActor(readActor(complete))).toEqual(complete);
});
