// Jest cannot load packages that come as ES modules only (Node below 24.9 has no synchronous vm modules), and
// Fastify's inject needs one. So everything that has no CommonJS form is compiled for the tests, and only there.
import { readdirSync, readFileSync } from 'node:fs';

/** Names of the installed packages that offer no `require` entry point. */
function packagesWithoutCommonJs(folder = 'node_modules') {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory() || entry.name.startsWith('.')) return [];
    const path = `${folder}/${entry.name}`;
    if (entry.name.startsWith('@')) return packagesWithoutCommonJs(path);
    try {
      const manifest = JSON.parse(readFileSync(`${path}/package.json`, 'utf8'));
      const entries = JSON.stringify(manifest.exports ?? '');
      return manifest.type === 'module' && !entries.includes('"require"')
        ? [path.replace('node_modules/', '')]
        : [];
    } catch {
      return [];
    }
  });
}

// Written for a bundler: modules of the new kind in a package that does not say so. And one that loads others only when it
// needs them, which Jest cannot do either.
const bundled = ['@knight-lab/timelinejs', '@opentelemetry/otlp-exporter-base'];

export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: [],
  transform: {
    '\\.(ts|js|mjs)$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
      },
    ],
  },
  transformIgnorePatterns: [
    `/node_modules/(?!(?:${[...packagesWithoutCommonJs(), ...bundled].join('|')})/)`,
  ],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  testTimeout: 30_000,
  coverageProvider: 'v8',
};
