import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { DomainError } from '../domain/errors.ts';
import { eventFilter } from '../domain/filter.ts';
import { countEvents } from '../storage/events.counts.ts';
import { listEvents } from '../storage/events.reads.ts';
import {
  databaseAnswers,
  DEFAULT_LIMIT,
  JSON_TYPE,
  pageAnswer,
  jsonAnswer,
  type RouteOptions,
  sendPage,
} from './answers.ts';
import { OF_RECORD, willPass } from './caching.ts';
import { eventQuery } from './events.schema.ts';
import { refuseShape } from './exports.question.ts';
import { formatTypes, NO_TIMEOUT, sendFormat } from './exports.routes.ts';
import { formatContent } from './exports.schema.ts';
import { hintsFor } from './hints.ts';
import { idParameter } from './ids.ts';
import { readsFor } from './reading.ts';
import { oneRecordQuery, sendRecord } from './records.ts';

/** `/v1/events`: the timeline and its events. */
export const eventRoutes: FastifyPluginCallbackTypebox<RouteOptions> = (
  app,
  options,
  done,
) => {
  app.get(
    '/v1/events',
    {
      handlerTimeout: NO_TIMEOUT,
      config: { ...OF_RECORD, produces: [JSON_TYPE, ...formatTypes] },
      schema: {
        operationId: 'listEvents',
        summary: 'Events in chronological order',
        description:
          'Every event that all filters let through, in chronological order: by earliest begin, latest end, sequence, id. An actor is found through whoever stood for it at the event’s date.',
        tags: ['events'],
        querystring: eventQuery,
        response: {
          ...pageAnswer(
            'Event',
            'A page of events; in other formats as at `/v1/events.csv` and its like',
            formatContent(formatTypes),
          ),
          ...databaseAnswers(
            'invalid_parameter',
            'unknown_value',
            'invalid_cursor',
          ),
        },
      },
    },
    async (request, reply) => {
      const { count = 'none', explain = false, ...listed } = request.query;
      const type = request.type([JSON_TYPE, ...formatTypes]);
      if (typeof type === 'string' && type !== JSON_TYPE) {
        refuseJsonOnly({ count: count !== 'none', explain });
        return sendFormat(request, reply, type, listed, options);
      }
      refuseShape(listed, []);
      const { limit = DEFAULT_LIMIT, cursor, lang: _, ...asked } = listed;
      const filter = eventFilter(asked);
      const question = `events ${JSON.stringify(filter)}`;
      const { cursors } = options;
      const database = readsFor(options.database, reply);
      const [page, counted] = await Promise.all([
        listEvents(
          database.pool,
          filter,
          cursors.open(question, cursor, limit),
          explain,
        ),
        count === 'none' ? {} : countEvents(database, filter, count),
      ]);
      const empty = page.bodies.length === 0 && cursor === undefined;
      const hints =
        empty && page.unknown.length === 0
          ? await hintsFor(database, asked, filter)
          : null;
      // Hints leave out what cannot be had in time; names are compared at today's date.
      if (
        count === 'estimated' ||
        (hints !== null && filter.words !== null) ||
        hints?.some((hint) => hint.count === null) === true
      )
        willPass(reply);
      return sendPage(
        reply,
        page,
        question,
        { ...options, database },
        {
          ...counted,
          ...(hints === null ? {} : { hints }),
        },
      );
    },
  );

  app.get(
    '/v1/events/:id',
    {
      config: OF_RECORD,
      schema: {
        operationId: 'getEvent',
        summary: 'One event',
        tags: ['events'],
        params: Type.Object({
          id: idParameter('call-macron-putin-2022-01-28'),
        }),
        querystring: oneRecordQuery,
        response: {
          ...jsonAnswer('Event', 'The event'),
          ...databaseAnswers('invalid_parameter', 'not_found', 'removed'),
        },
      },
    },
    async (request, reply) =>
      sendRecord(
        reply,
        readsFor(options.database, reply).pool,
        'event',
        request.params.id,
        request.query,
      ),
  );
  done();
};

/** @throws DomainError `invalid_parameter` for what only the JSON answer can tell */
function refuseJsonOnly(asked: Record<string, boolean>): void {
  for (const [parameter, given] of Object.entries(asked))
    if (given)
      throw new DomainError(
        'invalid_parameter',
        `${parameter} is answered in JSON only.`,
        [{ parameter, message: 'is answered in JSON only' }],
      );
}
