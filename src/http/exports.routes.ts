import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type AnsweredEvent } from '../domain/answered.ts';
import { eventFilter, type EventFilter } from '../domain/filter.ts';
import { type About, type Format } from '../formats/format.ts';
import { formats } from '../formats/index.ts';
import { NDJSON } from '../formats/ndjson.ts';
import { listEvents } from '../storage/events.reads.ts';
import { type Database } from '../storage/database.ts';
import { openSnapshot, removedEvents } from '../storage/exports.reads.ts';
import {
  databaseAnswers,
  DEFAULT_LIMIT,
  linksTo,
  pageUrl,
  refuseUnknown,
  type RouteOptions,
  unchangedAnswer,
} from './answers.ts';
import { LONGEST_PAGE } from './events.schema.ts';
import {
  crosswalkOf,
  type FormatQuestion,
  placeAfter,
  refuseShape,
  titleOf,
} from './exports.question.ts';
import { formatContent, formatQuery } from './exports.schema.ts';
import {
  type Extent,
  formatOf,
  isEverything,
  ndjsonOf,
  streamOf,
  UnknownInExport,
} from './exports.stream.ts';
import { READING, readsFor } from './reading.ts';

/** A format as it is served: the import format is the stored bodies themselves, and parses none of them. */
type Served = Pick<
  Format,
  | 'suffix'
  | 'mediaType'
  | 'description'
  | 'whole'
  | 'newestFirst'
  | 'tellsRemoved'
  | 'takes'
> & { write: Format['write'] | null };

const served: readonly Served[] = [
  ...formats,
  {
    suffix: 'ndjson',
    mediaType: NDJSON,
    description:
      'The import format: what the events need comes first, the actors, documents and linked events by id; importing it into an empty database gives the same record',
    whole: true,
    newestFirst: false,
    tellsRemoved: false,
    takes: [],
    write: null,
  },
];

/** The media types of all formats, as `Accept` may ask for them. */
export const formatTypes: readonly string[] = served.map(
  ({ mediaType }) => mediaType,
);

/** `/v1/events.{suffix}`: the list of events in every format. */
export const exportRoutes: FastifyPluginCallbackTypebox<RouteOptions> = (
  app,
  options,
  done,
) => {
  for (const format of served)
    app.get(
      `/v1/events.${format.suffix}`,
      {
        // HEAD would read the stream to its end.
        exposeHeadRoute: !format.whole,
        handlerTimeout: format.whole ? NO_TIMEOUT : HANDLER_TIMEOUT,
        config: {
          ...READING,
          ofRecord: !format.whole,
          produces: [format.mediaType],
        },
        schema: {
          operationId: `exportEventsAs${camel(format.suffix)}`,
          summary: `Events as ${format.suffix}`,
          description: format.description,
          tags: ['formats'],
          querystring: formatQuery(format),
          response: {
            200: {
              description: 'The events',
              content: formatContent([format.mediaType]),
            },
            ...(format.whole ? {} : unchangedAnswer),
            ...databaseAnswers(
              'invalid_parameter',
              'unknown_value',
              'invalid_cursor',
            ),
          },
        },
      },
      async (request, reply) =>
        sendFormat(
          request,
          reply,
          format.mediaType,
          request.query as FormatQuestion,
          options,
        ),
    );
  done();
};

/** As long as a timer can be: a stream ends by itself. */
export const NO_TIMEOUT = 2 ** 31 - 1;
const HANDLER_TIMEOUT = 10_000;

/** Sends the events of a question in the format of a media type. */
export async function sendFormat(
  request: FastifyRequest,
  reply: FastifyReply,
  mediaType: string,
  given: FormatQuestion,
  options: RouteOptions,
): Promise<FastifyReply> {
  const format = served.find((one) => one.mediaType === mediaType);
  if (format === undefined) throw new Error(`there is no ${mediaType}`);
  refuseShape(given, format.takes);
  const {
    limit,
    cursor,
    after,
    lang,
    rows = 'events',
    crosswalk = [],
    expansion = 'none',
    ...asked
  } = given;
  const filter = eventFilter(
    format.newestFirst ? { order: 'desc', ...asked } : asked,
  );
  const question = `events ${JSON.stringify(filter)}`;
  const { cursors } = options;
  const database = readsFor(options.database, reply);
  const home = options.home(request);
  const about: About = {
    lang: lang ?? null,
    title: titleOf(request.url),
    home,
    self: `${home}${request.url}`,
    next: null,
    prev: null,
    removed: [],
    rows,
    crosswalk: crosswalkOf(crosswalk),
    expansion,
  };
  if (format.whole) {
    const { from } = cursors.open(question, cursor, LONGEST_PAGE);
    const extent: Extent = {
      from:
        after === undefined ? from : await placeAfter(database, after, cursor),
      most: limit ?? null,
    };
    const stream =
      request.method === 'HEAD'
        ? ''
        : await wholeOf(
            options,
            database,
            format,
            filter,
            extent,
            about,
            reply,
          );
    return reply
      .type(mediaType)
      .header('vary', 'Accept, Accept-Encoding')
      .header('cache-control', 'no-store')
      .header(
        'content-disposition',
        `attachment; filename="events.${format.suffix}"`,
      )
      .send(stream);
  }
  const page = await listEvents(
    database.pool,
    filter,
    cursors.open(
      question,
      cursor,
      limit ?? (format.newestFirst ? DEFAULT_LIMIT : LONGEST_PAGE),
    ),
  );
  if (page.unknown.length > 0) await refuseUnknown(database, page.unknown);
  const next = page.next && cursors.seal(question, page.next);
  const prev = page.prev && cursors.seal(question, page.prev);
  linksTo(reply, { next, prev });
  const absolute = (cursorOf: string | null) =>
    cursorOf === null ? null : `${home}${pageUrl(request.url, cursorOf)}`;
  const removed =
    format.tellsRemoved && cursor === undefined
      ? await removedEvents(database, filter, LONGEST_PAGE)
      : [];
  let text = '';
  for await (const piece of format.write?.(eventsOf(page.bodies), {
    ...about,
    next: absolute(next),
    prev: absolute(prev),
    removed: removed.map(eventOf),
  }) ?? [])
    text += piece;
  return reply.type(mediaType).send(text);
}

async function wholeOf(
  { database: primary, limits }: RouteOptions,
  database: Database,
  { write }: Served,
  filter: EventFilter,
  extent: Extent,
  about: About,
  { request, raw: answer }: FastifyReply,
) {
  // Ten wait for its end as it is, and with traces one more: Node would take that for a leak.
  answer.setMaxListeners(20);
  const giveBack = limits.takeExport(request.raw);
  answer.once('close', giveBack);
  // Who left before has been told of already.
  if (answer.destroyed) giveBack();
  // What its events need is gathered in tables, which a standby has none of.
  const gathers =
    write === null && extent.from === null && !isEverything(filter);
  const snapshot = await openSnapshot(gathers ? primary : database, primary);
  // Whoever goes away before the first piece is there has no stream yet that could be closed.
  answer.once('close', () => void snapshot.end());
  try {
    return await streamOf(
      snapshot,
      write === null
        ? ndjsonOf(snapshot, filter, extent)
        : formatOf(snapshot, filter, extent, write, about),
      limits.longestExport,
    );
  } catch (error) {
    if (error instanceof UnknownInExport)
      return refuseUnknown(database, error.unknown);
    throw error;
  }
}

/** `feed.json` → `FeedJson`. */
function camel(suffix: string): string {
  return suffix
    .split('.')
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join('');
}

function eventOf(body: string): AnsweredEvent {
  return JSON.parse(body) as AnsweredEvent;
}

async function* eventsOf(
  bodies: readonly Buffer[],
): AsyncGenerator<AnsweredEvent> {
  for (const body of bodies) yield eventOf(body.toString());
}
