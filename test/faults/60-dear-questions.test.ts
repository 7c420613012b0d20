import { cloneDatabase } from '../support/database.ts';
import { behindProxy, type Listening, listenOn } from '../support/listening.ts';

// Fault 60: somebody asks the dearest questions in a loop.
let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let server: Listening;
beforeAll(async () => {
  clone = await cloneDatabase();
  server = await listenOn(clone.url, {
    answerCache: 0,
    limits: behindProxy({ ofAddress: 5000 }),
  });
});
afterAll(async () => {
  await server.stop();
  await clone.drop();
});

async function statusOf(path: string, from: string): Promise<number> {
  const answer = await fetch(`${server.address}${path}`, {
    headers: { 'x-forwarded-for': from },
  });
  await answer.text();
  return answer.status;
}

test('60: of a hundred wide histograms those that fit are answered, the others refused, and pages go on', async () => {
  const asked = Array.from({ length: 100 }, (_, index) =>
    statusOf(
      `/v1/timeline?interval=week&from=1905&to=1999&q=treaty${index}`,
      '203.0.113.1',
    ),
  );
  const pages: number[] = [];
  for (let index = 1; index <= 20; index++)
    pages.push(await statusOf(`/v1/events?limit=${index}`, '203.0.113.2'));
  const statuses = await Promise.all(asked);
  const count = (wanted: number) =>
    statuses.filter((status) => status === wanted).length;
  // Five thousand points are twenty of them.
  expect(count(429)).toBe(80);
  expect(count(200) + count(503)).toBe(20);
  expect(pages).toEqual(Array.from({ length: 20 }, () => 200));
}, 30_000);

test('60: while every connection for counting is taken, pages are answered', async () => {
  const { counting } = server.database;
  const taken = await Promise.all([1, 2, 3].map(() => counting.connect()));
  try {
    const counted = statusOf('/v1/facets?by=type&q=treaty', '203.0.113.3');
    expect(await statusOf('/v1/events?limit=30', '203.0.113.4')).toBe(200);
    expect(await counted).toBe(503);
  } finally {
    for (const client of taken) client.release();
  }
}, 20_000);
