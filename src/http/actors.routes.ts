import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { ACTOR_KINDS } from '../domain/affiliation.ts';
import { DomainError } from '../domain/errors.ts';
import { listFilter } from '../domain/filter.ts';
import { sentence } from '../domain/list-filter.ts';
import { listActors, readActorBody } from '../storage/actors.reads.ts';
import { folded } from '../storage/actors.writes.ts';
import { actorQuery } from './actors.schema.ts';
import {
  databaseAnswers,
  DEFAULT_LIMIT,
  pageAnswer,
  recordAnswer,
  type RouteOptions,
  sendJson,
  sendPage,
} from './answers.ts';
import { idParameter, isId } from './ids.ts';

/** `/v1/actors`: who there is, with their dated ties. */
export const actorRoutes: FastifyPluginCallbackTypebox<RouteOptions> = (
  app,
  options,
  done,
) => {
  app.get(
    '/v1/actors',
    {
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
      const { limit = DEFAULT_LIMIT, cursor, q, ...asked } = request.query;
      const lists = listFilter(asked, {
        kind: ACTOR_KINDS,
        memberOf: 'id',
        partOf: 'id',
      });
      const words = q === undefined ? [] : wordsOf(q);
      const question = `actors ${JSON.stringify([words, lists])}`;
      const page = await listActors(
        options.database.pool,
        { words, lists },
        options.cursors.open(question, cursor, limit),
      );
      return sendPage(reply, page, question, options);
    },
  );

  app.get(
    '/v1/actors/:id',
    {
      schema: {
        operationId: 'getActor',
        summary: 'One actor with its affiliations',
        tags: ['actors'],
        params: Type.Object({ id: idParameter('russia') }),
        querystring: Type.Object({}, { additionalProperties: false }),
        response: {
          ...recordAnswer('Actor', 'The actor'),
          ...databaseAnswers('not_found'),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const body = isId(id)
        ? await readActorBody(options.database.pool, id)
        : null;
      if (body === null)
        throw new DomainError('not_found', 'There is no actor with this id.');
      return sendJson(reply, body);
    },
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
