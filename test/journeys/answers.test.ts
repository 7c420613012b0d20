import { readFileSync } from 'node:fs';
import { sample, startService, type TestService } from '../support/service.ts';

// Questions that ask for something other than a list, read from the sample's own page with their answers.
const page = readFileSync('samples/security-guarantees.md', 'utf8');
const questions = [
  ...page
    .slice(page.indexOf('## Acceptance: other questions'))
    .matchAll(/^\| `GET ([^`]+)` \| `([^`]+)` \|/gm),
].map((row) => ({ request: row[1] ?? '', answer: row[2] ?? '' }));

interface Short {
  id: string;
}

describe('the other questions of the sample report', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
    await service.load(sample('security-guarantees'));
  });
  afterAll(() => service.stop());

  test('the page holds them all', () => {
    expect(questions).toHaveLength(11);
  });

  const about = (part: string) =>
    questions.filter(({ request }) => request.includes(part));

  test.each(about('/v1/timeline'))(
    '$request is answered by $answer',
    async ({ request, answer }) => {
      const { json } = await service.get(request);
      const length = request.includes('interval=year') ? 4 : 7;
      const told = (json.buckets as { start: string; total: number }[]).flatMap(
        ({ start, total }) =>
          total === 0 ? [] : [[start.slice(0, length), total] as const],
      );
      expect({
        ...Object.fromEntries(told),
        imprecise: json.imprecise.total,
        total: json.total,
      }).toEqual(JSON.parse(answer));
    },
  );

  test.each(about('/v1/dyads'))(
    '$request is answered by $answer',
    async ({ request, answer }) => {
      const { json } = await service.get(request);
      const { total, byType, byChannel } = json;
      const ends = { first: json.first.id, last: json.last.id };
      expect({ total, byType, byChannel, ...ends }).toEqual(JSON.parse(answer));
    },
  );

  test('France and Russia were silent for two days', async () => {
    const { json } = await service.get('/v1/dyads/france/russia');
    expect(json.longestGap).toEqual({
      from: '2022-01-26',
      to: '2022-01-28',
      days: 2,
    });
  });

  test.each(about('explain=true'))(
    '$request is answered by $answer',
    async ({ request, answer }) => {
      const [url = '', id] = request.split('#');
      const { json } = await service.get(url);
      const event = (
        json.data as (Short & {
          match: { date: string; actors: { path: string[]; tenure: string }[] };
        })[]
      ).find((one) => one.id === id);
      expect(event?.match.date).toBe('certain');
      expect(event?.match.actors).toContainEqual(
        expect.objectContaining({
          path: JSON.parse(answer),
          tenure: 'certain',
        }),
      );
    },
  );

  test.each(about('/corroboration'))(
    '$request is answered by $answer',
    async ({ request, answer }) => {
      const { json } = await service.get(request.replace('/corroboration', ''));
      expect(json.corroboration).toBe(JSON.parse(answer));
    },
  );
});
