import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { settings } from '../src/config.ts';

const folder = 'deploy/kubernetes';

/** Where the official schemas of Kubernetes, CloudNativePG and the Prometheus operator are, made into validators and types. */
const models = {
  Cluster: '@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1',
  PodMonitor: '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1',
  Deployment: 'kubernetes-models/apps/v1',
  Ingress: 'kubernetes-models/networking.k8s.io/v1',
  NetworkPolicy: 'kubernetes-models/networking.k8s.io/v1',
  PodDisruptionBudget: 'kubernetes-models/policy/v1',
  Namespace: 'kubernetes-models/v1',
  Service: 'kubernetes-models/v1',
} as const;

interface Manifest {
  kind: keyof typeof models;
  metadata: { name: string };
  // oxlint-disable-next-line typescript/no-explicit-any -- each kind has a shape of its own, which the models know
  spec: any;
}

function read(file: string): Manifest[] {
  return parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map(
    (document) => document.toJS() as Manifest,
  );
}

const kustomization = parse(
  readFileSync(join(folder, 'kustomization.yaml'), 'utf8'),
) as { resources: string[]; images: { name: string }[] };
const manifests = [...kustomization.resources, 'monitoring.yaml'].flatMap(read);

function the(kind: Manifest['kind'], name = 'events') {
  const found = manifests.find(
    (one) => one.kind === kind && one.metadata.name === name,
  );
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found.spec;
}

/** What the validators say of each; they come as ES modules only, and so are asked in a process of their own. */
function invalid(all: readonly Manifest[]): string[] {
  const script = `for (const [path, manifest] of ${JSON.stringify(
    all.map((one) => [`${models[one.kind]}/${one.kind}`, one]),
  )}) {
    const model = await import(path);
    try { new model[manifest.kind](manifest).validate(); } catch (error) { console.log(String(error)); }
  }`;
  const words = ['--input-type=module', '-e', script];
  return execFileSync(process.execPath, words, { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '');
}

/** What TypeScript says of them as values of the models' types: it knows every field there is. */
function misspelt(all: readonly Manifest[]): string {
  mkdirSync('dist', { recursive: true });
  // Within the checkout, where the packages are found.
  const scratch = mkdtempSync(join('dist', 'manifests-'));
  try {
    const text = all.map((manifest, n) => {
      const type = `I${manifest.kind}`;
      return `import type { ${type} as Kind${n} } from '${models[manifest.kind]}/${manifest.kind}';
        export const _${n}: Kind${n} = ${JSON.stringify(manifest)};\n`;
    });
    const file = join(scratch, 'manifests.mts');
    writeFileSync(file, text.join(''));
    const compiler = resolve('node_modules/typescript/bin/tsc');
    const flags = ['--ignoreConfig', '--noEmit', '--strict', '--skipLibCheck'];
    const modules = ['--module', 'nodenext', '--types', 'node'];
    execFileSync(process.execPath, [compiler, ...flags, ...modules, file], {
      encoding: 'utf8',
    });
    return '';
  } catch (error) {
    return String((error as { stdout: unknown }).stdout);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

describe('the manifests', () => {
  test('are what their schemas allow, without a field that nobody knows', () => {
    expect(manifests.map(({ kind }) => kind).sort()).toEqual(
      expect.arrayContaining(Object.keys(models)),
    );
    expect(invalid(manifests)).toEqual([]);
    expect(misspelt(manifests)).toBe('');
  });

  test('would be caught with a wrong value or a misspelt field', () => {
    const [cluster] = read('database.yaml') as [Manifest];
    const wrong = { ...cluster, spec: { ...cluster.spec, instances: 'three' } };
    expect(invalid([wrong])).toEqual([
      expect.stringMatching(/instances must be integer/),
    ]);
    const slip = { ...cluster, spec: { ...cluster.spec, instancs: 3 } };
    expect(misspelt([slip])).toMatch(/instancs/);
  });
});

describe('the database', () => {
  const spec = the('Cluster', 'events-db');

  test('acknowledges nothing that a second machine does not hold, and promotes nobody who may lack it', () => {
    expect(spec.instances).toBe(3);
    expect(spec.postgresql.synchronous).toEqual({
      method: 'any',
      number: 1,
      dataDurability: 'required',
      failoverQuorum: true,
    });
    expect(spec.affinity.podAntiAffinityType).toBe('required');
  });

  test('has connections for all servers of the service, and two more while they are replaced', () => {
    const { replicas } = the('Deployment');
    const most = (name: string) =>
      Number(settings.find((one) => one.name === name)?.default);
    // Reads and exports; counting, writes, the state, the probe and the signal have a dozen of their own.
    const each = most('DATABASE_CONNECTIONS') + most('EXPORTS') + 12;
    expect(
      Number(spec.postgresql.parameters.max_connections),
    ).toBeGreaterThanOrEqual((replicas + 1) * each);
  });
});

describe('the service', () => {
  const { template, replicas, strategy } = the('Deployment');
  const [container] = template.spec.containers;

  test('is given the address of that database, and only settings it has', () => {
    const names = container.env.map(({ name }: { name: string }) => name);
    const known = settings.map(({ name }): string => name);
    expect(names.filter((name: string) => !known.includes(name))).toEqual([]);
    expect(container.env[0]).toEqual({
      name: 'DATABASE_URL',
      valueFrom: { secretKeyRef: { name: 'events-db-app', key: 'uri' } },
    });
    expect(kustomization.images[0]?.name).toBe(container.image);
  });

  test('has no rights, and nothing to write on but /tmp', () => {
    expect(template.spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.volumeMounts).toEqual([
      { name: 'tmp', mountPath: '/tmp' },
    ]);
  });

  test('is never gone: not while it is replaced, not while machines are emptied', () => {
    expect(replicas).toBeGreaterThan(1);
    expect(strategy.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 });
    expect(the('PodDisruptionBudget').minAvailable).toBe(1);
    const [, seconds] = container.lifecycle.preStop.exec.command;
    // The service takes at most ten seconds to end.
    expect(template.spec.terminationGracePeriodSeconds).toBeGreaterThan(
      Number(seconds) + 10,
    );
  });

  test('is asked whether it is alive and whether it is ready where it answers that', () => {
    const { paths } = JSON.parse(
      readFileSync('openapi/openapi.json', 'utf8'),
    ) as {
      paths: Record<string, object>;
    };
    const { startupProbe, livenessProbe, readinessProbe } = container;
    for (const probe of [startupProbe, livenessProbe, readinessProbe]) {
      expect(Object.keys(paths)).toContain(probe.httpGet.path);
      expect(probe.httpGet.port).toBe(container.ports[0].name);
    }
    // Whose database is away must not be killed for it.
    expect(livenessProbe.httpGet.path).toBe('/healthz');
  });

  test('is what every selector selects', () => {
    const { labels } = template.metadata;
    for (const selector of [
      the('Deployment').selector.matchLabels,
      the('PodDisruptionBudget').selector.matchLabels,
      the('Service').selector,
      the('NetworkPolicy').podSelector.matchLabels,
      the('NetworkPolicy', 'events-db').ingress[0].from[0].podSelector
        .matchLabels,
      the('PodMonitor').selector.matchLabels,
    ])
      expect(selector).toEqual(labels);
  });
});

test('the kustomization names every file beside it', () => {
  const files = readdirSync(folder).sort();
  expect(files).toEqual(
    [
      ...kustomization.resources,
      'monitoring.yaml',
      'kustomization.yaml',
    ].sort(),
  );
});
