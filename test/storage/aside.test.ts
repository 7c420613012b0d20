import { Tallies0008 } from '../../migrations/0008-tallies.ts';
import { type EventDraft } from '../../src/domain/event.ts';
import { anActor, anEvent, ndjson } from '../support/builders.ts';
import { standingRecord } from '../support/record.ts';
import { startService, type TestService } from '../support/service.ts';
import { aWriter } from '../support/writing.ts';

jest.setTimeout(120_000);

/** Enough for tables of their own. */
const MANY = 6000;

const actors = [
  anActor('france'),
  anActor('russia'),
  anActor('macron', {
    kind: 'person',
    affiliations: [
      { relation: 'represents', to: 'france', from: '2017-05-14', until: null },
    ],
  }),
];

const dates = ['2022-01-28', '2022-01', '2022-01-10/2022-02-13', '2021?', '..'];
const events: EventDraft[] = Array.from({ length: MANY }, (_, index) =>
  anEvent({
    id: `e-${index}`,
    date:
      index % 5 === 4
        ? `[2020-01-01,20${10 + (index % 9)}-03-05]`
        : (dates[index % 4] ?? ''),
    participants: [
      { actor: 'macron' },
      { actor: 'russia', role: index % 7 === 0 ? 'subject' : 'guest' },
    ],
    ...(index % 10 === 0
      ? { accounts: [{ party: 'france', stance: 'asserts' as const }] }
      : {}),
    ...(index % 100 === 1
      ? { links: [{ relation: 'follows' as const, event: 'e-0' }] }
      : {}),
  }),
);

/** The tables as the catalogue tells them, and what hangs on them. */
const SCHEMA = `
  select 'column', attrelid::regclass::text, attname, format_type(atttypid, atttypmod), attnotnull::text, attgenerated::text || attidentity::text,
    pg_get_expr(adbin, adrelid) || attstorage::text
  from pg_attribute join pg_class c on c.oid = attrelid left join pg_attrdef on adrelid = attrelid and adnum = attnum
  where attnum > 0 and relkind = 'r' and relnamespace = 'public'::regnamespace
  union all select 'index', tablename, indexname, indexdef, null, null, null from pg_indexes where schemaname = 'public'
  union all select 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated::text, null, null
    from pg_constraint where connamespace = 'public'::regnamespace
  union all select 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled::text, null, null from pg_trigger where not tgisinternal
  union all select 'relation', relname, relkind::text, reloptions::text, relnamespace::regnamespace::text, relowner::text, null
    from pg_class where relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'pg_toast'::regnamespace)
    and relpersistence = 'p'
  union all select 'schema', nspname, null, null, null, null, null from pg_namespace where nspname !~ '^pg_'
  union all select 'owned', pg_get_serial_sequence('change', 'position'), null, null, null, null, null
  order by 1, 2, 3, 4`;

const SUMS = `select subject, begins, begins_latest, ends, skipping::text, sum(count)::integer as count
  from (select * from event_tally union all select * from event_tally_change) t
  group by subject, begins, begins_latest, ends, skipping having sum(count) <> 0 order by 1, 2, 3, 4, 5`;

const TOTALS = `select subject, sum(count)::integer from (
    select subject, count from event_tally_total union all select subject, count from event_tally_change) t
  group by subject order by subject`;

async function rows(service: TestService, query: string): Promise<unknown[]> {
  const answer = await service.database.pool.query(query);
  return answer.rows;
}

async function wholeOf(service: TestService): Promise<unknown> {
  return {
    record: await standingRecord(service.database),
    sums: await rows(service, SUMS),
    totals: await rows(service, TOTALS),
  };
}

/** Every change in the order of the log, by its number. */
async function log(service: TestService) {
  return (await rows(
    service,
    'select position, record, id from change order by position',
  )) as { position: number; record: string; id: string }[];
}

/** Holds the sums to those that the migration makes of a record. */
async function holdSums(): Promise<void> {
  const kept = await rows(service, SUMS);
  const runner = service.database.writes.createQueryRunner();
  await runner.startTransaction();
  try {
    await new Tallies0008().down(runner);
    await new Tallies0008().up(runner);
    expect(kept).toEqual(await runner.query(SUMS));
  } finally {
    await runner.rollbackTransaction();
    await runner.release();
  }
}

let service: TestService;
let fileOf: string;
beforeEach(async () => {
  service = await startService();
  fileOf = ndjson([...actors, ...events]);
});
afterEach(() => service.stop());

test('many events in an empty record leave what few leave, and the schema as it was', async () => {
  const before = await rows(service, SCHEMA);
  await service.load(fileOf);
  expect(await rows(service, SCHEMA)).toEqual(before);
  const many = await wholeOf(service);
  await holdSums();

  const other = await startService();
  try {
    await other.load([...actors, ...events.slice(0, 1)]);
    await other.load(events.slice(1));
    expect(many).toEqual(await wholeOf(other));
  } finally {
    await other.stop();
  }
});

test('who writes and reads meanwhile is not kept waiting, and nothing of it is lost', async () => {
  await service.load(actors);
  const writer = await aWriter(service);
  const told: string[] = [];
  let meanwhile: Promise<void> | undefined;
  const write = async () => {
    const draft = anEvent({
      id: 'meanwhile',
      participants: [{ actor: 'macron' }],
    });
    await writer.put(draft);
    told.push('written');
    expect(await service.ids('/v1/events?actor=france&limit=5')).toEqual([
      'meanwhile',
    ]);
    told.push('read');
  };
  // With more changes than a journal keeps in memory.
  const more = Array.from({ length: 4500 }, (_, index) =>
    anEvent({ id: `more-${index}` }),
  );
  const chunks = (async function* () {
    yield Buffer.from(ndjson([...events, ...more]));
  })();
  await service.load(chunks, {
    onProgress(phase, done, total) {
      if (phase === 'storing') meanwhile ??= write();
      if (done === total) told.push('all stored');
    },
  });
  await meanwhile;
  expect(told).toEqual(['written', 'read', 'all stored']);
  const { json } = await service.get(
    '/v1/events?actor=france&count=exact&limit=1',
  );
  expect(json.count).toBe(MANY + 1);

  const changes = await log(service);
  expect(changes.map(({ id }) => id)).toEqual([
    ...actors.map(({ id }) => id),
    'meanwhile',
    ...[...events, ...more].map(({ id }) => id),
  ]);
  await writer.put(anEvent({ id: 'afterwards' }));
  expect((await log(service)).at(-1)?.id).toBe('afterwards');
});

test('an id that another writer takes meanwhile undoes the whole, and leaves the schema as it was', async () => {
  await service.load(actors);
  const writer = await aWriter(service);
  const before = await rows(service, SCHEMA);
  let meanwhile: Promise<unknown> | undefined;
  const loading = service.load(ndjson(events), {
    onProgress(phase) {
      if (phase === 'storing') meanwhile ??= writer.put(anEvent({ id: 'e-5' }));
    },
  });
  await expect(loading).rejects.toMatchObject({ code: 'conflict' });
  await meanwhile;
  expect(await rows(service, SCHEMA)).toEqual(before);
  expect(await service.ids('/v1/events')).toEqual(['e-5']);
  const { report } = await service.load(
    events.slice(6).map((event) => ({ ...event, links: [] })),
  );
  expect(report.created).toBe(MANY - 6);
});

test('later large imports take numbers behind all others', async () => {
  const some = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) =>
      anEvent({ id: `${prefix}-${String(index).padStart(5, '0')}` }),
    );
  const ids = (drafts: readonly EventDraft[]) => drafts.map(({ id }) => id);
  const [few, large, last] = [some('a', 3), some('b', 10_500), some('c', 2)];
  for (const drafts of [few, large, last]) await service.load(drafts);
  const changes = await log(service);
  expect(changes.map(({ id }) => id)).toEqual([
    ...ids(few),
    ...ids(large),
    ...ids(last),
  ]);
});
