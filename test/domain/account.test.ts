import * as fc from 'fast-check';
import {
  corroboration,
  type SidedAccount,
  STANCES,
  type Stance,
} from '../../src/domain/account.ts';

const taking = new Set(['france', 'russia']);

const account = (stance: Stance, ...sides: string[]): SidedAccount => ({
  stance,
  sides: new Set(sides),
});

const words = {
  D: 'denied',
  C: 'contested',
  K: 'confirmed',
  O: 'one-sided',
  R: 'reported',
} as const;

// A row for each stance of the first account, a letter for each stance of the second, both in the order
// asserts, confirms, disputes, denies, declines-to-comment, no-comment-found.
const pairs: [string, string[], string[], string[]][] = [
  [
    'the same side that takes part',
    ['france'],
    ['france'],
    ['OOCDOO', 'OOCDOO', 'CCCDCC', 'DDDDDD', 'OOCDRR', 'OOCDRR'],
  ],
  [
    'two sides that take part',
    ['france'],
    ['russia'],
    ['KKCDOO', 'KKCDOO', 'CCCDCC', 'DDDDDD', 'OOCDRR', 'OOCDRR'],
  ],
  [
    'a side that takes part and one that does not',
    ['france'],
    ['china'],
    ['OOCDOO', 'OOCDOO', 'CCCDCC', 'DDDDDD', 'RRCDRR', 'RRCDRR'],
  ],
  [
    'two sides that do not take part',
    ['china'],
    ['india'],
    ['RRCDRR', 'RRCDRR', 'CCCDCC', 'DDDDDD', 'RRCDRR', 'RRCDRR'],
  ],
  [
    'a side that takes part and nobody’s',
    ['france'],
    [],
    ['OOCDOO', 'OOCDOO', 'CCCDCC', 'DDDDDD', 'RRCDRR', 'RRCDRR'],
  ],
  [
    'one who stands for both sides, and one of them',
    ['france', 'russia'],
    ['russia'],
    ['OOCDOO', 'OOCDOO', 'CCCDCC', 'DDDDDD', 'OOCDRR', 'OOCDRR'],
  ],
  [
    'two sides that take part and share a third that does not',
    ['france', 'china'],
    ['russia', 'china'],
    ['OOCDOO', 'OOCDOO', 'CCCDCC', 'DDDDDD', 'OOCDRR', 'OOCDRR'],
  ],
];

describe.each(pairs)('two accounts of %s', (_, first, second, grid) => {
  const cases = STANCES.flatMap((one, row) =>
    STANCES.map((other, column) => ({
      one,
      other,
      expected: words[grid[row]?.[column] as keyof typeof words],
    })),
  );
  test.each(cases)('$one and $other: $expected', ({ one, other, expected }) => {
    const accounts = [account(one, ...first), account(other, ...second)];
    expect(corroboration(accounts, taking)).toBe(expected);
    expect(corroboration(accounts.toReversed(), taking)).toBe(expected);
  });
});

test('without accounts, or with silence alone, an event is reported', () => {
  expect(corroboration([], taking)).toBe('reported');
  expect(
    corroboration(
      [
        account('no-comment-found', 'france'),
        account('declines-to-comment', 'russia'),
      ],
      taking,
    ),
  ).toBe('reported');
});

test('when no side takes part nothing is more than reported, yet a denial is one', () => {
  const nobody = new Set<string>();
  expect(corroboration([account('asserts', 'france')], nobody)).toBe(
    'reported',
  );
  expect(corroboration([account('denies', 'france')], nobody)).toBe('denied');
});

test('two of one side and one of another confirm', () => {
  expect(
    corroboration(
      [
        account('asserts', 'france'),
        account('confirms', 'france'),
        account('asserts', 'russia'),
      ],
      taking,
    ),
  ).toBe('confirmed');
});

test('neither order nor silence nor repetition changes what is told', () => {
  const accounts = fc.array(
    fc
      .tuple(
        fc.constantFrom(...STANCES),
        fc.subarray(['france', 'russia', 'china']),
      )
      .map(([stance, sides]) => account(stance, ...sides)),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(accounts, fc.subarray(['france', 'russia']), (told, sides) => {
      const part = new Set(sides);
      const expected = corroboration(told, part);
      expect(corroboration(told.toReversed(), part)).toBe(expected);
      expect(corroboration([...told, ...told], part)).toBe(expected);
      expect(
        corroboration([account('no-comment-found', 'france'), ...told], part),
      ).toBe(expected);
    }),
  );
});
