import { anActor, anEvent, tied } from '../support/builders.ts';
import { startService, type TestService } from '../support/service.ts';
import { aWriter, type Writer } from '../support/writing.ts';

let service: TestService;
let writer: Writer;
beforeAll(async () => {
  service = await startService();
  writer = await aWriter(service);
  for (const id of ['france', 'russia', 'nato']) await writer.put(anActor(id));
  await writer.put(anActor('macron', { kind: 'person' }));
});
afterAll(() => service.stop());

const post = (draft: object, headers: Record<string, string> = {}) =>
  writer.send('POST', '/v1/events', { body: draft, headers });
const named = (id: string, actor = 'france') =>
  anEvent({ id, participants: [{ actor }] });
const idsOf = async (query: string) => {
  const answer = await writer.send('GET', `/v1/events?limit=500&${query}`);
  return (answer.json as { data: { id: string }[] }).data
    .map(({ id }) => id)
    .sort();
};
/** How many transactions there are in the log of changes about these records. */
const transactions = async (prefix: string): Promise<number> => {
  const rows = await service.database.writes.query<{ count: number }[]>(
    `select count(distinct transaction) as count from change where starts_with(id, $1)`,
    [prefix],
  );
  return rows[0]?.count ?? 0;
};

test('events that come at the same time are entered in few transactions, each with its own answer', async () => {
  const ids = Array.from({ length: 30 }, (_, index) => `many-${index}`);
  const answers = await Promise.all(ids.map((id) => post(named(id, 'nato'))));
  expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 201));
  expect(answers.map(({ json }) => (json as { id: string }).id)).toEqual(ids);
  expect(await idsOf('actor=nato')).toEqual([...ids].sort());
  expect(await transactions('many-')).toBeLessThan(10);
  for (const { text, headers } of answers.slice(0, 3)) {
    const read = await writer.send('GET', headers['location'] ?? '');
    expect(read.text).toBe(text);
    expect(read.headers['etag']).toBe(headers['etag']);
  }
});

test('what has to be refused is refused for its own fault, and hurts nobody beside it', async () => {
  await post(named('taken'));
  await post(named('gone'));
  await writer.send('DELETE', '/v1/events/gone?reason=twice');
  const answers = await Promise.all([
    post(named('good-1')),
    post(named('bad-1', 'nobody')),
    post(named('taken')),
    post(named('good-2')),
    post({ ...named('bad-2'), links: [{ relation: 'part-of', event: 'no' }] }),
    post({
      ...named('good-3'),
      links: [{ relation: 'part-of', event: 'taken' }],
    }),
    post(named('gone')),
    writer.send('PUT', '/v1/events/taken', { body: named('taken') }),
    writer.send('PUT', '/v1/events/good-4', { body: named('good-4') }),
    writer.send('PUT', '/v1/events/good-5', {
      body: named('good-5'),
      headers: { 'if-match': '"x"' },
    }),
    post(named('good-6')),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([
    201, 422, 409, 201, 422, 201, 201, 428, 201, 412, 201,
  ]);
  expect(answers[1]?.json).toMatchObject({
    errors: [{ pointer: '/participants/0/actor', received: 'nobody' }],
  });
  expect(answers[6]?.json).toMatchObject({ id: 'gone', revision: 3 });
});

test('of two that come with one id, one is entered', async () => {
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => post(named('once'))),
  );
  const statuses = answers.map(({ status }) => status);
  expect(statuses.toSorted((a, b) => a - b)).toEqual([
    201, 409, 409, 409, 409, 409, 409, 409,
  ]);
});

test('each author and reason stands in the log with what they wrote', async () => {
  const other = await aWriter(service, { name: 'other desk' });
  await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      (index % 3 === 0 ? other : writer).send('POST', '/v1/events', {
        body: named(`by-${index}`),
        headers: index % 2 === 0 ? { 'x-change-reason': `${index % 4}` } : {},
      }),
    ),
  );
  const rows = await service.database.writes.query<object[]>(
    `select id, by, reason from change where starts_with(id, 'by-') order by substr(id, 4)::int`,
  );
  expect(rows).toEqual(
    Array.from({ length: 12 }, (_, index) => ({
      id: `by-${index}`,
      by: index % 3 === 0 ? 'other desk' : 'desk',
      reason: index % 2 === 0 ? `${index % 4}` : null,
    })),
  );
});

test('an event counts for whom its actors are tied to at the moment, whatever was so at the event before', async () => {
  await post(named('before', 'macron'));
  expect(await idsOf('actor=france')).not.toContain('before');
  await writer.put(tied('person', 'macron', ['represents', 'france']));
  await Promise.all(
    ['after-1', 'after-2'].map((id) => post(named(id, 'macron'))),
  );
  expect(await idsOf('actor=france')).toEqual(
    expect.arrayContaining(['before', 'after-1', 'after-2']),
  );
  await writer.put(anActor('macron', { kind: 'person' }));
  await post(named('later', 'macron'));
  const left = await idsOf('actor=france');
  for (const id of ['before', 'after-1', 'after-2', 'later'])
    expect(left).not.toContain(id);
});

test('who names an actor that is just being written waits; the others go on', async () => {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const holding = service.database.writes.transaction(async (tx) => {
    await tx.query(
      `select from actor_version where id = 'russia' and superseded_at is null for update`,
    );
    await released;
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  let waited = true;
  const waiting = post(named('waits', 'russia')).then((answer) => {
    waited = false;
    return answer;
  });
  const beside = await post(named('beside'));
  expect([beside.status, waited]).toEqual([201, true]);
  release();
  await holding;
  expect((await waiting).status).toBe(201);
});

test('what fails in the database undoes the batch, and each is entered or told by itself', async () => {
  // Only in this test's own database: what has this title cannot be stored.
  await service.database.writes.query(
    `alter table event_version add constraint cursed check (body not like '%cursed%') not valid`,
  );
  const cursed = { ...named('cursed'), title: { en: 'cursed' } };
  const answers = await Promise.all([
    post(named('first')),
    post(named('second')),
    post(cursed),
    post(named('third')),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 500, 201]);
  await service.database.writes.query(
    'alter table event_version drop constraint cursed',
  );
});

test('a reader who follows the log misses nothing while many write the same actors', async () => {
  const from = (await writer.send('GET', '/v1/changes?limit=1')).json as {
    next: string;
  };
  let writing = true;
  const seen = new Set<string>();
  const reading = (async () => {
    for (let after = from.next, last = false; ;) {
      const page = (
        await writer.send('GET', `/v1/changes?limit=500&after=${after}`)
      ).json as { data: { id: string }[]; next: string };
      for (const { id } of page.data) seen.add(id);
      after = page.next;
      if (last && page.data.length === 0) return;
      last = !writing;
    }
  })();
  const ids = Array.from({ length: 160 }, (_, index) => `popular-${index}`);
  await Promise.all(
    Array.from({ length: 16 }, async (_, lane) => {
      for (let index = lane; index < ids.length; index += 16) {
        const draft = anEvent({
          id: ids[index] ?? '',
          participants: ['russia', 'france', 'nato']
            .toSorted(() => (index % 2) - 0.5)
            .map((actor) => ({ actor })),
        });
        expect((await post(draft)).status).toBe(201);
      }
    }),
  );
  writing = false;
  await reading;
  expect(ids.filter((id) => !seen.has(id))).toEqual([]);
});
