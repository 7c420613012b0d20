import { readFileSync } from 'node:fs';
import { metricsOf } from '../src/http/metrics.ts';
import { cachedServer, type CachedServer } from './support/cached.ts';
import { follow } from './support/follower.ts';
import { type Sample, samplesOf } from './support/prometheus.ts';
import { sample, startService, type TestService } from './support/service.ts';
import { aWriter } from './support/writing.ts';
import { anEvent, ndjson } from './support/builders.ts';

// No Grafana and no Prometheus run where the tests run. So what their files ask is asked of the running service.

jest.setTimeout(120_000);

interface Target {
  expr?: string;
  legendFormat?: string;
  url?: string;
  root_selector?: string;
  columns?: { selector: string; text: string; type: string }[];
}

interface Dashboard {
  uid: string;
  title: string;
  panels: {
    id: number;
    title: string;
    datasource: { type: string; uid: string };
    targets: Target[];
  }[];
}

const read = (file: string) => readFileSync(`deploy/${file}`, 'utf8');
const dashboard = (name: string) =>
  JSON.parse(read(`grafana/dashboards/${name}.json`)) as Dashboard;
const operators = dashboard('operators');
const analysts = dashboard('analysts');
const sources = read('grafana/provisioning/datasources/diplomatic-events.yaml');

let service: TestService;
let server: CachedServer;
let samples: Sample[];

/** Something of everything happens once, so that every number has its labels. */
beforeAll(async () => {
  service = await startService();
  await service.load(sample('security-guarantees'));
  server = await cachedServer(
    service.url,
    {},
    {
      metrics: metricsOf('1.2.3'),
      replicas: () => [
        { name: 'db2:5432', leftOut: null, lagBytes: 0, lagSeconds: 0 },
      ],
    },
  );
  const { key } = await aWriter(service);
  const address = `http://127.0.0.1:${server.port}`;
  const following = await follow(address);
  await following.messages.next();
  await server.get('/v1/events');
  await server.get('/v1/events');
  await server.get('/v1/events/nobody');
  await fetch(`${address}/v1/import`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/x-ndjson',
    },
    body: ndjson([anEvent({ id: 'new', date: '2022' })]),
  });
  await server.database.pool.query('select broken').catch(() => undefined);
  samples = samplesOf((await server.get('/metrics')).body.toString());
  following.abort();
});
afterAll(async () => {
  await server.stop();
  await service.stop();
});

const WORDS = new Set(['and', 'or', 'unless', 'bool']);

/** The labels that Prometheus itself puts to what it reads. */
const OF_PROMETHEUS = new Set(['instance', 'job']);

/** What is wrong with a PromQL expression: names and labels that the service does not have. */
function faultsOf(expr: string, legend = ''): string[] {
  const faults: string[] = [];
  const labels = new Set<string>(OF_PROMETHEUS);
  const check = (name: string, matchers: string): void => {
    const found = samples.filter((one) => one.name === name);
    if (found.length === 0) faults.push(`no metric ${name}`);
    for (const one of found)
      for (const label of Object.keys(one.labels)) labels.add(label);
    for (const [, label = '', sign, value = ''] of matchers.matchAll(
      /(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g,
    )) {
      if (OF_PROMETHEUS.has(label)) continue;
      const values = found.map((one) => one.labels[label]);
      if (values.every((one) => one === undefined))
        faults.push(`${name} has no label ${label}`);
      else if (sign === '=' && !values.includes(value))
        faults.push(`${name} has no ${label}="${value}"`);
    }
  };
  const grouped: string[] = [];
  const rest = expr
    .replace(/\[[^\]]*\]/g, '')
    .replace(/(\w+)\s*\{([^}]*)\}/g, (_, name: string, matchers: string) => {
      check(name, matchers);
      return '';
    })
    .replace(/\bby\s*\(([^)]*)\)/g, (_, names: string) => {
      grouped.push(...names.split(',').map((name) => name.trim()));
      return '';
    });
  for (const [name] of rest.matchAll(/\b[a-z_]\w*\b(?!\s*\()/gi))
    if (!WORDS.has(name)) check(name, '');
  const told = [...legend.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(
    ([, name = '']) => name,
  );
  for (const label of [...grouped, ...told])
    if (!labels.has(label)) faults.push(`no label ${label}`);
  if (/\b(sum|min|max|count|avg)\b/.test(rest))
    for (const label of told)
      if (!grouped.includes(label)) faults.push(`${label} is summed away`);
  return faults;
}

const asked = operators.panels.flatMap(({ title, targets }) =>
  targets.map(({ expr = '', legendFormat = '' }) => ({
    title,
    expr,
    legendFormat,
  })),
);

const alerts = [
  ...read('prometheus/alerts.yaml').matchAll(
    /alert: (\w+)\n\s+expr: (?:>-\n\s+)?((?:.|\n)+?)\n\s+for:/g,
  ),
].map(([, name = '', expr = '']) => ({ name, expr }));

describe('the dashboard of operators', () => {
  test.each(asked)(
    '$title asks for what is there: $expr',
    ({ expr, legendFormat }) => {
      expect(faultsOf(expr, legendFormat)).toEqual([]);
    },
  );

  test('shows every number of the service', () => {
    const shown = [...asked, ...alerts].map(({ expr }) => expr).join('\n');
    const own = new Set(
      samples
        .map(({ name }) => name.replace(/_(bucket|sum|count)$/, ''))
        .filter((name) => !/^(process|nodejs|service)_/.test(name)),
    );
    expect([...own].filter((name) => !shown.includes(name))).toEqual([]);
  });

  test.each([
    ['unheard_of', 'no metric unheard_of'],
    [
      'sum(rate(http_requests_total{code="2"}[5m]))',
      'http_requests_total has no label code',
    ],
    ['db_pool_limit{pool="none"}', 'db_pool_limit has no pool="none"'],
    ['sum by (colour) (db_up)', 'no label colour'],
  ])('is really looked at: %s', (expr, fault) => {
    expect(faultsOf(expr)).toContain(fault);
  });
});

describe('the alerts', () => {
  test('are all read', () => {
    const names = read('prometheus/alerts.yaml').match(/alert: /g);
    expect(alerts).toHaveLength(names?.length ?? 0);
    expect(alerts.length).toBeGreaterThan(5);
  });

  test.each(alerts)('$name asks for what is there', ({ expr }) => {
    expect(faultsOf(expr)).toEqual([]);
  });
});

describe('the dashboard of analysts', () => {
  test.each(
    analysts.panels.flatMap(({ title, targets }) =>
      targets.map((target) => ({ title, ...target })),
    ),
  )('$title is answered with every column', async (target) => {
    const { url = '', root_selector: root = '', columns = [] } = target;
    const path = url
      .replaceAll('${__from:date:YYYY-MM-DD}', '2021-11-01')
      .replaceAll('${__to:date:YYYY-MM-DD}', '2022-12-31')
      .replaceAll('${actor}', 'russia');
    expect(path).not.toContain('$');
    const { status, body } = await server.get(path);
    expect([path, status]).toEqual([path, 200]);
    const rows = at(JSON.parse(body.toString()), root) as object[];
    expect(rows.length).toBeGreaterThan(0);
    expect(columns.length).toBeGreaterThan(1);
    for (const { selector, type } of columns) {
      const values = rows.map((row) => at(row, selector));
      const found = values.filter((one) => one !== undefined && one !== null);
      expect([selector, found.length > 0]).toEqual([selector, true]);
      if (type === 'number')
        for (const one of found) expect(one).toEqual(expect.any(Number));
      if (type === 'timestamp')
        for (const one of found)
          expect(Date.parse(one as string)).not.toBeNaN();
    }
  });
});

/** What stands at a selector such as `title.en`. */
function at(value: unknown, selector: string): unknown {
  return selector
    .split('.')
    .reduce<unknown>(
      (inside, name) => (Object(inside) as Record<string, unknown>)[name],
      value,
    );
}

describe('provisioning', () => {
  test.each([operators, analysts])('$title finds its source', ({ panels }) => {
    for (const { datasource, id } of panels) {
      const source = sources
        .split(/^ {2}- /m)
        .find((one) => one.includes(`uid: ${datasource.uid}\n`));
      expect([id, source]).toEqual([
        id,
        expect.stringContaining(`type: ${datasource.type}\n`),
      ]);
    }
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });

  test('names the files that are there, and the documentation names them', () => {
    const operations = readFileSync('docs/operations.md', 'utf8');
    for (const file of [
      'grafana/dashboards/operators.json',
      'grafana/dashboards/analysts.json',
      'grafana/provisioning/datasources/diplomatic-events.yaml',
      'grafana/provisioning/dashboards/diplomatic-events.yaml',
      'prometheus/alerts.yaml',
    ]) {
      expect(read(file)).not.toBe('');
      expect(operations).toContain(`\`${file}\``);
    }
    for (const name of ['PROMETHEUS_URL', 'SERVICE_URL']) {
      expect(sources).toContain(`\${${name}}`);
      expect(operations).toContain(`\`${name}\``);
    }
  });
});
