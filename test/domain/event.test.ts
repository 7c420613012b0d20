import {
  completeEvent,
  readEvent,
  understoodDate,
} from '../../src/domain/event.ts';
import {
  CHANNELS,
  DOCUMENT_RELATIONS,
  LINK_RELATIONS,
  ROLES,
  STATUSES,
} from '../../src/domain/event-schema.ts';
import { STANCES } from '../../src/domain/account.ts';
import { anEvent } from '../support/builders.ts';
import { deep, refusal } from '../support/refusal.ts';

const part = { actor: 'macron' };
const account = { party: 'kremlin', stance: 'asserts' };
const source = { title: 'A report' };

test.each<[string, object]>([
  ['nothing but what is required', {}],
  [
    'null for every optional field',
    {
      status: null,
      channel: null,
      dateText: null,
      timeZone: null,
      sequence: null,
      summary: null,
      places: null,
      participants: null,
      documents: null,
      accounts: null,
      links: null,
      topics: null,
      sources: null,
    },
  ],
  ['a type that is a child', { type: 'visit.official-working' }],
  [
    'a date with a clock time and its offset',
    { date: '2022-01-28T15:35:00-05:00' },
  ],
  [
    'a clock time in a zone',
    { date: '2022-01-28T15:35:00', timeZone: 'Europe/Kyiv' },
  ],
  ['a zone beside a day', { timeZone: 'America/New_York' }],
  ['the first and the last year', { date: '0001/9999' }],
  ['a sequence below nothing', { sequence: -2_147_483_648 }],
  ['a sequence written as 1.0', JSON.parse('{"sequence":1.0}') as object],
  ['a title of 500 emoji', { title: { en: '😀'.repeat(500) } }],
  ['a text of 20,000 characters', { dateText: 'х'.repeat(20_000) }],
  ['a place with a name alone', { places: [{ name: { en: 'Geneva' } }] }],
  ['a place with a country alone', { places: [{ country: 'CH', name: null }] }],
  ['a place in a state that is gone', { places: [{ country: 'SUHH' }] }],
  ['a place in Kosovo', { places: [{ country: 'XK' }] }],
  [
    'coordinates at the edge of the map',
    { places: [{ country: 'FJ', coordinates: [-180, 90] }] },
  ],
  [
    'an actor twice in two roles',
    { participants: [part, { ...part, role: 'host' }] },
  ],
  [
    'an actor twice in two capacities',
    { participants: [part, { ...part, as: { en: 'x' } }] },
  ],
  [
    'an actor twice for two others',
    {
      participants: [
        { ...part, onBehalfOf: 'france' },
        { ...part, onBehalfOf: 'eu' },
      ],
    },
  ],
  [
    'null for every optional field of a participation',
    {
      participants: [
        {
          ...part,
          role: null,
          as: null,
          onBehalfOf: null,
          inferred: null,
          name: null,
        },
      ],
    },
  ],
  ['a name as it was', { participants: [{ ...part, name: { fr: 'M.' } }] }],
  ['an account without a source', { accounts: [account] }],
  [
    'an account with the last source',
    { accounts: [{ ...account, source: 1 }], sources: [source, source] },
  ],
  ['an account twice', { accounts: [account, account] }],
  ['topics', { topics: ['minsk-agreements', '2'] }],
  ...STATUSES.map((status): [string, object] => [
    `the status ${status}`,
    { status },
  ]),
  ...CHANNELS.map((channel): [string, object] => [
    `the channel ${channel}`,
    { channel },
  ]),
  ...ROLES.map((role): [string, object] => [
    `the role ${role}`,
    { participants: [{ ...part, role }] },
  ]),
  ...STANCES.map((stance): [string, object] => [
    `the stance ${stance}`,
    { accounts: [{ ...account, stance }] },
  ]),
  ...LINK_RELATIONS.map((relation): [string, object] => [
    `a link that is ${relation}`,
    { links: [{ relation, event: 'other' }] },
  ]),
  ...DOCUMENT_RELATIONS.map((relation): [string, object] => [
    `a document ${relation}`,
    { documents: [{ relation, document: 'd' }] },
  ]),
])('an event may have %s', (_, over) => {
  expect(refusal(readEvent, { ...anEvent(), ...over })).toBeNull();
});

test.each<[string, object, string[]]>([
  ['an unknown field', { participant: [] }, ['/participant']],
  [
    'derived bounds',
    { bounds: { begin: [], end: [], precision: 'day' } },
    ['/bounds'],
  ],
  [
    'a derived corroboration',
    { corroboration: 'confirmed' },
    ['/corroboration'],
  ],
  ['a revision', { revision: 1 }, ['/revision']],
  [
    'when it was recorded',
    { recordedAt: 'x', revisedAt: 'y' },
    ['/recordedAt', '/revisedAt'],
  ],
  ['a match', { match: {} }, ['/match']],
  [
    'no type, date and title',
    { type: undefined, date: undefined, title: undefined },
    ['/type', '/date', '/title'],
  ],
  ['null for a type', { type: null }, ['/type']],
  ['null for a date', { date: null }, ['/date']],
  ['null for a title', { title: null }, ['/title']],
  ['an unknown type', { type: 'meeting.sumit' }, ['/type']],
  ['a root of types with a dot', { type: 'meeting.' }, ['/type']],
  ['an unknown status', { status: 'Held' }, ['/status']],
  ['an unknown channel', { channel: '' }, ['/channel']],
  ['a date that cannot be read', { date: '28 January 2022' }, ['/date']],
  ['an empty date', { date: '' }, ['/date']],
  [
    'a date of 251 characters',
    { date: `[${'2022,'.repeat(50)}2022]` },
    ['/date'],
  ],
  ['a year as a number', { date: 2022 }, ['/date']],
  [
    'a clock time with neither offset nor zone',
    { date: '2022-01-28T15:35:00' },
    ['/date'],
  ],
  [
    'a clock time that the zone skipped',
    { date: '2022-03-27T03:30:00', timeZone: 'Europe/Kyiv' },
    ['/date'],
  ],
  ['an unknown zone', { timeZone: 'Europe/Kiew' }, ['/timeZone']],
  ['an offset for a zone', { timeZone: '+02:00' }, ['/timeZone']],
  ['a sequence of a half', { sequence: 0.5 }, ['/sequence']],
  ['a sequence that does not fit', { sequence: 2_147_483_648 }, ['/sequence']],
  [
    'a sequence of 1e400',
    JSON.parse('{"sequence":1e400}') as object,
    ['/sequence'],
  ],
  ['a sequence in quotes', { sequence: '1' }, ['/sequence']],
  ['an empty title', { title: {} }, ['/title']],
  ['a title of blanks', { title: { en: '\t\n ' } }, ['/title/en']],
  [
    'a title of 501 characters',
    { title: { en: 'x'.repeat(501) } },
    ['/title/en'],
  ],
  [
    'a title in 101 languages',
    {
      title: Object.fromEntries(
        Array.from({ length: 101 }, (_, n) => [`en-x-${n}`, 'x']),
      ),
    },
    ['/title'],
  ],
  [
    'a title under __proto__',
    { title: JSON.parse('{"__proto__":"x","en":"x"}') as object },
    ['/title/__proto__'],
  ],
  [
    'a text of 20,001 characters',
    { summary: { uk: 'х'.repeat(20_001) } },
    ['/summary/uk'],
  ],
  ['a text with a bidi override', { dateText: 'a\u202eb' }, ['/dateText']],
  [
    'a place with neither name nor country',
    { places: [{ coordinates: [0, 0] }] },
    ['/places/0'],
  ],
  [
    'a place of nulls',
    { places: [{ name: null, country: null }] },
    ['/places/0'],
  ],
  ['a place of text', { places: ['Geneva'] }, ['/places/0']],
  [
    'a country in small letters',
    { places: [{ country: 'ch' }] },
    ['/places/0/country'],
  ],
  [
    'a country of three letters',
    { places: [{ country: 'CHE' }] },
    ['/places/0/country'],
  ],
  [
    'a country that is none',
    { places: [{ country: 'CH' }, { country: 'ZZ' }] },
    ['/places/1/country'],
  ],
  [
    'a country that was SU',
    { places: [{ country: 'SU' }] },
    ['/places/0/country'],
  ],
  [
    'a longitude beyond the map',
    { places: [{ country: 'CH', coordinates: [180.1, 0] }] },
    ['/places/0/coordinates/0'],
  ],
  [
    'a latitude beyond the pole',
    { places: [{ country: 'CH', coordinates: [0, -90.1] }] },
    ['/places/0/coordinates/1'],
  ],
  [
    'coordinates of 1e400',
    JSON.parse(
      '{"places":[{"country":"CH","coordinates":[1e400,0]}]}',
    ) as object,
    ['/places/0/coordinates/0'],
  ],
  [
    'one coordinate',
    { places: [{ country: 'CH', coordinates: [1] }] },
    ['/places/0/coordinates'],
  ],
  [
    'a height',
    { places: [{ country: 'CH', coordinates: [1, 2, 3] }] },
    ['/places/0/coordinates'],
  ],
  [
    'a participation of nobody',
    { participants: [{ role: 'host' }] },
    ['/participants/0/actor'],
  ],
  [
    'an unknown role',
    { participants: [{ ...part, role: 'participnat' }] },
    ['/participants/0/role'],
  ],
  [
    'an unknown field of a participation',
    { participants: [{ ...part, capacity: {} }] },
    ['/participants/0/capacity'],
  ],
  [
    'a capacity that is empty',
    { participants: [{ ...part, as: {} }] },
    ['/participants/0/as'],
  ],
  [
    'a participation twice',
    {
      participants: [
        part,
        { ...part, role: 'participant', as: null, inferred: true },
      ],
    },
    ['/participants/1'],
  ],
  [
    'a participation twice, its languages swapped',
    {
      participants: [
        { ...part, as: { en: 'x', uk: 'y' } },
        { ...part, as: { uk: 'y', en: 'x' } },
      ],
    },
    ['/participants/1'],
  ],
  [
    'a participation twice, but for accents put apart',
    {
      participants: [
        { ...part, as: { fr: 'é' } },
        { ...part, as: { fr: 'e\u0301' } },
      ],
    },
    ['/participants/1'],
  ],
  [
    'a participation thrice',
    { participants: [part, part, part] },
    ['/participants/1', '/participants/2'],
  ],
  [
    'inferred as text',
    { participants: [{ ...part, inferred: 'true' }] },
    ['/participants/0/inferred'],
  ],
  [
    'an unknown stance',
    { accounts: [{ ...account, stance: 'says' }] },
    ['/accounts/0/stance'],
  ],
  [
    'an account of nobody',
    { accounts: [{ stance: 'asserts' }] },
    ['/accounts/0/party'],
  ],
  [
    'an account with a wrong date',
    { accounts: [{ ...account, date: 'Friday' }] },
    ['/accounts/0/date'],
  ],
  [
    'an account whose source is not there',
    { accounts: [account, { ...account, source: 1 }], sources: [source] },
    ['/accounts/1/source'],
  ],
  [
    'an account with a source where there are none',
    { accounts: [{ ...account, source: 0 }] },
    ['/accounts/0/source'],
  ],
  [
    'an account with a source below nothing',
    { accounts: [{ ...account, source: -1 }] },
    ['/accounts/0/source'],
  ],
  [
    'a link to itself',
    { links: [{ relation: 'follows', event: 'self' }] },
    ['/links/0/event'],
  ],
  [
    'an unknown link',
    { links: [{ relation: 'after', event: 'x' }] },
    ['/links/0/relation'],
  ],
  [
    'a link without a relation',
    { links: [{ event: 'x' }] },
    ['/links/0/relation'],
  ],
  [
    'a document given by its id alone',
    { documents: ['reply'] },
    ['/documents/0'],
  ],
  [
    'an unknown use of a document',
    { documents: [{ document: 'd', relation: 'read' }] },
    ['/documents/0/relation'],
  ],
  ['a topic with a space', { topics: ['minsk agreements'] }, ['/topics/0']],
  ['a topic of 101 characters', { topics: ['x'.repeat(101)] }, ['/topics/0']],
  ['a topic twice', { topics: ['a', 'b', 'a'] }, ['/topics']],
  ['a source of nothing', { sources: [{ publisher: 'x' }] }, ['/sources/0']],
  [
    'a script for a source',
    { sources: [{ url: 'javascript:alert(1)' }] },
    ['/sources/0/url'],
  ],
  [
    'a source with a wrong date',
    { sources: [{ ...source, publishedAt: 'x' }] },
    ['/sources/0/publishedAt'],
  ],
  [
    'places nested ten thousand deep',
    { places: deep(10_000) },
    [`/places${'/0'.repeat(31)}`],
  ],
])('an event with %s is refused with a pointer to it', (_, over, pointers) => {
  const refused = refusal(readEvent, { ...anEvent({ id: 'self' }), ...over });
  expect([...new Set(refused?.pointers)]).toEqual(pointers);
});

test('what cannot be read is a 400, what cannot be true a 422', () => {
  const code = (over: object) =>
    refusal(readEvent, { ...anEvent({ id: 'self' }), ...over })?.code;
  expect(code({ date: 'x' })).toBe('invalid_record');
  expect(code({ type: 'x' })).toBe('invalid_record');
  expect(code({ links: [{ relation: 'follows', event: 'self' }] })).toBe(
    'untrue_record',
  );
  expect(code({ participants: [part, part] })).toBe('untrue_record');
});

test('a fault of the date tells where it is, one of the zone tells the zone', () => {
  const faults = (over: object) =>
    refusal(readEvent, { ...anEvent(), ...over })?.faults;
  expect(faults({ date: '2022-13-01' })).toMatchObject([
    {
      pointer: '/date',
      message: expect.stringMatching(/\(at character 6\)$/),
      received: '2022-13-01',
    },
  ]);
  expect(faults({ timeZone: 'Mars/Base' })).toMatchObject([
    {
      pointer: '/timeZone',
      message: expect.stringContaining('"Mars/Base" is not known'),
      received: 'Mars/Base',
    },
  ]);
});

test('an unknown type is told with those it looks like', () => {
  expect(
    refusal(readEvent, anEvent({ type: 'meeting.sumit' }))?.faults[0],
  ).toMatchObject({ nearest: expect.arrayContaining(['meeting.summit']) });
});

test('many faults of the date, the type and the places are told at once', () => {
  const refused = refusal(readEvent, {
    ...anEvent(),
    type: 'x',
    date: 'y',
    places: [{ country: 'ZZ' }],
    accounts: [{ ...account, date: 'z' }],
    sources: [{ ...source, publishedAt: 'w' }],
  });
  expect(refused?.pointers.toSorted()).toEqual([
    '/accounts/0/date',
    '/date',
    '/places/0/country',
    '/sources/0/publishedAt',
    '/type',
  ]);
});

test('half a million faults in a line are told as twenty, within seconds', () => {
  const began = performance.now();
  const refused = refusal(readEvent, {
    ...anEvent(),
    participants: Array(500_000).fill(0),
  });
  expect(refused?.faults).toHaveLength(20);
  expect(performance.now() - began).toBeLessThan(10_000);
});

test('the complete event has every field, and can be read back when what is derived is taken away', () => {
  const draft = readEvent(
    anEvent({
      id: 'call',
      participants: [part],
      accounts: [{ party: 'kremlin', stance: 'asserts' }],
      links: [{ relation: 'follows', event: 'other' }],
      places: [{ country: 'CH' }],
    }),
  ).draft;
  const derived = {
    ...understoodDate(draft),
    names: [{ en: 'Macron' }],
    corroboration: 'reported',
  } as const;
  const complete = completeEvent(draft, derived);
  expect(complete).toMatchObject({
    status: 'held',
    channel: 'unknown',
    sequence: 0,
    timeZone: null,
    documents: [],
    participants: [
      {
        role: 'participant',
        as: null,
        onBehalfOf: null,
        inferred: false,
        name: { en: 'Macron' },
      },
    ],
    accounts: [{ text: null, date: null, source: null }],
    links: [{ inferred: false }],
    places: [{ name: null, coordinates: null }],
    bounds: {
      begin: ['2022-01-28T00:00:00Z', '2022-01-28T00:00:00Z'],
      end: ['2022-01-29T00:00:00Z', '2022-01-29T00:00:00Z'],
      precision: 'day',
    },
  });
  const { bounds, corroboration, ...back } = complete as Record<
    string,
    unknown
  >;
  expect(bounds).toBeDefined();
  expect(corroboration).toBe('reported');
  expect(completeEvent(readEvent(back).draft, derived)).toEqual(complete);
});
