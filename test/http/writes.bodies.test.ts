import { gzipSync } from 'node:zlib';
import { anEvent } from '../support/builders.ts';
import { wholeRecord } from '../support/record.ts';
import { startService, type TestService } from '../support/service.ts';
import { aWriter, pointersOf, type Writer } from '../support/writing.ts';

let service: TestService;
let writer: Writer;
beforeAll(async () => {
  service = await startService();
  writer = await aWriter(service);
  await writer.put(anEvent({ id: 'standing' }));
});
afterAll(() => service.stop());

const requests = [
  { method: 'POST', url: '/v1/events' },
  { method: 'PUT', url: '/v1/events/new' },
  { method: 'PATCH', url: '/v1/events/standing' },
];
const text = JSON.stringify({ ...anEvent({ id: 'new' }) });
const deep = (levels: number, open: string, close: string) =>
  `{"title":${open.repeat(levels)}1${close.repeat(levels)}}`;
const around = (bytes: readonly number[]) =>
  Buffer.concat([
    Buffer.from('{"title":{"en":"'),
    Buffer.from(bytes),
    Buffer.from('"}}'),
  ]);

describe.each(requests)('$method $url', ({ method, url }) => {
  let before: unknown;
  beforeAll(async () => (before = await wholeRecord(service.database)));
  afterAll(async () =>
    expect(await wholeRecord(service.database)).toEqual(before),
  );
  const send = (
    body: string | Uint8Array,
    headers: Record<string, string> = {},
  ) =>
    writer.send(method, url, {
      body,
      headers: { 'if-match': '*', ...headers },
    });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/x-ndjson',
    'application/jsonp',
    'application/json-patch+json',
    'text/json',
    'nonsense',
  ])('reads no %s', async (type) => {
    const answer = await send(text, { 'content-type': type });
    expect([answer.status, answer.json.type]).toEqual([
      415,
      '/problems/unsupported_media_type',
    ]);
  });

  test.each(['gzip', 'GZIP', 'br', 'deflate', 'identity, gzip', 'x'])(
    'reads nothing that is encoded as %s',
    async (encoding) => {
      const answer = await send(gzipSync(text), {
        'content-encoding': encoding,
      });
      expect([answer.status, answer.json.type]).toEqual([
        415,
        '/problems/unsupported_media_type',
      ]);
    },
  );

  test('reads nothing beyond 256 kB', async () => {
    for (const size of [262_145, 2_000_000]) {
      const answer = await send(`{"title":"${'x'.repeat(size)}"}`);
      expect([answer.status, answer.json.type]).toEqual([
        413,
        '/problems/payload_too_large',
      ]);
    }
  });

  test.each([
    ['a lone byte', [0xff]],
    ['a cut sequence', [0xd0]],
    ['an overlong form', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0]],
  ])('reads no bytes that are no UTF-8: %s', async (_, bytes) => {
    const answer = await send(around(bytes));
    expect([answer.status, answer.json.type]).toEqual([
      400,
      '/problems/malformed_request',
    ]);
    expect(answer.json.detail).toContain('UTF-8');
  });

  test.each([
    '',
    ' ',
    '{',
    '{"a":1,}',
    "{'a':1}",
    'undefined',
    'NaN',
    '{}{}',
    '// x',
    '['.repeat(100_000),
  ])('reads no body that is no JSON: %.20s', async (body) => {
    const answer = await send(body);
    expect([answer.status, answer.json.type]).toEqual([
      400,
      '/problems/malformed_request',
    ]);
  });

  test.each(['null', '[]', '[{}]', '"x"', '1', 'true'])(
    'takes no %s for a record',
    async (body) => {
      const answer = await send(body);
      expect([answer.status, answer.json.type]).toEqual([
        400,
        '/problems/invalid_record',
      ]);
    },
  );

  test.each([
    [100, '[', ']'],
    [10_000, '[', ']'],
    [100_000, '[', ']'],
    [10_000, '{"a":', '}'],
    [40_000, '{"a":', '}'],
  ])('takes nothing %s levels deep of %s', async (levels, open, close) => {
    const answer = await send(deep(levels, open, close));
    expect([answer.status, answer.json.type]).toEqual([
      400,
      '/problems/invalid_record',
    ]);
    expect(answer.json.errors[0].message).toContain('32 levels');
  });

  test.each([
    ['{"title":{"en":"a\\u0000b"}}', '/title/en'],
    ['{"title":{"en":"\\ud800"}}', '/title/en'],
    ['{"title":{"en":"a\\u202eb"}}', '/title/en'],
    ['{"title":{"en":"a\\u0007b"}}', '/title/en'],
    ['{"__proto__":{"type":"call"}}', '/__proto__'],
    ['{"title":{"__proto__":"x","en":"y"}}', '/title/__proto__'],
    ['{"nonsense":1}', '/nonsense'],
    ['{"constructor":{"prototype":{}}}', '/constructor'],
    ['{"sequence":1e400}', '/sequence'],
    ['{"sequence":12345678901234567890}', '/sequence'],
    ['{"sequence":"1"}', '/sequence'],
    ['{"sequence":1.5}', '/sequence'],
    ['{"title":["x"]}', '/title'],
    ['{"type":12}', '/type'],
    ['{"type":["call"]}', '/type'],
    ['{"date":"now"}', '/date'],
    ['{"date":"2023-02-29"}', '/date'],
    ['{"title":{"en":"   "}}', '/title/en'],
    ['{"topics":"x"}', '/topics'],
    [
      '{"places":[{"coordinates":[200,0],"name":{"en":"x"}}]}',
      '/places/0/coordinates/0',
    ],
  ])('refuses %s at its place', async (body, pointer) => {
    const given =
      method === 'PATCH' ? body : `${text.slice(0, -1)},${body.slice(1)}`;
    const answer = await send(given);
    expect([answer.status, answer.json.type]).toEqual([
      400,
      '/problems/invalid_record',
    ]);
    expect(pointersOf(answer)).toContain(pointer);
  });
});

test('a byte order mark, a charset and blanks about a body do no harm', async () => {
  const answer = await writer.send('PUT', '/v1/events/marked', {
    body: `\ufeff ${JSON.stringify({ ...anEvent({ id: 'marked' }) })}\n`,
    headers: { 'content-type': 'Application/JSON; charset=UTF-8' },
  });
  expect(answer.status).toBe(201);
});

test('text is kept in NFC, and otherwise letter for letter', async () => {
  const title = { uk: 'І\u0306жак  — «зустріч»\n\t\u{1f1fa}\u{1f1e6}' };
  const { json } = await writer.put(anEvent({ id: 'letters', title }));
  expect(json.title).toEqual({ uk: title.uk.normalize('NFC') });
});
