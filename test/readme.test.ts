import { readFileSync } from 'node:fs';
import { settings } from '../src/config.ts';
import { problems } from '../src/domain/errors.ts';
import { eventQuery } from '../src/http/events.schema.ts';

const readme = readFileSync('README.md', 'utf8');

/** The cells of the table under a heading, without its head. */
function table(heading: string): string[][] {
  const section = readme.slice(readme.indexOf(`\n## ${heading}\n`) + 1);
  const rows = section.slice(0, section.indexOf('\n## ')).match(/^\|.*\|$/gm);
  return (rows ?? [])
    .slice(2)
    .map((row) =>
      row.split(' | ').map((cell) => cell.replace(/^\||\|$/g, '').trim()),
    );
}

test('the README shows the two commands that set everything up', () => {
  expect(readme).toContain('npm ci && npm start');
  expect(readme).toContain('npm ci && npm test');
});

test('the table of settings is the one in the code', () => {
  expect(table('Settings')).toEqual(
    settings.map(({ name, default: byDefault, meaning }) => [
      `\`${name}\``,
      byDefault === '' ? '' : `\`${byDefault}\``,
      meaning,
    ]),
  );
});

test('the table of problems is the one in the code', () => {
  expect(table('Problems')).toEqual(
    Object.entries(problems).map(([code, { status, title }]) => [
      `\`${code}\``,
      String(status),
      title,
    ]),
  );
});

test('every parameter of the events is in the README', () => {
  const named = table('Ask')
    .map(([cell]) => cell)
    .join(' ');
  for (const name of Object.keys(eventQuery.properties))
    expect(named).toContain(`\`${name}\``);
});

test('every command of the README is there', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    scripts: Record<string, string>;
  };
  for (const [, name] of readme.matchAll(/npm run ([a-z:]+)/g))
    expect(Object.keys(scripts)).toContain(name);
});
