import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { namesToShow } from '../domain/actor.ts';
import { DomainError } from '../domain/errors.ts';
import {
  eventFilter,
  type EventFilter,
  MOST_ACTOR_GROUPS,
} from '../domain/filter.ts';
import { zoneAsked } from '../domain/zone.ts';
import { type Database } from '../storage/database.ts';
import { listCounterparts, readLedger } from '../storage/dyads.reads.ts';
import { type Reference } from '../storage/page.ts';
import { readBody } from '../storage/records.reads.ts';
import { nearestIds } from '../storage/references.reads.ts';
import {
  databaseAnswers,
  DEFAULT_LIMIT,
  jsonAnswer,
  linksTo,
  refuseUnknown,
  type RouteOptions,
  sendJson,
} from './answers.ts';
import { OF_RECORD } from './caching.ts';
import { counterpartsQuery, dyadQuery } from './dyads.schema.ts';
import { idParameter, isId } from './ids.ts';
import { READING, readsFor } from './reading.ts';
import { refuseGone } from './removed.ts';

/** Who dealt with whom: `/v1/actors/{id}/counterparts` and `/v1/dyads/{a}/{b}`. */
export const dyadRoutes: FastifyPluginCallbackTypebox<RouteOptions> = (
  app,
  { cursors, ...options },
  done,
) => {
  const refusals = [
    'invalid_parameter',
    'unknown_value',
    'not_found',
    'removed',
  ] as const;
  app.get(
    '/v1/actors/:id/counterparts',
    {
      config: OF_RECORD,
      schema: {
        operationId: 'listCounterparts',
        summary: 'With whom an actor dealt',
        description:
          'Who took part in the same events through a participation of their own, with count, first and last contact. Whoever took part for the actor, and those for whom it did, are not among them. Only events that were held count as contact, unless `status` says which.',
        tags: ['actors'],
        params: Type.Object({ id: idParameter('russia') }),
        querystring: counterpartsQuery,
        response: {
          ...jsonAnswer('CounterpartPage', 'The counterparts'),
          ...databaseAnswers(...refusals, 'invalid_cursor'),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const {
        limit = DEFAULT_LIMIT,
        cursor,
        at = 'state',
        ...asked
      } = request.query;
      const filter = eventFilter(asked);
      refuseGroups(filter, 1);
      if (!isId(id)) throw noActor('id', id, []);
      const question = `counterparts ${JSON.stringify([id, at, filter])}`;
      const database = readsFor(options.database, reply);
      const { rows, unknown, next } = await listCounterparts(
        database,
        id,
        filter,
        at,
        cursors.open(question, cursor, limit),
      );
      await refuse(database, unknown, { id }, filter);
      const after = next && cursors.seal(question, next);
      linksTo(reply, { next: after });
      return sendJson(
        reply,
        JSON.stringify({
          data: rows.map(({ id, kind, names, ...met }) => ({
            actor: { id, kind, name: namesToShow(names) },
            ...met,
          })),
          next: after,
        }),
      );
    },
  );

  app.get(
    '/v1/dyads/:a/:b',
    {
      config: READING,
      schema: {
        operationId: 'getDyad',
        summary: 'The ledger of two actors',
        description:
          'How often they dealt with each other, how, when first and last, and how long not: each through a participation of its own, under the filters of the list. Only events that were held count as contact, unless `status` says which. Where a date leaves something open, a gap is what surely passed without a contact.',
        tags: ['actors'],
        params: Type.Object({
          a: idParameter('france'),
          b: idParameter('russia'),
        }),
        querystring: dyadQuery,
        response: {
          ...jsonAnswer('Dyad', 'The ledger'),
          ...databaseAnswers(...refusals),
        },
      },
    },
    async (request, reply) => {
      const { a, b } = request.params;
      const filter = eventFilter(request.query);
      refuseGroups(filter, 2);
      for (const [name, id] of Object.entries({ a, b }))
        if (!isId(id)) throw noActor(name, id, []);
      if (a === b) throw sameActor(b);
      const database = readsFor(options.database, reply);
      const { rows, unknown } = await readLedger(
        database,
        [a, b],
        filter,
        zoneAsked(request.query.tz),
        filter.asOf ?? Date.now(),
      );
      await refuse(database, unknown, { a, b }, filter);
      return sendJson(reply, JSON.stringify(rows[0]));
    },
  );
  done();
};

/** @throws DomainError `not_found` (or what became of it) for an actor of the path, `unknown_value` for one of the filters */
async function refuse(
  database: Database,
  unknown: readonly Reference[],
  path: Record<string, string>,
  { asOf }: EventFilter,
): Promise<void> {
  for (const [name, id] of Object.entries(path)) {
    if (!unknown.some((one) => one.record === 'actor' && one.id === id))
      continue;
    if (asOf !== null && (await readBody(database.pool, 'actor', id)) !== null)
      throw new DomainError(
        'not_found',
        `At that instant there was no actor ${id}.`,
        [
          {
            parameter: name,
            message: 'was not in the record then',
            received: id,
          },
        ],
      );
    const nearest = await nearestIds(database.pool, 'actor', id);
    const missing = noActor(name, id, nearest);
    await refuseGone(database.pool, 'actor', id, missing);
  }
  if (unknown.length > 0) await refuseUnknown(database, [...unknown]);
}

function noActor(
  parameter: string,
  id: string,
  nearest: readonly string[],
): DomainError {
  const message = 'names no actor of the record';
  return new DomainError('not_found', `There is no actor ${id}.`, [
    {
      parameter,
      message,
      received: id,
      ...(nearest.length > 0 ? { nearest } : {}),
    },
  ]);
}

function sameActor(id: string): DomainError {
  const message = 'is the same actor as a: a ledger is of two';
  return new DomainError('invalid_parameter', `b ${message}.`, [
    { parameter: 'b', message, received: id },
  ]);
}

/** The actors of the path are further ones that must be found. */
function refuseGroups({ actor }: EventFilter, ofPath: number): void {
  const most = MOST_ACTOR_GROUPS - ofPath;
  if (actor.each.length <= most) return;
  const message = `is given more than ${most} times beside the path`;
  throw new DomainError('invalid_parameter', `actor ${message}.`, [
    { parameter: 'actor', message },
  ]);
}
