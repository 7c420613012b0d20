import * as fc from 'fast-check';
import { tiesInCircles } from '../../src/domain/circles.ts';

const ties = (text: string) =>
  text
    .split(' ')
    .filter(Boolean)
    .map((tie) => ({ source: tie.charAt(0), target: tie.charAt(1) }));

const circles = (text: string) =>
  tiesInCircles(ties(text)).map(({ circle }) => circle.join(''));

test.each<[string, string[], string?]>([
  ['', []],
  ['ab bc ac', [], 'two ways to one place'],
  ['aa', ['aa'], 'a tie to itself'],
  ['ab ba', ['aba', 'bab']],
  ['ab bc ca', ['abca', 'bcab', 'cabc']],
  ['ab bc ca xa bx', ['abca', 'bcab', 'cabc', 'xabx', 'bxab']],
  ['xa ab ba by', ['aba', 'bab'], 'what leads in or out is in none'],
  ['ab ba bc cd dc', ['aba', 'bab', 'cdc', 'dcd'], 'nor what lies between'],
])('the circles of "%s" are %j', (text, expected) => {
  expect(circles(text)).toEqual(expected);
});

test('a tie is in a circle exactly if its source can be reached from its target', () => {
  const node = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
  fc.assert(
    fc.property(fc.array(fc.tuple(node, node), { maxLength: 14 }), (pairs) => {
      const all = pairs.map(([source, target]) => ({ source, target }));
      const reaches = (from: string, to: string, seen = new Set<string>()) => {
        if (from === to) return true;
        seen.add(from);
        return all.some(
          ({ source, target }): boolean =>
            source === from && !seen.has(target) && reaches(target, to, seen),
        );
      };
      const found = tiesInCircles(all);
      expect(found.map(({ tie }) => tie)).toEqual(
        all.filter(({ source, target }) => reaches(target, source)),
      );
      for (const { tie, circle } of found) {
        expect(circle.slice(0, 2)).toEqual([tie.source, tie.target]);
        expect(circle.at(-1)).toBe(tie.source);
        circle
          .slice(1)
          .forEach((target, index) =>
            expect(all).toContainEqual({ source: circle[index], target }),
          );
      }
    }),
    { numRuns: 500 },
  );
});

test('a chain or a circle of a hundred thousand needs no stack and little time', () => {
  const size = 100_000;
  const chain = Array.from({ length: size }, (_, index) => ({
    source: `n${index}`,
    target: `n${index + 1}`,
  }));
  expect(tiesInCircles(chain)).toEqual([]);
  const found = tiesInCircles([
    ...chain.slice(0, 20_000),
    { source: 'n20000', target: 'n0' },
  ]);
  expect(found).toHaveLength(20_001);
  expect(found[0]?.circle).toEqual(['n0', 'n1', '…', 'n0']);
});
