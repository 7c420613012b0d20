import { killCommands, runCommand } from '../support/command.ts';
import { administer, cloneDatabase, testUrl } from '../support/database.ts';

afterAll(killCommands);

test('an empty database gets the schema, and the second time there is nothing to do', async () => {
  const name = `test_migrate_${process.pid}`;
  await administer(`create database ${name}`);
  try {
    const words = ['migrate', '--database-url', testUrl(name)];
    const first = await runCommand(words);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toMatch(/^Done: \w+(, \w+)*\.\n$/);
    expect(await runCommand(words)).toEqual({
      code: 0,
      signal: null,
      out: 'The schema is up to date.\n',
      err: '',
    });
  } finally {
    await administer(`drop database ${name} with (force)`);
  }
});

test('several that start at once do the work once', async () => {
  const name = `test_migrate_race_${process.pid}`;
  await administer(`create database ${name}`);
  try {
    const words = ['migrate', '--database-url', testUrl(name)];
    const ended = await Promise.all([1, 2, 3].map(() => runCommand(words)));
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
    const done = ended.filter(({ out }) => out.startsWith('Done: '));
    expect(done).toHaveLength(1);
  } finally {
    await administer(`drop database ${name} with (force)`);
  }
});

test('a database that cannot be reached is told in one line', async () => {
  const clone = await cloneDatabase();
  await clone.drop();
  const { code, out, err } = await runCommand(['migrate'], {
    env: { DATABASE_URL: clone.url },
  });
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^The database cannot be used: .* does not exist.*\n$/);
});
