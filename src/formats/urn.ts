import { v5 } from 'uuid';

// Made once, for good: what is derived from it has to stay the same for ever.
const NAMESPACE = '6f1c5b1e-8a0d-4d0c-9a3e-5f2f0d6b7c41';

/** The name of an event in feeds (RFC 9562, version 5): the same on every host that serves the record. */
export function eventUrn(id: string): string {
  return `urn:uuid:${v5(`event ${id}`, NAMESPACE)}`;
}

/** The name of a feed: the same for all pages of one question (RFC 5005), and wherever it is asked. */
export function feedUrn(self: string): string {
  const { pathname, searchParams } = new URL(self);
  searchParams.delete('cursor');
  return `urn:uuid:${v5(`feed ${pathname}?${searchParams.toString()}`, NAMESPACE)}`;
}
