import {
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Ended,
  killCommands,
  runCommand,
  startCommand,
} from '../support/command.ts';

const home = mkdtempSync(join(tmpdir(), 'events-backup-'));

afterAll(async () => {
  await killCommands();
  rmSync(home, { recursive: true, force: true });
});

const run = async (...words: string[]): Promise<Ended> =>
  runCommand(words, { cwd: home });

const newest = async (address: string): Promise<string> => {
  const { data } = (await (
    await fetch(`${address}/v1/events?order=desc`)
  ).json()) as { data: unknown };
  return JSON.stringify(data);
};

test('a backup is taken from a running service and restored into another data directory', async () => {
  const service = startCommand(
    ['serve', '--port', '0', '--data-dir', 'first'],
    { cwd: home },
  );
  const [, address = ''] = await service.says(/listening at (\S+)/);
  const expected = await newest(address);
  expect(
    await run('backup', '--data-dir', 'first', '--out', 'whole.gz'),
  ).toEqual({ code: 0, signal: null, out: '', err: '' });
  const plain = await run('backup', '--data-dir', 'first');
  expect(plain.out.split('\n').slice(-2)).toEqual(['{"end":true}', '']);
  service.child.kill('SIGTERM');
  await service.ended;

  // Cut in the middle, nothing is kept of it, and the whole one is taken afterwards.
  const whole = readFileSync(join(home, 'whole.gz'));
  writeFileSync(join(home, 'cut.gz'), whole);
  truncateSync(join(home, 'cut.gz'), whole.length >> 1);
  expect(await run('restore', 'cut.gz', '--data-dir', 'second')).toEqual({
    code: 1,
    signal: null,
    out: '',
    err: 'The backup is broken off or damaged; nothing was restored.\n',
  });
  expect(await run('restore', 'whole.gz', '--data-dir', 'second')).toEqual({
    code: 0,
    signal: null,
    out: 'The backup is restored.\n',
    err: '',
  });
  expect(await run('restore', 'whole.gz', '--data-dir', 'second')).toEqual({
    code: 1,
    signal: null,
    out: '',
    err: 'The database holds a record already; a backup is restored into an empty one (SAMPLES=off keeps a new one empty).\n',
  });
  const restored = startCommand(
    ['serve', '--port', '0', '--data-dir', 'second'],
    { cwd: home },
  );
  const [, there = ''] = await restored.says(/listening at (\S+)/);
  expect(await newest(there)).toBe(expected);
  restored.child.kill('SIGTERM');
  await restored.ended;
}, 90_000);

test('a file that is not there is told, and no database is made', async () => {
  expect(await run('restore', 'nowhere.gz', '--data-dir', 'third')).toEqual({
    code: 1,
    signal: null,
    out: '',
    err: 'The file nowhere.gz cannot be read.\n',
  });
});
