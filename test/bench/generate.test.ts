import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

interface Made {
  record: string;
  id: string;
  date?: string;
  title: { en: string };
  summary: { en: string };
  participants: { actor: string }[];
  sources: unknown[];
}

const generate = (events: number): string =>
  execFileSync(
    process.execPath,
    [join(__dirname, '../../bench/generate.mjs'), '--events', String(events)],
    { maxBuffer: 1 << 28, encoding: 'utf8' },
  );
const text = generate(5000);
const records = text
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Made);
const events = records.filter(({ record }) => record === 'event');
const share = (of: (event: Made) => boolean): number =>
  events.filter(of).length / events.length;

test('the same timeline is made each time', () => {
  expect(generate(5000) === text).toBe(true);
});

test('it has 5,000 actors and as many events as asked for', () => {
  expect(records.filter(({ record }) => record === 'actor')).toHaveLength(5000);
  expect(events).toHaveLength(5000);
});

test.each([
  [1, 0.2],
  [2, 0.4],
  [3, 0.2],
  [4, 0.12],
  [5, 0.08],
])('%i take part in a share of %d', (size, expected) => {
  expect(share(({ participants }) => participants.length === size)).toBeCloseTo(
    expected,
    1,
  );
});

test('most dates are days, many are instants, and some leave something open', () => {
  const day = share(({ date = '' }) => /^[\d-]{10}$/.test(date));
  const instant = share(({ date = '' }) => date.includes('T'));
  expect(day).toBeCloseTo(0.6, 1);
  expect(instant).toBeCloseTo(0.3, 1);
  expect(1 - day - instant).toBeGreaterThan(0.05);
});

test('who takes part follows Zipf’s law', () => {
  const counts = new Map<string, number>();
  for (const { actor } of events.flatMap(({ participants }) => participants))
    counts.set(actor, (counts.get(actor) ?? 0) + 1);
  const first = counts.get('state-1') ?? 0;
  // The tenth is ten times as seldom; chance moves it a little.
  expect(first / (counts.get('state-10') ?? 0)).toBeGreaterThan(6);
  expect(first / (counts.get('state-10') ?? 0)).toBeLessThan(15);
});

test('titles and summaries are as long as those of others', () => {
  const words = (said: string) => said.split(' ').length;
  for (const { title, summary, sources } of events) {
    expect(words(title.en) - 2).toBeGreaterThanOrEqual(4);
    expect(words(title.en) - 2).toBeLessThanOrEqual(7);
    expect(words(summary.en)).toBeGreaterThanOrEqual(16);
    expect(words(summary.en)).toBeLessThanOrEqual(31);
    expect(sources.length).toBeLessThanOrEqual(3);
  }
});
