import { dashed, readConfig, settings } from '../src/config.ts';
import { StartError } from '../src/domain/errors.ts';

type Texts = Record<string, string | undefined>;

/** Expects the settings to be refused, and answers in which words. */
function refusal(environment: Texts, options: Texts = {}): string {
  try {
    readConfig(options, environment);
  } catch (error) {
    expect(error).toBeInstanceOf(StartError);
    const { message } = error as StartError;
    expect(message).toMatch(/^[^\n]+[.?]$/);
    return message;
  }
  throw new Error('the settings were taken');
}

const byDefault = {
  host: '127.0.0.1',
  port: 3000,
  dataDir: './data',
  databaseUrl: null,
  databaseReplicas: [],
  databaseConnections: 10,
  exports: 50,
  exportsEach: 2,
  followers: 2500,
  connections: 10_000,
  rateLimit: {
    ofAddress: 60_000,
    ofKey: 600_000,
    exempt: 'loopback',
    shared: false,
  },
  trustProxy: '',
  publicUrl: null,
  answerCache: 32 * 1024 * 1024,
  samples: true,
  logLevel: 'warn',
  metrics: true,
  traces: null,
  startedByNpm: false,
};

describe('the settings', () => {
  test('are those of the service that listens to this machine, on an own database, when nobody says anything', () => {
    expect(readConfig({}, {})).toEqual(byDefault);
  });

  test('are taken from the environment', () => {
    const environment = {
      HOST: '::1',
      PORT: '0',
      DATA_DIR: '/var/lib/events of ours',
      DATABASE_URL: 'postgresql://me:secret@db:5432/events?sslmode=require',
      DATABASE_REPLICA_URL:
        'postgres://r1/events,postgres://me:a%2Cb@r2/events',
      DATABASE_CONNECTIONS: '999',
      EXPORTS: '7',
      EXPORTS_EACH: '0',
      FOLLOWERS: '0',
      CONNECTIONS: '1',
      RATE_LIMIT: '1000',
      RATE_LIMIT_KEY: '0',
      RATE_LIMIT_EXEMPT: 'none',
      RATE_LIMIT_SHARED: 'on',
      TRUST_PROXY: '10.0.0.0/8, 2001:db8::1',
      PUBLIC_URL: 'https://example.org/events/',
      ANSWER_CACHE: '0',
      SAMPLES: 'off',
      LOG_LEVEL: 'silent',
      METRICS: 'off',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
      npm_lifecycle_event: 'start',
    };
    expect(readConfig({}, environment)).toEqual({
      host: '::1',
      port: 0,
      dataDir: '/var/lib/events of ours',
      databaseUrl: 'postgresql://me:secret@db:5432/events?sslmode=require',
      databaseReplicas: [
        'postgres://r1/events',
        'postgres://me:a%2Cb@r2/events',
      ],
      databaseConnections: 999,
      exports: 7,
      exportsEach: 0,
      followers: 0,
      connections: 1,
      rateLimit: { ofAddress: 1000, ofKey: 0, exempt: '', shared: true },
      trustProxy: '10.0.0.0/8, 2001:db8::1',
      publicUrl: 'https://example.org/events',
      answerCache: 0,
      samples: false,
      logLevel: 'silent',
      metrics: false,
      traces: 'http://collector:4318',
      startedByNpm: true,
    });
  });

  test('given as options override those of the environment', () => {
    const environment = { PORT: '1', DATA_DIR: 'a', SAMPLES: 'off' };
    expect(
      readConfig({ port: '65535', dataDir: 'b' }, environment),
    ).toMatchObject({ port: 65_535, dataDir: 'b', samples: false });
  });

  test('are not set by empty variables', () => {
    const empty = Object.fromEntries(settings.map(({ name }) => [name, '']));
    expect(readConfig({}, empty)).toEqual(byDefault);
  });

  test('let an empty --database-url choose the embedded database over that of the environment', () => {
    const environment = { DATABASE_URL: 'postgres://db/events' };
    expect(readConfig({ databaseUrl: '' }, environment).databaseUrl).toBeNull();
  });

  test.each(settings.map((setting) => [setting.name, setting] as const))(
    '%s has a default that is allowed, and words for its reader',
    (name, setting) => {
      expect(setting.default).toMatch(setting.allowed);
      expect(setting.meaning).not.toBe('');
      expect(setting.form).toMatch(/^(an? |one of |on or )/);
      expect(dashed(name)).toMatch(/^[a-z]+(-[a-z]+)*$/);
    },
  );
});

describe('a malformed setting', () => {
  test.each([
    ['HOST', 'two words'],
    ['HOST', 'http://127.0.0.1'],
    ['HOST', '[::1]'],
    ['PORT', 'http'],
    ['PORT', '-1'],
    ['PORT', '65536'],
    ['PORT', '3000.5'],
    ['PORT', '0x50'],
    ['PORT', ' 3000'],
    ['PORT', '03000'],
    ['DATA_DIR', '  '],
    ['DATABASE_CONNECTIONS', '0'],
    ['DATABASE_CONNECTIONS', '1000'],
    ['DATABASE_CONNECTIONS', 'ten'],
    ['RATE_LIMIT', '999'],
    ['RATE_LIMIT_KEY', '-1'],
    ['RATE_LIMIT_EXEMPT', 'a;b'],
    ['RATE_LIMIT_SHARED', 'yes'],
    ['EXPORTS_EACH', '1000'],
    ['FOLLOWERS', 'many'],
    ['CONNECTIONS', '0'],
    ['TRUST_PROXY', '10.0.0.0/8; ::1'],
    ['PUBLIC_URL', 'example.org'],
    ['PUBLIC_URL', 'https://example.org/?a'],
    ['PUBLIC_URL', 'https://me@example.org'],
    ['PUBLIC_URL', 'javascript:alert(1)'],
    ['SAMPLES', 'yes'],
    ['SAMPLES', 'ON'],
    ['LOG_LEVEL', 'verbose'],
    ['METRICS', 'yes'],
  ])('%s="%s" is repeated with what it must be', (name, value) => {
    const form = settings.find((setting) => setting.name === name)?.form;
    expect(refusal({ [name]: value })).toBe(
      `${name} is ${JSON.stringify(value)}; it must be ${form}.`,
    );
  });

  test('is called by the name it was given with', () => {
    expect(refusal({ PORT: '1' }, { port: 'x' })).toBe(
      '--port is "x"; it must be a number from 0 to 65535.',
    );
    expect(refusal({}, { host: '' })).toMatch(/^--host is ""; /);
    expect(refusal({}, { databaseConnections: '0' })).toMatch(
      /^--database-connections is "0"; /,
    );
  });

  test('stays on one line whatever is in it', () => {
    expect(refusal({ HOST: 'a\nb' })).toMatch(/^HOST is "a\\nb"; /);
  });

  test.each([
    'mysql://me:hush@db/events',
    'me:hush@db/events',
    'postgres://me:hush hush@db/events',
  ])('%s does not give its password away', (url) => {
    for (const [name, value] of [
      ['DATABASE_URL', url],
      ['DATABASE_REPLICA_URL', `postgres://db/events,${url}`],
    ] as const) {
      const message = refusal({ [name]: value });
      expect(message).toMatch(new RegExp(`^${name} is malformed; it must be `));
      expect(message).not.toContain('hush');
    }
  });
});

describe('a misspelt variable', () => {
  test.each([
    ['DATABSE_URL', 'DATABASE_URL'],
    ['DATABASE_ULR', 'DATABASE_URL'],
    ['DATABASE_URLS', 'DATABASE_URL'],
    ['database_url', 'DATABASE_URL'],
    ['DATABASE-URL', 'DATABASE_URL'],
    ['DATABASE_CONECTIONS', 'DATABASE_CONNECTIONS'],
    ['DATADIR', 'DATA_DIR'],
    ['DATA_DIRS', 'DATA_DIR'],
    ['SAMPLE', 'SAMPLES'],
    ['LOG_LEVL', 'LOG_LEVEL'],
  ])('%s is taken for %s', (name, meant) => {
    expect(refusal({ [name]: 'x' })).toBe(
      `${name} is not a setting; did you mean ${meant}?`,
    );
  });

  test.each(['HOSTS', 'POST', 'PORTS', 'DATABASE', 'PGDATABASE', 'LOGNAME'])(
    '%s is nobody’s misspelling',
    (name) => {
      expect(readConfig({}, { [name]: 'x' })).toEqual(byDefault);
    },
  );

  test('is complained of even when it is empty or an option says otherwise', () => {
    expect(refusal({ DATABSE_URL: '' }, { databaseUrl: '' })).toMatch(
      /did you mean DATABASE_URL/,
    );
  });
});

test('the settings’ meanings are one line each, as a table wants them', () => {
  for (const { meaning } of settings) expect(meaning).not.toMatch(/[\n|]/);
});
