import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { ACTOR_KINDS } from '../domain/affiliation.ts';
import { DomainError } from '../domain/errors.ts';
import { listFilter } from '../domain/filter.ts';
import { sentence } from '../domain/list-filter.ts';
import { listActors } from '../storage/actors.reads.ts';
import { folded } from '../storage/actors.writes.ts';
import { actorQuery } from './actors.schema.ts';
import {
  databaseAnswers,
  DEFAULT_LIMIT,
  pageAnswer,
  jsonAnswer,
  type RouteOptions,
  sendPage,
} from './answers.ts';
import { OF_RECORD } from './caching.ts';
import { idParameter } from './ids.ts';
import { oneRecordQuery, readAsOf, sendRecord } from './records.ts';
import { readsFor } from './reading.ts';

/** `/v1/actors`: who there is, with their dated ties. */
export const actorRoutes: FastifyPluginCallbackTypebox<RouteOptions> = (
  app,
  options,
  done,
) => {
  app.get(
    '/v1/actors',
    {
      config: OF_RECORD,
      schema: {
        operationId: 'listActors',
        summary: 'Actors by id',
        tags: ['actors'],
        querystring: actorQuery,
        response: {
          ...pageAnswer('Actor', 'A page of actors'),
          ...databaseAnswers(
            'invalid_parameter',
            'unknown_value',
            'invalid_cursor',
          ),
        },
      },
    },
    async (request, reply) => {
      const {
        limit = DEFAULT_LIMIT,
        cursor,
        q,
        asOf,
        ...asked
      } = request.query;
      const instant = readAsOf(asOf);
      const lists = listFilter(asked, {
        kind: ACTOR_KINDS,
        memberOf: 'id',
        partOf: 'id',
      });
      const words = q === undefined ? [] : wordsOf(q);
      const question = `actors ${JSON.stringify([words, lists, instant])}`;
      const database = readsFor(options.database, reply);
      const page = await listActors(
        database.pool,
        { words, lists, asOf: instant },
        options.cursors.open(question, cursor, limit),
      );
      return sendPage(reply, page, question, { ...options, database });
    },
  );

  app.get(
    '/v1/actors/:id',
    {
      config: OF_RECORD,
      schema: {
        operationId: 'getActor',
        summary: 'One actor with its affiliations',
        tags: ['actors'],
        params: Type.Object({ id: idParameter('russia') }),
        querystring: oneRecordQuery,
        response: {
          ...jsonAnswer('Actor', 'The actor'),
          ...databaseAnswers('invalid_parameter', 'not_found', 'removed'),
        },
      },
    },
    async (request, reply) =>
      sendRecord(
        reply,
        readsFor(options.database, reply).pool,
        'actor',
        request.params.id,
        request.query,
      ),
  );
  done();
};

// Nothing but blanks or diacritics would find everybody.
function wordsOf(q: string): string[] {
  const words = folded(q)
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length > 0) return words;
  const fault = { parameter: 'q', message: 'holds no word', received: q };
  throw new DomainError('invalid_parameter', sentence([fault]), [fault]);
}
