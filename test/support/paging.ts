import { type Answer, type TestService } from './service.ts';

/** A page as a walk meets it. */
export interface Met {
  ids: string[];
  next: string | null;
  prev: string | null;
}

/** Asks for a page and tells its ids and its neighbours. */
export async function pageAt(service: TestService, url: string): Promise<Met> {
  const { status, json, text } = await service.get(url);
  if (status !== 200) throw new Error(`${url}: ${text}`);
  const { data, next, prev } = json as {
    data: { id: string }[];
    next: string | null;
    prev: string | null;
  };
  return { ids: data.map(({ id }) => id), next, prev };
}

/** An address with a cursor put to it. */
export function withCursor(url: string, cursor: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}cursor=${cursor}`;
}

/** Every page from one on, until there is no further one in that direction. */
export async function walk(
  service: TestService,
  url: string,
  direction: 'next' | 'prev' = 'next',
  from: string | null = null,
): Promise<Met[]> {
  const pages: Met[] = [];
  for (let at = from === null ? url : withCursor(url, from); ;) {
    const page = await pageAt(service, at);
    pages.push(page);
    const onward = page[direction];
    if (onward === null) return pages;
    if (pages.length > 1000) throw new Error(`${url} has no end`);
    at = withCursor(url, onward);
  }
}

/** The addresses in a `Link` header (RFC 8288), by relation. */
export function linksOf({ headers }: Answer): Record<string, string> {
  return Object.fromEntries(
    [...(headers['link'] ?? '').matchAll(/<([^>]+)>; rel="(\w+)"/g)].map(
      ([, target = '', relation = '']) => [relation, target],
    ),
  );
}
