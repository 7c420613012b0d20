import { cloneDatabase } from '../support/database.ts';
import {
  commandLine,
  eventually,
  killCommands,
  type Running,
  startCommand,
  watch,
} from '../support/command.ts';

jest.setTimeout(120_000);

let clone: Awaited<ReturnType<typeof cloneDatabase>>;

beforeAll(async () => {
  clone = await cloneDatabase();
});
afterAll(async () => {
  await killCommands();
  await clone.drop();
});

const env = () => ({
  DATABASE_URL: clone.url,
  SAMPLES: 'off',
  LOG_LEVEL: 'info',
  PORT: '0',
});

async function addressOf(service: Running): Promise<string> {
  return (await service.says(/listening at (\S+)/))[1] ?? '';
}

/** Asks so much that its lines fill every buffer on the way; answers how many were answered as they should (there is nothing). */
async function askMuch(address: string): Promise<number> {
  const long = 'x'.repeat(1900);
  let good = 0;
  for (let turn = 0; turn < 30; turn++) {
    const asked = Array.from({ length: 20 }, (_, index) =>
      fetch(`${address}/healthz/${turn}-${index}-${long}`, {
        signal: AbortSignal.timeout(10_000),
      }),
    );
    for (const answer of await Promise.all(asked)) {
      await answer.text();
      if (answer.status === 404) good++;
    }
  }
  return good;
}

async function endsWell(service: Running): Promise<void> {
  service.child.kill('SIGTERM');
  expect((await service.ended).code).toBe(0);
}

describe('9: whoever reads the log', () => {
  test('has gone: everything is answered', async () => {
    const service = startCommand(['serve'], { env: env() });
    const address = await addressOf(service);
    service.child.stdout?.destroy();
    service.child.stderr?.destroy();
    expect(await askMuch(address)).toBe(600);
    await endsWell(service);
  });

  test('does not read: everything is answered, and what waits is read later', async () => {
    const service = startCommand(['serve'], { env: env() });
    const address = await addressOf(service);
    service.child.stderr?.pause();
    expect(await askMuch(address)).toBe(600);
    service.child.stderr?.resume();
    await endsWell(service);
    const told = (await service.ended).err.match(/"status":404/g);
    expect(told).toHaveLength(600);
  });

  test('has a full disk: everything is answered', async () => {
    const service = watch(
      ['sh', '-c', 'exec "$@" 2>/dev/full', 'sh', ...commandLine(), 'serve'],
      env(),
    );
    const address = await addressOf(service);
    expect(await askMuch(address)).toBe(600);
    await eventually(async () => (await fetch(`${address}/readyz`)).ok);
    await endsWell(service);
  });
});
