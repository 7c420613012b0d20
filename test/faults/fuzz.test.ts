import { readFileSync } from 'node:fs';
import { Agent, request as ask } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { problems } from '../../src/domain/errors.ts';
import { createKey } from '../../src/storage/keys.writes.ts';
import {
  type Described,
  recordsToMeddleWith,
  type Request,
  requestsOf,
} from '../support/attacker.ts';
import { conformance } from '../support/conformance.ts';
import { behindProxy, type Listening, listenOn } from '../support/listening.ts';
import { sample, startService, type TestService } from '../support/service.ts';

/**
 * Every operation of the OpenAPI document is asked with values that fit it and values that do not, over the wire, in
 * sequences of which one may use what another made. `FUZZ_RUNS` is how many sequences, `FUZZ_SEED` repeats a run.
 */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 150);
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const MOST_FAULTS = 20;

const document = JSON.parse(
  readFileSync('openapi/openapi.json', 'utf8'),
) as Described;

interface Answer {
  status: number;
  headers: Record<string, string>;
  bytes: Buffer;
}

let service: TestService;
let server: Listening;
let key: string;
const agent = new Agent({ keepAlive: true });
beforeAll(async () => {
  service = await startService();
  await service.load(sample('security-guarantees'));
  await service.load(recordsToMeddleWith());
  server = await listenOn(service.url, {
    limits: behindProxy({ ofAddress: 0, ofKey: 0 }),
  });
  key = await createKey(service.database, {
    name: 'fuzz',
    scope: 'admin',
    expires: null,
  });
}, 60_000);
afterAll(async () => {
  agent.destroy();
  await server?.stop();
  await service?.stop();
});

/** The last of its kind that was told: what a request may hold in place of its own. */
const remembered = new Map<string, string>();

test(
  `whatever is asked is answered as the document says (FUZZ_SEED=${SEED})`,
  async () => {
    const check = conformance(document);
    const found = new Map<string, string>();
    const statuses = new Map<number, number>();
    const once = async (drawn: Request) => {
      const request = filled(drawn);
      const answer = await send(request);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      remember(request, answer);
      for (const fault of faultsOf(request, answer, check)) {
        const kind = `${request.method} ${request.template} ${answer.status} ${fault.slice(0, 120)}`;
        if (!found.has(kind) && found.size < MOST_FAULTS)
          found.set(kind, told(request, answer, fault));
      }
    };
    const sequences = fc.tuple(
      fc.array(requestsOf(document, key), { minLength: 1, maxLength: 6 }),
      fc.nat({ max: 9 }),
    );
    // Nothing is shrunk: what a request meets is what those before it have left. The first of each kind of fault is told.
    await fc.assert(
      fc.asyncProperty(sequences, async ([requests, together]) => {
        if (together === 0) await Promise.all(requests.map(once));
        else for (const one of requests) await once(one);
        return found.size < MOST_FAULTS;
      }),
      { numRuns: RUNS, seed: SEED, endOnFailure: true },
    );
    if (RUNS > 1000)
      process.stdout.write(`${JSON.stringify(Object.fromEntries(statuses))}\n`);
    expect([...found.values()].join('\n\n')).toBe('');
    // It cannot have looked away: some of all went well, and some was refused in each of these ways.
    expect([...statuses.keys()]).toEqual(
      expect.arrayContaining([200, 201, 400, 401, 404]),
    );
  },
  30_000 + RUNS * 400,
);

test('what was let in can be told in every format, and read again', async () => {
  for (const [suffix, read] of Object.entries(READERS)) {
    const { status, bytes } = await send({
      method: 'GET',
      template: '',
      url: `/v1/events${suffix}`,
      headers: {},
      body: null,
    });
    expect([suffix, status]).toEqual([suffix, 200]);
    read(bytes.toString());
  }
  const { bytes } = await send({
    method: 'GET',
    template: '',
    url: '/v1/events.ndjson',
    headers: {},
    body: null,
  });
  const other = await startService();
  try {
    const { report, rejected } = await other.load(bytes.toString(), {
      keepGoing: true,
    });
    expect(rejected).toEqual([]);
    expect(report.created).toBe(bytes.toString().trim().split('\n').length);
  } finally {
    await other.stop();
  }
}, 60_000);

const READERS: Record<string, (text: string) => void> = {
  '.csv': (text) => expect(text).toMatch(/^id,/),
  '.atom': (text) => {
    const parser = new SaxesParser({ xmlns: true });
    parser.on('error', (error) => {
      throw error;
    });
    parser.write(text).close();
  },
  '.ics': (text) => {
    for (const line of text.split('\r\n'))
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
  },
  '.feed.json': JSON.parse,
  '.geojson': JSON.parse,
  '.timeline.json': JSON.parse,
  '.jsonld': (text) =>
    expect(JSON.parse(text) && text).not.toContain('</script'),
};

function filled(drawn: Request): Request {
  const path = drawn.url.split('?')[0] ?? '';
  const put = (text: string) =>
    text.replace(
      /\{\{\w+\}\}/g,
      (name) =>
        remembered.get(`${name} ${path}`) ?? remembered.get(name) ?? 'x',
    );
  return {
    ...drawn,
    url: put(drawn.url),
    headers: Object.fromEntries(
      Object.entries(drawn.headers).map(([name, value]) => [name, put(value)]),
    ),
    body: drawn.body?.includes('{{')
      ? Buffer.from(put(drawn.body.toString('latin1')), 'latin1')
      : drawn.body,
  };
}

function remember({ url }: Request, { headers, bytes }: Answer): void {
  const { etag, location, 'x-data-lsn': lsn } = headers;
  const next = /"next":"([\w.~-]{20,})"/.exec(
    bytes.subarray(-2000).toString('latin1'),
  );
  if (etag !== undefined) {
    remembered.set('{{etag}}', etag);
    remembered.set(`{{etag}} ${url.split('?')[0]}`, etag);
  }
  if (lsn !== undefined) remembered.set('{{lsn}}', lsn);
  if (next?.[1] !== undefined) remembered.set('{{cursor}}', next[1]);
  if (location?.startsWith('/v1/events/'))
    remembered.set('{{id}}', location.slice('/v1/events/'.length));
}

/** Asks on the wire. Of a stream without an end the beginning is an answer. */
async function send({ method, url, headers, body }: Request): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = ask(
      {
        agent,
        host: '127.0.0.1',
        port: server.port,
        method,
        path: url,
        headers: {
          ...headers,
          ...(body === null ? {} : { 'content-length': String(body.length) }),
        },
        timeout: 15_000,
      },
      (answer) => {
        const chunks: Buffer[] = [];
        const done = () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: Object.fromEntries(
              Object.entries(answer.headers).map(([name, value]) => [
                name,
                String(value),
              ]),
            ),
            bytes: unpacked(
              Buffer.concat(chunks),
              answer.headers['content-encoding'],
            ),
          });
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', done);
        answer.on('error', reject);
        if (answer.headers['content-type']?.startsWith('text/event-stream'))
          setTimeout(() => (asking.destroy(), done()), 20);
      },
    );
    asking.on('timeout', () => asking.destroy(new Error('no answer in 15 s')));
    asking.on('error', (error: Error & { code?: string }) =>
      resolve({ status: 0, headers: {}, bytes: Buffer.from(String(error)) }),
    );
    asking.end(body ?? undefined);
  });
}

function unpacked(bytes: Buffer, encoding: string | undefined): Buffer {
  if (bytes.length === 0) return bytes;
  return encoding === 'gzip'
    ? gunzipSync(bytes)
    : encoding === 'br'
      ? brotliDecompressSync(bytes)
      : bytes;
}

const LEAKS =
  /node_modules|node:internal|\.[jt]s:\d+|event_version|actor_version|document_version|pg_catalog|syntax error at|violates|invalid input syntax|invalid byte sequence|out of range for type|\bSQLSTATE\b|ECONN\w+|FST_ERR/;

/** All that is wrong with an answer, one sentence each. */
function faultsOf(
  request: Request,
  { status, headers, bytes }: Answer,
  check: ReturnType<typeof conformance>,
): string[] {
  const faults: string[] = [];
  const wrong = (holds: boolean, fault: string) =>
    void (holds || faults.push(fault));
  if (status === 0) return [`no answer: ${bytes.toString()}`];
  const text = bytes.toString();
  const type = headers['content-type'] ?? '';
  wrong(bytes.equals(Buffer.from(text)), 'the answer is no UTF-8');
  wrong(
    /^[\da-f-]{36}$/.test(headers['x-request-id'] ?? ''),
    'the answer does not name the request',
  );
  let json: unknown = null;
  if (/[/+]json/.test(type) && request.method !== 'HEAD')
    try {
      json = JSON.parse(text);
    } catch {
      faults.push('the answer is no JSON');
    }
  if (status >= 400) {
    const problem = (json ?? {}) as {
      type?: string;
      status?: number;
      errors?: object[];
    };
    const code = problem.type?.replace('/problems/', '') ?? '';
    wrong(
      type.startsWith('application/problem+json'),
      'an error that is no problem',
    );
    if (request.method !== 'HEAD') {
      wrong(Object.hasOwn(problems, code), 'a problem without a known type');
      wrong(problem.status === status, 'a problem with another status');
      wrong(
        !LEAKS.test(text),
        `the problem tells too much: ${LEAKS.exec(text)?.[0]}`,
      );
    }
    wrong(
      status < 500 ||
        (status === 503 &&
          ['too_busy', 'query_timeout'].includes(code) &&
          headers['retry-after'] !== undefined),
      'the service failed',
    );
    wrong(
      status !== 401 || headers['www-authenticate'] !== undefined,
      '401 without a challenge',
    );
    wrong(
      status !== 405 || headers['allow'] !== undefined,
      '405 without Allow',
    );
    wrong(
      !([412, 428].includes(status) && request.method === 'GET'),
      'a precondition of a read',
    );
  }
  wrong(
    status !== 201 ||
      (headers['location'] !== undefined && headers['etag'] !== undefined),
    '201 without Location or ETag',
  );
  wrong(
    status !== 308 || headers['location'] !== undefined,
    '308 without Location',
  );
  // These are told before an address or a method is looked at, or by what stands before all routes.
  if (![405, 431].includes(status))
    try {
      const path = request.url.split(/[?#]/)[0] ?? '';
      check(request.method.toLowerCase(), path, {
        status,
        headers,
        text,
        json,
      });
    } catch (error) {
      faults.push(
        error instanceof Error
          ? error.message.slice(error.message.indexOf('→') + 2)
          : String(error),
      );
    }
  return faults;
}

function told(
  { method, url, headers, body }: Request,
  { status, bytes }: Answer,
  fault: string,
): string {
  const sent = Object.entries(headers).map(
    ([name, value]) => `${name}: ${JSON.stringify(value).slice(0, 200)}`,
  );
  return [
    fault,
    `${method} ${url.slice(0, 1500)}`,
    ...sent,
    body === null ? '' : JSON.stringify(body.toString().slice(0, 3000)),
    `→ ${status} ${bytes.toString().slice(0, 700)}`,
  ].join('\n');
}
