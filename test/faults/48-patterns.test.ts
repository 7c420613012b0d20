import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from '@swc/core';

// Fault 48: a pattern that takes for ever on a text somebody chose. None comes from a client; all of ours are looked at.
const PATTERN = /^\/(.*)\/(\w*)$/s;

/** Patterns whose time grows faster than their text, which nobody outside gives them. */
const OURS_ALONE: readonly string[] = [
  // src/http/traces.ts: the setting of an operator.
  String.raw`/\/+$/`,
  // src/storage/embedded/server.ts: what PostgreSQL says when it starts.
  '/shared memory block .* is still in use/',
  // src/formats/doubt.ts: our own words for a date.
  String.raw`/^(.*), (\d.*) \((.*)\)$/`,
  // src/http/reconcile.schema.ts: of an answer, which nothing here holds to it.
  String.raw`/.*\{\{id\}\}.*/u`,
  // src/storage/statements.ts: our own statements.
  String.raw`/\b(?:from|into|update|table|on)\s+(?:only\s+)?([a-z_]+)/i`,
  // src/http/log.ts: each try ends after the fixed head of a key, which holds no second one.
  '/det(_|%5f)([0-9a-f]{12})(_|%5f)[\\w%-]+/gi',
];

test('48: no pattern takes longer than its text is long', () => {
  const found = patterns();
  expect(found.size).toBeGreaterThan(150);
  for (const one of OURS_ALONE) expect(found).toContain(one);
  const asked = [...found]
    .filter((one) => !OURS_ALONE.includes(one))
    .map((one) => PATTERN.exec(one)?.slice(1));
  const slow = execFileSync(
    process.execPath,
    ['test/support/slow-patterns.mjs'],
    { input: JSON.stringify(asked), encoding: 'utf8' },
  );
  expect(JSON.parse(slow)).toEqual([]);
}, 240_000);

/** Every pattern in the source, and every one that a schema holds values to. */
function patterns(): Set<string> {
  const found = new Set<string>();
  for (const name of readdirSync('src', { recursive: true }).map(String)) {
    // What runs in a browser is in nobody's way but its reader's.
    if (!name.endsWith('.ts') || name.startsWith('web')) continue;
    const source = readFileSync(join('src', name), 'utf8');
    visit(
      parseSync(source, { syntax: 'typescript', target: 'es2022' }),
      (one) => {
        if (one['type'] === 'RegExpLiteral')
          found.add(`/${String(one['pattern'])}/${String(one['flags'])}`);
      },
    );
  }
  visit(JSON.parse(readFileSync('openapi/openapi.json', 'utf8')), (one) => {
    if (typeof one['pattern'] === 'string') found.add(`/${one['pattern']}/u`);
  });
  return found;
}

function visit(
  value: unknown,
  see: (one: Record<string, unknown>) => void,
): void {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) see(value as Record<string, unknown>);
  for (const one of Object.values(value)) visit(one, see);
}
