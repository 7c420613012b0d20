import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

test('the types of the answers are those of the OpenAPI document (npm run openapi)', () => {
  const made = execFileSync(process.execPath, ['src/web/shapes.mjs'], {
    encoding: 'utf8',
  });
  expect(readFileSync('src/web/shapes.ts', 'utf8')).toBe(made);
});
