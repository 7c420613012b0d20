import * as fc from 'fast-check';
import { Counting0007 } from '../../migrations/0007-counting.ts';
import { aDocument, anEvent, tied } from '../support/builders.ts';
import { anchors, someEvent, world } from '../support/reference.ts';
import { startService, type TestService } from '../support/service.ts';

describe('a database with records of before', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
    const records = [
      ...world,
      aDocument('note-1'),
      aDocument('note-2'),
      ...anchors.map((id) => anEvent({ id })),
    ];
    const events = fc.sample(someEvent, 150);
    await service.load([...records, ...events]);
    // History as well: events of another date, and a tie that changed.
    await service.load([
      ...events.slice(0, 20).map((event, index) => ({
        ...event,
        timeZone: null,
        date: index % 2 === 0 ? '2024-01-01' : '2024-01',
      })),
      tied('person', 'egon', ['represents', 'syldavia', '2020', null]),
    ]);
  });
  afterAll(() => service.stop());

  async function rows(statement: string): Promise<unknown[]> {
    return (await service.database.pool.query(statement)).rows;
  }

  test('0007 gives the rows that an import today would give', async () => {
    const { writes } = service.database;
    const told = () =>
      rows(
        'select * from event_actor order by event_key, actor, participation, scope, recorded_at',
      );
    const indexes = () =>
      rows(
        `select indexname, indexdef from pg_indexes where tablename = 'event_actor' order by 1`,
      );
    const before = [await told(), await indexes()];
    const { name } = new Counting0007();
    const undone = async () =>
      (await rows('select name from migrations')).every(
        (row) => (row as { name: string }).name !== name,
      );
    while (!(await undone())) await writes.undoLastMigration();
    expect(Object.keys((await told())[0] as object)).not.toContain('plain');
    await writes.runMigrations();
    expect([await told(), await indexes()]).toEqual(before);
    const kinds = await rows(
      'select distinct plain, superseded_at is null as current from event_actor',
    );
    expect(kinds).toHaveLength(4);
  });
});
