import { readFileSync } from 'node:fs';
import { sample, startService, type TestService } from '../support/service.ts';

// The questions and right answers that came with the sample, read from its own page.
const page = readFileSync('samples/security-guarantees.md', 'utf8');
const lists = page.slice(
  page.indexOf('## Acceptance: lists'),
  page.indexOf('## Acceptance: other questions'),
);
const numbers = new Map(
  [...page.matchAll(/^\| (\d+) \| `([^`]+)` \|/gm)].map((row) => [
    row[2] ?? '',
    row[1] ?? '',
  ]),
);
const questions = [...lists.matchAll(/^\| `([^`]+)` \| ([^|]+?) \|/gm)].map(
  (row) => ({ query: row[1] ?? '', answer: row[2] ?? '' }),
);

describe('the questions of the sample report', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
    await service.load(sample('security-guarantees'));
  });
  afterAll(() => service.stop());

  test('the page holds them all', () => {
    expect(numbers.size).toBe(13);
    expect(questions).toHaveLength(88);
  });

  test.each(questions)(
    '$query is answered by $answer',
    async ({ query, answer }) => {
      const ids = await service.ids(`/v1/events?${query}`);
      const found = ids.map((id) => numbers.get(id)).join(' ');
      expect(found).toBe(answer === 'none' ? '' : answer);
    },
  );

  test('corroboration is derived as the page says', async () => {
    const { json } = await service.get('/v1/events');
    const told = (json.data as { id: string; corroboration: string }[]).map(
      ({ id, corroboration }) => `${numbers.get(id)} ${corroboration}`,
    );
    expect(told.filter((one) => one.endsWith(' reported'))).toEqual([
      '1 reported',
      '5 reported',
      '6 reported',
    ]);
    expect(told.filter((one) => one.endsWith(' one-sided'))).toHaveLength(10);
  });
});
