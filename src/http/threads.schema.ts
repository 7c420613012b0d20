import { Type } from 'typebox';
import { documentSchema } from '../domain/document.ts';
import {
  DOCUMENT_RELATIONS,
  eventSchema,
  LINK_RELATIONS,
} from '../domain/event-schema.ts';
import { DEEPEST_THREAD } from '../domain/thread.ts';
import { asOfParameter } from './records.ts';

export const DEFAULT_DEPTH = 3;
export const DEFAULT_NODES = 200;
const MOST_NODES = 500;

/** The parameters of a thread. */
export const threadQuery = Type.Object(
  {
    depth: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: DEEPEST_THREAD,
        default: DEFAULT_DEPTH,
        description: 'How many edges away from the record a node may be',
        examples: [2],
      }),
    ),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MOST_NODES,
        default: DEFAULT_NODES,
        description:
          'How many nodes it holds at most, the record itself among them. The nearest are kept; of one distance those that answer, hand over or sign before those that only mention, documents before events, then by id',
        examples: [50],
      }),
    ),
    asOf: asOfParameter,
  },
  { additionalProperties: false },
);

const record = {
  type: 'string',
  enum: ['event', 'document'],
  description: 'What kind of record it is: ids of each kind are their own',
};
const id = (description: string) => ({ type: 'string', description });
const days = (description: string) => ({
  type: ['integer', 'null'],
  description,
});

const node = {
  type: 'object',
  description: 'An event or a document',
  properties: {
    record,
    id: id('Its id'),
    depth: {
      type: 'integer',
      minimum: 0,
      description: 'How many edges away it is; 0 is the record asked for',
    },
    date: {
      type: ['string', 'null'],
      description: 'Its date (EDTF); null when a document has none',
    },
    title: eventSchema.properties?.['title'],
    type: { type: 'string', description: 'Of an event: its type' },
    status: { type: 'string', description: 'Of an event: its status' },
    kind: {
      type: 'string',
      enum: documentSchema.properties?.['kind']?.enum,
      description: 'Of a document: its kind',
    },
  },
  required: ['record', 'id', 'depth', 'date', 'title'],
  additionalProperties: false,
};

const edge = {
  type: 'object',
  description:
    'One node refers to another: a reply to what it answers, an event to what it handed over',
  properties: {
    from: id('Id of the node that refers'),
    fromRecord: record,
    to: id('Id of the node that it refers to'),
    toRecord: record,
    relation: {
      type: 'string',
      enum: [
        ...new Set(['in-reply-to', ...LINK_RELATIONS, ...DOCUMENT_RELATIONS]),
      ],
      description: 'How',
    },
    inferred: {
      type: 'boolean',
      description: 'Whether an editor concluded it; no source says so',
    },
    days: {
      type: 'object',
      description:
        'Calendar days from the begin of `to` to the begin of `from`, by the bounds of both: 40 when `from` came 40 days later, negative when it came before. A clock time counts for the day on the spot',
      properties: {
        min: days('At least so many; null when without bound or undated'),
        max: days('At most so many; null when without bound or undated'),
      },
      required: ['min', 'max'],
      additionalProperties: false,
    },
  },
  required: [
    'from',
    'fromRecord',
    'to',
    'toRecord',
    'relation',
    'inferred',
    'days',
  ],
  additionalProperties: false,
};

/** The shape of a thread. */
export const threadShapes = [
  {
    $id: 'Thread',
    type: 'object',
    description: 'The chain of events and documents around a record',
    properties: {
      depth: {
        type: 'integer',
        description: 'How many edges away its nodes may be',
      },
      limit: { type: 'integer', description: 'How many nodes it may hold' },
      truncated: {
        type: ['string', 'null'],
        enum: ['depth', 'limit', null],
        description:
          'What kept more nodes out: `depth`, further away there are others; `limit`, there are more as near as these. Null: this is all',
      },
      nodes: {
        type: 'array',
        items: node,
        description: 'In chronological order, the undated last',
      },
      edges: {
        type: 'array',
        items: edge,
        description:
          'Every reference from one of the nodes to another, in the order of `from`, then of `to`',
      },
    },
    required: ['depth', 'limit', 'truncated', 'nodes', 'edges'],
    additionalProperties: false,
  },
];
