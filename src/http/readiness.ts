import { type Condition, type ReplicaState } from '../storage/condition.ts';

const number = (description: string) => ({
  type: ['number', 'null'],
  description,
});

const shapeOf = (
  description: string,
  properties: Record<string, object>,
): object => ({
  type: 'object',
  description,
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

/** What is lost at most when the primary dies and a standby takes its place: the words of `/readyz?verbose`. */
const LOSSES = [
  'nothing that was acknowledged',
  'what no standby had received',
  'what no backup holds: there is no standby',
] as const;

/** The shape of `/readyz`. */
export const readinessShapes = [
  {
    $id: 'Readiness',
    type: 'object',
    description: 'Whether requests can be served, and with `verbose` each part',
    properties: {
      status: { type: 'string', enum: ['ready'], description: 'It can' },
      parts: shapeOf('The parts of the service', {
        database: shapeOf('PostgreSQL', {
          version: { type: 'string', description: 'Its version' },
          standby: {
            type: 'boolean',
            description: 'It is a standby, which takes no writes',
          },
        }),
        migrations: shapeOf('The schema', {
          status: {
            type: 'string',
            enum: ['current', 'older', 'newer'],
            description: 'As this version of the service knows it, or not',
          },
          done: { type: 'integer', description: 'How many migrations ran' },
          known: {
            type: 'integer',
            description: 'How many this version knows',
          },
        }),
        replication: shapeOf('What becomes of the record if the primary dies', {
          synchronous: {
            type: 'boolean',
            description: 'A commit waits until a standby has it',
          },
          standbys: {
            type: 'integer',
            description: 'Standbys that stream from the database now',
          },
          lagBytes: number('What the last of them has not replayed'),
          loss: {
            type: 'string',
            enum: LOSSES,
            description: 'The documented recovery point: what is lost at most',
          },
        }),
        replicas: {
          type: 'array',
          description: 'The servers that are read beside the primary',
          items: shapeOf('One of them', {
            name: { type: 'string', description: 'Its host and port' },
            used: { type: 'boolean', description: 'It is asked now' },
            leftOut: {
              type: ['string', 'null'],
              description: 'Why it is left out',
            },
            lagBytes: number('How much of the log it has not replayed'),
            lagSeconds: number('For how long it has lacked something'),
          }),
        },
        sums: shapeOf('The sums by month from which counts are answered', {
          status: {
            type: 'string',
            enum: ['settled', 'settling'],
            description:
              'Whether single writes wait to be added; counts are right either way',
          },
        }),
      }),
    },
    required: ['status'],
    additionalProperties: false,
  },
];

/** The parts of a service whose database answers, as `/readyz?verbose` tells them. */
export function partsOf(
  { version, standby, migrations, ...told }: Condition,
  replicas: readonly ReplicaState[],
): object {
  const { done, known } = migrations;
  const { synchronous, standbys, standbyLagBytes } = told;
  return {
    // 180004 is 18.4.
    database: {
      version: `${Math.floor(version / 10_000)}.${version % 10_000}`,
      standby,
    },
    migrations: {
      status: done === known ? 'current' : done < known ? 'older' : 'newer',
      done,
      known,
    },
    replication: {
      synchronous,
      standbys,
      lagBytes: standbyLagBytes,
      loss: LOSSES[synchronous ? 0 : standbys > 0 ? 1 : 2],
    },
    replicas: replicas.map(({ name, leftOut, lagBytes, lagSeconds }) => ({
      name,
      used: leftOut === null,
      leftOut,
      lagBytes,
      lagSeconds,
    })),
    sums: { status: told.unsettled ? 'settling' : 'settled' },
  };
}
