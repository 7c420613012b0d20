// PostgreSQL's own load generator on the very statements that the service sends: the limit of any service that sends them.
import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { accounted, usage } from './measure.mjs';
import { CLIENT_CORE, onCore } from './processes.mjs';

// It takes no more than 128 scripts, so each holds some requests and draws one.
const MOST_SCRIPTS = 100;

/**
 * Writes scripts that send what requests send, a request a transaction, drawn at random. A statement with a name is prepared
 * once per connection and then executed, so that the server keeps or makes plans as it does for the service; any other is
 * sent with its values and planned each time.
 * @param requests for each request its statements, in order
 */
export function scriptsOf(folder, requests) {
  const names = [...new Set(requests.flat().flatMap(({ name }) => name ?? []))];
  const size = Math.ceil(requests.length / MOST_SCRIPTS);
  const scripts = [];
  for (let from = 0; from < requests.length; from += size) {
    const some = requests.slice(from, from + size);
    const branches = some.map((statements, n) => {
      const lines = statements.map((statement) => sent(statement, names));
      return `\\${n === 0 ? 'if' : 'elif'} :request = ${n}\n${lines.join('\n')}`;
    });
    scripts.push({
      text: `\\set request random(0, ${some.length - 1})\n${branches.join('\n')}\n\\endif\n`,
      weight: some.length,
    });
  }
  return writeScripts(
    folder,
    scripts,
    names.map((_, n) => `prepared${n}=0`),
    requests.flat()[0]?.options ?? '',
  );
}

/** Scripts as files; `options` are those of the service's connections. */
export function writeScripts(folder, scripts, variables, options) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const words = scripts.flatMap(({ text, weight }, n) => {
    const file = join(folder, `${n}.sql`);
    writeFileSync(file, text);
    return ['-f', `${file}@${weight}`];
  });
  return {
    words: [...words, ...variables.flatMap((one) => ['-D', one])],
    options,
  };
}

/** Runs scripts for some seconds after a warm-up; answers what {@link measureHttp} does, but for bytes. */
export async function measurePgbench({
  url,
  scripts,
  connections,
  seconds,
  warmUp,
  pinned,
  folder,
  database,
}) {
  const { hostname, port, username, password, pathname } = new URL(url);
  const logs = mkdtempSync(join(folder, 'log-'));
  const [program, ...words] = onCore(CLIENT_CORE, ['pgbench'], pinned);
  const before = usage({ database });
  const options = {
    '-h': hostname,
    '-p': port,
    '-U': decodeURIComponent(username),
    '-M': 'extended',
    '-c': String(connections),
    '-j': '1',
    '-T': String(seconds + warmUp),
    '--log-prefix': join(logs, 'log'),
  };
  await promisify(execFile)(
    program,
    [
      ...words,
      '-n',
      '-l',
      ...Object.entries(options).map(([name, value]) =>
        name.startsWith('--') ? `${name}=${value}` : name + value,
      ),
      ...scripts.words,
      pathname.slice(1),
    ],
    {
      env: {
        ...process.env,
        PGPASSWORD: decodeURIComponent(password),
        PGOPTIONS: scripts.options,
      },
      maxBuffer: 1 << 26,
    },
  );
  const after = usage({ database });
  const done = readdirSync(logs).flatMap((name) =>
    readFileSync(join(logs, name), 'latin1')
      .trimEnd()
      .split('\n')
      .map((line) => {
        const fields = line.split(' ').map(Number);
        return {
          at: fields[4] + fields[5] / 1e6,
          milliseconds: fields[2] / 1000,
        };
      }),
  );
  rmSync(logs, { recursive: true });
  const begin =
    done.reduce((first, { at }) => Math.min(first, at), Infinity) + warmUp;
  const counted = done.filter(({ at }) => at >= begin);
  const end = counted.reduce((last, { at }) => Math.max(last, at), begin);
  const latencies = counted
    .map(({ milliseconds }) => milliseconds)
    .sort((one, other) => one - other);
  return {
    requests: counted.length,
    perSecond: counted.length / (end - begin),
    p50: latencies[Math.floor(latencies.length / 2)] ?? null,
    p99: latencies[Math.floor(latencies.length * 0.99)] ?? null,
    bytes: null,
    errors: [],
    ...accounted(before, after, done.length),
  };
}

function sent({ name, text, values }, names) {
  if (name === null) return `${withValues(text, values)};`;
  const n = names.indexOf(name);
  return `\\if :prepared${n} = 0
prepare statement${n} as ${unmistakable(text)};
\\set prepared${n} 1
\\endif
execute statement${n}${values.length > 0 ? `(${values.map(literal).join(', ')})` : ''};`;
}

function withValues(text, values) {
  return unmistakable(text).replace(/\$(\d+)/g, (_, number) =>
    literal(values[number - 1]),
  );
}

// To pgbench a colon before a word is a variable, within a text too.
function unmistakable(text) {
  return text.replace(/'(?:[^']|'')*'/g, (quoted) =>
    /:\w/.test(quoted)
      ? escaped(quoted.slice(1, -1).replaceAll("''", "'"))
      : quoted,
  );
}

/** A value as PostgreSQL's drivers send it, as a literal in which pgbench finds no variable. */
export function literal(value) {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value))
    return escaped(
      `{${value.map((one) => (one === null ? 'null' : `"${String(one).replace(/["\\]/g, String.raw`\$&`)}"`)).join(',')}}`,
    );
  if (value instanceof Date) return escaped(value.toISOString());
  return escaped(
    typeof value === 'object' ? JSON.stringify(value) : String(value),
  );
}

function escaped(text) {
  const plain = text.replaceAll("'", "''");
  return /[\\:]/.test(text)
    ? `E'${plain.replaceAll('\\', '\\\\').replaceAll(':', String.raw`\x3A`)}'`
    : `'${plain}'`;
}
