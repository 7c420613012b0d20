import { nameQuestion } from '../../src/domain/name-question.ts';
import { migrate } from '../../src/storage/database.ts';
import { candidates } from '../../src/storage/names.reads.ts';
import { anActor } from '../support/builders.ts';
import { sample, startService, type TestService } from '../support/service.ts';

describe('the keys of names', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
    await service.load(sample('security-guarantees'));
    await service.load(
      Array.from({ length: 1500 }, (_, index) => anActor(`state-${index}`)),
    );
  });
  afterAll(() => service.stop());

  const keys = async () =>
    service.database.writes.query(
      'select id, name_keys from actor_version where superseded_at is null order by id',
    ) as Promise<{ id: string; name_keys: string[] | null }[]>;

  test('rows from before are found again after the next start', async () => {
    const before = await keys();
    expect(before.every(({ name_keys }) => (name_keys ?? []).length > 0)).toBe(
      true,
    );
    await service.database.writes.query(
      'update actor_version set name_keys = null',
    );
    const question = nameQuestion({ name: 'Riabkov' }, '2022', []);
    const find = async () => {
      const [found] = await candidates(service.database.pool, [question]);
      return found?.map(({ actor }) => actor.id);
    };
    expect(await find()).toEqual([]);
    await migrate(service.url);
    expect(await keys()).toEqual(before);
    expect(await find()).toEqual(['riabkov']);
  });

  test('an actor of more names than anybody has keeps a bounded number of keys', async () => {
    const names = Array.from({ length: 2000 }, (_, index) => ({
      lang: 'en',
      value: `Name${index} ${'bcdfg'.repeat(1 + (index % 90))}`,
    }));
    await service.load([anActor('many', { names })]);
    const many = (await keys()).find(({ id }) => id === 'many');
    expect(many?.name_keys?.length).toBeLessThanOrEqual(2000);
  });
});
