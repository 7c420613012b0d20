import * as fc from 'fast-check';
import { distance, likenessOf } from '../../src/domain/likeness.ts';
import { nameWords, type NameWord } from '../../src/domain/name-words.ts';
import { keysOf } from '../../src/domain/name-keys.ts';
import { romanise, SCHEMES } from '../../src/domain/romanisation.ts';
import { soundsOf } from '../../src/domain/sounds.ts';

const word = (text: string): NameWord => {
  const [first] = nameWords(text);
  if (first === undefined) throw new Error(`no word in ${text}`);
  return first;
};

describe('spellings of one name', () => {
  test.each([
    'Зеленський Зеленский Zelenskyi Zelenskyy Zelensky Zelenskiy Selenskyj Selenski Zelenski Zelenskij',
    'Путин Путін Putin Poutine Putyn Putine',
    'Хрущёв Хрущев Хрущов Khrushchev Khrushchov Chruschtschow Khrouchtchev Hruŝëv Chruščev',
    'Щербак Shcherbak Schtscherbak Chtcherbak Ščerbak Ŝerbak',
    'Лавров Lavrov Lawrow Lavroff',
    'Шойгу Shoigu Shoygu Schoigu Choïgou Šojgu',
    'Юлія Юлия Yuliia Yulia Iuliia Julija Julia Ioulia Ûliâ',
    'Згурський Zghurskyi Zgursky Sgurskyj',
    'Рябков Ryabkov Riabkov Rjabkow Râbkov',
    'Горбачёв Горбачов Gorbachev Gorbatschow Gorbatchev Gorbačëv',
    'Лукашенко Lukashenko Lukaschenko Loukachenko Lukašenko',
  ])('%s', (line) => {
    const [first, ...others] = line.split(' ').map(word);
    if (first === undefined) return;
    const keys = new Set(keysOf(first).exact);
    const unlike = others.filter(
      (other) => (likenessOf(first, other)?.likeness ?? 0) < 0.9,
    );
    expect(unlike.map(({ text }) => text)).toEqual([]);
    // And each is looked up by what the other is stored by.
    const apart = others.filter(
      (other) => !keysOf(other).exact.some((key) => keys.has(key)),
    );
    expect(apart.map(({ text }) => text)).toEqual([]);
  });

  test.each([
    ['Росії', 'Росія'],
    ['Рябкова', 'Рябков'],
    ['Зеленського', 'Зеленський'],
    ['Путіним', 'Путін'],
    ['Москвы', 'Москва'],
    ['Штатів', 'Штати'],
    ['Україною', 'Україна'],
    ['Франції', 'Франція'],
  ])('%s is a form of %s', (form, name) => {
    expect(likenessOf(word(form), word(name))?.how).toBe('form');
  });

  test.each([
    ['Іван', 'Іран'],
    ['Іран', 'Ірак'],
    ['Lavrov', 'Pavlov'],
    ['Reznikov', 'Poroshenko'],
    ['Austria', 'Australia'],
    ['Словенія', 'Словаччина'],
    ['Мали', 'Малі́йка'],
  ])('%s and %s are different words', (a, b) => {
    expect(likenessOf(word(a), word(b))?.likeness ?? 0).toBeLessThan(0.8);
  });

  test.each([
    ['С.', 'Сергій'],
    ['S', 'Sergei'],
    ['Ю.', 'Yuri'],
    ['Yu.', 'Юрій'],
    ['Є.', 'Jens'],
    ['Дж.', 'Joe'],
    ['ген.', 'генеральний'],
  ])('%s may stand for %s', (initial, name) => {
    expect(likenessOf(word(initial), word(name))?.how).toBe('short');
  });

  test('one letter more, less, other or swapped is told', () => {
    for (const typo of ['Ryabkvo', 'Ryabcov', 'Ryabkof', 'Ryakbov', 'Rybkov'])
      expect(likenessOf(word(typo), word('Рябков'))?.likeness).toBeGreaterThan(
        0.7,
      );
    expect(likenessOf(word('Стольтемберг'), word('Stoltenberg'))).toMatchObject(
      {
        likeness: expect.any(Number),
      },
    );
    expect(likenessOf(word('Stoltendberg'), word('Столтенберг'))).toMatchObject(
      {
        how: 'letters',
        letters: 1,
      },
    );
  });
});

describe('whatever the words', () => {
  const cyrillic = fc
    .array(fc.constantFrom(...Array.from('абвгдежзийклмнопрстуфхцчшщюя')), {
      minLength: 4,
      maxLength: 12,
    })
    .map((letters) => letters.join(''));

  test('likeness is symmetric and between 0 and 1', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 30 }),
        fc.oneof(cyrillic, fc.string({ maxLength: 30 })),
        (a, b) => {
          for (const one of nameWords(a))
            for (const other of nameWords(b)) {
              const there = likenessOf(one, other);
              expect(likenessOf(other, one)).toEqual(there);
              if (there === null) continue;
              expect(there.likeness).toBeGreaterThan(0);
              expect(there.likeness).toBeLessThanOrEqual(1);
            }
        },
      ),
    );
  });

  test('the distance is one: zero to itself, symmetric', () => {
    fc.assert(
      fc.property(cyrillic, cyrillic, (a, b) => {
        const [one, other] = [soundsOf(a), soundsOf(b)];
        expect(distance(one, one).cost).toBe(0);
        expect(distance(one, other)).toEqual(distance(other, one));
      }),
    );
  });

  test('a bound changes nothing below it', () => {
    fc.assert(
      fc.property(
        cyrillic,
        cyrillic,
        fc.integer({ min: 0, max: 6 }),
        (a, b, most) => {
          const whole = distance(soundsOf(a), soundsOf(b));
          const bounded = distance(soundsOf(a), soundsOf(b), most);
          if (whole.cost <= most) expect(bounded).toEqual(whole);
          else expect(bounded.cost).toBeGreaterThan(most);
        },
      ),
    );
  });

  test('a word of 10,000 letters takes no time', () => {
    const [a, b] = [
      word('ш'.repeat(5000) + 'а'.repeat(5000)),
      word('schtsch'.repeat(1500)),
    ];
    const began = performance.now();
    likenessOf(a, b);
    keysOf(a);
    keysOf(b);
    expect(performance.now() - began).toBeLessThan(200);
  });

  // Consonants and vowels by turns, as names have them.
  const name = fc
    .array(
      fc.tuple(
        fc.constantFrom(...Array.from('бвгдзклмнпрстфхчш')),
        fc.constantFrom(...Array.from('аеиоу')),
      ),
      { minLength: 2, maxLength: 5 },
    )
    .map((syllables) => syllables.flat().join('') + 'н');

  test('every romanisation of a name is like it, and shares a key with it', () => {
    fc.assert(
      fc.property(name, fc.constantFrom(...SCHEMES), (text, scheme) => {
        const latin = word(romanise(text, scheme));
        const found = likenessOf(word(text), latin);
        expect(found?.likeness).toBeGreaterThan(0.8);
        const keys = new Set(keysOf(word(text)).exact);
        expect(keysOf(latin).exact.some((key) => keys.has(key))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
