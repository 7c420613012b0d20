import { StartError } from './domain/errors.ts';
import { editDistance } from './domain/nearest.ts';

/** One setting: how it is called, what it is when nobody says, and what it means. The README's table is this one. */
export interface Setting {
  name: string;
  default: string;
  meaning: string;
  allowed: RegExp;
  form: string;
}

const setting = (
  name: string,
  byDefault: string,
  meaning: string,
  allowed: RegExp,
  form: string,
): Setting => ({
  name,
  default: byDefault,
  meaning,
  allowed,
  form,
});

// No less than the dearest request costs.
const LIMIT = /^(0|[1-9]\d{3,8})$/;
const RANGES = /^[\da-z.:/, ]*$/i;

/** Every setting there is. Each is an environment variable, and an option of `serve` in the form `--data-dir`. */
export const settings: readonly Setting[] = [
  setting(
    'HOST',
    '127.0.0.1',
    'the address to listen on',
    /^[A-Za-z0-9.:_-]+$/,
    'a host name or an IP address',
  ),
  setting(
    'PORT',
    '3000',
    'the port to listen on; 0 takes any free one',
    /^(0|[1-9]\d{0,4})$/,
    'a number from 0 to 65535',
  ),
  setting(
    'DATA_DIR',
    './data',
    'where the embedded PostgreSQL keeps its data',
    /\S/,
    'a path',
  ),
  setting(
    'DATABASE_URL',
    '',
    'an own PostgreSQL 15 or newer, as `postgres://user:password@host:5432/name`; then nothing embedded is started',
    /^(postgres(ql)?:\/\/\S+)?$/,
    'an address such as postgres://user:password@host:5432/name',
  ),
  setting(
    'DATABASE_REPLICA_URL',
    '',
    'its streaming replicas, for reads: addresses like the one above, separated by commas (a comma in a password is `%2C`)',
    /^(postgres(ql)?:\/\/[^\s,]+(,postgres(ql)?:\/\/[^\s,]+)*)?$/,
    'an address such as postgres://user:password@host:5432/name, or several with commas between',
  ),
  setting(
    'DATABASE_CONNECTIONS',
    '10',
    'how many connections for reads a server holds at most, to each database server',
    /^([1-9]\d{0,2})$/,
    'a number from 1 to 999',
  ),
  setting(
    'EXPORTS',
    '50',
    'how many exports a server runs at once; each holds a connection of its own while it runs',
    /^([1-9]\d{0,2})$/,
    'a number from 1 to 999',
  ),
  setting(
    'ANSWER_CACHE',
    '32',
    'how many MB of answers a server remembers; nobody is ever shown an old one; 0 remembers none',
    /^(0|[1-9]\d{0,4})$/,
    'a number of MB, up to 99999',
  ),
  setting(
    'EXPORTS_EACH',
    '2',
    'how many exports an address or a key may run at once; 0 for as many as there are places',
    /^(0|[1-9]\d{0,2})$/,
    'a number up to 999',
  ),
  setting(
    'FOLLOWERS',
    '2500',
    'how many followers of the changes (SSE) a server takes; the others are sent away with 503',
    /^(0|[1-9]\d{0,4})$/,
    'a number up to 99999',
  ),
  setting(
    'CONNECTIONS',
    '10000',
    'how many connections of clients a server holds open; further ones are closed at once',
    /^[1-9]\d{0,5}$/,
    'a number from 1 to 999999',
  ),
  setting(
    'RATE_LIMIT',
    '60000',
    'how many points an address may use in a minute, as `docs/operations.md` counts them; 0 for no limit',
    LIMIT,
    'a number from 1000, or 0',
  ),
  setting(
    'RATE_LIMIT_KEY',
    '600000',
    'the same for a key; 0 for no limit',
    LIMIT,
    'a number from 1000, or 0',
  ),
  setting(
    'RATE_LIMIT_EXEMPT',
    'loopback',
    'from where nobody is limited: addresses, ranges, `loopback`, `linklocal`, `uniquelocal`, with commas between them; or `none`',
    RANGES,
    'a list of addresses and ranges with commas between them, or none',
  ),
  setting(
    'RATE_LIMIT_SHARED',
    'off',
    '`on` counts what was used on all servers of the database together, `off` on each by itself',
    /^(on|off)$/,
    'on or off',
  ),
  setting(
    'TRUST_PROXY',
    '',
    'which proxies are believed about the address of a client (`X-Forwarded-For`): how many stand in a row, or their addresses and ranges',
    RANGES,
    'a number of proxies, or addresses and ranges with commas between them',
  ),
  setting(
    'PUBLIC_URL',
    '',
    'where the service is for its readers, as `https://host/path`: every link begins with it; when empty, with the host that was asked',
    /^(https?:\/\/[^\s/?#@"<>\\]+(\/[^\s?#"<>\\]*)?)?$/,
    'an address such as https://events.example.org',
  ),
  setting(
    'SAMPLES',
    'on',
    '`on` loads the sample timelines into an empty database, `off` does not',
    /^(on|off)$/,
    'on or off',
  ),
  setting(
    'LOG_LEVEL',
    'warn',
    'how much is logged, as JSON lines on standard error: `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`',
    /^(trace|debug|info|warn|error|fatal|silent)$/,
    'one of trace, debug, info, warn, error, fatal, silent',
  ),
  setting(
    'METRICS',
    'on',
    '`on` shows the service in numbers at `/metrics`, which a proxy should not pass on; `off` counts nothing',
    /^(on|off)$/,
    'on or off',
  ),
  setting(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    '',
    'where traces are sent (OpenTelemetry, OTLP over HTTP), as `http://collector:4318`; none are made without it',
    /^(https?:\/\/\S+)?$/,
    'an address such as http://collector:4318',
  ),
];

/** The settings as the program uses them. */
export interface Config {
  host: string;
  port: number;
  dataDir: string;
  /** Null: the embedded PostgreSQL under `dataDir` is used. */
  databaseUrl: string | null;
  /** Addresses of its replicas. */
  databaseReplicas: string[];
  databaseConnections: number;
  exports: number;
  /** In bytes. */
  answerCache: number;
  exportsEach: number;
  followers: number;
  connections: number;
  rateLimit: {
    /** Points a minute; 0 for no limit. */
    ofAddress: number;
    ofKey: number;
    /** Addresses and ranges; empty for none. */
    exempt: string;
    shared: boolean;
  };
  trustProxy: string;
  /** Without a slash at its end; null: links begin with the host that was asked. */
  publicUrl: string | null;
  samples: boolean;
  logLevel: string;
  metrics: boolean;
  /** Null: no traces are made. */
  traces: string | null;
  /** The process that started us through npm; when it is gone, nobody waits for us any more. */
  startedByNpm: boolean;
}

/**
 * The settings from the environment, each overridden by an option of the same name where one is given.
 * @throws StartError for a malformed setting and for a variable that is a known name misspelt
 */
export function readConfig(
  options: Record<string, string | undefined> = {},
  environment = process.env,
): Config {
  for (const name of Object.keys(environment)) refuseMisspelt(name);
  const value = (name: string): string => {
    const found = settings.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no such setting: ${name}`);
    const option = options[optionOf(name)];
    // An empty variable is how shells and Compose say "not set".
    const text = option ?? (environment[name] || found.default);
    if (!found.allowed.test(text) || (name === 'PORT' && Number(text) > 65_535))
      throw new StartError(
        `${option === undefined ? name : `--${dashed(name)}`} is ${shown(name, text)}; it must be ${found.form}.`,
      );
    return text;
  };
  return {
    host: value('HOST'),
    port: Number(value('PORT')),
    dataDir: value('DATA_DIR'),
    databaseUrl: value('DATABASE_URL') || null,
    databaseReplicas: value('DATABASE_REPLICA_URL').split(',').filter(Boolean),
    databaseConnections: Number(value('DATABASE_CONNECTIONS')),
    exports: Number(value('EXPORTS')),
    answerCache: Number(value('ANSWER_CACHE')) * 2 ** 20,
    exportsEach: Number(value('EXPORTS_EACH')),
    followers: Number(value('FOLLOWERS')),
    connections: Number(value('CONNECTIONS')),
    rateLimit: {
      ofAddress: Number(value('RATE_LIMIT')),
      ofKey: Number(value('RATE_LIMIT_KEY')),
      exempt: value('RATE_LIMIT_EXEMPT').replace(/^none$/, ''),
      shared: value('RATE_LIMIT_SHARED') === 'on',
    },
    trustProxy: value('TRUST_PROXY'),
    publicUrl: value('PUBLIC_URL').replace(/\/+$/, '') || null,
    samples: value('SAMPLES') === 'on',
    logLevel: value('LOG_LEVEL'),
    metrics: value('METRICS') === 'on',
    traces: value('OTEL_EXPORTER_OTLP_ENDPOINT') || null,
    startedByNpm: environment['npm_lifecycle_event'] !== undefined,
  };
}

/** A value as an error may repeat it: on one line, and without the password that an address may hold. */
function shown(name: string, value: string): string {
  return /^DATABASE_.*URL$|_ENDPOINT$/.test(name)
    ? 'malformed'
    : JSON.stringify(value);
}

/** `DATA_DIR` → `data-dir`, as it is written on the command line. */
export function dashed(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}

/** `DATA_DIR` → `dataDir`, as the command line's parser hands it over. */
function optionOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

// Short names such as HOST stand one letter from many innocent variables; the long ones do not.
const LONG_ENOUGH = 7;

function refuseMisspelt(name: string): void {
  if (settings.some((one) => one.name === name)) return;
  const meant = settings.find(
    (one) =>
      one.name.length >= LONG_ENOUGH &&
      editDistance(name.toUpperCase(), one.name) <= 1,
  );
  if (meant !== undefined)
    throw new StartError(
      `${name} is not a setting; did you mean ${meant.name}?`,
    );
}
