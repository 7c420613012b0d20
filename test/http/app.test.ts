import { connect } from 'node:net';
import { problems } from '../../src/domain/errors.ts';
import { anEvent } from '../support/builders.ts';
import { administer } from '../support/database.ts';
import { sample, startService, type TestService } from '../support/service.ts';

const UUID =
  /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('the service', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
    await service.load(sample('security-guarantees'));
  });
  afterAll(() => service.stop());

  const inject = (
    method: string,
    url: string,
    headers: Record<string, string> = {},
    payload?: string,
  ) =>
    service.app.inject({
      method: method as 'GET',
      url,
      headers,
      ...(payload === undefined ? {} : { payload }),
    });

  test.each([
    '/nothing',
    '/v1',
    '/v1/',
    '/v2/events',
    '/V1/events',
    '//v1/events',
    '/v1/event',
    '/v1/events/a/b',
    '/v1/events.csv.exe',
    '/.env',
    '/v1%2Fevents',
    '/docs/static/..%2f..%2f..%2fpackage.json',
    '/docs/static/.hidden',
    '/index.html',
    '/favicon.ico',
  ])('nothing is at %s', async (url) => {
    const answer = await inject('GET', url);
    expect(answer.statusCode).toBe(404);
    expect(answer.headers['content-type']).toMatch(/^application\/problem/);
    expect(answer.json()).toMatchObject({
      type: '/problems/not_found',
      title: expect.any(String),
      status: 404,
      detail: expect.any(String),
      instance: url,
    });
  });

  test.each([
    'abc',
    'a'.repeat(128),
    'a'.repeat(129),
    'a'.repeat(500),
    'a'.repeat(600),
    '..',
    '.',
    '%2e%2e',
    '%00',
    'a%00',
    '%20',
    '%0d%0aset-cookie:x',
    'Київ',
    '%D0%9A',
    "'",
    '%25',
    '%5c',
    '{id}',
    ':id',
    '*',
    '__proto__',
    'constructor',
    '1e400',
    '',
  ])('an event "%s" is not found', async (id) => {
    const answer = await inject('GET', `/v1/events/${id}`);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({
      type: '/problems/not_found',
      status: 404,
    });
  });

  test.each(['%E0%A4%A', '%', '%zz', '%ff', '%C0%AF', '%ED%A0%80'])(
    'the id %s cannot be read',
    async (id) => {
      const answer = await inject('GET', `/v1/events/${id}`);
      expect(answer.statusCode).toBe(400);
      expect(answer.json()).toMatchObject({
        type: '/problems/malformed_request',
        status: 400,
      });
      expect(answer.headers['x-request-id']).toMatch(UUID);
      expect(answer.headers['access-control-allow-origin']).toBe('*');
    },
  );

  const known = [
    '/',
    '/v1/events',
    '/v1/events/handover-drafts',
    '/v1/events/nothing',
    '/v1/actors',
    '/v1/actors/russia',
    '/v1/documents',
    '/v1/documents/minsk-agreements',
    '/v1/event-types',
    '/healthz',
    '/readyz',
    '/openapi.json',
    '/problems/not_found',
    '/docs/static/index.css',
  ];
  const allowedAt = (url: string) =>
    /^\/v1\/(events|actors|documents)$/.test(url)
      ? 'GET, HEAD, POST'
      : /^\/v1\/(events|actors|documents)\//.test(url)
        ? 'DELETE, GET, HEAD, PATCH, PUT'
        : 'GET, HEAD';
  test.each(
    known.flatMap((url) =>
      ['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND']
        .filter((method) => !allowedAt(url).split(', ').includes(method))
        .map((method) => ({ method, url })),
    ),
  )('$method is not allowed at $url', async ({ method, url }) => {
    const answer = await inject(method, `${url}?x=1`);
    expect(answer.statusCode).toBe(405);
    expect(answer.headers['allow']).toBe(allowedAt(url));
    expect(answer.json()).toMatchObject({
      type: '/problems/method_not_allowed',
      status: 405,
    });
  });

  test.each([
    ['application/json', '{"a":1}'],
    ['application/json', '{"a":'],
    ['application/json', `[${'['.repeat(50_000)}`],
    ['application/json; charset=x', ''],
    ['text/plain', 'x'],
    ['application/x-www-form-urlencoded', 'a=1'],
    ['multipart/form-data', 'x'],
    ['application/xml', '<a/>'],
    ['\tapplication/json', '{}'],
    ['weird', '\0\0'],
    ['', 'x'],
    ['application/json', 'x'.repeat(2_000_000)],
  ])(
    'a body of %j does not matter where none is taken',
    async (type, payload) => {
      for (const url of ['/v1/event-types', '/v1/events/x', '/nothing']) {
        const answer = await inject(
          'POST',
          url,
          { 'content-type': type },
          payload,
        );
        expect(answer.statusCode).toBe(url === '/nothing' ? 404 : 405);
        expect(answer.headers['content-type']).toMatch(/problem\+json/);
      }
      const got = await inject(
        'GET',
        '/v1/event-types',
        { 'content-type': type },
        payload,
      );
      expect(got.statusCode).toBe(200);
    },
  );

  test.each([
    'text/html',
    'application/xml, audio/*',
    'application/json;q=0',
    'application/jsonp',
    'image/*',
  ])('who accepts only %s gets nothing under /v1', async (accept) => {
    for (const url of ['/v1/events', '/v1/actors/russia', '/v1/event-types']) {
      const { status, json } = await service.get(url, { accept });
      expect(status).toBe(406);
      expect(json).toMatchObject({
        type: '/problems/not_acceptable',
        status: 406,
      });
    }
  });

  test.each([
    '*/*',
    '',
    'application/*',
    'application/json',
    'APPLICATION/JSON',
    'text/html, */*;q=0.1',
    'text/html,application/json;q=0.001',
    'application/json; charset=utf-8',
  ])('who accepts %j gets JSON', async (accept) => {
    expect((await service.get('/v1/event-types', { accept })).status).toBe(200);
  });

  test('an address of more than 8,000 characters is too long, of 8,000 it is read', async () => {
    const url = '/v1/events?publisher=';
    const fits = await service.get(url + 'a'.repeat(8000 - url.length));
    expect(fits.status).toBe(200);
    const { status, json } = await service.get(
      url + 'a'.repeat(8001 - url.length),
    );
    expect(status).toBe(414);
    expect(json).toMatchObject({
      type: '/problems/uri_too_long',
      instance: '/v1/events',
    });
  });

  test.each([
    '/v1/events?limit=3',
    '/v1/events/handover-drafts',
    '/v1/event-types',
    '/healthz',
    '/',
    '/openapi.json',
    '/v1/events?limit=0',
    '/nothing',
  ])('HEAD %s is GET without the body', async (url) => {
    const [get, head] = [await inject('GET', url), await inject('HEAD', url)];
    expect(head.statusCode).toBe(get.statusCode);
    expect(head.headers['content-length']).toBe(
      String(Buffer.byteLength(get.body)),
    );
    for (const name of ['etag', 'link', 'content-type', 'cache-control'])
      expect(head.headers[name]).toBe(get.headers[name]);
  });

  test('HEAD is 304 as well', async () => {
    const { headers } = await inject('HEAD', '/v1/events');
    const again = await inject('HEAD', '/v1/events', {
      'if-none-match': String(headers['etag']),
    });
    expect(again.statusCode).toBe(304);
    expect(again.body).toBe('');
  });

  test.each(['/v1/events', '/v1/events?x', '/nothing', '/healthz', '/docs/'])(
    'the answer of %s names the request, anew each time',
    async (url) => {
      const [one, two] = [
        await inject('GET', url, { 'x-request-id': 'mine', 'request-id': 'x' }),
        await inject('GET', url),
      ];
      expect(one.headers['x-request-id']).toMatch(UUID);
      expect(two.headers['x-request-id']).toMatch(UUID);
      expect(two.headers['x-request-id']).not.toBe(one.headers['x-request-id']);
      expect(one.headers['x-content-type-options']).toBe('nosniff');
    },
  );

  test.each(['/v1/events', '/v1/events?limit=0', '/nothing', '/v1/events/%'])(
    'a page elsewhere may read the answer of %s',
    async (url) => {
      const { headers } = await inject('GET', url, {
        origin: 'https://elsewhere.example',
      });
      expect(headers['access-control-allow-origin']).toBe('*');
    },
  );

  test('a page elsewhere may read the headers that matter', async () => {
    const { headers } = await inject('GET', '/v1/events', {
      origin: 'https://elsewhere.example',
    });
    expect(headers['access-control-expose-headers']).toBe(
      'ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Data-Lsn, X-Request-Id',
    );
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  test('a page elsewhere may ask first', async () => {
    const answer = await inject('OPTIONS', '/v1/events', {
      origin: 'https://elsewhere.example',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'if-none-match',
    });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': 'if-none-match',
    });
  });

  test('OPTIONS without more is answered in silence, and names the request', async () => {
    const answer = await inject('OPTIONS', '/v1/events');
    expect(answer).toMatchObject({ statusCode: 204, body: '' });
    expect(answer.headers['x-request-id']).toMatch(UUID);
  });

  test('the index leads everywhere', async () => {
    const { json } = await service.get('/');
    expect(json.name).toBe('diplomatic-events');
    for (const url of Object.values(json.links as Record<string, string>)) {
      const { statusCode } = await inject('GET', url);
      expect({ url, statusCode }).toEqual({ url, statusCode: 200 });
    }
  });

  test.each([
    '/',
    '/openapi.json',
    '/problems/internal',
    '/healthz',
    '/readyz',
  ])('%s takes no parameters', async (url) => {
    const { status, json } = await service.get(`${url}?x=1`);
    expect(status).toBe(400);
    expect(json.type).toBe('/problems/unknown_parameter');
  });

  test.each(Object.entries(problems))(
    'the problem %s is explained at its type',
    async (code, { status, title }) => {
      const answer = await inject('GET', `/problems/${code}`);
      expect(answer.statusCode).toBe(200);
      expect(answer.body).toBe(`${code} (${status}): ${title}.\n`);
      expect(answer.headers['content-type']).toMatch(/^text\/plain/);
    },
  );

  test.each(['nothing', '__proto__', 'toString', 'constructor', 'INTERNAL'])(
    'there is no problem %s',
    async (code) => {
      const answer = await inject('GET', `/problems/${code}`);
      expect(answer.statusCode).toBe(404);
      expect(answer.json().type).toBe('/problems/not_found');
    },
  );

  test('it is alive and ready, which nobody may keep', async () => {
    for (const [url, status] of [
      ['/healthz', 'alive'],
      ['/readyz', 'ready'],
    ] as const) {
      const answer = await service.get(url);
      expect(answer.json).toEqual({ status });
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.headers).not.toHaveProperty('etag');
    }
  });

  test('the vocabulary holds parents before children', async () => {
    const { json } = await service.get('/v1/event-types');
    const codes = (json.data as { code: string }[]).map(({ code }) => code);
    for (const { code, parent } of json.data as {
      code: string;
      parent: string | null;
    }[])
      expect(codes.indexOf(parent ?? code)).toBeLessThanOrEqual(
        codes.indexOf(code),
      );
  });

  describe('when it fails', () => {
    afterEach(() => jest.restoreAllMocks());

    const failing = (error: unknown) =>
      (async () => {
        throw error;
      }) as never;
    const fail = (error: unknown) =>
      jest
        .spyOn(service.database.pool, 'query')
        .mockImplementation(failing(error));
    const secret = 'select body from event_version at /srv/secret.ts';

    test.each([
      ['an error', new Error(secret)],
      [
        'an error of the database',
        Object.assign(new Error(secret), {
          code: '22021',
          detail: secret,
          hint: secret,
        }),
      ],
      [
        'an error with a status',
        Object.assign(new Error(secret), { statusCode: 418, status: 200 }),
      ],
      [
        'an error that looks like a fault of the request',
        Object.assign(new Error(secret), {
          code: 'FST_ERR_CTP_EMPTY_JSON_BODY',
          statusCode: 415,
        }),
      ],
      ['a type error', new TypeError(secret)],
      [
        'an error with a getter that throws',
        Object.defineProperty(new Error(secret), 'detail', {
          enumerable: false,
          get: () => {
            throw new Error(secret);
          },
        }),
      ],
      ['a text', secret],
      ['an object', { message: secret, stack: secret }],
      ['null', null],
      ['nothing', undefined],
      ['an error of several', new AggregateError([new Error(secret)], secret)],
    ])('%s is told as 500 and no more', async (_, error) => {
      fail(error);
      for (const url of ['/v1/events', '/v1/events/x', '/v1/actors?q=x']) {
        const answer = await service.get(url);
        expect(answer.status).toBe(500);
        expect(answer.json).toEqual({
          type: '/problems/internal',
          title: problems.internal.title,
          status: 500,
          detail: `The service failed; the log has the reason under ${answer.headers['x-request-id']}.`,
          instance: url.split('?')[0],
        });
        expect(JSON.stringify(answer.headers)).not.toContain('secret');
        expect(answer.headers['cache-control']).toBe('no-store');
      }
    });

    test.each([
      ['ECONNREFUSED', 'database_unavailable'],
      ['ECONNRESET', 'database_unavailable'],
      ['57P01', 'database_unavailable'],
      ['53300', 'database_unavailable'],
      ['57014', 'query_timeout'],
      ['55P03', 'query_timeout'],
    ])('%s is told as 503 %s, to be tried again', async (code, type) => {
      fail(Object.assign(new Error(secret), { code }));
      const answer = await service.get('/v1/events');
      expect(answer.status).toBe(503);
      expect(answer.json.type).toBe(`/problems/${type}`);
      expect(answer.headers['retry-after']).toBe('1');
      expect(answer.text).not.toContain('secret');
    });

    test('a fault while looking for near names is told as any other', async () => {
      const { pool } = service.database;
      const query = pool.query.bind(pool) as (...args: unknown[]) => unknown;
      const spy = jest.spyOn(pool, 'query');
      spy.mockImplementationOnce((...args: unknown[]) => query(...args));
      spy.mockImplementation(failing(new Error(secret)));
      const { status, text } = await service.get('/v1/events?actor=rusia');
      expect(status).toBe(500);
      expect(text).not.toContain('secret');
    });
  });
});

describe('the service on a wire', () => {
  let service: TestService;
  let port: number;
  beforeAll(async () => {
    service = await startService();
    await service.load(sample('security-guarantees'));
    const address = await service.app.listen({ port: 0, host: '127.0.0.1' });
    port = Number(new URL(address).port);
  });
  afterAll(() => service.stop());

  /** Everything that comes back on a connection until the other side closes it. */
  function send(bytes: string | Buffer): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      const chunks: Buffer[] = [];
      socket.setTimeout(8000, () =>
        socket.destroy(new Error('it was not closed')),
      );
      socket.on('connect', () => socket.write(bytes));
      socket.on('data', (chunk: Buffer) => chunks.push(chunk));
      socket.on('error', reject);
      socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
    });
  }
  const get = (target: string, ...headers: string[]) =>
    send(
      [
        `GET ${target} HTTP/1.1`,
        'Host: localhost',
        'Connection: close',
        ...headers,
        '\r\n',
      ].join('\r\n'),
    );

  function parsed(answer: string) {
    const [head = '', body = ''] = answer.split('\r\n\r\n', 2);
    return {
      status: Number(head.split(' ')[1]),
      head: head.toLowerCase(),
      body,
    };
  }

  const smuggled = '0\r\n\r\nGET /v1/events HTTP/1.1\r\nHost: x\r\n\r\n';
  test.each([
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['TLS', Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3])],
    ['an unknown method', 'FETCH / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['an unknown version', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n'],
    ['line feeds alone', 'GET /healthz HTTP/1.1\nHost: x\n\n'],
    ['white space before a colon', 'GET /healthz HTTP/1.1\r\nHost : x\r\n\r\n'],
    [
      'a folded header',
      'GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n',
    ],
    [
      'a NUL in a header',
      'GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n',
    ],
    [
      'two Host headers',
      'GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n',
    ],
    [
      'the same Host twice',
      'GET /healthz HTTP/1.1\r\nhost: a\r\nHOST: a\r\nConnection: close\r\n\r\n',
    ],
    ...[
      'evil"><x',
      'a b',
      'user@evil',
      'a/b?c#d',
      'a:99999',
      '[::1',
      'h\u00e9',
    ].map((host): [string, string] => [
      `the Host ${host}`,
      `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    ]),
    ['no Host', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n'],
    [
      'Content-Length and Transfer-Encoding',
      `POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: ${smuggled.length}\r\nTransfer-Encoding: chunked\r\n\r\n${smuggled}`,
    ],
    [
      'Transfer-Encoding and Content-Length',
      `POST /v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n${smuggled}`,
    ],
    [
      'two lengths',
      'POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!',
    ],
    [
      'a length that is none',
      'POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
    ],
    [
      'an unknown transfer encoding',
      `POST /v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n${smuggled}`,
    ],
    [
      'raw bytes in the path',
      Buffer.from(
        'GET /v1/events/\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n',
        'latin1',
      ),
    ],
    [
      'raw bytes in the query',
      Buffer.from(
        'GET /v1/events?actor=\xff HTTP/1.1\r\nHost: x\r\n\r\n',
        'latin1',
      ),
    ],
    [
      'a fragment',
      'GET /v1/actors#q=%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    ],
    [
      'a fragment behind a query',
      'GET /v1/actors?q=a#q=%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    ],
    [
      'a blank in the address',
      'GET /v1/events?q=a b HTTP/1.1\r\nHost: x\r\n\r\n',
    ],
  ])('%s is 400 and the end of the connection', async (_, bytes) => {
    const { status, head, body } = parsed(await send(bytes));
    expect(status).toBe(400);
    expect(head).toContain('content-type: application/problem+json');
    expect(head).toMatch(/x-request-id: [0-9a-f-]{36}/);
    expect(JSON.parse(body)).toMatchObject({
      type: '/problems/malformed_request',
      status: 400,
    });
  });

  test('what curl sends for q=Рябков is refused with the way out: Node reads no bytes in an address', async () => {
    const { status, body } = parsed(await get('/v1/actors?q=Рябков'));
    expect(status).toBe(400);
    expect(body).toContain('percent-encoded');
    expect(body).toContain('--data-urlencode');
    const { status: found, body: page } = parsed(
      await get(`/v1/actors?q=${encodeURIComponent('Рябков')}`),
    );
    expect(found).toBe(200);
    expect(page).toContain('"id":"riabkov"');
  });

  test('headers beyond 32 kB are too large', async () => {
    const { status, body } = parsed(
      await get('/healthz', `X: ${'a'.repeat(40_000)}`),
    );
    expect(status).toBe(431);
    expect(JSON.parse(body).type).toBe('/problems/header_too_large');
    expect(
      parsed(await get('/healthz', `X: ${'a'.repeat(30_000)}`)).status,
    ).toBe(200);
  });

  test.each([
    [9000, 414],
    [20_000, 414],
    [40_000, 431],
  ])('an address of %s characters is %s', async (length, expected) => {
    const { status, body } = parsed(await get(`/${'a'.repeat(length)}`));
    expect(status).toBe(expected);
    expect(JSON.parse(body).status).toBe(expected);
  });

  test('what a proxy asks is what the client asked', async () => {
    const { status, head, body } = parsed(
      await get('http://elsewhere.example/v1/actors?limit=1'),
    );
    expect(status).toBe(200);
    expect(head).toContain('link: </v1/actors?limit=1&cursor=');
    expect(JSON.parse(body).data).toHaveLength(1);
    const post = parsed(
      await send(
        'POST http://elsewhere.example/v1/event-types HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      ),
    );
    expect(post.status).toBe(405);
    expect(JSON.parse(post.body).instance).toBe('/v1/event-types');
  });

  test.each([
    ['Host', 'evil.example'],
    ['X-Forwarded-Host', 'evil.example'],
    ['X-Forwarded-For', '1.2.3.4'],
    ['Forwarded', 'host=evil.example'],
  ])('%s: %s does not come back', async (name, value) => {
    const answer = await send(
      [
        'GET /v1/actors?limit=1 HTTP/1.1',
        ...(name === 'Host' ? [] : ['Host: localhost']),
        `${name}: ${value}`,
        'Connection: close',
        '\r\n',
      ].join('\r\n'),
    );
    expect(parsed(answer).status).toBe(200);
    expect(answer).not.toContain(value);
  });

  // Clients of the library resolve dots themselves; others do not.
  test.each([
    '/../package.json',
    '/docs/static/../../package.json',
    '/docs/static/%2e%2e/%2e%2e/package.json',
    '/docs/static/..%5c..%5cpackage.json',
    '/docs/static/%00',
    '/docs/static/index.html/..%2f..%2f..%2f.env',
  ])('%s leads out of nowhere', async (target) => {
    const { status, body } = parsed(await get(target));
    expect([403, 404]).toContain(status);
    expect(JSON.parse(body)).toMatchObject({
      status,
      type: expect.any(String),
    });
  });

  test.each([
    'Range: bytes=99999999-',
    'If-Match: "x"',
    'If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT',
  ])('a file of the documentation is not sent for %s', async (header) => {
    const { status } = parsed(await get('/docs/static/index.css', header));
    expect(status).toBe(400);
  });

  test('HTTP/1.0 needs no Host', async () => {
    const { status } = parsed(await send('GET /healthz HTTP/1.0\r\n\r\n'));
    expect(status).toBe(200);
  });

  test('a connection that sent nonsense is closed even if the client keeps its side open', async () => {
    const started = Date.now();
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      let text = '';
      socket.on('error', () => resolve(text));
      socket.on('connect', () => socket.write('nonsense\r\n\r\n'));
      socket.on('data', (chunk) => (text += String(chunk)));
      // Where the other side is gone altogether, what is written meets a reset.
      socket.on('end', () => setInterval(() => socket.write('x'), 50).unref());
      socket.on('close', () => resolve(text));
      setTimeout(() => reject(new Error('still open')), 5000).unref();
    });
    expect(parsed(answer).status).toBe(400);
    expect(Date.now() - started).toBeLessThan(4000);
  });

  test('nonsense behind a request takes nobody down', async () => {
    const answer = await send(
      'GET /v1/events HTTP/1.1\r\nHost: x\r\n\r\nnonsense\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 (200|400) /);
    expect(parsed(await get('/healthz')).status).toBe(200);
  });

  test('requests behind one another are answered in their order', async () => {
    const one = (url: string) => `GET ${url} HTTP/1.1\r\nHost: x\r\n\r\n`;
    const answer = await send(
      one('/v1/events?limit=1') +
        one('/nothing') +
        one('/healthz') +
        one('/v1/events/%').replace('Host', 'Connection: close\r\nHost'),
    );
    expect(
      [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status),
    ).toEqual(['200', '404', '200', '400']);
  });

  test('a client that leaves while asking harms nobody', async () => {
    await Promise.all(
      Array.from(
        { length: 30 },
        () =>
          new Promise<void>((resolve) => {
            const socket = connect(port, '127.0.0.1', () => {
              socket.write(
                'GET /v1/events?limit=500 HTTP/1.1\r\nHost: x\r\n\r\n',
                () => socket.destroy(),
              );
            });
            socket.on('close', () => resolve());
          }),
      ),
    );
    expect(parsed(await get('/v1/events?limit=1')).status).toBe(200);
  });
});

describe('the service without its database', () => {
  test('connections that are cut are replaced, and nobody notices', async () => {
    const service = await startService();
    try {
      await service.load([anEvent({ id: 'a' })]);
      expect(await service.ids('/v1/events')).toEqual(['a']);
      const name = new URL(service.url).pathname.slice(1);
      await administer(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
      );
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(await service.ids('/v1/events')).toEqual(['a']);
      expect((await service.get('/readyz')).status).toBe(200);
    } finally {
      await service.stop();
    }
  });

  test('it stays alive, is not ready, and asks to be tried again', async () => {
    const service = await startService();
    try {
      await service.load([anEvent()]);
      const name = new URL(service.url).pathname.slice(1);
      await administer(`drop database ${name} with (force)`);
      for (const url of [
        '/v1/events',
        '/v1/events/a',
        '/v1/actors',
        '/readyz',
      ]) {
        const answer = await service.get(url);
        expect({ url, status: answer.status }).toEqual({ url, status: 503 });
        expect(answer.json.type).toBe('/problems/database_unavailable');
        expect(answer.headers['retry-after']).toBe('1');
        expect(answer.text).not.toContain(name);
      }
      expect((await service.get('/healthz')).status).toBe(200);
      expect((await service.get('/v1/event-types')).status).toBe(200);
      expect((await service.get('/v1/events?limit=0')).status).toBe(400);
    } finally {
      await service.stop();
    }
  });
});
