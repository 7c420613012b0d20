import { type AnsweredEvent, inLanguage } from '../domain/answered.ts';
import { whenInWords } from './doubt.ts';
import { type About, type Format } from './format.ts';
import { listed } from './listed.ts';
import { edgesOf, spanOf } from './span.ts';
import { addressOf, placesOf } from './telling.ts';
import { typeInWords } from './words.ts';

/** GeoJSON (RFC 7946): an event is a feature at the places whose coordinates are known. */
export const geojson: Format = {
  suffix: 'geojson',
  mediaType: 'application/geo+json',
  description:
    'GeoJSON (RFC 7946), a feature per event, without geometry where no coordinates are known. `date` is the EDTF as it was written, `when` says it in words, and the four edges are days (the last one included) or UTC instants, null where open.',
  whole: false,
  newestFirst: false,
  tellsRemoved: false,
  takes: [],
  async *write(events, about) {
    yield `{"type":"FeatureCollection","links":${JSON.stringify(linksOf(about))},"features":[`;
    yield* listed(events, (event) => featureOf(event, about));
    yield '\n]}\n';
  },
};

// RFC 7946 leaves room for foreign members; OGC API Features names the neighbouring pages in this one.
function linksOf({ self, next, prev }: About): object[] {
  return Object.entries({ self, next, prev }).flatMap(([rel, href]) =>
    href === null ? [] : { rel, href, type: geojson.mediaType },
  );
}

function featureOf(event: AnsweredEvent, { lang, home }: About): object {
  const edges = Object.entries(edgesOf(spanOf(event))).map(([name, edge]) => [
    name,
    edge === '' ? null : edge,
  ]);
  return {
    type: 'Feature',
    id: event.id,
    geometry: geometryOf(event),
    properties: {
      title: inLanguage(event.title, lang),
      type: event.type,
      type_label: typeInWords(event.type, lang),
      status: event.status,
      channel: event.channel,
      date: event.date,
      when: whenInWords(event, lang),
      ...Object.fromEntries(edges),
      precision: event.bounds.precision,
      time_zone: event.timeZone,
      summary: inLanguage(event.summary, lang) || null,
      places: placesOf(event, lang),
      participants: event.participants.map((one) => ({
        actor: one.actor,
        name: inLanguage(one.name, lang) || one.actor,
        role: one.role,
        on_behalf_of: one.onBehalfOf,
      })),
      topics: event.topics,
      corroboration: event.corroboration,
      url: addressOf(event.id, home),
    },
  };
}

function geometryOf({ places }: AnsweredEvent): object | null {
  const points = places.flatMap(({ coordinates }) =>
    coordinates ? [coordinates] : [],
  );
  const [only] = points;
  if (only === undefined) return null;
  return points.length === 1
    ? { type: 'Point', coordinates: only }
    : { type: 'MultiPoint', coordinates: points };
}
