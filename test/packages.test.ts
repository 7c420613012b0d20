import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

// What is installed is what was reviewed: by version, by checksum, from a registry and nowhere else.

interface Package {
  version?: string;
  resolved?: string;
  integrity?: string;
  link?: boolean;
  dev?: boolean;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
const manifest = read('package.json') as Package;
const { packages, lockfileVersion } = read('package-lock.json') as {
  lockfileVersion: number;
  packages: Record<string, Package>;
};
const installed = Object.entries(packages).filter(([path]) => path !== '');

const KINDS = [
  'dependencies',
  'devDependencies',
  'optionalDependencies',
] as const;

test('the lock file is in step with package.json, which names exact versions', () => {
  for (const kind of KINDS) {
    expect(packages['']?.[kind]).toEqual(manifest[kind]);
    for (const version of Object.values(manifest[kind] ?? {}))
      expect(version).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
  }
});

test('every package has a strong checksum, and none an address of its own or a place on a disk', () => {
  expect(lockfileVersion).toBe(3);
  expect(installed.length).toBeGreaterThan(100);
  const odd = installed.filter(
    ([, { integrity = '', resolved, link, version = '' }]) =>
      !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity) ||
      resolved !== undefined ||
      link === true ||
      !/^\d/.test(version),
  );
  expect(odd.map(([path]) => path)).toEqual([]);
});

test('the bill of materials names every package with its version and checksum, and tells which are for development alone', () => {
  interface Component {
    name: string;
    version: string;
    hashes?: unknown[];
    properties: { name: string }[];
  }
  const bill = JSON.parse(
    execFileSync('npm', ['run', '--silent', 'sbom'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1 << 26,
    }),
  ) as { bomFormat: string; components: Component[] };
  expect(bill.bomFormat).toBe('CycloneDX');
  const told = (of: Record<string, string> | undefined) =>
    Object.entries(of ?? {}).map(([name, version]) => {
      const found = bill.components.find(
        (one) => one.name === name && one.version === version,
      );
      const marks = found?.properties.map((property) => property.name) ?? [];
      return [
        name,
        found?.hashes?.length ?? 0,
        marks.includes('cdx:npm:package:development'),
      ];
    });
  // Some of what we develop with is needed by something that runs, too.
  const expected = (of: Record<string, string> | undefined) =>
    Object.keys(of ?? {}).map((name) => [
      name,
      1,
      packages[`node_modules/${name}`]?.dev === true,
    ]);
  for (const kind of ['dependencies', 'devDependencies'] as const)
    expect(told(manifest[kind])).toEqual(expected(manifest[kind]));
});
