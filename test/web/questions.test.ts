import { holdsAll, wholeWindow } from '../../src/web/questions.ts';
import { itemOf } from '../../src/web/items.ts';
import type { Event } from '../../src/web/shapes.ts';

const DAY = 86_400_000;
const at = (text: string) => Date.parse(text);
const span = (from: string, until: string) => ({
  from: at(from),
  until: at(until),
});

/** An event of which only its bounds matter here. */
function bounded(begin: string | null, end: string | null) {
  const bounds = { begin: [begin, end], end: [begin, end], precision: 'day' };
  return itemOf({ bounds, participants: [], places: [] } as unknown as Event);
}

describe('the window in which all is seen', () => {
  test('is the range, a little wider', () => {
    const range = span('2021-01-01', '2022-01-01');
    const { from, until } = wholeWindow({ range }, []);
    expect(from).toBeLessThan(range.from);
    expect(until).toBeGreaterThan(range.until);
    expect(until - from).toBeLessThan(1.1 * (range.until - range.from));
  });

  test('without a range holds what the events know of their dates', () => {
    const { from, until } = wholeWindow({ range: null }, [
      bounded('1997-01-01', '1998-01-01'),
      bounded(null, '2022-01-27'),
    ]);
    expect(from).toBeLessThan(at('1997-01-01'));
    expect(until).toBeGreaterThan(at('2022-01-27'));
  });

  test.each([
    [null, '2022-01-27'],
    ['2022-01-27', null],
  ])('stands around the one edge that is known: %s, %s', (begin, end) => {
    const { from, until } = wholeWindow({ range: null }, [bounded(begin, end)]);
    expect(from).toBe(at('2022-01-27') - 180 * DAY);
    expect(until).toBe(at('2022-01-27') + 180 * DAY);
  });
});

test('what lies within a wider window is all there is, what reaches beyond is not', () => {
  const range = span('2021-01-01', '2022-01-01');
  expect(holdsAll(range, { range })).toBe(true);
  expect(holdsAll(span('2020-01-01', '2023-01-01'), { range })).toBe(true);
  expect(holdsAll(span('2021-01-02', '2023-01-01'), { range })).toBe(false);
  expect(holdsAll(span('2020-01-01', '2021-12-31'), { range })).toBe(false);
  // Nobody knows when it was.
  expect(holdsAll(range, { range: null })).toBe(false);
  expect(holdsAll(range, null)).toBe(false);
});
