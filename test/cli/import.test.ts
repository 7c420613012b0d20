import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anActor, anEvent, ndjson } from '../support/builders.ts';
import {
  type Ended,
  eventually,
  killCommands,
  runCommand,
  type Running,
  serversOf,
  startCommand,
  type Surroundings,
} from '../support/command.ts';
import { administer, cloneDatabase, testUrl } from '../support/database.ts';

const home = mkdtempSync(join(tmpdir(), 'events-import-'));
const dataDir = join(home, 'data');
let service: Running;
let address = '';

async function serve(): Promise<void> {
  service = startCommand(
    ['serve', '--port', '0', '--samples', 'off', '--data-dir', dataDir],
    { cwd: home },
  );
  [, address = ''] = await service.says(/listening at (\S+)/);
}

beforeAll(serve);

afterAll(async () => {
  service.child.kill('SIGTERM');
  await service.ended;
  await killCommands();
  rmSync(home, { recursive: true, force: true });
});

/** Writes a file of the import format, and answers its name as seen from `home`. */
function file(name: string, records: readonly object[] | string): string {
  const text = typeof records === 'string' ? records : ndjson(records);
  writeFileSync(join(home, name), text);
  return name;
}

/** Runs `import` in `home`, beside the service when that runs. */
async function importing(
  words: readonly string[],
  surroundings: Surroundings = {},
): Promise<Ended> {
  const all = ['import', '--data-dir', dataDir, ...words];
  return runCommand(all, { cwd: home, ...surroundings });
}

async function statusOf(id: string): Promise<number> {
  return (await fetch(`${address}/v1/events/${id}`)).status;
}

describe('beside a running service', () => {
  test('a file is imported once, shows at once, and changes nothing the second time', async () => {
    const name = file('once.ndjson', [
      anActor('here'),
      anEvent({
        id: 'once',
        participants: [{ actor: 'here', role: 'participant' }],
      }),
    ]);
    expect(await importing([name])).toEqual({
      code: 0,
      signal: null,
      out: 'once.ndjson: 2 received, 2 created, 0 updated, 0 unchanged, 0 rejected.\n',
      err: '',
    });
    expect(await statusOf('once')).toBe(200);
    const { code, out, err } = await importing([name]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(
      'once.ndjson: 2 received, 0 created, 0 updated, 2 unchanged, 0 rejected; nothing changed.\n',
    );
  });

  test('a changed record counts as updated', async () => {
    const before = file('b.ndjson', [
      anEvent({ id: 'new', title: { en: 'A' } }),
    ]);
    const after = file('a.ndjson', [
      anEvent({ id: 'new', title: { en: 'B' } }),
    ]);
    const { code, out } = await importing([before, after]);
    expect(code).toBe(0);
    expect(out).toBe(
      'b.ndjson: 1 received, 1 created, 0 updated, 0 unchanged, 0 rejected.\n' +
        'a.ndjson: 1 received, 0 created, 1 updated, 0 unchanged, 0 rejected.\n',
    );
  });

  test('- stands for standard input', async () => {
    const { code, out, err } = await importing(['-'], {
      input: ndjson([anEvent({ id: 'typed-in' })]),
    });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^-: 1 received, 1 created, /);
    expect(await statusOf('typed-in')).toBe(200);
  });

  test('nothing on standard input is nothing imported', async () => {
    const { code, out } = await importing(['-']);
    expect(code).toBe(0);
    expect(out).toBe(
      '-: 0 received, 0 created, 0 updated, 0 unchanged, 0 rejected; nothing changed.\n',
    );
  });

  test('--dry-run says what would happen, and keeps nothing', async () => {
    const name = file('dry.ndjson', [anEvent({ id: 'dry' })]);
    const { code, out, err } = await importing(['--dry-run', name]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(
      'dry.ndjson: 1 received, 1 created, 0 updated, 0 unchanged, 0 rejected; a dry run, nothing was kept.\n',
    );
    expect(await statusOf('dry')).toBe(404);
  });

  const mixed = [
    JSON.stringify(anEvent({ id: 'good' })),
    JSON.stringify(anEvent({ id: 'bad', date: '2022-02-30' })),
    'not JSON',
    JSON.stringify(
      anEvent({
        id: 'lost',
        participants: [{ actor: 'nobody-known', role: 'participant' }],
      }),
    ),
  ].join('\n');

  test('one bad row undoes the file, is named by its line, and the files after it are not touched', async () => {
    const bad = file('bad.ndjson', mixed);
    const next = file('next.ndjson', [anEvent({ id: 'next' })]);
    const { code, out, err } = await importing([bad, next]);
    expect(code).toBe(1);
    expect(out).toBe(
      'bad.ndjson: 4 received, 3 rejected; nothing was kept. With --keep-going the good rows are kept.\n',
    );
    expect(err).toMatch(/^bad\.ndjson:2: \/date .*2022-02-30/m);
    expect(err).toMatch(/^bad\.ndjson:3: The line is not JSON\./m);
    expect(err).toMatch(
      /^bad\.ndjson:4: \/participants\/0\/actor .*nobody-known/m,
    );
    expect(err.trim().split('\n')).toHaveLength(3);
    expect(await statusOf('good')).toBe(404);
    expect(await statusOf('next')).toBe(404);
  });

  test('--dry-run of bad rows fails as the import would', async () => {
    const bad = file('bad.ndjson', mixed);
    const { code, out } = await importing(['--dry-run', '--keep-going', bad]);
    expect(code).toBe(1);
    expect(out).toBe(
      'bad.ndjson: 4 received, 1 created, 0 updated, 0 unchanged, 3 rejected; a dry run, nothing was kept.\n',
    );
    expect(await statusOf('good')).toBe(404);
  });

  test('--keep-going keeps the good rows, goes on to the next file, and still fails', async () => {
    const bad = file('bad.ndjson', mixed);
    const next = file('next.ndjson', [anEvent({ id: 'next' })]);
    const { code, out } = await importing(['--keep-going', bad, next]);
    expect(code).toBe(1);
    expect(out).toBe(
      'bad.ndjson: 4 received, 1 created, 0 updated, 0 unchanged, 3 rejected.\n' +
        'next.ndjson: 1 received, 1 created, 0 updated, 0 unchanged, 0 rejected.\n',
    );
    expect(await statusOf('good')).toBe(200);
    expect(await statusOf('bad')).toBe(404);
    expect(await statusOf('next')).toBe(200);
  });

  test.each([
    ['does not exist', 'missing.ndjson'],
    ['is a directory', 'folder'],
  ])(
    'a file that %s is refused before any other is imported',
    async (_, name) => {
      mkdirSync(join(home, 'folder'), { recursive: true });
      const good = file('before.ndjson', [anEvent({ id: 'before' })]);
      expect(await importing([good, name])).toEqual({
        code: 1,
        signal: null,
        out: '',
        err: `The file ${name} cannot be read.\n`,
      });
      expect(await statusOf('before')).toBe(404);
    },
  );

  test('without a file it says that one is missing', async () => {
    expect(await importing([])).toMatchObject({
      code: 1,
      out: '',
      err: "Missing required argument 'file'.\n",
    });
  });

  test('readers of its output that go away do not stop it', async () => {
    const bad = file(
      'much.ndjson',
      `${'no\n'.repeat(20_000)}${ndjson([anEvent({ id: 'piped' })])}`,
    );
    const one = startCommand(
      ['import', '--data-dir', dataDir, '--keep-going', bad],
      { cwd: home },
    );
    one.child.stdout?.destroy();
    one.child.stderr?.once('data', () => one.child.stderr?.destroy());
    expect(await one.ended).toMatchObject({ code: 1, signal: null });
    expect(await statusOf('piped')).toBe(200);
  });
});

describe('without a running service', () => {
  test('the database of the data directory is started for the import and stopped after it', async () => {
    service.child.kill('SIGTERM');
    await service.ended;
    const { code, out, err } = await importing([
      file('alone.ndjson', [anEvent({ id: 'alone' })]),
    ]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^alone\.ndjson: 1 received, 1 created, /);
    expect(serversOf(dataDir)).toEqual([]);
    await serve();
    expect(await statusOf('alone')).toBe(200);
    expect(await statusOf('once')).toBe(200);
  });

  test('the schema is made where there is none', async () => {
    const name = `test_import_${process.pid}`;
    await administer(`create database ${name}`);
    try {
      const { code, out } = await importing(['-'], {
        env: { DATABASE_URL: testUrl(name) },
        input: ndjson([anEvent()]),
      });
      expect(code).toBe(0);
      expect(out).toMatch(/ 1 created, /);
    } finally {
      await administer(`drop database ${name} with (force)`);
    }
  });

  test('a database that goes away during the import ends it with one sentence', async () => {
    const clone = await cloneDatabase();
    const one = startCommand(['import', '--database-url', clone.url, '-'], {
      cwd: home,
      input: null,
    });
    const { pathname } = new URL(clone.url);
    await eventually(async () => {
      try {
        // Refused until the import holds the database open with a session that loads.
        await administer(
          `do $$ begin if not exists (select from pg_stat_activity where datname = '${pathname.slice(1)}' and query like 'copy %') then raise 'not yet'; end if; end $$`,
        );
        return true;
      } catch {
        return false;
      }
    });
    await clone.drop();
    one.child.stdin?.end(ndjson([anEvent()]));
    expect(await one.ended).toEqual({
      code: 1,
      signal: null,
      out: '',
      err: 'The database cannot be reached just now. Try again shortly.\n',
    });
  });
});

describe('files of other kinds', () => {
  const mapping = {
    id: { template: 'cli-{No}' },
    type: { value: 'call' },
    date: { column: 'Date', format: ['MMMM d, yyyy'] },
    title: { en: 'Subject' },
    participants: [{ column: 'Who' }],
  };

  test('a CSV file is imported with its mapping, and unsure names are told', async () => {
    file('mapping.json', JSON.stringify(mapping));
    file(
      'table.csv',
      'No,Date,Subject,Who\r\n1,"January 28, 2022",Talks,Xyzzq Plugh\r\n2,28.01.2022,Talks,\r\n',
    );
    const { code, out, err } = await importing([
      '--mapping',
      'mapping.json',
      'table.csv',
    ]);
    expect({ code, out }).toEqual({
      code: 1,
      out: 'table.csv: 2 received, 2 rejected; nothing was kept. With --keep-going the good rows are kept.\n',
    });
    expect(err.split('\n')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^table\.csv:2: \/participants\/0\/actor is nobody in the record \(column “Who”\) \("Xyzzq Plugh"\)/,
        ),
        'table.csv:3: /date is not written as MMMM d, yyyy (column “Date”) ("28.01.2022")',
        'table.csv: "Xyzzq Plugh", once: nobody',
      ]),
    );
  });

  test('actors are made when that is asked for, and the same file changes nothing again', async () => {
    file('mapping.json', JSON.stringify(mapping));
    file(
      'made.csv',
      'No,Date,Subject,Who\n1,"January 28, 2022",Talks,Xyzzq Plugh\n',
    );
    const words = [
      '--from',
      'csv',
      '--mapping',
      'mapping.json',
      '--create-actors',
      'made.csv',
    ];
    const first = await importing(words);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toBe(
      'made.csv: 1 received, 2 created, 0 updated, 0 unchanged, 0 rejected.\n',
    );
    expect((await importing(words)).out).toMatch(
      /0 created.*1 unchanged.*nothing changed/,
    );
    expect(await statusOf('cli-1')).toBe(200);
  });

  test('GDELT is known by its name; what is passed over is told, and what may be told again', async () => {
    const text = readFileSync(
      join(__dirname, '../fixtures/events.export.CSV'),
      'utf8',
    );
    const name = file('20220128.export.CSV', text);
    const { code, out, err } = await importing(['--create-actors', name]);
    expect({ code, out }).toEqual({
      code: 0,
      out: `${name}: 32 received, 30 created, 0 updated, 0 unchanged, 0 rejected, 12 passed over.\n`,
    });
    expect(err).toMatch(
      /:2: gdelt-1026000002 may be gdelt-1026000001 told again \(same day: 2022-01-28, same type: call, same actors: france, russia\)/,
    );
  });

  test('a mapping that does not hold is told by its place, before anything is read', async () => {
    file(
      'wrong.json',
      JSON.stringify({ ...mapping, titel: 'x', title: undefined }),
    );
    const { code, out, err } = await importing([
      '--mapping',
      'wrong.json',
      '--from',
      'csv',
      'table.csv',
    ]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^The mapping does not hold\.\n/);
    expect(err).toMatch(/wrong\.json: \/titel is not a field of a mapping/);
    expect(err).toMatch(/wrong\.json: \/title is missing/);
    file(
      'columns.json',
      JSON.stringify({ ...mapping, title: { en: 'Sujet' } }),
    );
    const other = await importing(['--mapping', 'columns.json', 'table.csv']);
    expect(other.code).toBe(1);
    expect(other.err).toMatch(
      /columns\.json: \/title\/en names a column that the file does not have \("Sujet"\)/,
    );
  });

  test.each([
    [
      ['--from', 'xls', 'table.csv'],
      /There is no source xls; there are ndjson, csv, gdelt, ical\./,
    ],
    [
      ['--mapping', 'nowhere.json', 'table.csv'],
      /nowhere\.json cannot be read/,
    ],
    [['--mapping', 'table.csv', 'table.csv'], /table\.csv is not JSON/],
    [
      ['--mapping', 'mapping.json', 'once.ndjson'],
      /mapping\.json: has no meaning for this format/,
    ],
    [['--create-actors', 'once.ndjson'], /has none/],
  ])('%j is told in a sentence', async (words, message) => {
    file('mapping.json', JSON.stringify(mapping));
    file('table.csv', 'No,Date,Subject,Who\n');
    file('once.ndjson', '');
    const { code, err } = await importing(words);
    expect(code).toBe(1);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/\bat .*\.(js|ts):/);
  });
});
