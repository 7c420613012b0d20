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
const threads = [
  ...page.matchAll(
    /^\| `GET (\/v1\/documents\/(\S+)\/thread)` \| `([^`]+)` \|/gm,
  ),
].map((row) => ({
  url: row[1] ?? '',
  document: row[2] ?? '',
  answer: row[3] ?? '',
}));

/** What matters of an edge of a thread. */
interface Edge {
  from: string;
  to: string;
  relation: string;
  days: object;
}

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
    expect(threads).toHaveLength(3);
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

  test.each(threads)(
    '$url is answered by $answer',
    async ({ url, document, answer }) => {
      const { json } = await service.get(url);
      const replies = (json.edges as Edge[]).filter(
        ({ to, relation }) => to === document && relation === 'in-reply-to',
      );
      expect(
        Object.fromEntries(replies.map(({ from, days }) => [from, days])),
      ).toEqual(JSON.parse(answer));
    },
  );

  test('the thread of the handover reaches what came before and after it', async () => {
    const handover = 'handover-us-reply-2022-01-26';
    const { json } = await service.get(`/v1/events/${handover}/thread`);
    const days = (from: string, to: string) =>
      (json.edges as Edge[]).find(
        (edge) => edge.from === from && edge.to === to,
      )?.days;
    expect(days(handover, 'publication-drafts-2021-12-17')).toEqual({
      min: 40,
      max: 40,
    });
    expect(days(handover, 'handover-drafts')).toEqual({ min: 0, max: null });
    for (const later of ['12', '13']) {
      const id = [...numbers].find(([, number]) => number === later)?.[0] ?? '';
      expect(days(id, handover)).toEqual({ min: 2, max: 2 });
    }
  });
});
