import { Ajv } from 'ajv';
import { sample, startService, type TestService } from '../support/service.ts';
import { aWriter, type Writer } from '../support/writing.ts';

const RECONCILE = '/v1/reconcile';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

// The rules of https://reconciliation-api.github.io/specs/0.2/schemas/, in brief.
const uri = { type: 'string', format: 'uri' };
const type = {
  type: 'object',
  properties: { id: { type: 'string' }, name: { type: 'string' } },
  required: ['id'],
};
const manifestRules = {
  type: 'object',
  properties: {
    versions: { type: 'array', contains: { enum: ['0.2'] } },
    name: { type: 'string' },
    identifierSpace: uri,
    schemaSpace: uri,
    documentation: uri,
    view: {
      type: 'object',
      properties: {
        url: { type: 'string', pattern: String.raw`.*\{\{id\}\}.*` },
      },
      required: ['url'],
    },
    defaultTypes: { type: 'array', items: type, uniqueItems: true },
  },
  required: ['versions', 'name', 'identifierSpace', 'schemaSpace'],
};
const resultRules = {
  type: 'object',
  additionalProperties: {
    type: 'object',
    properties: {
      result: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            id: { type: 'string' },
            name: { type: 'string' },
            description: { type: 'string' },
            score: { type: 'number' },
            match: { type: 'boolean' },
            type: { type: 'array', items: type },
            features: {
              type: 'array',
              items: {
                type: 'object',
                properties: {
                  id: { type: 'string' },
                  value: { type: ['boolean', 'number'] },
                },
              },
            },
          },
          required: ['id', 'name', 'score'],
        },
      },
    },
    required: ['result'],
  },
};
const ajv = new Ajv({ allowUnionTypes: true });
ajv.addFormat('uri', (text) => URL.canParse(text));
const holds = (rules: object, value: unknown) => {
  if (!ajv.validate(rules, value)) throw new Error(ajv.errorsText());
};

describe('the reconciliation service', () => {
  let service: TestService;
  let client: Writer;
  beforeAll(async () => {
    service = await startService();
    await service.load(sample('security-guarantees'));
    client = await aWriter(service);
  });
  afterAll(() => service.stop());

  const get = (queries: unknown) =>
    service.get(
      `${RECONCILE}?queries=${encodeURIComponent(JSON.stringify(queries))}`,
    );
  const post = (body: string, headers: Record<string, string> = FORM) =>
    client.send('POST', RECONCILE, { body, headers });
  const form = (queries: unknown) =>
    new URLSearchParams({ queries: JSON.stringify(queries) }).toString();

  test('tells its manifest, with addresses of where it was asked', async () => {
    const { status, json } = await service.get(RECONCILE, {
      host: 'events.example:8080',
    });
    expect(status).toBe(200);
    holds(manifestRules, json);
    expect(json.view.url).toBe('http://events.example:8080/v1/actors/{{id}}');
    expect(json.defaultTypes).toContainEqual({ id: 'person', name: 'Person' });
  });

  test('answers a batch as OpenRefine sends it', async () => {
    const queries = {
      q0: { query: 'Riabkov', type: 'person', type_strict: 'should', limit: 3 },
      q1: { query: 'Йенс Столтенберг' },
      q2: {
        query: 'президент Росії',
        type: ['person'],
        properties: [{ pid: 'at', v: '2022-01-28' }],
      },
      q3: { query: '—' },
      q4: { query: 'Вашингтон', type: 'state', limit: 500 },
      'a/b~': { query: 'nobody at all' },
    };
    const { status, json } = await post(form(queries));
    expect(status).toBe(200);
    holds(resultRules, json);
    expect(Object.keys(json)).toEqual(Object.keys(queries));
    expect(json.q0.result[0]).toMatchObject({ id: 'riabkov', match: false });
    expect(json.q1.result[0]).toEqual({
      id: 'stoltenberg',
      name: 'Jens Stoltenberg',
      description: 'name “Йенс Столтенберг” (ru); as written',
      score: 100,
      match: true,
      type: [{ id: 'person', name: 'Person' }],
      features: [
        { id: 'held-office', value: false },
        { id: 'certain-tenure', value: false },
      ],
    });
    expect(json.q2.result[0]).toMatchObject({
      id: 'putin',
      match: true,
      features: [
        { id: 'held-office', value: true },
        { id: 'certain-tenure', value: true },
      ],
    });
    expect(json.q3).toEqual({ result: [] });
    expect(json.q4.result[0]).toMatchObject({ id: 'united-states' });
    expect(json['a/b~']).toEqual({ result: [] });
  });

  test('the same by GET', async () => {
    const queries = { q0: { query: 'Столтенберг' }, q1: { query: 'Macron' } };
    const { json } = await get(queries);
    holds(resultRules, json);
    expect(json).toEqual((await post(form(queries))).json);
  });

  test('a date may be a number, and an empty one is none', async () => {
    for (const v of [2022, '2022', ['2022'], [2022]]) {
      const properties = [{ pid: 'at', v }];
      const query = { query: 'президент Росії', type: 'person', properties };
      const { json } = await get({ q: query });
      expect(json.q.result[0].id).toBe('putin');
    }
    const { status } = await get({
      q: { query: 'Росія', properties: [{ pid: 'at', v: '' }] },
    });
    expect(status).toBe(200);
  });

  test('a page of anywhere may ask', async () => {
    const { headers } = await service.get(RECONCILE);
    expect(headers['access-control-allow-origin']).toBe('*');
  });

  test.each([
    ['', undefined],
    ['{', undefined],
    ['[]', ''],
    ['"q0"', ''],
    ['{}', ''],
    ['{"q0":"Riabkov"}', '/q0'],
    ['{"q0":{}}', '/q0/query'],
    ['{"q0":{"query":1}}', '/q0/query'],
    [`{"q0":{"query":"${'a'.repeat(501)}"}}`, '/q0/query'],
    ['{"q0":{"query":"a","type":"human"}}', '/q0/type'],
    ['{"q0":{"query":"a","type":[1]}}', '/q0/type/0'],
    ['{"q0":{"query":"a","limit":0}}', '/q0/limit'],
    ['{"q0":{"query":"a","limit":"5"}}', '/q0/limit'],
    ['{"q0":{"query":"a","type_strict":"no"}}', '/q0/type_strict'],
    ['{"q0":{"query":"a","lang":"uk"}}', '/q0/lang'],
    [
      '{"q0":{"query":"a","properties":[{"pid":"P1","v":"x"}]}}',
      '/q0/properties/0/pid',
    ],
    [
      '{"q0":{"query":"a","properties":[{"pid":"at","v":"x"}]}}',
      '/q0/properties',
    ],
    ['{"q0":{"query":"a","properties":[{"pid":"at"}]}}', '/q0/properties/0/v'],
    ['{"__proto__":{"query":"a"}}', '/__proto__'],
  ])('%.60s is refused', async (queries, pointer) => {
    for (const answer of [
      await service.get(`${RECONCILE}?queries=${encodeURIComponent(queries)}`),
      await post(new URLSearchParams({ queries }).toString()),
    ]) {
      expect(answer.status).toBe(400);
      expect(answer.json.type).toBe('/problems/invalid_parameter');
      expect(answer.json.errors[0].parameter).toBe('queries');
      if (pointer !== undefined)
        expect(
          (answer.json.errors as { pointer: string }[]).map(
            (one) => one.pointer,
          ),
        ).toContain(pointer);
    }
  });

  test('what is no such form is refused', async () => {
    const batch = form({ q0: { query: 'Macron' } });
    expect((await post('')).status).toBe(400);
    expect((await post('a=b')).json.type).toBe('/problems/unknown_parameter');
    expect((await post(`${batch}&extend=x`)).status).toBe(400);
    expect((await post(`${batch}&${batch}`)).status).toBe(400);
    expect((await post('queries=%FF')).status).toBe(400);
    expect((await post('queries=%00')).status).toBe(400);
    expect((await post(batch, { 'content-type': 'text/plain' })).status).toBe(
      415,
    );
    expect(
      (await post('{}', { 'content-type': 'application/json' })).status,
    ).toBe(415);
    expect(
      (await post(batch, { ...FORM, 'content-encoding': 'gzip' })).status,
    ).toBe(415);
    const many = Object.fromEntries(
      Array.from({ length: 1001 }, (_, index) => [`q${index}`, { query: 'a' }]),
    );
    expect((await post(form(many))).status).toBe(400);
    expect((await post(`queries=${'a'.repeat(1_100_000)}`)).status).toBe(413);
    const form415 = await client.send('POST', '/v1/actors/match', {
      body: batch,
      headers: FORM,
    });
    expect(form415.status).toBe(415);
  });
});
