import * as fc from 'fast-check';
import {
  isSure,
  LEAST_SCORE,
  ranked,
  scored,
} from '../../src/domain/candidates.ts';
import { type Fault } from '../../src/domain/errors.ts';
import { knownActor } from '../../src/domain/known-actor.ts';
import { nameQuestion } from '../../src/domain/name-question.ts';
import { nameWords } from '../../src/domain/name-words.ts';
import { type ActorDraft } from '../../src/domain/actor.ts';
import { anActor, tied } from '../support/builders.ts';

const TODAY = '2026-11-22';

function question(name: string, at?: string) {
  const faults: Fault[] = [];
  const asked = nameQuestion({ name, at }, TODAY, faults);
  if (faults.length > 0) throw new Error(JSON.stringify(faults));
  return asked;
}

/** The candidates for a name among some actors, all of which are looked at. */
function among(actors: readonly ActorDraft[], name: string, at?: string) {
  const known = actors.map(knownActor);
  const asked = question(name, at);
  const wholes = [null, ...known.filter(({ kind }) => kind === 'state')];
  const holders = new Map(
    known.map(({ id }) => [
      id,
      known.filter(({ ties }) =>
        ties.some(({ relation, to }) => relation === 'holds' && to === id),
      ),
    ]),
  );
  const findings = known.flatMap((actor) =>
    wholes
      .filter(
        (whole) =>
          whole === null || actor.ties.some(({ to }) => to === whole.id),
      )
      .map((whole) => ({ actor, whole })),
  );
  return ranked(asked, scored(asked, findings), holders);
}

const person = (id: string, ...names: [string, string][]): ActorDraft =>
  anActor(id, {
    kind: 'person',
    names: names.map(([lang, value]) => ({ lang, value })),
  });

const riabkov = person('riabkov', ['uk', 'Сергій Рябков']);

describe('a name against a name', () => {
  test.each([
    ['Сергій Рябков', 100, 'as written'],
    ['СЕРГІЙ РЯБКОВ', 100, 'as written'],
    [
      'Serhii Riabkov',
      99,
      'romanised as by the Ukrainian national table of 2010',
    ],
    ['Serhiy Ryabkov', 99, 'romanised as by BGN/PCGN for Ukrainian'],
    ['Serhij Rjabkow', 96, 'romanised as by the German press, from Ukrainian'],
    ['Sergej Rjabkow', 93, '“Sergej” sounds like “Сергій”'],
    ['Рябков Сергій', 99, 'the order of words differs'],
    ['Рябков, Сергій', 99, 'the order of words differs'],
    ['С. Рябков', 94, '“С” and “Сергій”: one is cut short, an initial'],
    ['С. О. Рябков', 90, '“О” is not in the name'],
    ['S. Riabkov', 95, '“S” and “Сергій”: one is cut short, an initial'],
    [
      'Сергій Олексійович Рябков',
      93,
      'the patronymic “Олексійович” is not in the name',
    ],
    ['Сергія Рябкова', 94, '“Рябкова” is read as a form of “Рябков”'],
    ['Сергій Рябкв', 94, '“Рябкв” sounds like “Рябков”'],
    ['Сергій Рібков', 94, '“Рібков” sounds like “Рябков”'],
    ['Рябков', 87.5, '“Сергій” is left out'],
    ['Сергій', 80, '“Рябков” is left out'],
  ] as const)('%s scores about %s: %s', (name, score, reason) => {
    const [found] = among([riabkov], name);
    expect(found?.actor.id).toBe('riabkov');
    expect(Math.abs((found?.score ?? 0) - score)).toBeLessThan(5);
    expect(found?.reasons[0]).toBe('name “Сергій Рябков” (uk)');
    expect(found?.reasons.join('; ')).toContain(reason);
  });

  test.each([
    'Сергій Лавров',
    'Марія Захарова',
    'Рада',
    'С.',
    'and the',
    '"; drop table actor_version; --',
    '%x_%',
    '(a+)+$ aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!',
    '1953',
    '習近平',
  ])('%s is somebody else', (name) => {
    expect(among([riabkov], name)).toEqual([]);
  });

  test('a patronymic may be left out, but another one is another person', () => {
    const one = person('one', ['uk', 'Сергій Олексійович Рябков']);
    const scoreOf = (name: string) => among([one], name)[0]?.score ?? 0;
    expect(scoreOf('Сергій Рябков')).toBeGreaterThan(90);
    expect(scoreOf('Sergei Alekseyevich Ryabkov')).toBeGreaterThan(85);
    expect(scoreOf('Сергій Іванович Рябков')).toBeLessThan(80);
  });

  test('other scripts are compared by themselves', () => {
    const xi = person(
      'xi',
      ['zh', '習近平'],
      ['ar', 'شي جين بينغ'],
      ['el', 'Σι Τζινπίνγκ'],
    );
    for (const name of [
      '習近平',
      'شي جين بينغ',
      'Σι Τζινπινγκ',
      'ΣΙ ΤΖΙΝΠΙΝΓΚ',
    ])
      expect(among([xi], name)[0]?.score).toBe(100);
  });

  test('an acronym with and without full stops is one', () => {
    const union = anActor('soviet-union', {
      names: [{ lang: 'en', value: 'U.S.S.R.' }],
    });
    for (const name of ['USSR', 'U.S.S.R.', 'U S S R'])
      expect(among([union], name)[0]?.score).toBe(100);
  });
});

describe('the order of candidates', () => {
  const two = [
    person('bush-41', ['en', 'George H.W. Bush']),
    person('bush-43', ['en', 'George W. Bush']),
    person('bush-2', ['en', 'George W. Bush']),
  ];

  test('ties are kept, and are never sure', () => {
    const asked = { ...question('George W. Bush'), limit: 1 };
    const findings = two.map((draft) => ({
      actor: knownActor(draft),
      whole: null,
    }));
    const found = ranked(asked, scored(asked, findings), new Map());
    expect(found.map(({ actor, score }) => [actor.id, score])).toEqual([
      ['bush-2', 100],
      ['bush-43', 100],
    ]);
    expect(isSure(found)).toBe(false);
    expect(isSure(found.slice(0, 1))).toBe(true);
    expect(isSure([])).toBe(false);
  });
});

describe('who held an office', () => {
  const world = [
    anActor('russia', {
      names: [
        { lang: 'uk', value: 'Росія' },
        { lang: 'en', value: 'Russia' },
      ],
    }),
    {
      ...tied('office', 'president', ['part-of', 'russia', '1991', null]),
      names: [
        { lang: 'uk', value: 'президент' },
        { lang: 'en', value: 'President' },
      ],
    },
    tied('person', 'first', ['holds', 'president', '1991', '1999-12-31']),
    tied('person', 'second', ['holds', 'president', '2000-05', '2008-05-07']),
    tied('person', 'third', ['holds', 'president', '2008-05-07']),
    anActor('prime', {
      kind: 'person',
      affiliations: [
        {
          relation: 'represents',
          to: 'russia',
          from: '2008-05-08',
          until: '2012-05-07',
          title: { en: 'Prime Minister', uk: 'прем’єр-міністр' },
        },
      ],
    }),
  ];
  const idsOf = (name: string, at?: string) =>
    among(world, name, at).map(({ actor, tenure }) =>
      tenure === null ? actor.id : `${actor.id} ${tenure}`,
    );

  test.each([
    ['президент Росії', '1995', 'first certain, president'],
    ['Президента Росії', '2005-01-01', 'second certain, president'],
    ['President of Russia', '2005', 'second certain, president'],
    ['Russia President', '2005', 'second certain, president'],
    ['President of Russia', '2005?', 'president, second possible'],
    ['President of Russia', '2000', 'president, second possible'],
    ['President of Russia', '1985', 'president'],
    ['President of Russia', undefined, 'president, third possible'],
    ['Prime Minister of Russia', '2010', 'prime certain'],
    ['прем’єр-міністр Росії', '2010', 'prime certain'],
    ['Prime Minister of Russia', '2015', ''],
    ['President of France', '2005', ''],
  ])('%s at %s: %s', (name, at, found) => {
    const ids = idsOf(name, at).filter((id) => id !== 'russia');
    expect(ids.join(', ')).toBe(found);
  });

  test('the tenure is told', () => {
    const [found] = among(world, 'президент Росії', '1995');
    expect(found?.reasons).toEqual([
      'name of an office “президент” (uk)',
      'as written',
      'of “Росія” (russia)',
      'held president from 1991 until 1999-12-31: certainly at 1995',
    ]);
  });
});

test('whatever is asked, scores keep their bounds and nothing is thrown', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.constantFrom(
      'a.b.c.d.',
      'оф the',
      'І.',
      '-ович Іванович Петрович',
      'gu',
      'schtsch',
      'х'.repeat(499),
    ),
  );
  fc.assert(
    fc.property(text, text, (name, other) => {
      fc.pre(name.isWellFormed() && nameWords(name).length > 0);
      const faults: Fault[] = [];
      const asked = nameQuestion({ name }, TODAY, faults);
      fc.pre(faults.length === 0);
      const actors = [
        person('same', ['uk', name]),
        person('other', ['uk', other]),
      ].map(knownActor);
      const findings = actors.map((actor) => ({ actor, whole: null }));
      for (const { score } of scored(asked, findings)) {
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(100);
      }
      for (const { score } of ranked(asked, scored(asked, findings), new Map()))
        expect(score).toBeGreaterThanOrEqual(LEAST_SCORE);
    }),
  );
});
