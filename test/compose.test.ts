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
  test('describes a database and the service, what the profile `replica` adds, and Compose has nothing to say against it', () => {
    expect(compose).not.toMatch(/\t/);
    expect(below('services').filter((line) => !line.startsWith(' '))).toEqual([
      'db:',
      'service:',
      'replica:',
      'second:',
      'proxy:',
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
      '- ./deploy/compose/pg_hba.conf:/etc/postgresql/pg_hba.conf:ro',
    ]);
    expect(below('volumes')).toEqual(['database:', 'replica:']);
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

  test.each(['service', 'second'])(
    'leaves %s nothing to write on and no rights to gain',
    (name) => {
      const service = below('services', name);
      expect(service).toContain('read_only: true');
      expect(below('services', name, 'tmpfs')).toEqual(['- /tmp']);
      expect(below('services', name, 'cap_drop')).toEqual(['- ALL']);
      expect(below('services', name, 'security_opt')).toEqual([
        '- no-new-privileges:true',
      ]);
    },
  );
});

describe('the profile `replica`', () => {
  const added = ['replica', 'second', 'proxy'];
  const mounted = [...compose.matchAll(/^ +- \.\/(\S+?):/gm)].map(
    ([, path = '']) => path,
  );

  test('is all that is not there without it', () => {
    const named = below('services').filter((line) => /^\S/.test(line));
    for (const name of named.map((line) => line.replace(':', '')))
      expect([
        name,
        below('services', name).includes('profiles: [replica]'),
      ]).toEqual([name, added.includes(name)]);
  });

  test('has a standby of the same PostgreSQL, and both servers read it', () => {
    const replica = below('services', 'replica');
    expect(replica).toContain('image: postgres:18');
    const { PGPASSWORD } = pairs(below('services', 'replica', 'environment'));
    const [first, second] = ['service', 'second'].map((name) =>
      pairs(below('services', name, 'environment')),
    );
    const url = second?.['DATABASE_REPLICA_URL'] ?? '';
    expect(url).toContain(`:${PGPASSWORD}@replica:5432/`);
    expect(first?.['DATABASE_REPLICA_URL']).toBe(
      `\${COMPOSE_PROFILES:+${url}}`,
    );
    expect(second?.['DATABASE_URL']).toBe(first?.['DATABASE_URL']);
    expect(url.replace('@replica:', '@db:')).toBe(first?.['DATABASE_URL']);
  });

  test('mounts files that are there, and the script is one that a shell understands', () => {
    expect(mounted.length).toBeGreaterThan(0);
    for (const path of mounted) expect(existsSync(path)).toBe(true);
    const script = 'deploy/compose/replica.sh';
    expect(mounted).toContain(script);
    expect(spawnSync('bash', ['-n', script])).toMatchObject({ status: 0 });
    expect(readFileSync('deploy/compose/pg_hba.conf', 'utf8')).toMatch(
      /^host +replication +all +all +scram-sha-256$/m,
    );
  });

  test('has a proxy that asks both servers whether they are ready', () => {
    const proxy = readFileSync('deploy/compose/haproxy.cfg', 'utf8');
    const servers = [...proxy.matchAll(/^ +server \S+ (\S+)$/gm)].map(
      ([, name = '']) => name,
    );
    const { PORT } = environmentOf(image);
    expect(servers).toEqual([`service:${PORT}`, `second:${PORT}`]);
    expect(proxy).toMatch(/^ +http-check send meth GET uri \/readyz /m);
    const [, port] = /^ +bind :(\d+)$/m.exec(proxy) ?? [];
    expect(below('services', 'proxy', 'ports')).toEqual([
      `- '127.0.0.1:${port}:${port}'`,
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
    expect(named).toHaveLength(8);
    for (const name of named) {
      expect(name).toMatch(/^[a-z-]+:[a-z0-9.-]+$/);
      expect(name).not.toMatch(/:latest$/);
    }
  });

  test('set only what the service has a setting for', () => {
    const known = settings.map(({ name }): string => name);
    const set = [
      ...['service', 'second'].flatMap((name) =>
        Object.keys(pairs(below('services', name, 'environment'))),
      ),
      ...Object.keys(environmentOf(image)),
    ];
    expect(set).toContain('DATABASE_URL');
    // NODE_ENV is read by packages, not by us.
    expect(set.filter((name) => !known.includes(name))).toEqual(['NODE_ENV']);
  });
});
