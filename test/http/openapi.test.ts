import { readFileSync } from 'node:fs';
import { openApiDocument } from '../../src/cli/openapi.ts';
import { OPEN } from '../../src/http/costs.ts';
import { sample, startService, type TestService } from '../support/service.ts';

interface Schema {
  $ref?: string;
  description?: string;
  properties?: Record<string, Schema>;
  items?: Schema | false;
  additionalProperties?: Schema | boolean;
  prefixItems?: Schema[];
}

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  example?: unknown;
  schema: Schema;
}

interface Operation {
  operationId?: string;
  summary?: string;
  tags?: string[];
  parameters?: Parameter[];
  responses: Record<
    string,
    {
      description?: string;
      content?: Record<string, { schema: Schema }>;
      headers?: Record<string, { description?: string; $ref?: string }>;
    }
  >;
}

interface Document {
  tags: { name: string; description?: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, Schema>;
    headers: Record<string, { description?: string }>;
  };
}

const committed = readFileSync('openapi/openapi.json', 'utf8');
const document = JSON.parse(committed) as Document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    of: `${method.toUpperCase()} ${path}`,
    method,
    path,
    operation,
  })),
);
const parameters = operations.flatMap(({ of, path, operation }) =>
  (operation.parameters ?? []).map((parameter) => ({
    of: `${of} ${parameter.name}`,
    path,
    operation,
    parameter,
  })),
);

describe('the OpenAPI document', () => {
  test('is the one that the code makes; else run `npm run openapi`', async () => {
    const made = await openApiDocument();
    if (made === committed) return;
    // The version is the package's; the rest is compared first, for it says more.
    expect(JSON.parse(made)).toEqual(document);
    throw new Error('openapi/openapi.json is stale: run `npm run openapi`');
  });

  test('each operation has an id of its own', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(ids).not.toContain(undefined);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test.each(operations)(
    '$of says what it does and where it belongs',
    ({ operation }) => {
      expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/);
      expect(operation.summary).toMatch(/\S/);
      expect(operation.tags).toHaveLength(1);
      expect(document.tags.map(({ name }) => name)).toEqual(
        expect.arrayContaining(operation.tags ?? []),
      );
    },
  );

  test.each(operations)(
    '$of describes each answer and its headers',
    ({ operation }) => {
      for (const answer of Object.values(operation.responses)) {
        expect(answer.description).toMatch(/\S/);
        for (const header of Object.values(answer.headers ?? {})) {
          const shared = header.$ref?.replace('#/components/headers/', '');
          const { description } =
            shared === undefined
              ? header
              : (document.components.headers[shared] ?? {});
          expect(description).toMatch(/\S/);
        }
      }
    },
  );

  test.each(operations.filter(({ path }) => !OPEN.has(path)))(
    '$of tells its limit, and when to come again',
    ({ operation }) => {
      const told = ['RateLimit', 'RateLimit-Policy'];
      for (const [status, { headers }] of Object.entries(operation.responses))
        if (/^(2|304)/.test(status))
          expect(Object.keys(headers ?? {})).toEqual(
            expect.arrayContaining(told),
          );
      expect(Object.keys(operation.responses['429']?.headers ?? {})).toEqual(
        expect.arrayContaining([...told, 'Retry-After']),
      );
    },
  );

  test.each(operations)(
    '$of answers every fault with a problem',
    ({ operation }) => {
      const faults = Object.entries(operation.responses).filter(
        ([status]) => Number(status) >= 400,
      );
      expect(faults.map(([status]) => status)).toEqual(
        expect.arrayContaining(['400', '406', '414', '500']),
      );
      for (const [status, { content }] of faults)
        expect(content).toEqual({
          'application/problem+json': {
            schema: {
              // The problem of an import that was refused holds its report.
              $ref:
                operation.operationId === 'importRecords' && status === '422'
                  ? '#/components/schemas/ImportProblem'
                  : '#/components/schemas/Problem',
            },
          },
        });
    },
  );

  // What has to be said of a question; all else has a default.
  const asked = [
    'GET /v1/timeline interval',
    'GET /v1/facets by',
    'GET /v1/actors/match name',
  ];

  test.each(parameters)('$of is described', ({ of, parameter }) => {
    expect(parameter.description).toMatch(/\S/);
    expect(parameter.required ?? false).toBe(
      parameter.in === 'path' || asked.includes(of),
    );
  });

  test('every property of every schema is described', () => {
    const silent: string[] = [];
    const visit = (schema: Schema, at: string) => {
      for (const [name, one] of Object.entries(schema.properties ?? {})) {
        const here = `${at}.${name}`;
        if (one.$ref === undefined && !/\S/.test(one.description ?? ''))
          silent.push(here);
        visit(one, here);
      }
      if (schema.items) visit(schema.items, `${at}[]`);
      if (typeof schema.additionalProperties === 'object')
        visit(schema.additionalProperties, `${at}{}`);
    };
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      expect(schema.description).toMatch(/\S/);
      visit(schema, name);
    }
    expect(silent).toEqual([]);
  });

  test('nothing in it is used without being there', () => {
    const names = [...committed.matchAll(/"\$ref": "([^"]+)"/g)].map(
      ([, target = '']) => target,
    );
    expect(names.length).toBeGreaterThan(0);
    for (const name of new Set(names)) {
      const [, ...path] = name.split('/');
      const found = path.reduce<unknown>(
        (at, key) => (at as Record<string, unknown> | undefined)?.[key],
        document,
      );
      expect({ name, found: found !== undefined }).toEqual({
        name,
        found: true,
      });
    }
  });

  // What is only told when it is asked for, or when there is nothing else to tell.
  const onlyWhenAsked: Record<string, string[]> = {
    Event: ['match'],
    EventPage: ['count', 'countMethod', 'hints'],
  };

  test('no record is answered with a field that its schema does not require or does not know', () => {
    for (const name of ['Event', 'Document', 'EventPage', 'ActorPage']) {
      const schema = document.components.schemas[name] as Schema & {
        required: string[];
      };
      expect(schema.additionalProperties).toBe(false);
      const further = onlyWhenAsked[name] ?? [];
      expect([...schema.required, ...further].sort()).toEqual(
        Object.keys(schema.properties ?? {}).sort(),
      );
    }
  });
});

describe('what the OpenAPI document shows can be asked', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
    await service.load(sample('us-leader-travels'));
    await service.load(sample('security-guarantees'));
  }, 120_000);
  afterAll(() => service.stop());

  const shown = parameters.filter(
    ({ of, parameter }) =>
      of.startsWith('GET ') &&
      parameter.in !== 'header' &&
      parameter.example !== undefined,
  );

  test('every parameter but the cursors shows an example', () => {
    expect(
      new Set(
        parameters
          .filter(({ parameter }) => parameter.example === undefined)
          .map(({ parameter }) => parameter.name),
      ),
    ).toEqual(new Set(['cursor', 'after']));
  });

  test.each(shown)(
    'the example of $of',
    async ({ of, path, operation, parameter }) => {
      const exampleOf = (one: Parameter) =>
        [one.example].flat().map((value) => encodeURIComponent(String(value)));
      const address = (operation.parameters ?? [])
        .filter((one) => one.in === 'path')
        .reduce(
          (url, one) => url.replace(`{${one.name}}`, String(exampleOf(one)[0])),
          path,
        );
      const query = (operation.parameters ?? [])
        .filter(
          (one) =>
            one.in === 'query' &&
            (one.name === parameter.name || one.required === true),
        )
        .flatMap((one) => exampleOf(one).map((value) => `${one.name}=${value}`))
        .join('&');
      const { status, json } = await service.get(
        parameter.in === 'path' ? address : `${address}?${query}`,
        /^GET \/v1\/events (rows|crosswalk|expansion)$/.test(of)
          ? { accept: 'text/csv' }
          : {},
      );
      expect(status).toBe(200);
      // No document of the samples is a part of another, or says what language it is in; a narrowed page of changes may be
      // empty before the end; nobody paid or received a visit of state together with Russia.
      const rare =
        /^GET \/v1\/(documents (partOf|language)|changes .*|actors\/\{id\}\/counterparts type)$/;
      if (Array.isArray(json?.data) && !rare.test(of))
        expect(json.data).not.toHaveLength(0);
    },
  );

  test.each(operations.filter(({ method }) => method === 'get'))(
    '$of without parameters but those it must have',
    async ({ path, operation }) => {
      const given = operation.parameters ?? [];
      const url = given.reduce(
        (at, one) => at.replace(`{${one.name}}`, String(one.example)),
        path,
      );
      const query = given
        .filter((one) => one.in === 'query' && one.required === true)
        .map((one) => `${one.name}=${String(one.example)}`);
      expect((await service.get(`${url}?${query.join('&')}`)).status).toBe(200);
    },
  );

  test('it is shown at /openapi.json and at /docs', async () => {
    const { json } = await service.get('/openapi.json');
    expect(Object.keys(json.paths)).toEqual(Object.keys(document.paths));
    const page = await service.app.inject('/docs/');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/unsafe-eval/);
    for (const [, file = ''] of page.body.matchAll(
      /(?:src|href)="\.\/([^"]+)"/g,
    )) {
      const { statusCode } = await service.app.inject(`/docs/${file}`);
      expect({ file, statusCode }).toEqual({ file, statusCode: 200 });
    }
  });

  test('it has every route, but for itself and what explains it', () => {
    const above: string[] = [];
    const routes = service.app
      .printRoutes({ commonPrefix: false })
      .split('\n')
      .flatMap((line) => {
        const [, indent = '', name = '', methods = ''] =
          /^([│ ]*)[├└]── (\S+) \(([A-Z, ]+)\)/.exec(line) ?? [];
        const depth = indent.length / 4;
        above.splice(depth, above.length, name);
        return methods.includes('GET') ? [above.join('')] : [];
      })
      .map((url) => url.replaceAll(/:(\w+)/g, '{$1}'));
    expect(routes).toContain('/v1/events/{id}');
    expect(routes.filter((url) => !url.startsWith('/docs')).sort()).toEqual(
      [
        ...Object.keys(document.paths).filter(
          (path) => document.paths[path]?.['get'] !== undefined,
        ),
        '/',
        '/openapi.json',
        '/problems/{code}',
      ].sort(),
    );
  });
});
