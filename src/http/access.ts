import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import {
  AccessError,
  allows,
  parseKey,
  type Refusal,
  type Scope,
} from '../domain/access.ts';
import { type Database } from '../storage/database.ts';
import { findKey } from '../storage/keys.reads.ts';
import { hashOf, noteUse } from '../storage/keys.writes.ts';
import { type Limits } from './limits.ts';
import { together } from './together.ts';

/** Who asks: the key they showed. */
export interface Caller {
  /** Id of the key. */
  key: string;
  /** Who or what the key was made for. */
  name: string;
  scope: Scope;
}

/**
 * Answers who asks, or throws an AccessError. As a route's `onRequest` it refuses strangers before their body is read;
 * in the handler it gives the caller. Within one request the key is looked up once.
 */
export type Access = (
  request: Pick<FastifyRequest, 'headers' | 'raw'>,
) => Promise<Caller>;

/** What becomes of those who guess keys. */
type Guessing = Pick<Limits, 'refuseGuessing' | 'wrong' | 'right'>;

/** Lets those through whose key (`Authorization: Bearer`, RFC 6750) counts now and has the scope that is needed. */
export function requireScope(
  pool: Database['pool'],
  needed: Scope,
  limits: Guessing,
): Access {
  const known = new WeakMap<object, Promise<Caller>>();
  const find = together((id: string) => findKey(pool, id));
  return (request) => {
    const caller =
      known.get(request) ?? callerOf(pool, find, request, needed, limits);
    known.set(request, caller);
    return caller;
  };
}

async function callerOf(
  pool: Database['pool'],
  find: (id: string) => ReturnType<typeof findKey>,
  { headers: { authorization = '' }, raw }: Parameters<Access>[0],
  needed: Scope,
  limits: Guessing,
): Promise<Caller> {
  // The name of the scheme is written in any case, and followed by one space or more (RFC 9110, 11.1 and 11.4).
  const shown = /^bearer +(.*)$/is.exec(authorization)?.[1] ?? '';
  if (shown === '') throw new AccessError('no-key', needed);
  await limits.refuseGuessing(raw);
  const parts = parseKey(shown);
  const key = parts && (await find(parts.id));
  // Always compared, with what is no secret's hash if need be: how long it takes must not tell which ids are known.
  const proved = timingSafeEqual(
    hashOf(parts?.secret ?? ''),
    key?.hash ?? NOBODYS_HASH,
  );
  if (!proved || !key?.valid) {
    limits.wrong(raw);
    throw new AccessError('wrong-key', needed);
  }
  limits.right(raw, key.id);
  if (!key.usedLately) noteUse(pool, key.id);
  if (!allows(key.scope, needed)) throw new AccessError('narrow-scope', needed);
  return { key: key.id, name: key.name, scope: key.scope };
}

const NOBODYS_HASH = Buffer.alloc(32);

const REALM = 'Bearer realm="diplomatic-events"';

const challenges: Record<Refusal, (needed: Scope) => string> = {
  // Who showed no key made no error (RFC 6750, 3.1).
  'no-key': () => REALM,
  'wrong-key': () => `${REALM}, error="invalid_token"`,
  'narrow-scope': (needed) =>
    `${REALM}, error="insufficient_scope", scope="${needed}"`,
};

/** The `WWW-Authenticate` of an answer that refuses somebody (RFC 6750, 3). */
export function challengeOf({ refusal, needed }: AccessError): string {
  return challenges[refusal](needed);
}
