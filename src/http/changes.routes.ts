import { Readable } from 'node:stream';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { DomainError } from '../domain/errors.ts';
import { eventFilter, type EventFilter, listFilter } from '../domain/filter.ts';
import { type RecordName, RECORDS } from '../domain/record.ts';
import { type ChangeRequest, listChanges } from '../storage/changes.reads.ts';
import { referencesOf } from '../storage/events.references.ts';
import { unknownAmong } from '../storage/page.ts';
import { narrowingQuery } from './filters.schema.ts';
import { type ChangeSignal } from '../storage/changes.signal.ts';
import {
  databaseAnswers,
  DEFAULT_LIMIT,
  JSON_TYPE,
  listParameter,
  paging,
  refuseUnknown,
  type RouteOptions,
  sendJson,
} from './answers.ts';
import { type Following } from './following.ts';
import { leaving } from './leaving.ts';
import { lookTogether } from './together.ts';

/** The shape of the log of changes. */
export const changeShapes = [
  {
    $id: 'Change',
    type: 'object',
    description: 'Something that happened to the record',
    properties: {
      record: {
        type: 'string',
        enum: RECORDS,
        description: 'To which sort of record',
      },
      id: { type: 'string', description: 'To which record' },
      revision: {
        type: 'integer',
        minimum: 1,
        description: 'The number of its version since then',
      },
      change: {
        type: 'string',
        enum: ['created', 'revised', 'removed', 'merged'],
        description: 'What happened',
      },
      at: { type: 'string', format: 'date-time', description: 'When' },
      by: { type: ['string', 'null'], description: 'Who did it' },
      reason: { type: ['string', 'null'], description: 'Why' },
      successor: {
        type: ['string', 'null'],
        description:
          'The record to look at instead, once it was removed or merged',
      },
    },
    required: [
      'record',
      'id',
      'revision',
      'change',
      'at',
      'by',
      'reason',
      'successor',
    ],
    additionalProperties: false,
  },
  {
    $id: 'ChangePage',
    type: 'object',
    description: 'A page of the log of changes',
    properties: {
      data: {
        type: 'array',
        items: { $ref: 'Change#' },
        description: 'The changes in the order in which they were committed',
      },
      next: {
        type: 'string',
        description: 'What to pass as `after` to go on, on the last page too',
      },
    },
    required: ['data', 'next'],
    additionalProperties: false,
  },
];

export interface ChangeOptions extends RouteOptions {
  signal: ChangeSignal;
  followers: Following;
  /** After so many milliseconds of silence a follower is told that the connection lives. */
  heartbeat?: number;
  /** More followers than this are sent to another server. */
  mostFollowers?: number;
}

const EVENT_STREAM = 'text/event-stream';
const QUESTION = 'changes';
const AT_ONCE = 200;
const LOOK_AGAIN = 3000;
const PATIENCE = 1000;
// The longest that Node can count: a stream is not cut off.
const FOR_EVER = 2 ** 31 - 1;

/** `/v1/changes`: everything that happened to the record, in order, as pages and as server-sent events. */
export const changeRoutes: FastifyPluginCallbackTypebox<ChangeOptions> = (
  app,
  options,
  done,
) => {
  const { database, cursors, signal, followers } = options;
  const { heartbeat = 15_000, mostFollowers = 1000 } = options;
  const closing = new AbortController();
  const streams = new Set<Readable>();
  app.addHook('preClose', async () => {
    closing.abort();
    // Whoever does not read is not waited for.
    setTimeout(() => {
      for (const stream of streams) stream.destroy();
    }, PATIENCE).unref();
  });
  const look = lookTogether(signal, LOOK_AGAIN, (question: ChangeRequest) =>
    listChanges(database.pool, question),
  );

  const place = (position: number) =>
    cursors.seal(QUESTION, {
      position: [position],
      backwards: false,
      inclusive: false,
    });
  const open = (cursor: string | undefined) =>
    Number(cursors.open(QUESTION, cursor, 0).from?.[0] ?? 0);

  /** Changes as they come, as text/event-stream (HTML Living Standard, 9.2), until nobody reads them any more. */
  async function* follow(
    request: ChangeRequest,
    gone: AbortSignal,
  ): AsyncGenerator<string> {
    const follower = followers.join(request.after);
    try {
      yield 'retry: 1000\n\n';
      let after = request.after;
      let quietSince = Date.now();
      while (!gone.aborted) {
        const heard = signal.heard();
        const page = await look({ ...request, after });
        for (const { position, body } of page.changes)
          yield `id: ${place(position)}\nevent: change\ndata: ${body}\n\n`;
        follower.reached(page.reached, page.changes);
        const more = page.reached > after;
        after = page.reached;
        if (page.changes.length > 0) quietSince = Date.now();
        if (more) continue;
        await signal.wait(heard, Math.min(LOOK_AGAIN, heartbeat), gone);
        if (Date.now() - quietSince < heartbeat) continue;
        yield ': still here\n\n';
        quietSince = Date.now();
      }
      // Without an id: whoever comes again goes on where they were.
      if (closing.signal.aborted)
        yield 'event: end\ndata: {"reason":"The server is being stopped. Come again."}\n\n';
    } finally {
      follower.leave();
    }
  }

  app.get(
    '/v1/changes',
    {
      config: { produces: [JSON_TYPE, EVENT_STREAM] },
      handlerTimeout: FOR_EVER,
      schema: {
        operationId: 'listChanges',
        summary:
          'Everything that happened to the record, in the order in which it was committed',
        description:
          'Nobody who goes on from `next` misses or repeats a change; the end is reached when `next` stays as it was. The filters of events narrow it to changes of such events, as they stood then; a narrowed page may be short, even empty, before the end. With `Accept: text/event-stream` the changes come as they happen; `Last-Event-ID` goes on where a connection broke.',
        tags: ['changes'],
        headers: Type.Object({
          'last-event-id': Type.Optional(
            Type.String({
              description: 'The id of the last event that was received',
              examples: [''],
            }),
          ),
        }),
        querystring: Type.Object(
          {
            after: Type.Optional(
              Type.String({
                description:
                  '`next` of another page, or the id of an event; without it, from the very first change',
              }),
            ),
            record: listParameter(
              'Only changes of this sort of record',
              'event',
            ),
            limit: paging.limit,
            ...narrowingQuery,
          },
          { additionalProperties: false },
        ),
        response: {
          200: {
            description: 'A page of changes, or a stream of them',
            content: {
              'application/json': { schema: { $ref: 'ChangePage#' } },
              'text/event-stream': {
                schema: {
                  type: 'string',
                  description:
                    'Events named `change`; their data is a change, their id what to pass as `after`. A comment after 15 seconds of silence. An event named `end` when the server is stopped: come again, to another one',
                },
              },
            },
          },
          304: {
            description:
              'Nothing changed since the `ETag` that was sent in `If-None-Match`',
            type: 'null',
          },
          ...databaseAnswers(
            'invalid_parameter',
            'unknown_value',
            'invalid_cursor',
            'too_busy',
          ),
        },
      },
    },
    async (request, reply) => {
      const { after, record, limit = DEFAULT_LIMIT, ...asked } = request.query;
      const records = recordsAsked(record);
      const events = narrowed(eventFilter(asked));
      if (events !== null) {
        const unknown = await unknownAmong(database.pool, referencesOf(events));
        if (unknown.length > 0) await refuseUnknown(database, unknown);
      }
      if (request.type([JSON_TYPE, EVENT_STREAM]) !== EVENT_STREAM) {
        const start = open(after);
        const page = await listChanges(database.pool, {
          after: start,
          limit,
          records,
          events,
        });
        return sendJson(
          reply,
          `{"data":[${page.changes.map(({ body }) => body).join(',')}],"next":${JSON.stringify(place(page.reached))}}`,
        );
      }
      if (followers.count() >= mostFollowers)
        throw new DomainError(
          'too_busy',
          'This server has as many followers as it takes. Try again shortly.',
        );
      const lastId = request.headers['last-event-id'];
      const start = open(
        typeof lastId === 'string' && lastId !== '' ? lastId : after,
      );
      const gone = AbortSignal.any([closing.signal, leaving(reply)]);
      const stream = Readable.from(
        follow({ after: start, limit: AT_ONCE, records, events }, gone),
        { highWaterMark: 1 },
      );
      streams.add(stream);
      reply.raw.once('close', () => streams.delete(stream));
      return reply
        .header('content-type', 'text/event-stream; charset=utf-8')
        .header('cache-control', 'no-store')
        .header('x-accel-buffering', 'no')
        .send(stream);
    },
  );
  done();
};

function recordsAsked(record: string[] | undefined): RecordName[] | null {
  if (record === undefined) return null;
  const { record: condition } = listFilter({ record }, { record: RECORDS });
  const asked = RECORDS.filter(
    (one) =>
      condition?.each.every((group) => group.includes(one)) === true &&
      !condition.none.includes(one),
  );
  return asked;
}

const EVERYTHING = JSON.stringify(eventFilter({}));

/** A question that asks for something; null when it lets all events through. */
function narrowed(filter: EventFilter): EventFilter | null {
  return JSON.stringify(filter) === EVERYTHING ? null : filter;
}
