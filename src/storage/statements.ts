import { AsyncResource } from 'node:async_hooks';
import type { Client, Pool } from 'pg';
import { ByteClient } from './byte-client.ts';

/**
 * Told of each statement when it is sent, by a short name of its kind; what it answers is told how that one ended: of its
 * error, or null.
 */
export type StatementWatch = (kind: string) => (error: unknown) => void;

/** Several who watch as one; undefined where nobody does. */
export function watchesOf(
  ...watches: (StatementWatch | undefined)[]
): StatementWatch | undefined {
  const all = watches.filter((one) => one !== undefined);
  if (all.length < 2) return all[0];
  return (kind) => {
    const ended = all.map((watch) => watch(kind));
    return (error) => {
      for (const one of ended) one(error);
    };
  };
}

type Callback = (error: unknown, result: unknown) => void;

/** A statement as any of its senders gives it: a text, a text with a name of its kind, or a stream of COPY. */
type Statement =
  | string
  | {
      text?: string;
      kind?: string;
      callback?: Callback;
      submit?: unknown;
      once?: (event: string, told: (error?: Error) => void) => unknown;
    };

type Query = (
  statement: Statement,
  values?: unknown,
  callback?: Callback,
) => unknown;

/** What the connections of a pool are made with so that they tell of each statement that is sent on them, whoever sends it. */
export function watched(watch?: StatementWatch): { Client: typeof Client } {
  return { Client: watch === undefined ? ByteClient : watchedClient(watch) };
}

function watchedClient(watch: StatementWatch): typeof Client {
  return class extends ByteClient {
    override query = ((
      statement: Statement,
      values?: unknown,
      callback?: Callback,
    ): unknown => {
      const send = super.query.bind(this) as Query;
      const ended = watch(kindOf(statement));
      if (typeof statement === 'object' && statement.submit !== undefined) {
        statement.once?.('error', ended);
        statement.once?.('close', () => ended(null));
        return send(statement, values, callback);
      }
      const told =
        typeof values === 'function' ? (values as Callback) : callback;
      if (told === undefined) {
        const answer = send(statement, values) as Promise<unknown>;
        answer.then(() => ended(null), ended);
        return answer;
      }
      return send(
        statement,
        typeof values === 'function' ? undefined : values,
        (error, result) => {
          ended(error ?? null);
          told(error, result);
        },
      );
    }) as unknown as Client['query'];
  };
}

/**
 * Lets whoever waits for a connection of a watched pool go on as itself when another gives one back: else what it sends then
 * would seem to be sent by the other.
 */
export function keepContext(pool: Pool): void {
  if (pool.options.Client === ByteClient) return;
  type Told = (...given: unknown[]) => void;
  const connect = pool.connect.bind(pool) as (told?: Told) => unknown;
  pool.connect = ((told?: Told) => {
    if (told === undefined) return connect();
    const asked = new AsyncResource('connect');
    return connect((...given) => asked.runInAsyncScope(told, null, ...given));
  }) as Pool['connect'];
}

function kindOf(statement: Statement): string {
  if (typeof statement === 'string') return kindOfText(statement);
  return (
    statement.kind ??
    (statement.text === undefined ? 'copy' : kindOfText(statement.text))
  );
}

const kinds = new Map<string, string>();

/**
 * What a statement does and to which table first, as `select change` or `insert staged`: there are as many of these as the
 * code has, whatever is asked, for no value stands in a text.
 */
function kindOfText(text: string): string {
  const known = kinds.get(text);
  if (known !== undefined) return known;
  if (kinds.size >= 1000) kinds.clear();
  const [, verb = 'other'] = /^\s*([a-z]+)/i.exec(text) ?? [];
  const [, table] =
    /\b(?:from|into|update|table|on)\s+(?:only\s+)?([a-z_]+)/i.exec(text) ?? [];
  const does = verb.toLowerCase() === 'with' ? 'select' : verb.toLowerCase();
  const kind = table === undefined ? does : `${does} ${table.toLowerCase()}`;
  kinds.set(text, kind);
  return kind;
}
