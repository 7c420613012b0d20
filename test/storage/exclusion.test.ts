import { eventFilter } from '../../src/domain/filter.ts';
import { matching } from '../../src/storage/events.matching.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

test.each([{}, { asOf: '2026-01-01T00:00:00Z' }])(
  'actors left out can be looked for in an index, not in all rows for each event: %j',
  async (when) => {
    const filter = eventFilter({
      topic: ['gas'],
      actor: ['-russia,-france:subject'],
      ...when,
    });
    const { text, values } = matching(filter).compile();
    const client = await service.database.pool.connect();
    try {
      await client.query('begin');
      // Event by event: an empty table is soonest read whole, and its rows compared with all events at once.
      for (const other of ['seqscan', 'hashjoin', 'mergejoin', 'bitmapscan'])
        await client.query(`set local enable_${other} = off`);
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `explain ${text}`,
        values,
      );
      const plan = rows.map((row) => row['QUERY PLAN']);
      const told = plan.filter((line) => line.includes('on event_actor'));
      expect(told.length).toBeGreaterThan(0);
      expect(told.filter((line) => line.includes('Seq Scan'))).toEqual([]);
    } finally {
      await client.query('rollback');
      client.release();
    }
  },
);
