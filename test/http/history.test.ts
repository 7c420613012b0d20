import * as fc from 'fast-check';
import { applyPatch } from 'rfc6902';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ActorDraft } from '../../src/domain/actor.ts';
import { understoodDate } from '../../src/domain/event.ts';
import { openJournal } from '../../src/storage/changes.writes.ts';
import { storeEvents } from '../../src/storage/events.writes.ts';
import { createKey } from '../../src/storage/keys.writes.ts';
import { actorBook } from '../../src/storage/ties.ts';
import { inTransaction } from '../../src/storage/transaction.ts';
import { aDocument, anActor, anEvent, tied } from '../support/builders.ts';
import { pageAt, walk } from '../support/paging.ts';
import { emptyRecord } from '../support/record.ts';
import { anchors, someEvent, world } from '../support/reference.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let authorization: string;
beforeAll(async () => {
  service = await startService();
  const key = await createKey(service.database, {
    name: 'desk',
    scope: 'editor',
    expires: null,
  });
  authorization = `Bearer ${key}`;
});
afterAll(() => service.stop());

/** The instant by the database's clock; nothing that is written later bears it too. */
async function instant(): Promise<string> {
  const answer = await service.database.pool.query<{ at: string }>(
    `select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at`,
  );
  await sleep(2);
  return answer.rows[0]?.at ?? '';
}

async function send(
  method: 'PUT' | 'PATCH' | 'DELETE' | 'POST',
  url: string,
  payload?: object,
  headers: Record<string, string> = {},
): Promise<number> {
  const before = await service.get(url);
  const response = await service.app.inject({
    method,
    url,
    headers: {
      authorization,
      ...(before.status === 200 && 'etag' in before.headers
        ? { 'if-match': before.headers['etag'] }
        : {}),
      ...headers,
    },
    ...(payload === undefined ? {} : { payload }),
  });
  if (response.statusCode >= 500)
    throw new Error(`${method} ${url}: ${response.body}`);
  return response.statusCode;
}

/** Something that happens to the record; it may be refused. */
type Step = () => Promise<unknown>;

const someId = fc.integer({ min: 1, max: 6 }).map((n) => `ev-${n}`);
const named = fc
  .tuple(someId, someEvent)
  .map(([id, event]) => ({ ...event, id }));

/** Actors of the small world with other ties than there. */
const otherTies: ActorDraft[] = [
  anActor('borduria'),
  tied('state', 'borduria', ['member-of', 'league', '1990', null]),
  tied('state', 'syldavia', ['member-of', 'league', '1990', null]),
  tied('organization', 'league'),
  tied('person', 'ana', ['holds', 'atl-minister', '2020', null]),
  tied('person', 'dora', ['represents', 'syldavia', '2023']),
  tied('institution', 'bor-mfa', ['part-of', 'atlantis', '1950']),
  ...world.filter(({ id }) =>
    ['borduria', 'syldavia', 'league', 'ana', 'dora', 'bor-mfa'].includes(id),
  ),
];

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .uniqueArray(named, {
        minLength: 1,
        maxLength: 3,
        selector: ({ id }) => id,
      })
      .map((events) => () => service.load(events)),
  },
  {
    weight: 3,
    arbitrary: named.map(
      (event) => () => send('PUT', `/v1/events/${event.id}`, event),
    ),
  },
  {
    weight: 2,
    arbitrary: named.map(
      ({ id, type, participants }) =>
        () =>
          send('PATCH', `/v1/events/${id}`, { type, participants }),
    ),
  },
  {
    weight: 2,
    arbitrary: someId.map((id) => () => send('DELETE', `/v1/events/${id}`)),
  },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(...otherTies)
      .map((actor) => () => send('PUT', `/v1/actors/${actor.id}`, actor)),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('note-1', 'note-2', 'note-3').chain((id) =>
      fc.constantFrom<Step>(
        () =>
          send('PUT', `/v1/documents/${id}`, aDocument(id, { kind: 'note' })),
        () =>
          send(
            'PUT',
            `/v1/documents/${id}`,
            aDocument(id, { kind: 'reply', authors: ['atlantis'] }),
          ),
        () => send('DELETE', `/v1/documents/${id}`),
      ),
    ),
  },
);

const questions = [
  'events?limit=500',
  'events?order=desc&type=meeting,talks&status=-denied',
  'events?actor=atlantis',
  'events?actor=league&scope=members&certainty=certain',
  'events?actor=atlantis,ana&actor=borduria,syldavia',
  'events?actor=atlantis&actor=borduria&actor=league&scope=members',
  'events?actor=-atlantis',
  'events?actor=borduria,-syldavia&order=desc',
  'events?actor=atlantis:subject,boris,ev-x',
  'events?actor=atlantis&from=2023-12&to=2024-02&tz=Asia/Kolkata',
  'events?from=2023&relation=within&certainty=certain',
  'events?document=note-1,note-3',
  'events?accountBy=league,borduria',
  'events?accountBy=-atlantis&actor=league',
  'events?recordedFrom=SINCE',
  'events?actor=borduria&recordedTo=SINCE',
  'actors?limit=500',
  'actors?memberOf=league&q=a',
  'documents?limit=500',
  'documents?kind=note',
  'documents?author=atlantis',
  'documents?unanswered=true',
  ...[1, 2, 3, 4, 5, 6].map((n) => `events/ev-${n}`),
  ...['borduria', 'ana', 'league'].map((id) => `actors/${id}`),
  ...['note-1', 'note-3'].map((id) => `documents/${id}`),
  ...['events/ev-1', 'events/ev-2', 'documents/note-1'].map(
    (path) => `${path}/thread`,
  ),
];

/** What a question is answered with, but for cursors and for why there is nothing. */
async function answerTo(question: string): Promise<string> {
  const { status, json } = await service.get(`/v1/${question}`);
  if (status === 200) return JSON.stringify(json.data ?? json);
  if (status === 404 || status === 410) return 'not there';
  // What else it could have meant is told from the record of today: it helps whoever asks now.
  const faults = (json.errors ?? []) as object[];
  return JSON.stringify([
    status,
    json.detail.replace(/ Did you mean .*/, ''),
    faults.map((fault) => ({ ...fault, nearest: undefined })),
  ]);
}

function asOf(question: string, at: string): string {
  return `${question}${question.includes('?') ? '&' : '?'}asOf=${at}`;
}

describe('the record as of an instant', () => {
  test('answers what it answered then, after any history of writes and imports', async () => {
    let told = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 6, maxLength: 12 }),
        async (steps) => {
          await emptyRecord(service.database);
          await service.load([
            ...world,
            aDocument('note-1'),
            aDocument('note-2'),
            ...anchors.map((id) => anEvent({ id, date: '2023-06-15' })),
          ]);
          const since = await instant();
          const asked = questions.map((one) => one.replace('SINCE', since));
          const noted: { at: string; answers: string[] }[] = [];
          for (const happens of steps) {
            await happens();
            const at = await instant();
            const answers: string[] = [];
            for (const question of asked)
              answers.push(await answerTo(question));
            noted.push({ at, answers });
          }
          for (const { at, answers } of noted)
            for (const [index, question] of asked.entries()) {
              const answer = await answerTo(asOf(question, at));
              told += answer.length;
              expect({ question, at, answer }).toEqual({
                question,
                at,
                answer: answers[index],
              });
            }
        },
      ),
      { numRuns: 6 },
    );
    expect(told).toBeGreaterThan(10_000);
  }, 120_000);

  test('is cut into pages like any list, and a cursor goes on at no other instant', async () => {
    await emptyRecord(service.database);
    const events = Array.from({ length: 9 }, (_, index) =>
      anEvent({
        id: `e-${index}`,
        date: `2022-01-0${index + 1}`,
        participants: [{ actor: 'atlantis' }],
      }),
    );
    await service.load([...world, ...events]);
    const at = await instant();
    for (const index of [1, 4, 7])
      expect(await send('DELETE', `/v1/events/e-${index}`)).toBe(204);
    expect(await send('PATCH', '/v1/events/e-5', { date: '2021-12-31' })).toBe(
      200,
    );
    for (const filter of ['', '&actor=atlantis', '&actor=atlantis,league']) {
      const pages = await walk(
        service,
        `/v1/events?limit=2&asOf=${at}${filter}`,
      );
      expect(pages.flatMap(({ ids }) => ids)).toEqual(
        events.map(({ id }) => id),
      );
      const back = await walk(
        service,
        `/v1/events?limit=2&asOf=${at}${filter}`,
        'prev',
        pages.at(-1)?.prev ?? null,
      );
      expect(back.reverse().flatMap(({ ids }) => ids)).toEqual(
        events.slice(0, 8).map(({ id }) => id),
      );
    }
    expect(await service.ids('/v1/events?actor=atlantis')).toEqual(
      [5, 0, 2, 3, 6, 8].map((index) => `e-${index}`),
    );
    const { next } = await pageAt(service, `/v1/events?limit=2&asOf=${at}`);
    const answer = await service.get(
      `/v1/events?limit=2&asOf=2999-01-01&cursor=${next}`,
    );
    expect(answer).toMatchObject({ status: 400 });
  });

  test('knows who and what stood then: an actor of today is unknown to the questions of yesterday', async () => {
    await emptyRecord(service.database);
    await service.load([anActor('old-land')]);
    const before = await instant();
    await service.load([anActor('new-land')]);
    expect(await send('DELETE', '/v1/actors/old-land')).toBe(204);
    const known = async (id: string, at: string) =>
      (await service.get(`/v1/events?actor=${id}&asOf=${at}`)).status;
    expect(await known('new-land', before)).toBe(400);
    expect(await known('old-land', before)).toBe(200);
    const now = await instant();
    expect(await known('new-land', now)).toBe(200);
    expect(await known('old-land', now)).toBe(400);
  });

  test.each([
    ['asOf', 'yesterday'],
    ['asOf', ''],
    ['recordedFrom', '2022-13'],
    ['recordedTo', 'x'],
  ])('is not asked for with %s=%s', async (parameter, value) => {
    const answer = await service.get(`/v1/events?${parameter}=${value}`);
    expect(answer).toMatchObject({ status: 400 });
    expect(answer.json.errors[0].parameter).toBe(parameter);
  });
});

describe('recordedFrom and recordedTo', () => {
  test('find what was entered or revised then, whenever it took place, and as far as it was known', async () => {
    await emptyRecord(service.database);
    await service.load([
      anEvent({ id: 'early', date: '1999' }),
      anEvent({ id: 'late', date: '2022' }),
    ]);
    const first = await instant();
    await service.load([anEvent({ id: 'new', date: '1950' })]);
    const second = await instant();
    await send('PATCH', '/v1/events/early', { title: { en: 'Retold' } });
    const third = await instant();
    await send('DELETE', '/v1/events/late');
    const found = (query: string) => service.ids(`/v1/events?${query}`);
    expect(await found(`recordedTo=${first}`)).toEqual(['early']);
    expect(await found(`recordedFrom=${first}`)).toEqual(['new', 'early']);
    expect(await found(`recordedFrom=${first}&recordedTo=${second}`)).toEqual([
      'new',
    ]);
    expect(await found(`recordedFrom=${second}`)).toEqual(['early']);
    expect(await found(`recordedFrom=${first}&asOf=${second}`)).toEqual([
      'new',
    ]);
    expect(await found(`recordedTo=${second}&asOf=${third}`)).toEqual([
      'new',
      'early',
      'late',
    ]);
    expect(await found('recordedFrom=2020-01-01&to=1960')).toEqual(['new']);
    const today = first.slice(0, 10);
    expect(await found(`recordedFrom=${today}&recordedTo=2999`)).toEqual([
      'new',
      'early',
    ]);
    expect(await found('recordedTo=2020-01-01')).toEqual([]);
    const turned = await service.get(
      '/v1/events?recordedFrom=2022&recordedTo=2021',
    );
    expect(turned).toMatchObject({ status: 400 });
  });
});

describe('the versions of a record', () => {
  interface Version {
    revision: number;
    change: string;
    by: string;
    reason: string | null;
    at: string;
    patch: { op: 'replace'; path: string; value: unknown }[];
  }

  test('tell who, when and why, and rebuild each version when their patches are applied in order', async () => {
    await emptyRecord(service.database);
    await service.load([...world]);
    const url = '/v1/events/told';
    const bodies: Record<string, unknown>[] = [];
    const write = async (
      method: 'PUT' | 'PATCH',
      payload: object,
      reason: string,
    ) => {
      await send(method, url, payload, { 'x-change-reason': reason });
      bodies.push((await service.get(url)).json as Record<string, unknown>);
    };
    const event = anEvent({
      id: 'told',
      participants: [{ actor: 'ana' }, { actor: 'boris' }],
      topics: ['arms'],
    });
    await write('PUT', event, 'first');
    await write('PATCH', { topics: ['grain', 'arms'] }, 'second');
    await write('PATCH', { participants: [{ actor: 'boris' }] }, 'third');
    expect(await send('DELETE', `${url}?reason=twice`)).toBe(204);
    await write(
      'PUT',
      { ...event, title: { en: 'Again', fr: 'Encore' } },
      'fifth',
    );

    const versions: Version[] = [];
    const sizes: number[] = [];
    for (let cursor = ''; ;) {
      const { json } = await service.get(`${url}/revisions?limit=2${cursor}`);
      versions.push(...(json.data as Version[]));
      sizes.push(json.data.length as number);
      if (json.next === null) break;
      cursor = `&cursor=${json.next}`;
    }
    expect(sizes).toEqual([2, 2, 1]);
    expect(
      versions.map(({ revision, change, by, reason }) => [
        revision,
        change,
        by,
        reason,
      ]),
    ).toEqual([
      [1, 'created', 'desk', 'first'],
      [2, 'revised', 'desk', 'second'],
      [3, 'revised', 'desk', 'third'],
      [4, 'removed', 'desk', 'twice'],
      [5, 'created', 'desk', 'fifth'],
    ]);
    let rebuilt: unknown = null;
    for (const version of versions) {
      rebuilt = patched(rebuilt, version.patch);
      const body = bodies.find(({ revision }) => revision === version.revision);
      if (version.change === 'removed') expect(version.patch).toEqual([]);
      else {
        const { revision: _, revisedAt, ...content } = body ?? {};
        expect(rebuilt).toEqual(content);
        expect(version.at).toBe(revisedAt);
      }
      const then = await service.get(`${url}?asOf=${version.at}`);
      if (version.change === 'removed') expect(then.status).toBe(404);
      else expect(then.json).toEqual(body);
    }
    expect((await service.get('/v1/events/never/revisions')).status).toBe(404);
  });

  /** The library cannot replace the whole of a document. */
  function patched(document: unknown, patch: Version['patch']): unknown {
    const [first] = patch;
    if (first?.path === '') return structuredClone(first.value);
    const copy = structuredClone(document);
    expect(applyPatch(copy, patch).filter((fault) => fault !== null)).toEqual(
      [],
    );
    return copy;
  }

  test('never stand side by side: a transaction that began earlier and ends later writes after the other', async () => {
    await emptyRecord(service.database);
    const event = anEvent({ id: 'contested' });
    await service.load([event]);
    const imported = { ...event, title: { en: 'Imported' } };
    const before = await inTransaction(service.database, async (tx) => {
      const journal = await openJournal(tx, null, null);
      await sleep(5);
      const meanwhile = await instant();
      expect(
        await send('PATCH', '/v1/events/contested', {
          title: { en: 'Patched' },
        }),
      ).toBe(200);
      await storeEvents(
        tx,
        [{ draft: imported, ...understoodDate(imported) }],
        actorBook(),
        journal,
      );
      await journal.close();
      return meanwhile;
    });
    const { rows } = await service.database.pool.query<{ overlaps: number }>(
      `select count(*)::int as overlaps from event_version a join event_version b on a.id = b.id and a.revision < b.revision
       where a.superseded_at is null or a.superseded_at > b.recorded_at or a.superseded_at < a.recorded_at`,
    );
    expect(rows).toEqual([{ overlaps: 0 }]);
    const titleAt = async (at: string) =>
      (await service.get(`/v1/events/contested?asOf=${at}`)).json.title.en;
    expect(await titleAt(before)).toBe('Event contested');
    expect(await titleAt('2999-01-01')).toBe('Imported');
  });
});
