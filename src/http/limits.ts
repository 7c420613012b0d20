import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import { DomainError } from '../domain/errors.ts';
import { type Client, clients, type Trust } from './clients.ts';
import { type Left, type Meter, meters, type Share, WINDOW } from './meters.ts';

/** How much somebody may ask. */
export interface LimitOptions {
  /** Points a minute of an address and of a key; 0 for no limit. See {@link costs}. */
  ofAddress: number;
  ofKey: number;
  /** So many exports of an address or a key may run at once; 0 for no limit. */
  exportsEach: number;
  /** In milliseconds: no export may run longer. */
  longestExport: number;
  /** In milliseconds: who takes nothing of a finished answer for so long is cut off. */
  unreadFor: number;
  /** Whose word on where a request comes from is believed. */
  proxies: Trust;
  /** From where nobody is limited. */
  exempt: Trust;
  /** How servers tell each other what was used; null where each counts by itself. */
  share: Share | null;
}

/** Limits that nobody meets, but for those who guess keys. */
export const unlimited: LimitOptions = {
  ofAddress: 0,
  ofKey: 0,
  exportsEach: 0,
  longestExport: 600_000,
  unreadFor: 30_000,
  proxies: () => false,
  exempt: () => false,
  share: null,
};

/** Somebody has asked too much: when it is worth while to come again, and the headers that say so. */
export class LimitError extends DomainError {
  readonly headers: Record<string, string>;

  constructor(detail: string, seconds: number, headers = {}) {
    super('too_many_requests', detail);
    this.name = 'LimitError';
    this.headers = { ...headers, 'retry-after': String(seconds) };
  }
}

/** What an answer tells of the limit it was charged to (draft-ietf-httpapi-ratelimit-headers-10): names and values by turns. */
export type LimitHeaders = [string, string, string, string];

/** Who may ask how much, and has. */
export interface Limits {
  /**
   * Charges a request to its key, if it was proven lately, else to its address; null when it is not limited.
   * @throws LimitError when so much is not left; then nothing is charged
   */
  charge(
    request: IncomingMessage,
    points: number,
  ): Promise<LimitHeaders> | null;
  /** @throws LimitError when too many wrong keys have come from there, unless this one was right lately */
  refuseGuessing(request: IncomingMessage): Promise<void>;
  /** A key was wrong. */
  wrong(request: IncomingMessage): void;
  /** A key was right: from now on what comes with it is charged to it. */
  right(request: IncomingMessage, key: string): void;
  /**
   * Takes one of the client's places for exports, and answers how to give it back.
   * @throws LimitError when all are taken
   */
  takeExport(request: IncomingMessage): () => void;
  readonly longestExport: number;
  close(): void;
}

/** More keys than these may be wrong in a minute and address; it is for guessing, not for mistakes. */
export const MOST_WRONG = 30;

const SHARED_EVERY = 1000;
const MOST_PROVEN = 10_000;
const PROVEN_FOR = 600_000;
/** When an export of one's own may have ended, in seconds. */
const SOON = 10;

/** Counts what is asked, in memory; and with the other servers, if it is to be shared. */
export function limitsOf(options: LimitOptions): Limits {
  const { ofAddress, ofKey, exportsEach, longestExport, share } = options;
  const client = clients(options.proxies, options.exempt);
  const all = meters(share !== null);
  const addresses = all.meter('address', ofAddress);
  const keys = all.meter('key', ofKey);
  const guesses = all.meter('wrong-keys', MOST_WRONG);
  // By a hash: whole keys are nowhere else in memory either.
  const proven = new LRUCache<string, string>({
    max: MOST_PROVEN,
    ttl: PROVEN_FOR,
  });
  const exports = new Map<string, number>();

  const keyOf = ({ headers }: IncomingMessage): string | undefined =>
    headers.authorization === undefined || proven.size === 0
      ? undefined
      : proven.get(digestOf(headers.authorization));
  const ownerOf = (request: IncomingMessage, from: Client): [Meter, string] => {
    const key = keyOf(request);
    return key === undefined ? [addresses, from.address] : [keys, key];
  };

  let sharing = false;
  const timer =
    share === null
      ? undefined
      : setInterval(() => {
          if (sharing) return;
          sharing = true;
          all
            .share(share)
            // The database is away: each server goes on by itself.
            .catch(() => undefined)
            .finally(() => (sharing = false));
        }, SHARED_EVERY).unref();

  return {
    longestExport,
    charge(request, points) {
      const from = client(request);
      if (from.exempt) return null;
      const [meter, name] = ownerOf(request, from);
      return meter.points === 0 ? null : charged(meter, name, points);
    },
    async refuseGuessing(request) {
      if (keyOf(request) !== undefined) return;
      const { points, seconds } = await guesses.left(client(request).address);
      if (points > 0) return;
      throw new LimitError(
        'Too many wrong keys came from this address. Try again later.',
        seconds,
      );
    },
    wrong(request) {
      // It may have been right until it was revoked.
      proven.delete(digestOf(request.headers.authorization ?? ''));
      void guesses.use(client(request).address, 1);
    },
    right({ headers }, key) {
      proven.set(digestOf(headers.authorization ?? ''), key);
    },
    takeExport(request) {
      const from = client(request);
      if (from.exempt || exportsEach === 0) return () => undefined;
      const name = ownerOf(request, from)[1];
      const running = exports.get(name) ?? 0;
      if (running >= exportsEach)
        throw new LimitError(
          `${running} exports of yours are running, which is as many as may at once. Wait for one to end.`,
          SOON,
        );
      exports.set(name, running + 1);
      return once(() => {
        const left = (exports.get(name) ?? 1) - 1;
        if (left > 0) exports.set(name, left);
        else exports.delete(name);
      });
    },
    close: () => clearInterval(timer),
  };
}

async function charged(
  meter: Meter,
  name: string,
  points: number,
): Promise<LimitHeaders> {
  const { fits, ...left } = await meter.use(name, points);
  const headers = headersOf(meter, left);
  if (fits) return headers;
  const [policy, most, limit, remaining] = headers;
  throw new LimitError(
    `This costs ${points} of the ${meter.points} points that ${meter.name === 'key' ? 'a key' : 'an address'} has in ${WINDOW} seconds, and ${left.points} are left. Try again in ${left.seconds} s.`,
    left.seconds,
    { [policy]: most, [limit]: remaining },
  );
}

function headersOf({ name, points }: Meter, left: Left): LimitHeaders {
  return [
    'ratelimit-policy',
    `"${name}";q=${points};w=${WINDOW}`,
    'ratelimit',
    `"${name}";r=${left.points};t=${left.seconds}`,
  ];
}

function digestOf(header: string): string {
  return createHash('sha256').update(header).digest('base64');
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    act();
  };
}
