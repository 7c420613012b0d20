import {
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  Registry,
} from 'prom-client';
import { type StatementWatch } from '../storage/statements.ts';

/** One request that was answered, or was given up. */
export interface Answered {
  /** The pattern of its route; null where none was found. */
  route: string | null;
  status: number;
  /** Null where the answer ends when its reader leaves: it would tell of the reader. */
  seconds: number | null;
  /** Who answered: a route, the memory of answers before any route, or nobody, for the request could not be read. */
  from: 'route' | 'memory' | 'unreadable';
}

/** What one number of a gauge is told of, and the number. */
export type Measured = [labels: Record<string, string>, value: number];

/** The numbers of one server, for Prometheus. Each label has only so many values as the code has, whatever is asked. */
export interface Metrics {
  answered(method: string, answer: Answered): void;
  readonly statement: StatementWatch;
  /** A change reached a follower so long after it was made (s). */
  delivered(seconds: number): void;
  /** Rows of an import that were read, or stored. */
  importRows(phase: 'reading' | 'storing', rows: number): void;
  importEnded(outcome: 'stored' | 'kept-nothing' | 'failed'): void;
  /** A number that is read when it is asked for. What fails is not told. */
  readonly gauge: (
    name: string,
    help: string,
    labelNames: readonly string[],
    read: () => Measured[] | Promise<Measured[]>,
  ) => void;
  /** The same of a number that only grows. */
  readonly counter: (name: string, help: string, read: () => number) => void;
  /** All of it, as Prometheus reads it (text format 0.0.4). */
  text(): Promise<string>;
  readonly contentType: string;
}

const METHODS = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
]);
const MOST_KINDS = 200;
const ANSWER_TIMES = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];
const STATEMENT_TIMES = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2, 8,
];
const DELIVERY_TIMES = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3, 10, 60];

/** The numbers of a server, in a registry of their own. */
export function metricsOf(version: string): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  new Gauge({
    name: 'service_info',
    help: 'Always 1; the version is in its label',
    labelNames: ['version'],
    registers,
  }).set({ version }, 1);

  // A library's counter would look its labels up anew for each request; these are read when they are asked for.
  const counts = new Map<
    string,
    {
      labels: Record<string, string>;
      count: number;
      time(seconds: number): void;
    }
  >();
  const took = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'How long answers took, to their last byte; streams of changes are left out',
    labelNames: ['method', 'route', 'from'],
    buckets: ANSWER_TIMES,
    registers,
  });
  registry.registerMetric(
    new Counter({
      name: 'http_requests_total',
      help: 'Requests by method, pattern of the route, status (499: its sender left) and who answered: a route, the memory before it, or nobody, for it was unreadable',
      labelNames: ['method', 'route', 'status', 'from'],
      registers: [],
      collect() {
        this.reset();
        for (const { labels, count } of counts.values())
          this.inc(labels, count);
      },
    }),
  );
  const countOf = (asked: string, { route: found, status, from }: Answered) => {
    const method = METHODS.has(asked) ? asked : 'other';
    const route = found ?? 'none';
    const key = `${method} ${status} ${from} ${route}`;
    let known = counts.get(key);
    if (known === undefined) {
      const time = took.labels({ method, route, from });
      known = {
        labels: { method, route, status: String(status), from },
        count: 0,
        time: (seconds) => time.observe(seconds),
      };
      counts.set(key, known);
    }
    return known;
  };

  const statements = new Histogram({
    name: 'db_statement_duration_seconds',
    help: 'How long statements took in the database, by their kind',
    labelNames: ['statement'],
    buckets: STATEMENT_TIMES,
    registers,
  });
  const failures = new Counter({
    name: 'db_statement_errors_total',
    help: 'Statements that failed, by their kind and SQLSTATE (or "none", where the connection broke or nothing came in time)',
    labelNames: ['statement', 'code'],
    registers,
  });
  const kinds = new Map<
    string,
    { name: string; observe: (seconds: number) => void }
  >();
  const kindOf = (kind: string) => {
    let known = kinds.get(kind);
    if (known === undefined) {
      const name = kinds.size < MOST_KINDS ? kind : 'other';
      const child = statements.labels(name);
      known = { name, observe: (seconds) => child.observe(seconds) };
      if (name === kind) kinds.set(kind, known);
    }
    return known;
  };

  const delivery = new Histogram({
    name: 'changes_delivery_seconds',
    help: 'From the moment a change was made to the moment it was sent to a follower who was waiting for it',
    buckets: DELIVERY_TIMES,
    registers,
  });
  const rows = new Counter({
    name: 'import_rows_total',
    help: 'Rows of imports over HTTP that were read, and that were stored (before their commit)',
    labelNames: ['phase'],
    registers,
  });
  const imports = new Counter({
    name: 'imports_total',
    help: 'Imports over HTTP that ended, by how: stored, kept-nothing (rows were rejected, or a dry run) or failed',
    labelNames: ['outcome'],
    registers,
  });
  for (const phase of ['reading', 'storing']) rows.inc({ phase }, 0);
  for (const outcome of ['stored', 'kept-nothing', 'failed'])
    imports.inc({ outcome }, 0);

  return {
    answered(method, answer) {
      const one = countOf(method, answer);
      one.count++;
      if (answer.seconds !== null) one.time(answer.seconds);
    },
    statement: (kind) => {
      const begun = performance.now();
      let open = true;
      return (error) => {
        if (!open) return;
        open = false;
        const { name, observe } = kindOf(kind);
        observe((performance.now() - begun) / 1000);
        if (error !== null)
          failures.inc({ statement: name, code: sqlState(error) });
      };
    },
    delivered: (seconds) => delivery.observe(Math.max(0, seconds)),
    importRows: (phase, count) => rows.inc({ phase }, count),
    importEnded: (outcome) => imports.inc({ outcome }),
    gauge: (name, help, labelNames, read) => {
      registry.registerMetric(
        new Gauge({
          name,
          help,
          labelNames: [...labelNames],
          registers: [],
          async collect() {
            this.reset();
            const measured = await Promise.resolve(read()).catch(() => []);
            for (const [labels, value] of measured) this.set(labels, value);
          },
        }),
      );
    },
    counter: (name, help, read) => {
      registry.registerMetric(
        new Counter({
          name,
          help,
          registers: [],
          collect() {
            this.reset();
            this.inc(read());
          },
        }),
      );
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** Five letters of PostgreSQL's; there are some two hundred of them. */
function sqlState(error: unknown): string {
  const code = String((Object(error) as { code?: unknown }).code);
  return /^[0-9A-Z]{5}$/.test(code) ? code : 'none';
}
