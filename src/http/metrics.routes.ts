import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { DomainError } from '../domain/errors.ts';
import {
  conditionOf,
  poolUse,
  type ReplicaState,
} from '../storage/condition.ts';
import { type Database } from '../storage/database.ts';
import { type AnswerMemory } from './answer-memory.ts';
import { problemAnswers } from './answers.ts';
import { type Following } from './following.ts';
import { type Measured, type Metrics } from './metrics.ts';

/** What is measured when somebody asks, beside what was counted before. */
export interface MeasuredParts {
  database: Database;
  /** Null: nothing is counted, and nothing is at `/metrics`. */
  metrics: Metrics | null;
  memory: AnswerMemory | null;
  followers: Following;
  replicas: () => ReplicaState[];
}

/** `/metrics`: the service in numbers, as Prometheus reads them. */
export const metricsRoutes: FastifyPluginCallbackTypebox<MeasuredParts> = (
  app,
  parts,
  done,
) => {
  const { metrics } = parts;
  if (metrics !== null) measure(metrics, parts);
  app.get(
    '/metrics',
    {
      schema: {
        operationId: 'getMetrics',
        summary: 'The service in numbers, for Prometheus',
        description:
          'The text format of Prometheus. It holds nothing of the record and no key, but how much is asked and how the database is: a proxy that faces the public should not pass it on. With the setting `METRICS=off` nothing is here.',
        tags: ['operation'],
        querystring: Type.Object({}, { additionalProperties: false }),
        response: {
          200: {
            description: 'The numbers as they are now',
            content: {
              'text/plain': {
                schema: {
                  type: 'string',
                  description:
                    'Metrics in the text format of Prometheus (0.0.4)',
                },
              },
            },
          },
          ...problemAnswers('not_found'),
        },
      },
    },
    async (_request, reply) => {
      if (metrics === null)
        throw new DomainError('not_found', 'Metrics are off here.');
      return reply
        .header('content-type', metrics.contentType)
        .header('cache-control', 'no-store')
        .send(await metrics.text());
    },
  );
  done();
};

/** Says which numbers are read when they are asked for. */
function measure(
  metrics: Metrics,
  { database, memory, followers, replicas }: MeasuredParts,
): void {
  const { gauge, counter } = metrics;
  const pools = () => Object.entries(poolUse(database));
  gauge(
    'db_pool_connections',
    'Connections of each pool, by whether they are used or idle',
    ['pool', 'state'],
    () =>
      pools().flatMap(([pool, { used, idle }]): Measured[] => [
        [{ pool, state: 'used' }, used],
        [{ pool, state: 'idle' }, idle],
      ]),
  );
  gauge('db_pool_limit', 'The most connections of each pool', ['pool'], () =>
    pools().map(([pool, { most }]) => [{ pool }, most]),
  );
  gauge('db_pool_waiting', 'Who waits for a connection', ['pool'], () =>
    pools().map(([pool, { waiting }]) => [{ pool }, waiting]),
  );
  const one = (value: number | null): Measured[] =>
    value === null ? [] : [[{}, value]];
  gauge('exports_running', 'Exports that run now', [], () =>
    one(poolUse(database)['exports']?.used ?? null),
  );
  gauge('changes_followers', 'Who follows the changes on this server', [], () =>
    one(followers.count()),
  );
  if (memory !== null) {
    const { counts } = memory;
    counter(
      'answer_memory_hits_total',
      'Questions that were answered from memory',
      () => counts.hits,
    );
    counter(
      'answer_memory_misses_total',
      'Questions that might have been answered from memory and were not',
      () => counts.misses,
    );
    gauge('answer_memory_bytes', 'Bytes of remembered answers', [], () =>
      one(memory.size().bytes),
    );
    gauge('answer_memory_answers', 'Remembered answers', [], () =>
      one(memory.size().answers),
    );
  }
  const lag = (of: 'lagBytes' | 'lagSeconds') => (): Measured[] =>
    replicas().flatMap((replica) => {
      const value = replica[of];
      return value === null ? [] : [[{ replica: replica.name }, value]];
    });
  gauge(
    'replica_used',
    'Whether a replica is read (1) or left out (0)',
    ['replica'],
    () =>
      replicas().map(({ name, leftOut }) => [
        { replica: name },
        leftOut === null ? 1 : 0,
      ]),
  );
  gauge(
    'replica_lag_bytes',
    'How much of the log a replica has not replayed',
    ['replica'],
    lag('lagBytes'),
  );
  gauge(
    'replica_lag_seconds',
    'For how long a replica has lacked something',
    ['replica'],
    lag('lagSeconds'),
  );
  measureDatabase(metrics, database, followers);
}

/** What the database tells of itself: asked once for all of it, each time that somebody looks. */
function measureDatabase(
  { gauge }: Metrics,
  database: Database,
  followers: Following,
): void {
  let asked: ReturnType<typeof conditionOf> | null = null;
  const condition = () =>
    (asked ??= conditionOf(database).finally(() => (asked = null)));
  const told = (
    name: string,
    help: string,
    value: (
      one: NonNullable<Awaited<ReturnType<typeof conditionOf>>>,
    ) => number | null,
  ) =>
    gauge(name, help, [], async () => {
      const one = await condition();
      const number = one === null ? null : value(one);
      return number === null ? [] : [[{}, number]];
    });
  gauge('db_up', 'Whether the database answers', [], async () => [
    [{}, (await condition()) === null ? 0 : 1],
  ]);
  told(
    'db_standby',
    'Whether the database is a standby, which takes no writes',
    ({ standby }) => (standby ? 1 : 0),
  );
  told(
    'db_synchronous',
    'Whether a commit waits for a standby',
    ({ synchronous }) => (synchronous ? 1 : 0),
  );
  told(
    'db_standbys',
    'Standbys that stream from the database',
    ({ standbys }) => standbys,
  );
  told(
    'db_standby_lag_bytes',
    'What the last of these standbys has not replayed',
    ({ standbyLagBytes }) => standbyLagBytes,
  );
  told(
    'changes_position',
    'The place of the last change in the log of changes',
    ({ position }) => position,
  );
  told(
    'changes_followers_behind',
    'How many places in the log the last follower of this server is behind',
    ({ position }) => {
      const last = followers.last();
      return last === null ? null : Math.max(0, position - last);
    },
  );
  told(
    'sums_unsettled',
    'Whether single writes wait to be added to the sums',
    ({ unsettled }) => (unsettled ? 1 : 0),
  );
}
