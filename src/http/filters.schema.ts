import { Type } from 'typebox';
import { LONGEST_QUESTION, MOST_WORDS } from '../domain/words.ts';
import { listParameter } from './answers.ts';
import { asOfParameter } from './records.ts';

const edge = (description: string, example: string) =>
  Type.Optional(
    Type.String({
      maxLength: 250,
      description: `${description}: an EDTF date or date-time, inclusive by its unit`,
      examples: [example],
    }),
  );
const recordEdge = (description: string, example: string) =>
  Type.Optional(
    Type.String({
      maxLength: 250,
      description: `${description}: a date-time with an offset (RFC 3339), or a date in UTC, inclusive. Never mixed up with when it took place`,
      examples: [example],
    }),
  );
/** A parameter with some words to choose from. */
export const choice = <Value extends string>(
  values: Value[],
  description: string,
  byDefault?: Value,
) =>
  Type.Optional(
    Type.Enum(values, {
      description,
      examples: values.slice(0, 1),
      ...(byDefault === undefined ? {} : { default: byDefault }),
    }),
  );

/** The filters of events that say what they are, whenever they are asked (contract §4). */
export const narrowingQuery = {
  actor: listParameter(
    'Who took part, through whomever: an id, or `id:role` to bind the role to that very participation',
    'russia',
  ),
  type: listParameter(
    'Type of event; a parent finds its children',
    'visit.state',
  ),
  status: listParameter('Whether it took place', 'held'),
  channel: listParameter('How they met', 'phone'),
  country: listParameter(
    'Where: ISO 3166-1 alpha-2, XK, or ISO 3166-3 for a state that is gone',
    'FR',
  ),
  topic: listParameter('What it was about', 'security-guarantees'),
  document: listParameter(
    'A document that it handed over, signed, cited …',
    'us-reply-2022-01-26',
  ),
  publisher: listParameter(
    'Publisher of one of its sources',
    'Office of the Historian\\, U.S. Department of State',
  ),
  language: listParameter('Language of one of its sources (BCP 47)', 'uk'),
  linkedTo: listParameter('The event it links to', 'handover-drafts'),
  corroboration: listParameter(
    'How well it is told: `denied`, `contested`, `confirmed`, `one-sided` or `reported`',
    'one-sided',
  ),
  accountBy: listParameter(
    'Who has spoken about it (asserts, confirms, disputes, denies), through whomever; `id:stance` asks for one stance, `-id` for what they have not spoken about',
    'kremlin',
  ),
  q: Type.Optional(
    Type.String({
      maxLength: LONGEST_QUESTION,
      description: `Words of its titles, summaries, places and accounts, of the names and capacities of who took part: all of them, in any order, inflected as they may be, letters with or without diacritics. \`"…"\`: these words in a row; \`-\` before a word or phrase: not that one; nothing else is special. At most ${MOST_WORDS} words`,
      examples: ['"гарантії безпеки" -Макрон'],
    }),
  ),
  from: edge('Begin of the window', '2022-01'),
  to: edge('End of the window', '2022-01-28'),
  tz: Type.Optional(
    Type.String({
      maxLength: 64,
      default: 'UTC',
      description:
        'IANA zone in which edges that are dates are read for events with a clock time',
      examples: ['Europe/Kyiv'],
    }),
  ),
  relation: choice(
    ['overlaps', 'within'],
    'Whether an event has to touch the window or to lie within it',
    'overlaps',
  ),
  certainty: choice(
    ['possible', 'certain'],
    'Whether doubt of date or tenure is let through',
    'possible',
  ),
  minPrecision: choice(
    ['day', 'month', 'year'],
    'Drops events whose date is vaguer',
  ),
  scope: choice(
    ['members', 'self'],
    '`members`: events of members count for what they are members of; `self`: only who is named counts',
  ),
};

/** The filters of events by the record's own time. */
export const recordQuery = {
  asOf: asOfParameter,
  recordedFrom: recordEdge(
    'Only what was entered or revised at this instant or later',
    '2022-01-01',
  ),
  recordedTo: recordEdge(
    'Only what was entered or revised at this instant or earlier',
    '2999-01-01',
  ),
};
