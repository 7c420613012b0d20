import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';
import { StartError } from '../domain/errors.ts';

/** Whether an address is one of ours: of a proxy, so many steps from this server, or of whoever is not limited. */
export type Trust = (address: string, steps: number) => boolean;

/**
 * The proxies that a setting names: nobody when it is empty; so many in a row; or addresses and ranges, among them `loopback`,
 * `linklocal` and `uniquelocal`.
 * @throws StartError when it names something else
 */
export function trusted(name: string, text: string): Trust {
  if (/^\d+$/.test(text)) return (_, steps) => steps < Number(text);
  try {
    return proxyAddr.compile(
      text === '' ? [] : text.split(',').map((one) => one.trim()),
    );
  } catch {
    throw new StartError(
      `${name} is ${JSON.stringify(text)}; it must name addresses such as 192.0.2.1, ranges such as 10.0.0.0/8, loopback, linklocal or uniquelocal, with commas between them.`,
    );
  }
}

/** From where somebody asks, as limits see it. */
export interface Client {
  /** An address of IPv4, or the first half of one of IPv6: a household has all of the second. */
  readonly address: string;
  readonly exempt: boolean;
}

const MOST_KNOWN = 10_000;

/**
 * Answers from where requests come: of the addresses that proxies tell (`X-Forwarded-For`), the nearest that is not itself
 * a trusted proxy; so what a client wrote there is never believed.
 */
export function clients(
  proxies: Trust,
  exempt: Trust,
): (request: IncomingMessage) => Client {
  const known = new LRUCache<string, Client>({ max: MOST_KNOWN });
  return (request) => {
    const { socket, headers } = request;
    const told =
      headers['x-forwarded-for'] === undefined
        ? (socket.remoteAddress ?? '')
        : proxyAddr(request, proxies);
    const before = known.get(told);
    if (before !== undefined) return before;
    // A proxy may tell what is no address: then it is the proxy that asks.
    const address = ipaddr.isValid(told) ? told : (socket.remoteAddress ?? '');
    const client = {
      address: networkOf(address),
      exempt: ipaddr.isValid(address) && exempt(address, 0),
    };
    if (told.length <= LONGEST_ADDRESS) known.set(told, client);
    return client;
  };
}

const LONGEST_ADDRESS = 64;
const HEXTETS_OF_NETWORK = 4;

function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown';
  // IPv4 in the clothes of IPv6 is IPv4.
  const parsed = ipaddr.process(address);
  if (!('parts' in parsed)) return parsed.toString();
  const { parts } = parsed;
  return `${parts
    .slice(0, HEXTETS_OF_NETWORK)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
