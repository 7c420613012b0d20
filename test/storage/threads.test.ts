import { type Pool } from 'pg';
import { Threads0006 } from '../../migrations/0006-threads.ts';
import { DEEPEST_THREAD } from '../../src/domain/thread.ts';
import {
  readThread,
  type ThreadRequest,
} from '../../src/storage/threads.reads.ts';
import { aDocument, anEvent } from '../support/builders.ts';
import { wholeRecord } from '../support/record.ts';
import { sample, startService, type TestService } from '../support/service.ts';
import { aWriter } from '../support/writing.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

/** A step of a plan as `explain (analyze, format json)` tells it. */
interface Step {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: Step[];
}

/** The steps of the plan by which a thread was read just now. */
async function stepsOf(request: ThreadRequest): Promise<Step[]> {
  const { pool } = service.database;
  const answers: Step[] = [];
  const explaining = {
    async query({ text, values }: { text: string; values: unknown[] }) {
      const { rows } = await pool.query<{ 'QUERY PLAN': { Plan: Step }[] }>(
        `explain (analyze, format json) ${text}`,
        values,
      );
      answers.push(rows[0]?.['QUERY PLAN'][0]?.Plan as Step);
      return pool.query(text, values);
    },
  } as unknown as Pool;
  await readThread(explaining, request);
  const all = (step: Step): Step[] => [
    step,
    ...(step.Plans ?? []).flatMap(all),
  ];
  return answers.flatMap(all);
}

describe('a hub of many references', () => {
  const SPOKES = 100_000;
  beforeAll(async () => {
    await service.load([
      anEvent({ id: 'hub' }),
      aDocument('hub'),
      aDocument('reply', { inReplyTo: ['hub'] }),
      anEvent({
        id: 'talk',
        links: [{ relation: 'part-of', event: 'hub' }],
        documents: [{ relation: 'handed-over', document: 'hub' }],
      }),
    ]);
    // Through the service's own import this takes a minute; here only how they are found again is looked at.
    await service.database.writes.query(`
      insert into event_version
        select nextval('version_key'), 'spoke-' || n, 1, begin_earliest, begin_latest, end_earliest, end_latest, sequence, calendar,
          qualified, vagueness, reach, members, members_are_days, terms, replace(body, '"talk"', '"spoke-' || n || '"'),
          recorded_at, superseded_at
        from event_version, generate_series(1, ${SPOKES}) n where id = 'talk';
      insert into event_link (event_key, event, relation, target, recorded_at)
        select key, id, 'refers-to', 'hub', recorded_at from event_version where id like 'spoke-%';
      insert into event_document (event_key, event, relation, document, recorded_at)
        select key, id, 'cited', 'hub', recorded_at from event_version where id like 'spoke-%';
      insert into document_version
        select nextval('version_key'), 'spoke-' || n, 1, kind, begin_earliest, end_latest, terms,
          replace(body, '"reply"', '"spoke-' || n || '"'), recorded_at, superseded_at
        from document_version, generate_series(1, ${SPOKES}) n where id = 'reply';
      insert into document_link (document_key, document, relation, target, recorded_at)
        select key, id, 'part-of', 'hub', recorded_at from document_version where id like 'spoke-%';
      analyze`);
  }, 120_000);

  const around = (record: 'event' | 'document', over = {}) => ({
    record,
    id: 'hub',
    depth: DEEPEST_THREAD,
    limit: 500,
    asOf: null,
    ...over,
  });

  test.each(['event', 'document'] as const)(
    'around the %s is answered at once, with what matters most, and says that it is cut',
    async (record) => {
      const began = performance.now();
      const thread = await readThread(
        service.database.pool,
        around(record, { limit: 20 }),
      );
      expect(performance.now() - began).toBeLessThan(1000);
      const ids = thread?.nodes.map(({ id }) => id) ?? [];
      expect(thread?.truncated).toBe('limit');
      expect(ids).toHaveLength(20);
      expect(ids).toEqual(
        expect.arrayContaining(
          record === 'event' ? ['hub', 'talk'] : ['hub', 'talk', 'reply'],
        ),
      );
      // What only mentions it comes by id.
      expect(ids).toContain('spoke-1');
      expect(ids).toContain('spoke-100000');
      expect(ids).not.toContain('spoke-2');
    },
  );

  test.each([
    around('event'),
    around('document'),
    around('event', { limit: 1, depth: 1 }),
    around('document', { asOf: Date.now() + 1e9 }),
    around('event', { id: 'spoke-77' }),
  ])('reads a few ranges of indexes: %j', async (request) => {
    const steps = await stepsOf(request);
    const scans = steps.filter((step) => step['Relation Name'] !== undefined);
    const whole = scans.filter((step) => step['Node Type'] === 'Seq Scan');
    expect(whole.map((step) => step['Relation Name'])).toEqual([]);
    const read = scans.reduce(
      (sum, step) =>
        sum +
        (step['Actual Rows'] + (step['Rows Removed by Filter'] ?? 0)) *
          step['Actual Loops'],
      0,
    );
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(SPOKES / 4);
  });
});

describe('the migration', () => {
  test('finds the references of a record that was there before', async () => {
    const other = await startService();
    try {
      await other.load(sample('security-guarantees'));
      const writer = await aWriter(other);
      await writer.send('DELETE', '/v1/events/statement-kremlin-2022-01-28');
      const before = await wholeRecord(other.database);
      expect(before['event_document']).toHaveLength(20);
      const migration = new Threads0006();
      const run = other.database.writes.createQueryRunner();
      await migration.down(run);
      await migration.up(run);
      await run.release();
      const after = await wholeRecord(other.database);
      // Columns that were added anew stand last.
      const cells = (rows: string[] = []) =>
        rows.map((row) => row.slice(1, -1).split(',').sort().join()).sort();
      for (const table of ['event_document', 'event_link', 'document_link'])
        expect(cells(after[table])).toEqual(cells(before[table]));
    } finally {
      await other.stop();
    }
  });
});
