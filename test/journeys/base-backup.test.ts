import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anActor, anEvent } from '../support/builders.ts';
import { killCommands, startCommand } from '../support/command.ts';
import { startService } from '../support/service.ts';
import { baseBackup, startPrimary } from '../support/standby.ts';

const folder = mkdtempSync(join(tmpdir(), 'events-copy-'));

afterAll(async () => {
  await killCommands();
  rmSync(folder, { recursive: true, force: true });
});

test('a base backup that was taken amid writes holds all that was acknowledged before it, and nothing by halves', async () => {
  const primary = await startPrimary();
  const sent: string[] = [];
  let before: string[] = [];
  try {
    const service = await startService({ at: primary.url });
    await service.load([anActor('land'), anActor('realm')]);
    const done = new AbortController();
    const writing = (async () => {
      while (!done.signal.aborted) {
        const ids = [1, 2, 3].map((part) => `event-${sent.length + part}`);
        await service.load(
          ids.map((id) =>
            anEvent({
              id,
              date: '2022-02',
              participants: [{ actor: 'land' }, { actor: 'realm' }],
            }),
          ),
        );
        sent.push(...ids);
      }
    })();
    while (sent.length < 9)
      await new Promise((resolve) => setTimeout(resolve, 20));
    before = [...sent];
    await baseBackup(primary, join(folder, 'postgres'));
    done.abort();
    await writing;
    await service.stop();
    copyFileSync(
      join(primary.dataDir, 'postgres.password'),
      join(folder, 'postgres.password'),
    );
  } finally {
    await primary.stop();
  }

  const restored = startCommand([
    'serve',
    '--port',
    '0',
    '--samples',
    'off',
    '--data-dir',
    folder,
  ]);
  const [, address = ''] = await restored.says(/listening at (\S+)/);
  const ask = async (path: string) =>
    (await (await fetch(address + path)).json()) as {
      data: { id: string }[];
      count: number;
    };
  const { data, count } = await ask(
    '/v1/events?actor=realm&limit=500&count=exact',
  );
  const ids = data.map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining(before));
  expect(sent).toEqual(expect.arrayContaining(ids));
  // Each import is there whole, in every index.
  expect(ids.length % 3).toBe(0);
  expect(count).toBe(ids.length);
  const changes = await ask('/v1/changes?limit=500&record=event');
  expect(changes.data.map(({ id }) => id).sort()).toEqual([...ids].sort());
  restored.child.kill('SIGTERM');
  await restored.ended;
}, 60_000);
