import { nearest } from '../../src/domain/nearest.ts';

const roles = ['participant', 'initiator', 'host', 'guest', 'recipient'];

test.each<[string, string[], string[], string?]>([
  ['participnat', roles, ['participant'], 'swapped neighbours are one slip'],
  ['hots', roles, ['host']],
  ['Host', roles, ['host'], 'capitals do not count'],
  ['gest', roles, ['guest', 'host']],
  ['signatory', roles, [], 'nothing looks like it'],
  ['', roles, [], 'nothing was asked'],
  ['us', ['us-president', 'usa', 'uk'], ['uk', 'usa']],
  ['macron', ['emmanuel-macron', 'macro'], ['macro', 'emmanuel-macron']],
  ['same', ['same'], ['same']],
])('%j among %j looks like %j', (asked, known, expected) => {
  expect(nearest(asked, known)).toEqual(expected);
});

test('as many are told as asked for, nearest first, then the shortest, then by the alphabet', () => {
  const known = ['xbcd', 'abce', 'abcdef', 'abcd', 'abc'];
  expect(nearest('abcd', known)).toEqual(['abcd', 'abc', 'abce']);
  expect(nearest('ABCD', known, 2)).toEqual(['abcd', 'abc']);
  expect(nearest('abcd', known, 9)).toEqual([
    'abcd',
    'abc',
    'abce',
    'xbcd',
    'abcdef',
  ]);
});

test('a question of any length among many ids is answered at once', () => {
  const known = Array.from({ length: 20_000 }, (_, index) => `event-${index}`);
  const began = performance.now();
  expect(nearest('e'.repeat(100_000), known)).toEqual([]);
  expect(nearest('event-1999x', known)).toHaveLength(3);
  expect(performance.now() - began).toBeLessThan(2000);
});
