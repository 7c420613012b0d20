import type { FastifyInstance } from 'fastify';
import { type Scope } from '../../src/domain/access.ts';
import { createKey } from '../../src/storage/keys.writes.ts';
import { conformance } from './conformance.ts';
import { type Answer, type TestService } from './service.ts';

/** What is sent: a body that is JSON unless it is a text or bytes, and headers. */
export interface Sent {
  body?: unknown;
  headers?: Record<string, string>;
}

/** Somebody with a key, who writes. */
export interface Writer {
  key: string;
  /** Asks, and holds the answer to the OpenAPI document. */
  send(method: string, url: string, sent?: Sent): Promise<Answer>;
  /** Enters a record under its id, or replaces it; fails unless it is taken. */
  put(draft: { record: string; id: string }): Promise<Answer>;
}

/** A key on the service, and its owner; `app` is another server on the same database. */
export async function aWriter(
  service: TestService,
  {
    scope = 'editor',
    name = 'desk',
    app = service.app,
  }: { scope?: Scope; name?: string; app?: FastifyInstance } = {},
): Promise<Writer> {
  const key = await createKey(service.database, { name, scope, expires: null });
  const check = conformance(service.app.swagger());
  const send: Writer['send'] = async (method, url, { body, headers } = {}) => {
    const raw = typeof body === 'string' || body instanceof Uint8Array;
    const response = await app.inject({
      method: method as 'GET',
      url,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { payload: raw ? Buffer.from(body) : JSON.stringify(body) }),
    });
    const type = String(response.headers['content-type'] ?? '');
    const answer: Answer = {
      status: response.statusCode,
      headers: Object.fromEntries(
        Object.entries(response.headers).map(([header, value]) => [
          header,
          String(value),
        ]),
      ),
      text: response.body,
      json: /json/.test(type) ? response.json() : null,
    };
    check(method.toLowerCase(), url, answer);
    return answer;
  };
  return {
    key,
    send,
    async put(draft) {
      const url = `/v1/${draft.record}s/${draft.id}`;
      const { headers } = await send('GET', url);
      const match =
        headers['etag'] === undefined ? {} : { 'if-match': headers['etag'] };
      const answer = await send('PUT', url, { body: draft, headers: match });
      if (answer.status > 201)
        throw new Error(`${url}: ${answer.status} ${answer.text}`);
      return answer;
    },
  };
}

/** A text as the bytes of a header carry it. */
export function headerText(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** The pointers of a problem's faults. */
export function pointersOf({ json }: Answer): unknown[] {
  return (json.errors as { pointer?: string }[]).map(({ pointer }) => pointer);
}

/** The statuses of answers, smallest first. */
export function statusesOf(answers: readonly Answer[]): number[] {
  return answers.map(({ status }) => status).toSorted((a, b) => a - b);
}
