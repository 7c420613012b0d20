import { DomainError } from '../domain/errors.ts';

/** Parameters by name, as they came in: once as a text, more often as a list of texts. */
export type Query = Record<string, string | string[]>;

/**
 * The parameters of a query string (application/x-www-form-urlencoded, URL Standard). Bytes that a client did not
 * encode are read as UTF-8, as curl sends them. Text that cannot be decoded is left as it is: {@link refuseUnreadable}
 * has refused the request by the time anybody looks.
 */
export function parseQuery(text: string): Query {
  // No prototype: `__proto__` is a name like any other, and an unknown one.
  const query = Object.create(null) as Query;
  for (const part of text.split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const name = decoded(at < 0 ? part : part.slice(0, at)) ?? part;
    const value =
      at < 0 ? '' : (decoded(part.slice(at + 1)) ?? part.slice(at + 1));
    const known = query[name];
    query[name] =
      known === undefined
        ? value
        : [...(typeof known === 'string' ? [known] : known), value];
  }
  return query;
}

/**
 * Refuses an address whose query is not UTF-8 or holds NUL, and one with a fragment, before anything reads it.
 * @throws DomainError `malformed_request`
 */
export function refuseUnreadable(url: string): void {
  // A router may take what follows for the query.
  if (url.includes('#'))
    throw new DomainError(
      'malformed_request',
      'The address has a fragment, which is never sent: a # in a value is written %23.',
    );
  const at = url.indexOf('?');
  if (at < 0) return;
  for (const part of url.slice(at + 1).split('&')) {
    const text = decoded(part);
    const name = decoded(part.split('=')[0] ?? '') ?? undefined;
    const fault =
      text === null
        ? 'is not valid UTF-8'
        : text.includes('\0')
          ? 'holds the character NUL'
          : null;
    if (fault !== null) {
      const parameter = name?.replaceAll('\0', '') || 'query';
      throw new DomainError(
        'malformed_request',
        `The parameter ${parameter} ${fault}.`,
        [{ parameter, message: fault }],
      );
    }
  }
}

function decoded(part: string): string | null {
  try {
    const bytes = part
      .replaceAll('+', ' ')
      .replace(
        /[\u0080-\u00ff]/g,
        (byte) => `%${byte.charCodeAt(0).toString(16)}`,
      );
    return decodeURIComponent(bytes);
  } catch {
    return null;
  }
}
