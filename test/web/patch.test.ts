import { differences } from '../../src/web/patch.ts';

test('each step is told with what stood there before it', () => {
  const record = {
    title: { en: 'Old' },
    topics: ['a', 'b', 'c'],
    'a/b': { '~': 1 },
  };
  expect(
    differences(record, [
      { op: 'replace', path: '/title/en', value: 'New' },
      { op: 'add', path: '/title/uk', value: 'Нова' },
      { op: 'remove', path: '/topics/0' },
      { op: 'remove', path: '/topics/0' },
      { op: 'add', path: '/topics/-', value: 'd' },
      { op: 'replace', path: '/topics/1', value: 'e' },
      { op: 'remove', path: '/a~1b/~0' },
    ]).map(({ path, before, after }) => [path, before, after]),
  ).toEqual([
    ['/title/en', 'Old', 'New'],
    ['/title/uk', undefined, 'Нова'],
    ['/topics/0', 'a', undefined],
    ['/topics/0', 'b', undefined],
    ['/topics/-', undefined, 'd'],
    ['/topics/1', 'd', 'e'],
    ['/a~1b/~0', 1, undefined],
  ]);
  expect(record.topics).toEqual(['a', 'b', 'c']);
});

test('a path that leads nowhere harms nothing', () => {
  expect(
    differences({ a: 1 }, [{ op: 'replace', path: '/b/c', value: 2 }]),
  ).toEqual([{ op: 'replace', path: '/b/c', before: undefined, after: 2 }]);
  expect(
    differences({}, [{ op: 'add', path: '/__proto__/x', value: 2 }]),
  ).toHaveLength(1);
  expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
});
