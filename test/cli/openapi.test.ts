import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killCommands, runCommand, startCommand } from '../support/command.ts';

const home = mkdtempSync(join(tmpdir(), 'events-openapi-'));

afterAll(async () => {
  await killCommands();
  rmSync(home, { recursive: true, force: true });
});

test('the document is printed whole, or written, without a database', async () => {
  const printed = await runCommand(['openapi']);
  expect(printed).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(printed.out)).toMatchObject({
    openapi: expect.stringMatching(/^3\.1\./),
  });
  const file = join(home, 'openapi.json');
  expect(await runCommand(['openapi', '--write', file])).toEqual({
    code: 0,
    signal: null,
    out: '',
    err: '',
  });
  expect(readFileSync(file, 'utf8')).toBe(printed.out);
});

test('a file that cannot be written is told in one line', async () => {
  const file = join(home, 'missing', 'openapi.json');
  expect(await runCommand(['openapi', '--write', file])).toEqual({
    code: 1,
    signal: null,
    out: '',
    err: `The file ${file} cannot be written.\n`,
  });
});

test('a reader that has read enough does no harm', async () => {
  const printing = startCommand(['openapi']);
  printing.child.stdout?.destroy();
  expect(await printing.ended).toMatchObject({ code: 0, err: '' });
});
