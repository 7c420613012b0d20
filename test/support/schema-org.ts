import { expand, type JsonLdDocument, type Options } from 'jsonld';

const plain = (...names: string[]) =>
  names.map((name) => [name, { '@id': `schema:${name}` }]);
const typed = (type: string, ...names: string[]) =>
  names.map((name) => [name, { '@id': `schema:${name}`, '@type': type }]);

/**
 * The terms of schema.org's JSON-LD context (release 27.01) that our output may use, as that context has them. Unlike it
 * there is no `@vocab`, so that a word which schema.org does not have is not mapped, and a strict processor stops.
 */
const schemaOrgContext = {
  '@context': {
    schema: 'http://schema.org/',
    ...Object.fromEntries([
      ...plain('Event', 'Place', 'PostalAddress', 'GeoCoordinates'),
      ...plain('CreativeWork', 'Organization'),
      ...plain('about', 'address', 'addressCountry', 'attendee'),
      ...plain('contributor', 'description', 'disambiguatingDescription'),
      ...plain('eventAttendanceMode', 'eventStatus', 'geo', 'identifier'),
      ...plain('inLanguage', 'keywords', 'latitude', 'location'),
      ...plain('longitude', 'name', 'organizer', 'performer', 'publisher'),
      ...plain('subjectOf', 'superEvent', 'workFeatured'),
      ...typed('@id', 'url', 'archivedAt'),
      ...typed('schema:Date', 'startDate', 'endDate', 'datePublished'),
    ]),
  },
};

/** Options of a JSON-LD processor that stops at whatever it would have to leave out, and asks no network. */
export const strictly = {
  safe: true,
  documentLoader: (url: string) => {
    if (url !== 'https://schema.org') throw new Error(`no network: ${url}`);
    return Promise.resolve({ documentUrl: url, document: schemaOrgContext });
  },
} as Options.Expand;

/** The nodes of a JSON-LD document. */
export async function expanded(
  document: unknown,
): Promise<Record<string, unknown>[]> {
  return expand(document as JsonLdDocument, strictly);
}
