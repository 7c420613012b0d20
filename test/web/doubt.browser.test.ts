import type { Page } from 'playwright-core';
import { anActor, anEvent } from '../support/builders.ts';
import { startExplorer, type TestExplorer } from '../support/explorer.ts';

// All of one type, one title and round one day, each in a lane of its own: only the doubt makes them differ.
const EVENTS = {
  'a-day': { date: '2022-01-15' },
  'another-day': { date: '2022-01-15' },
  'a-day-in-doubt': { date: '2022-01-15?' },
  'about-a-day': { date: '2022-01-15~' },
  'a-duration': { date: '2022-01-10/2022-01-20' },
  'about-a-duration': { date: '2022-01-10/2022-01-20~' },
  'one-of': { date: '[2022-01-10..2022-01-20]' },
  'a-bare-month': { date: '2022-01' },
  cancelled: { date: '2022-01-15', status: 'cancelled' },
  denied: { date: '2022-01-15', status: 'denied' },
  scheduled: { date: '2022-01-15', status: 'scheduled' },
  'one-sided': { date: '2022-01-15' },
} as const;
type Name = keyof typeof EVENTS;
const NAMES = Object.keys(EVENTS) as Name[];

// What may look alike: the same thing, or a doubt of the same kind, told in words on the card.
const ALIKE: readonly (readonly [Name, Name])[] = [
  ['a-day', 'another-day'],
  ['a-day-in-doubt', 'about-a-day'],
  ['cancelled', 'denied'],
];

let explorer: TestExplorer;
const lanes = new Map<string, number[]>();

beforeAll(async () => {
  explorer = await startExplorer();
  const { rejected } = await explorer.service.load(
    NAMES.flatMap((name) => [
      anActor(name),
      anEvent({
        id: `event-${name}`,
        type: 'meeting',
        title: { en: 'X' },
        participants: [{ actor: name }],
        ...EVENTS[name],
        ...(name === 'one-sided'
          ? { accounts: [{ party: name, stance: 'asserts' }] }
          : {}),
      }),
    ]),
  );
  expect(rejected).toEqual([]);
  const { page, faults, close } = await explorer.open(
    '/?window=2021-12-20/2022-02-10&theme=light',
    { viewport: { width: 1280, height: 1200 } },
  );
  await page
    .locator('.lanes:not(.stale) .head')
    .nth(NAMES.length - 1)
    .waitFor();
  // Two frames: the lanes are drawn on the one after they came.
  await page.evaluate(
    () =>
      new Promise((resolve) =>
        requestAnimationFrame(() => requestAnimationFrame(resolve)),
      ),
  );
  for (const [name, marks] of await picturesOf(page)) lanes.set(name, marks);
  expect(faults).toEqual([]);
  await close();
}, 120_000);
afterAll(() => explorer?.stop(), 30_000);

/** What is drawn in each lane: for each pixel how far it is from the lane's ground, 0–15, row by row. */
async function picturesOf(page: Page): Promise<[string, number[]][]> {
  return page.evaluate(() => {
    const canvas = document.querySelector('canvas');
    const copy = document.createElement('canvas');
    const context = copy.getContext('2d', { willReadFrequently: true });
    if (!canvas || !context) throw new Error('there are no lanes');
    copy.width = canvas.width;
    copy.height = canvas.height;
    context.fillStyle = 'white';
    context.fillRect(0, 0, copy.width, copy.height);
    context.drawImage(canvas, 0, 0);
    const frame = canvas.getBoundingClientRect();
    const ratio = canvas.width / frame.width;
    return [...document.querySelectorAll('.head')].map((head) => {
      const { top, height } = head.getBoundingClientRect();
      const { data } = context.getImageData(
        0,
        Math.round((top - frame.top) * ratio) + 1,
        canvas.width,
        Math.round(height * ratio) - 2,
      );
      const colours = Array.from({ length: data.length / 4 }, (_, at) =>
        [...data.subarray(at * 4, at * 4 + 3)].join(),
      );
      const counts = new Map<string, number>();
      for (const one of colours) counts.set(one, (counts.get(one) ?? 0) + 1);
      // Most of a lane is its ground.
      const [most] = [...counts].sort(([, a], [, b]) => b - a);
      const ground = (most?.[0] ?? '').split(',').map(Number);
      const marks = colours.map((colour) => {
        const far = colour
          .split(',')
          .reduce(
            (sum, value, channel) =>
              sum + Math.abs(Number(value) - (ground[channel] ?? 0)),
            0,
          );
        return Math.min(15, Math.round(far / 32));
      });
      const name = head.querySelector('.head-name')?.textContent ?? '';
      return [name, marks] as [string, number[]];
    });
  });
}

/** In how many pixels two lanes differ clearly. */
function difference(one: Name, other: Name): number {
  const a = lanes.get(one) ?? [];
  const b = lanes.get(other) ?? [];
  expect(a.length).toBeGreaterThan(0);
  expect(a).toHaveLength(b.length);
  return a.filter((mark, at) => Math.abs(mark - (b[at] ?? 0)) > 1).length;
}

const pairs = NAMES.flatMap((one, at) =>
  NAMES.slice(at + 1).map((other) => [one, other] as const),
).filter(([one, other]) => !ALIKE.some(([a, b]) => a === one && b === other));

test.each(NAMES)('%s is drawn', (name) => {
  const marked = (lanes.get(name) ?? []).filter((mark) => mark > 2);
  expect(marked.length).toBeGreaterThan(40);
});

test('two days look the same', () => {
  expect(difference('a-day', 'another-day')).toBe(0);
});

test.each(pairs)('%s does not look like %s', (one, other) => {
  expect(difference(one, other)).toBeGreaterThan(15);
});
