import { execFileSync, spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'events-load-'));
const data = join(folder, 'data');
const reported = join(folder, 'reported');
const program = join(root, 'bench/load.mjs');

interface Results {
  targets: { name: string }[];
  runs: {
    workload: string;
    target: string;
    requests: number;
    errors: string[];
  }[];
  failed: string[];
  imported: { perSecond: number };
}

beforeAll(() => {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root });
  mkdirSync(reported);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A load test of 300 events; where it is told another folder, the last one counts. */
async function load(
  ...words: string[]
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(
    process.execPath,
    [
      program,
      '--events',
      '300',
      '--data',
      data,
      '--unpinned',
      '--no-exports',
      '--seconds',
      '1',
      '--rounds',
      '1',
      '--patience',
      '0',
      ...words,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => (out += String(text)));
  child.stderr.on('data', (text) => (err += String(text)));
  const code = await new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  return { code, out, err };
}

test('a small load test makes its database, proves the answers, times all in turns and tells ratios', async () => {
  const { code, out, err } = await load(
    '--workloads',
    'W1,W3p,W7',
    '--targets',
    'typeorm,constant',
  );
  expect(err).toContain('W3p is answered rightly by ours');
  expect(code).toBe(0);
  const results = JSON.parse(
    readFileSync(join(data, 'results.json'), 'utf8'),
  ) as Results;
  expect(results.failed).toEqual([]);
  expect(results.imported.perSecond).toBeGreaterThan(0);
  expect(
    results.runs.map(({ workload, target }) => `${workload} ${target}`),
  ).toEqual(
    ['W1', 'W3p', 'W7'].flatMap((workload) =>
      ['ours', 'typeorm', 'constant'].map((target) => `${workload} ${target}`),
    ),
  );
  for (const { requests, errors } of results.runs) {
    expect(requests).toBeGreaterThan(0);
    expect(errors).toEqual([]);
  }
  expect(out).toMatch(/\| W1 \| ours \| best peer \| 7\.0 × \| \d/);
}, 180_000);

test('where the peers have no room, the service is measured and proven all the same', async () => {
  const narrow = join(folder, 'narrow');
  const asked = ['W1', 'W3p', 'W4p', 'W6p', 'W7'];
  const { code, err } = await load(
    '--data',
    narrow,
    '--narrow',
    '--targets',
    'ours',
    '--workloads',
    asked.join(','),
  );
  expect(code).toBe(0);
  for (const name of asked)
    expect(err).toContain(`${name} is answered rightly by ours`);
  const wide = await load('--data', narrow, '--workloads', 'W1');
  expect(wide.code).toBe(1);
  expect(wide.err).toContain('was made for --narrow');
}, 180_000);

const run = (
  round: number,
  workload: string,
  target: string,
  perSecond: number,
  database: number,
  foreign = 0,
) => ({
  round,
  workload,
  target,
  perSecond,
  foreign,
  cpu: { server: target === 'pgbench' ? undefined : 100, database },
});

/** The page that is made of these results. */
function pageOf(runs: object[], more: object = {}): string {
  const results = {
    events: 1_000_000,
    options: { connections: 16, rounds: 3, seconds: 5, pinned: true },
    workloads: [{ name: 'W1', title: 'the newest page' }],
    targets: [{ name: 'ours', note: 'ours' }],
    runs,
    left: [],
    failed: [],
    ...more,
  };
  writeFileSync(join(reported, 'results.json'), JSON.stringify(results));
  return execFileSync(
    process.execPath,
    [program, '--report', '--data', reported],
    { encoding: 'utf8' },
  );
}

test('a ratio is taken within its round; the median is told with the least and the greatest', () => {
  const page = pageOf([
    run(0, 'W1', 'ours', 50, 100),
    run(0, 'W1', 'pgbench', 100, 100),
    run(1, 'W1', 'ours', 30, 100),
    run(1, 'W1', 'pgbench', 100, 100),
    run(2, 'W1', 'ours', 700, 100),
    run(2, 'W1', 'pgbench', 1000, 100),
  ]);
  expect(page).toContain(
    '| W1 | ours | pgbench | 60 % | 50 % (30 %–70 %) | 50 % | **missed by 1.2 ×** | 50 % service, 50 % PostgreSQL |',
  );
});

test('rounds in which others were busy do not count where there are quiet ones', () => {
  const page = pageOf([
    run(0, 'W1', 'ours', 10, 100, 1.5),
    run(0, 'W1', 'pgbench', 100, 100),
    run(1, 'W1', 'ours', 80, 100),
    run(1, 'W1', 'pgbench', 100, 100),
  ]);
  expect(page).toContain('| W1 | ours | pgbench | 60 % | 80 % | 50 % | yes |');
});

test('the best peer is the best of each round', () => {
  const page = pageOf([
    run(0, 'W1', 'ours', 80, 100),
    run(0, 'W1', 'typeorm', 5, 100),
    run(0, 'W1', 'postgrest', 10, 300),
  ]);
  expect(page).toContain(
    '| W1 | ours | best peer | 7.0 × | 8.0 × | 1.0 × | yes |',
  );
});

test('a peer that takes too long to be timed sets a bound, and who fails is told', () => {
  const page = pageOf([run(0, 'W1', 'ours', 80, 100)], {
    left: [{ target: 'typeorm', workload: 'W1', why: 'slow', ms: 2000 }],
    failed: ['postgrest under W1: 3 answers 503'],
  });
  expect(page).toContain('more than 160 ×');
  expect(page).toContain('**Failed**: postgrest under W1: 3 answers 503.');
});
