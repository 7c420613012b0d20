import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';

import { settings } from '../src/config.ts';

// No engine runs where the tests run. So the files are read as text, by just enough of YAML and of the Dockerfile's
// language to ask them questions; what can be executed without an engine, is.

const compose = readFileSync('docker-compose.yml', 'utf8');
const stages = readFileSync('Dockerfile', 'utf8')
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n\s*/g, '')
  .split(/^(?=FROM )/m)
  .map((stage) => stage.split('\n').filter((line) => line !== ''));
const image = stages.at(-1) ?? [];

/** What stands below a path of keys, without comments and with its indentation taken away. */
function below(...keys: string[]): string[] {
  const lines = compose.split('\n').filter((line) => !/^\s*(#|$)/.test(line));
  return keys.reduce((block, key) => {
    const rest = block.slice(block.indexOf(`${key}:`) + 1);
    const end = rest.findIndex((line) => !line.startsWith(' '));
    const inside = block.includes(`${key}:`)
      ? rest.slice(0, end < 0 ? undefined : end)
      : [];
    const margin = inside[0]?.search(/\S/) ?? 0;
    return inside.map((line) => line.slice(margin));
  }, lines);
}

/** `NAME: value` lines (or, with another separator, `NAME=value`) as an object. */
function pairs(
  lines: readonly string[],
  separator = ': ',
): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const [name = '', ...value] = line.split(separator);
      return [name, value.join(separator)];
    }),
  );
}

/** The arguments of one of a stage's instructions, all of them in order. */
function instructions(stage: readonly string[], name: string): string[] {
  return stage
    .filter((line) => line.startsWith(`${name} `))
    .map((line) => line.slice(name.length + 1).trim());
}

/** What an image's `ENV` lines set. */
function environmentOf(stage: readonly string[]): Record<string, string> {
  return pairs(
    instructions(stage, 'ENV').flatMap((line) => line.split(' ')),
    '=',
  );
}

describe('docker-compose.yml', () => {
  test('describes a database and the service, and Compose has nothing to say against it', () => {
    expect(compose).not.toMatch(/\t/);
    expect(below('services').filter((line) => !line.startsWith(' '))).toEqual([
      'db:',
      'service:',
    ]);
    const docker = (...words: string[]) =>
      spawnSync('docker', ['compose', ...words], { encoding: 'utf8' });
    // An extra check by Compose itself, where it is installed; reading a file needs no engine.
    if (docker('version').status === 0) {
      expect(docker('config', '-q')).toMatchObject({ status: 0 });
    }
  });

  test('has PostgreSQL 18, with its data in a volume where that image keeps it', () => {
    const db = below('services', 'db');
    expect(db).toContain('image: postgres:18');
    expect(below('services', 'db', 'volumes')).toEqual([
      '- database:/var/lib/postgresql',
    ]);
    expect(below('volumes')).toEqual(['database:']);
  });

  test('gives the service the address of that database', () => {
    const database = pairs(below('services', 'db', 'environment'));
    const { DATABASE_URL = '' } = pairs(
      below('services', 'service', 'environment'),
    );
    const password = '${POSTGRES_PASSWORD:-for-local-use}';
    expect(database['POSTGRES_PASSWORD']).toBe(password);
    expect(DATABASE_URL).toContain(`:${password}@`);
    const url = new URL(DATABASE_URL.replace(password, 'secret'));
    expect(url.host).toBe('db:5432');
    expect(url.username).toBe(database['POSTGRES_USER']);
    expect(url.pathname).toBe(`/${database['POSTGRES_DB']}`);
  });

  test('starts the service when the database is healthy, which is asked by address', () => {
    expect(below('services', 'service', 'depends_on', 'db')).toEqual([
      'condition: service_healthy',
    ]);
    expect(below('services', 'db', 'healthcheck')[0]).toMatch(
      /pg_isready -h 127\.0\.0\.1 /,
    );
  });

  test('opens the service to this machine only, at the port the image listens on', () => {
    const { PORT } = environmentOf(image);
    expect(below('services', 'service', 'ports')).toEqual([
      `- '127.0.0.1:${PORT}:${PORT}'`,
    ]);
    expect(below('services', 'db', 'ports')).toEqual([]);
  });

  test('leaves the service nothing to write on and no rights to gain', () => {
    const service = below('services', 'service');
    expect(service).toContain('read_only: true');
    expect(below('services', 'service', 'tmpfs')).toEqual(['- /tmp']);
    expect(below('services', 'service', 'cap_drop')).toEqual(['- ALL']);
    expect(below('services', 'service', 'security_opt')).toEqual([
      '- no-new-privileges:true',
    ]);
  });
});

describe('Dockerfile', () => {
  test('ends in a stage that runs `serve` as a user without rights', () => {
    expect(instructions(image, 'USER')).toEqual(['node']);
    expect(instructions(image, 'CMD')).toEqual([
      '["node", "dist/main.js", "serve"]',
    ]);
  });

  test('installs everything to build, and only what runs into the image', () => {
    const installs = stages.map((stage) =>
      instructions(stage, 'RUN').filter((line) => line.startsWith('npm ci')),
    );
    expect(stages[0]?.[0]).toMatch(/ AS build$/);
    expect(stages[1]?.[0]).toMatch(/ AS packages$/);
    expect(installs).toEqual([
      ['npm ci'],
      ['npm ci --omit=dev --omit=optional --ignore-scripts'],
      [],
    ]);
    expect(instructions(image, 'COPY')).toContain(
      '--from=packages /app/node_modules ./node_modules',
    );
  });

  test('copies only what exists and what .dockerignore lets in', () => {
    const letIn = readFileSync('.dockerignore', 'utf8').split('\n');
    const copied = stages
      .flatMap((stage) => instructions(stage, 'COPY'))
      .filter((line) => !line.startsWith('--from='))
      .flatMap((line) => line.split(' ').slice(0, -1));
    expect(copied.filter((name) => !existsSync(name))).toEqual([]);
    expect(copied.filter((name) => !letIn.includes(`!${name}`))).toEqual([]);
  });

  // The command of the image's HEALTHCHECK, run against a server that answers with this status.
  async function healthOf(status: number): Promise<number | null> {
    const paths: (string | undefined)[] = [];
    const server = createServer((request, answer) => {
      paths.push(request.url);
      answer.writeHead(status).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const [, command = ''] =
      /CMD (\[.+\])$/.exec(instructions(image, 'HEALTHCHECK')[0] ?? '') ?? [];
    const parts: string[] = JSON.parse(command);
    const [program, ...words] = parts;
    expect(program).toBe('node');
    const child = spawn(process.execPath, words, {
      env: { ...process.env, PORT: String(port) },
    });
    await once(child, 'exit');
    server.close();
    expect(paths).toEqual(['/healthz']);
    return child.exitCode;
  }

  test('has a health check that asks /healthz and believes the answer', async () => {
    expect(await healthOf(200)).toBe(0);
    expect(await healthOf(503)).toBe(1);
  });
});

describe('both', () => {
  test('name every image with a version, and none is `latest`', () => {
    const named = [
      ...stages.flatMap((stage) => instructions(stage, 'FROM')),
      ...[...compose.matchAll(/^ +image: (.+)$/gm)].map(
        ([, name = '']) => name,
      ),
    ].map((name) => name.replace(/ AS .*/, ''));
    expect(named).toHaveLength(5);
    for (const name of named) {
      expect(name).toMatch(/^[a-z-]+:[a-z0-9.-]+$/);
      expect(name).not.toMatch(/:latest$/);
    }
  });

  test('set only what the service has a setting for', () => {
    const known = settings.map(({ name }): string => name);
    const set = [
      ...Object.keys(pairs(below('services', 'service', 'environment'))),
      ...Object.keys(environmentOf(image)),
    ];
    expect(set).toContain('DATABASE_URL');
    // NODE_ENV is read by packages, not by us.
    expect(set.filter((name) => !known.includes(name))).toEqual(['NODE_ENV']);
  });
});
