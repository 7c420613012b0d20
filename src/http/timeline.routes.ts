import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { IANAZone } from 'luxon';
import { type ActorDraft, namesToShow } from '../domain/actor.ts';
import { DomainError } from '../domain/errors.ts';
import { eventTypes } from '../domain/event-types.ts';
import { eventFilter, listFilter } from '../domain/filter.ts';
import { type LanguageMap } from '../domain/language.ts';
import {
  bucketsOf,
  bucketSpans,
  type Interval,
  refuseTooMany,
} from '../domain/timeline.ts';
import { zoneAsked } from '../domain/zone.ts';
import {
  countFacets,
  type Facet,
  type FacetCount,
  FACETS,
} from '../storage/facets.reads.ts';
import {
  countTimeline,
  type TimelineCount,
} from '../storage/timeline.reads.ts';
import {
  databaseAnswers,
  jsonAnswer,
  refuseUnknown,
  type RouteOptions,
  sendJson,
} from './answers.ts';
import { OF_RECORD } from './caching.ts';
import { readsFor } from './reading.ts';
import { DEFAULT_TOP, facetsQuery, timelineQuery } from './timeline.schema.ts';

/** `/v1/timeline` and `/v1/facets`: the events counted. */
export const timelineRoutes: FastifyPluginCallbackTypebox<RouteOptions> = (
  app,
  options,
  done,
) => {
  const problems = databaseAnswers('invalid_parameter', 'unknown_value');
  app.get(
    '/v1/timeline',
    {
      config: OF_RECORD,
      schema: {
        operationId: 'countTimeline',
        summary: 'A histogram of events',
        description:
          'How many events begin in each day, ISO week, month, quarter or year, under the filters of the list. An event is placed by its begin; where that may lie in several buckets it is counted apart. Buckets reach from the window’s first to its last, and further back to what reaches into the window from before.',
        tags: ['timeline'],
        querystring: timelineQuery,
        response: { ...jsonAnswer('Timeline', 'The histogram'), ...problems },
      },
    },
    async (request, reply) => {
      const {
        interval,
        by = null,
        at = 'state',
        top = DEFAULT_TOP,
        ...asked
      } = request.query;
      const filter = eventFilter(asked);
      const zone = zoneAsked(asked.tz);
      const { first, last } = bucketsOf(filter.window, interval, zone);
      if (first !== null && last !== null) refuseTooMany(first, last, interval);
      const database = readsFor(options.database, reply);
      const { rows, unknown } = await countTimeline(database, filter, {
        interval,
        zone,
        by,
        at,
        top,
      });
      if (unknown.length > 0) await refuseUnknown(database, unknown);
      // Half a window shows its edge, and no window without any event shows nothing.
      const numbers = [first, last, ...rows.map(({ bucket }) => bucket)].filter(
        (bucket) => bucket !== null,
      );
      return sendJson(
        reply,
        JSON.stringify({
          interval,
          tz: asked.tz ?? 'UTC',
          ...histogram(rows, numbers, interval, zone, by !== null),
        }),
      );
    },
  );

  app.get(
    '/v1/facets',
    {
      config: OF_RECORD,
      schema: {
        operationId: 'countFacets',
        summary: 'How many events have which value',
        description: 'Counts per value under the filters of the list.',
        tags: ['timeline'],
        querystring: facetsQuery,
        response: { ...jsonAnswer('Facets', 'The counts'), ...problems },
      },
    },
    async (request, reply) => {
      const {
        by,
        at = 'state',
        top = DEFAULT_TOP,
        own = 'applied',
        ...asked
      } = request.query;
      const filter = eventFilter(asked);
      const facets = facetsNamed(by);
      const database = readsFor(options.database, reply);
      const { rows, unknown } = await countFacets(database, filter, {
        by: facets,
        at,
        top,
        own,
      });
      if (unknown.length > 0) await refuseUnknown(database, unknown);
      const of = (facet: Facet, rare: boolean) =>
        rows.filter(
          (row) => row.facet === facet && (row.value === null) === rare,
        );
      return sendJson(
        reply,
        JSON.stringify({
          total: rows.find(({ facet }) => facet === 'total')?.count ?? 0,
          facets: Object.fromEntries(
            facets.map((facet) => [
              facet,
              of(facet, false).map((row) => ({
                value: row.value,
                label: labelOf(row),
                count: row.count,
              })),
            ]),
          ),
          rest: Object.fromEntries(
            facets.flatMap((facet) =>
              of(facet, true).map(({ values, count }) => [
                facet,
                { values, count },
              ]),
            ),
          ),
        }),
      );
    },
  );
  done();
};

function histogram(
  rows: readonly TimelineCount[],
  numbers: readonly number[],
  interval: Interval,
  zone: IANAZone,
  split: boolean,
): object {
  const tallies = new Map<number | null, Tally>();
  for (const row of rows) {
    const tally = tallies.get(row.bucket) ?? emptyTally();
    if (row.value !== null) tally.groups[row.value] = row.count;
    else if (row.rest) tally.rest = row.count;
    else tally.total = row.count;
    tallies.set(row.bucket, tally);
  }
  const told = (bucket: number | null): object => {
    const { total, groups, rest } = tallies.get(bucket) ?? emptyTally();
    return split ? { total, groups, rest } : { total };
  };
  const [first, last] = extent(numbers);
  refuseTooMany(first, last, interval);
  const spans = bucketSpans(first, last - first + 1, interval, zone);
  return {
    buckets: spans.map((span, index) => ({
      ...span,
      ...told(first + index),
    })),
    imprecise: told(null),
    total: [...tallies.values()].reduce((sum, { total }) => sum + total, 0),
  };
}

interface Tally {
  total: number;
  groups: Record<string, number>;
  rest: number;
}

// No prototype: a topic may be called `constructor`.
function emptyTally(): Tally {
  return {
    total: 0,
    groups: Object.create(null) as Record<string, number>,
    rest: 0,
  };
}

/** The least and the greatest of numbers; of none, a run that holds nothing. */
function extent(numbers: readonly number[]): [first: number, last: number] {
  const [one, ...others] = numbers;
  if (one === undefined) return [0, -1];
  return others.reduce<[number, number]>(
    ([first, last], other) => [Math.min(first, other), Math.max(last, other)],
    [one, one],
  );
}

/** @throws DomainError `invalid_parameter` naming what is no facet */
function facetsNamed(by: string): Facet[] {
  const named = listFilter({ by: [by] }, { by: FACETS })['by'];
  if (named === undefined || named.none.length > 0)
    throw new DomainError('invalid_parameter', 'by takes no minus.', [
      { parameter: 'by', message: 'takes no minus', received: by },
    ]);
  return FACETS.filter((facet) => named.each.flat().includes(facet));
}

const typeLabels = new Map(eventTypes.map(({ code, label }) => [code, label]));

/** What a value is called, as far as it is called anything. */
function labelOf({ facet, value, called }: FacetCount): LanguageMap | null {
  if (facet === 'actor' && called !== null)
    return namesToShow(called as ActorDraft['names']);
  if (facet === 'document' && called !== null) return called as LanguageMap;
  if (facet === 'type') return typeLabels.get(value ?? '') ?? null;
  if (facet === 'country') return displayed('region', value ?? '');
  if (facet === 'language') return displayed('language', value ?? '');
  return null;
}

// Names of CLDR; what it has no name for (a state that is gone) has none.
const displays = (['region', 'language'] as const).flatMap((type) =>
  ['uk', 'en'].map((language) => ({
    type,
    language,
    names: new Intl.DisplayNames([language], { type, fallback: 'none' }),
  })),
);

function displayed(
  kind: 'region' | 'language',
  code: string,
): LanguageMap | null {
  const found = displays
    .filter(({ type }) => type === kind)
    .flatMap(({ language, names }) => {
      try {
        const name = names.of(code);
        return name === undefined ? [] : [[language, name] as const];
      } catch {
        return [];
      }
    });
  return found.length > 0 ? Object.fromEntries(found) : null;
}
