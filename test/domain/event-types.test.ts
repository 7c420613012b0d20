import {
  eventTypes,
  isEventType,
  withAncestors,
} from '../../src/domain/event-types.ts';

const codes = eventTypes.map(({ code }) => code);
const byCode = new Map(eventTypes.map((type) => [type.code, type]));
const cameo = eventTypes.flatMap((type) => type.cameo);
const plover = eventTypes.flatMap((type) => type.plover);

describe('codes', () => {
  test('the roots are those of the contract, in its order', () => {
    expect(codes.filter((code) => !code.includes('.'))).toEqual([
      'call',
      'letter',
      'meeting',
      'talks',
      'visit',
      'handover',
      'publication',
      'signing',
      'ratification',
      'protest',
      'statement',
      'credentials',
      'appointment',
      'end-of-mission',
      'recognition',
      'rupture',
      'recall',
      'expulsion',
      'sanctions',
      'mediation',
      'assumption-of-charge',
    ]);
  });

  test('the children are those of the contract', () => {
    expect(codes.filter((code) => code.includes('.')).sort()).toEqual([
      'meeting.summit',
      'statement.readout',
      'talks.round',
      'talks.suspension',
      'visit.informal',
      'visit.official',
      'visit.official-working',
      'visit.private',
      'visit.state',
      'visit.transit',
      'visit.working',
    ]);
  });

  test('no code stands twice', () => {
    expect(new Set(codes).size).toBe(codes.length);
  });

  test('a code is words of small letters, hyphens within and dots between', () => {
    for (const code of codes)
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)*$/);
  });

  test('a root has no parent', () => {
    expect(byCode.get('visit')?.parent).toBeNull();
    expect(byCode.get('end-of-mission')?.parent).toBeNull();
  });

  test('a child has its parent before it, and only siblings between', () => {
    let root = '';
    for (const { code, parent } of eventTypes) {
      if (parent === null) root = code;
      else expect([code, parent]).toEqual([code, root]);
    }
  });
});

// The shared data speaks these words, so they are copied literally from its README.
test.each([
  [
    'visit.official',
    'official visit',
    'офіційний візит',
    'at the invitation of the host, with honours below those of a state visit',
  ],
  [
    'visit.official-working',
    'official working visit',
    'офіційний робочий візит',
    'so called by the host’s protocol, between the two',
  ],
  [
    'visit.working',
    'working visit',
    'робочий візит',
    'for talks, without ceremony',
  ],
  [
    'visit.private',
    'private visit',
    'приватний візит',
    'not on official business; holidays too',
  ],
  [
    'visit.informal',
    'informal visit',
    'неформальний візит',
    'official, outside protocol',
  ],
  [
    'visit.transit',
    'stopover',
    'транзитна зупинка',
    'a stop on the way elsewhere',
  ],
])('%s is %s, %s: %s', (code, en, uk, meaning) => {
  expect(byCode.get(code)?.label).toEqual({ en, uk });
  expect(byCode.get(code)?.definition.en).toBe(meaning);
});

describe('words', () => {
  test.each(['label', 'definition'] as const)('no %s stands twice', (field) => {
    for (const lang of ['en', 'uk'] as const) {
      const texts = eventTypes.map((type) => type[field][lang]);
      expect(new Set(texts).size).toBe(texts.length);
    }
  });

  test('Ukrainian is Cyrillic, English is Latin', () => {
    for (const { label, definition } of eventTypes) {
      for (const text of [label.uk, definition.uk]) {
        expect(text.replace('persona non grata', '')).not.toMatch(/[a-z]/i);
        expect(text).not.toMatch(/[ыэёъ]/i);
      }
      for (const text of [label.en, definition.en])
        expect(text).not.toMatch(/\p{Script=Cyrillic}/u);
    }
  });

  test('text is trimmed, in Unicode NFC, and a phrase: no capital first, no full stop last', () => {
    for (const { label, definition } of eventTypes)
      for (const text of [
        ...Object.values(label),
        ...Object.values(definition),
      ]) {
        expect(text).toBe(text.trim().normalize('NFC'));
        expect(text).toMatch(/^\p{Ll}.*[^.]$/u);
      }
  });
});

describe('crosswalk', () => {
  test('CAMEO codes have two to four digits, the first two a root from 01 to 20', () => {
    for (const { code } of cameo) {
      expect(code).toMatch(/^\d{2,4}$/);
      expect(code).toMatch(/^(0[1-9]|1\d|20)/);
    }
  });

  test('PLOVER codes are a category of its manual, and a mode of that category', () => {
    const modes: Record<string, string[]> = {
      CONSULT: ['visit', 'third-party', 'multilateral', 'phone'],
      SUPPORT: [],
      ACCUSE: ['disapprove', 'investigate', 'allege'],
      SANCTION: ['convict', 'expel', 'withdraw', 'discontinue'],
      COERCE: ['confiscate', 'restrict', 'ban', 'censor', 'curfew', 'arrest'],
    };
    for (const { code } of plover) {
      const [category = '', ...mode] = code.split(':');
      expect(Object.keys(modes)).toContain(category);
      expect(modes[category]).toEqual(expect.arrayContaining(mode));
      expect(mode.length).toBeLessThanOrEqual(1);
    }
  });

  test('a type names a foreign code once, and has at most one exact match in a scheme', () => {
    for (const type of eventTypes)
      for (const scheme of [type.cameo, type.plover]) {
        const foreign = scheme.map(({ code }) => code);
        expect(new Set(foreign).size).toBe(foreign.length);
        expect(
          scheme.filter(({ match }) => match === 'exact').length,
        ).toBeLessThanOrEqual(1);
      }
  });

  test('no foreign code is the exact match of two types', () => {
    const exact = [...cameo, ...plover]
      .filter(({ match }) => match === 'exact')
      .map(({ code }) => code);
    expect(new Set(exact).size).toBe(exact.length);
  });

  test.each([
    ['call', '041', 'exact'],
    ['talks', '046', 'exact'],
    ['mediation', '045', 'exact'],
    ['recognition', '054', 'exact'],
    ['visit', '042', 'close'],
    ['visit', '043', 'close'],
    ['visit.state', '042', 'broad'],
    ['meeting', '044', 'narrow'],
    ['signing', '057', 'broad'],
    ['protest', '114', 'broad'],
    ['expulsion', '161', 'broad'],
    ['sanctions', '163', 'narrow'],
  ])('%s answers to CAMEO %s: %s', (code, foreign, match) => {
    expect(byCode.get(code)?.cameo).toContainEqual({ code: foreign, match });
  });

  test('what neither scheme knows has no match', () => {
    for (const code of ['handover', 'credentials', 'appointment'])
      expect(byCode.get(code)).toMatchObject({ cameo: [], plover: [] });
  });

  test('a protest note is not the protest of a crowd', () => {
    const { cameo: events = [], plover: categories = [] } =
      byCode.get('protest') ?? {};
    for (const { code } of [...events, ...categories])
      expect(code).not.toMatch(/^14|^PROTEST/);
  });
});

describe('isEventType', () => {
  test('knows every code of the table', () => {
    expect(codes.filter((code) => !isEventType(code))).toEqual([]);
  });

  test.each([
    '',
    'visits',
    'Visit',
    'visit.',
    'visit.state.',
    'state',
    '__proto__',
  ])('does not know %j', (code) => {
    expect(isEventType(code)).toBe(false);
  });
});

describe('withAncestors', () => {
  test.each([
    ['call', ['call']],
    ['talks.round', ['talks', 'talks.round']],
    ['visit.official-working', ['visit', 'visit.official-working']],
    ['a.b.c', ['a', 'a.b', 'a.b.c']],
  ])('%s → %j', (code, expected) => {
    expect(withAncestors(code)).toEqual(expected);
  });

  test('every ancestor of a known type is a known type', () => {
    for (const code of codes)
      expect(withAncestors(code).every(isEventType)).toBe(true);
  });
});
