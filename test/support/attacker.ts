import * as fc from 'fast-check';
import { fromSchema, type Known, type Schema } from './from-schema.ts';
import { aHarmlessText, aMutation, aSpoiling, aText } from './spoiled.ts';

/** A request as it is sent. Texts may hold {@link REMEMBERED}, for which what the service said before is put. */
export interface Request {
  method: string;
  /** The operation it is meant for, as the document has it. */
  template: string;
  url: string;
  headers: Record<string, string>;
  body: Buffer | null;
}

/** What stands for the last of its kind that the service has told. */
export const REMEMBERED = [
  '{{etag}}',
  '{{cursor}}',
  '{{lsn}}',
  '{{id}}',
] as const;

interface Parameter {
  name: string;
  in: 'query' | 'path' | 'header';
  required?: boolean;
  schema: Schema;
  example?: unknown;
}

interface Operation {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

/** Records of which half are there from the beginning, so that something can be changed and taken away. */
export function recordsToMeddleWith(): object[] {
  const title = { en: 'To be meddled with' };
  return [
    ...OWN.actors.map((id) => ({
      record: 'actor',
      id,
      kind: 'state',
      names: [{ lang: 'en', value: id }],
    })),
    ...OWN.documents.map((id) => ({
      record: 'document',
      id,
      kind: 'note',
      title,
    })),
    ...OWN.events.map((id) => ({
      record: 'event',
      id,
      type: 'call',
      date: '2022-01-28',
      title,
    })),
  ].filter((_, index) => index % 2 === 0);
}

export interface Described {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

/** Few, so that what one request makes is what the next one meets. */
const OWN = { events: owned('e'), actors: owned('a'), documents: owned('d') };

/** Of the samples: nobody but a merge takes these away, so that most references hold. */
const STANDING = {
  events: ['handover-drafts', 'signing-founding-act-1997', '{{id}}'],
  actors: ['russia', 'france', 'nato', 'kremlin'],
  documents: ['minsk-agreements', 'us-reply-2022-01-26'],
};
type Noun = keyof typeof OWN;

function owned(letter: string): string[] {
  return Array.from({ length: 24 }, (_, number) => letter + String(number));
}

const aDay = fc.constantFrom(
  '2022-01-28',
  '2022-01',
  '1997',
  '2022-01-10/2022-01-13',
  '[2022-01-10..2022-01-13]',
  '2022-02-24/..',
  '2022-01-28T15:35:00Z',
  '1997~',
);
const anActor = idOf('actors');

function idOf(noun: Noun): fc.Arbitrary<string> {
  return often(8, fc.constantFrom(...STANDING[noun]), ownIdOf(noun));
}

function ownIdOf(noun: Noun): fc.Arbitrary<string> {
  return fc.constantFrom(...OWN[noun]);
}

/** What the fields of records are, where their schema says no more than that they are texts. */
const FIELDS: Known = {
  type: fc.constantFrom(
    'call',
    'meeting',
    'talks.round',
    'statement',
    'visit.state',
  ),
  actor: anActor,
  onBehalfOf: anActor,
  party: anActor,
  to: anActor,
  authors: anActor,
  addressees: anActor,
  document: idOf('documents'),
  inReplyTo: idOf('documents'),
  partOf: idOf('documents'),
  event: idOf('events'),
  kind: fc.constantFrom('person', 'person,office', '-state'),
  into: fc.oneof(idOf('events'), idOf('actors'), idOf('documents')),
  date: aDay,
  from: aDay,
  until: aDay,
  born: aDay,
  died: aDay,
  publishedAt: aDay,
  at: aDay,
  timeZone: fc.constantFrom('Europe/Kyiv', 'UTC', 'America/New_York'),
  country: fc.constantFrom('FR', 'UA', 'XK', 'SUHH'),
  url: fc.constantFrom(
    'https://example.org/a?b=c&d',
    'http://[::1]/',
    "https://example.org/'x",
  ),
  archivedUrl: fc.constant('https://archive.example/1'),
  topics: fc.constantFrom('minsk-agreements', 'x', '0'),
  language: fc.constantFrom('uk', 'en', 'zh-Hant'),
  lang: fc.constantFrom('uk', 'en', 'und'),
};

/** Every request that a document describes, most of them right in most of their parts. */
export function requestsOf(
  document: Described,
  key: string,
): fc.Arbitrary<Request> {
  const operations = Object.entries(document.paths).flatMap(
    ([template, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        template,
        method,
        operation,
      })),
  );
  return fc
    .tuple(fc.constantFrom(...operations), fc.constantFrom(1, 1, 1000))
    .chain(([{ template, method, operation }, care]) =>
      fc
        .tuple(
          anAddress(template, method, operation.parameters ?? [], care),
          someHeaders(operation.parameters ?? [], key, care),
          aBody(template, operation, document.components.schemas, care),
          often(
            30 * care,
            fc.constant(method),
            fc.constantFrom(
              'head',
              'delete',
              'post',
              'put',
              'patch',
              'options',
            ),
          ),
        )
        .map(([url, headers, { type, body }, asked]) => ({
          method: asked.toUpperCase(),
          template,
          url,
          headers: {
            ...(type === null ? {} : { 'content-type': type }),
            ...headers,
          },
          body,
        })),
    );
}

function anAddress(
  template: string,
  method: string,
  parameters: readonly Parameter[],
  care: number,
): fc.Arbitrary<string> {
  const noun = (/^\/v1\/(events|actors|documents)/.exec(template)?.[1] ??
    'actors') as Noun;
  // Writers meddle with records of their own: the others have to be there for the readers.
  const ids = method === 'get' ? idOf(noun) : ownIdOf(noun);
  const path = fc
    .array(often(12 * care, ids, aText), { minLength: 2, maxLength: 2 })
    .map(([one = '', two = '']) => {
      const given = [one, two];
      return template.replace(/\{\w+\}/g, () =>
        escaped(given.shift() ?? '').replace(/^$/, 'x'),
      );
    });
  const query = parameters
    .filter((one) => one.in === 'query')
    .map((one) =>
      fc.oneof(
        {
          weight: one.required === true ? 20 : 1,
          arbitrary: fc.array(
            aValue(one, care).map((value) => `${one.name}=${value}`),
            { minLength: 1, maxLength: one.schema.type === 'array' ? 2 : 1 },
          ),
        },
        {
          weight: one.required === true ? 1 : parameters.length > 20 ? 12 : 3,
          arbitrary: fc.constant([]),
        },
      ),
    );
  const further = often<string[], readonly string[]>(
    20 * care,
    fc.constant([]),
    fc.oneof(
      fc
        .tuple(aText, aText)
        .map(([name, value]) => [`${escaped(name)}=${escaped(value)}`]),
      fc.constantFrom(
        ['x'],
        ['='],
        ['&'],
        ['limit=1', 'limit=2'],
        ['%zz=1'],
        ['q=%ff'],
        ['q=\u00ff'],
        ['a#b'],
        ['__proto__=x'],
        ['limit[]=1'],
        ['limit[$gt]=1'],
        ['y'.repeat(8000)],
        ['y'.repeat(40_000)],
      ),
    ),
  );
  return fc
    .tuple(path, fc.tuple(...query), further)
    .map(([at, given, more]) => {
      const parts = [...given.flat(), ...more];
      return parts.length === 0 ? at : `${at}?${parts.join('&')}`;
    });
}

/** A value of a parameter, as it stands in an address. */
function aValue(
  { name, schema, example }: Parameter,
  care: number,
): fc.Arbitrary<string> {
  const shown =
    example === undefined
      ? fc.constant('{{cursor}}')
      : fc.constantFrom(...[example].flat().map(String));
  const typed = fromSchema(
    schema.type === 'array' ? schema.items || {} : schema,
    {},
    /^(from|to|at|asOf|recorded\w+)$/.test(name)
      ? { [name]: aDay }
      : /^(actor|accountBy|memberOf|author|addressee|successor)$/.test(name)
        ? { [name]: idOf('actors') }
        : name === 'linkedTo'
          ? { [name]: idOf('events') }
          : name === 'by'
            ? {
                by: fc.constantFrom(
                  'type',
                  'actor,country',
                  'topic',
                  'publisher',
                  'type,type',
                ),
              }
            : {},
    name,
  ).map(String);
  const right = often(4, shown, typed);
  const listed = fc
    .tuple(
      fc.constantFrom('', '-', ''),
      right,
      fc.constantFrom('', ',call', ',-x', ':host'),
    )
    .map((parts) => parts.join(''));
  return often(
    5 * care,
    schema.type === 'array' ? often(4 * care, right, listed) : right,
    fc.oneof(aText, shown.chain(aSpoiling)),
  ).map(escaped);
}

function someHeaders(
  parameters: readonly Parameter[],
  key: string,
  care: number,
): fc.Arbitrary<Record<string, string>> {
  const rarely = (one: fc.Arbitrary<string>) =>
    often(15 * care, fc.constant(undefined), one);
  // What does no harm to a request that is right.
  const sometimes = (one: fc.Arbitrary<string>) =>
    often(10, fc.constant(undefined), one);
  const declared = parameters
    .filter((one) => one.in === 'header')
    .map(({ name, example }) => {
      const right = RIGHT_HEADERS[name.toLowerCase()];
      const value = right ?? fc.constant(String(example));
      return [
        name.toLowerCase(),
        often(2, often(10 * care, value, aText), fc.constant(undefined)),
      ] as const;
    });
  return fc
    .record<Record<string, string | undefined>>({
      ...Object.fromEntries(declared),
      // Whose it is counts for nothing, but for those who guess keys.
      'x-forwarded-for': fc.ipV4(),
      authorization: often(
        10 * care,
        fc.constant(`Bearer ${key}`),
        fc.oneof(
          fc.constant(undefined),
          aText,
          aText.map((text) => `Bearer ${text}`),
          fc.constantFrom('Basic eDp5', 'bearer', `Bearer ${key}x`),
        ),
      ),
      accept: rarely(fc.oneof(fc.constantFrom(...ACCEPTS), aText)),
      'if-none-match': sometimes(
        fc.oneof(fc.constantFrom(...CONDITIONS), aText),
      ),
      'accept-encoding': sometimes(
        fc.constantFrom('gzip', 'br', 'identity;q=0', '*'),
      ),
      'content-encoding': rarely(fc.constantFrom('identity', 'gzip', 'x')),
      'x-forwarded-host': rarely(aText),
      range: sometimes(fc.constantFrom('bytes=0-1', 'bytes=-1', 'x')),
      expect: rarely(fc.constant('100-continue')),
      origin: sometimes(fc.constantFrom('null', 'https://elsewhere.example')),
      cookie: rarely(aText),
    })
    .map((headers) =>
      Object.fromEntries(
        Object.entries(headers).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, carried(value)]],
        ),
      ),
    );
}

const CONDITIONS = [
  '{{etag}}',
  '*',
  'W/{{etag}}',
  '"',
  '""',
  'W/"x"',
  '"a", "b"',
  '"a",',
  ',',
  '*, "x"',
  'x',
];

const ACCEPTS = [
  'application/json',
  'text/csv',
  'text/event-stream',
  '*/*;q=0',
  'text/html',
  'application/*',
  'application/x-ndjson;q=0.5, text/calendar',
  'application/atom+xml',
  ',',
  ';q',
];

const RIGHT_HEADERS: Known = {
  'if-match': often(
    10,
    fc.constantFrom('{{etag}}', '*'),
    fc.constantFrom(...CONDITIONS),
  ),
  'x-data-lsn': fc.constantFrom('{{lsn}}', '0/0', '0/16B3748'),
  'idempotency-key': often(4, fc.uuid(), fc.constantFrom('k1', 'k2', 'k3')),
};

function aBody(
  template: string,
  { requestBody }: Operation,
  named: Readonly<Record<string, Schema>>,
  care: number,
): fc.Arbitrary<{ type: string | null; body: Buffer | null }> {
  if (requestBody === undefined)
    return often(
      15 * care,
      fc.constant({ type: null, body: null }),
      aText.map((text) => ({
        type: 'application/json',
        body: Buffer.from(text),
      })),
    );
  const types = Object.keys(requestBody.content);
  return fc.constantFrom(...types).chain((type) => {
    const schema = requestBody.content[type]?.schema ?? {};
    const text =
      template === '/v1/import'
        ? aFile(type, named, care)
        : type.includes('urlencoded')
          ? aReconciliation
          : aJsonBody(template, schema, named, care);
    const bytes = fc.oneof(
      { weight: 30 * care, arbitrary: text.map((one) => Buffer.from(one)) },
      {
        weight: 3,
        arbitrary: text
          .chain((one) =>
            one.length > 20_000 ? fc.constant(one) : aSpoiling(one),
          )
          .map((one) => Buffer.from(one)),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          Buffer.alloc(0),
          Buffer.from([0xff, 0xfe, 0x7b]),
          Buffer.from('{"a":"\xff"}', 'latin1'),
          Buffer.from('\ufeff{}'),
          Buffer.alloc(300_000, ' '),
          Buffer.alloc(1_100_000, 'x'),
          Buffer.from('{"id":"e1","id":"e2"}'),
        ),
      },
    );
    const sentAs = often(
      25 * care,
      fc.constant(type),
      fc.constantFrom(
        'text/plain',
        'application/json; charset=utf-16',
        'APPLICATION/JSON ;x',
        'application/json\t',
        'multipart/form-data; boundary=x',
        'application/x-ndjson',
        'text/csv',
        '',
        ';',
        'x',
      ),
    );
    return fc.tuple(bytes, sentAs).map(([body, as]) => ({ type: as, body }));
  });
}

function aJsonBody(
  template: string,
  schema: Schema,
  named: Readonly<Record<string, Schema>>,
  care: number,
): fc.Arbitrary<string> {
  const noun = /^\/v1\/(event|actor|document)s/.exec(template)?.[1] ?? 'event';
  const draft = named[draftOf(noun)] ?? {};
  const patched = schema.type === 'object' && schema.properties === undefined;
  const right = patched
    ? fromSchema({ ...draft, required: [] }, named, FIELDS)
    : fromSchema(schema, named, FIELDS);
  const { id: _, ...others } = draft.properties ?? {};
  const meant = template.includes('{id}') && !template.endsWith('/merge');
  const whole = meant
    ? fromSchema(
        {
          ...draft,
          properties: others,
          required: patched ? [] : (draft.required ?? []),
        },
        named,
        FIELDS,
      )
    : right;
  return often(2 * care, whole.map(mended), right.chain(aMutation)).map(
    written,
  );
}

function draftOf(record: string): string {
  return `${record[0]?.toUpperCase()}${record.slice(1)}Draft`;
}

/** Which ties an actor may have, by its kind. */
const TIES: Readonly<Record<string, string>> = {
  person: 'holds',
  office: 'part-of',
  institution: 'part-of',
  state: 'member-of',
  organization: 'member-of',
  group: 'part-of',
};

/** A draft that fits its schema, without what no schema can say is wrong. */
function mended(value: unknown): unknown {
  const draft = value as {
    kind?: string;
    names?: { alias?: boolean | null }[];
    affiliations?: { relation: string; until?: unknown }[] | null;
    accounts?: { source?: number | null }[] | null;
    sources?: unknown[] | null;
  };
  for (const one of draft.accounts ?? [])
    if ((one.source ?? 0) >= (draft.sources?.length ?? 0)) delete one.source;
  delete draft.names?.[0]?.alias;
  const tie = TIES[draft.kind ?? ''];
  if (tie === undefined) delete draft.affiliations;
  for (const one of draft.affiliations ?? []) {
    one.relation = tie ?? one.relation;
    delete one.until;
  }
  return draft;
}

const aReconciliation = often(
  4,
  fc
    .dictionary(
      fc.constantFrom('q0', 'q1'),
      fc.record(
        {
          query: aHarmlessText,
          type: fc.constantFrom('person', 'state', 'x'),
          limit: fc.integer({ min: -1, max: 60 }),
        },
        { requiredKeys: ['query'] },
      ),
    )
    .map((value) => written(value)),
  aText,
).map((text) => `queries=${escaped(text)}`);

/** A file of the media type, of a few rows. */
function aFile(
  type: string,
  named: Readonly<Record<string, Schema>>,
  care: number,
): fc.Arbitrary<string> {
  const cells = often(3, fc.oneof(aHarmlessText, anActor, aDay), aText);
  switch (type) {
    case 'application/x-ndjson': {
      const line = fc
        .constantFrom('event' as const, 'actor' as const, 'document' as const)
        .chain((record) => {
          const schema = named[draftOf(record)] ?? {};
          return fromSchema(
            {
              ...schema,
              required: [...(schema.required ?? []), 'record', 'id'],
            },
            named,
            { ...FIELDS, id: ownIdOf(`${record}s`) },
          ).map(mended);
        });
      return fc
        .array(often(6 * care, line, line.chain(aMutation)), { maxLength: 4 })
        .map((lines) => lines.map((one) => `${written(one)}\n`).join(''));
    }
    case 'text/calendar':
      return fc
        .array(
          fc.tuple(
            fc.constantFrom(
              'UID',
              'DTSTART',
              'DTSTART;VALUE=DATE',
              'DTEND',
              'SUMMARY',
              'RRULE',
              'GEO',
              'STATUS',
              'LOCATION',
              'ATTENDEE;CN=Macron',
              'DTSTART;TZID=Europe/Kyiv',
            ),
            fc.oneof(
              fc.constantFrom(
                '20220128T120000Z',
                '20220128',
                'FREQ=DAILY',
                'FREQ=SECONDLY;COUNT=1000000000',
                'CONFIRMED',
                '48.1;2.3',
                'x',
              ),
              cells,
            ),
          ),
          { maxLength: 8 },
        )
        .map((lines) =>
          [
            'BEGIN:VCALENDAR',
            'VERSION:2.0',
            'BEGIN:VEVENT',
            ...lines.map((pair) => pair.join(':')),
            'END:VEVENT',
            'END:VCALENDAR',
            '',
          ].join('\r\n'),
        );
    default: {
      const split = type === 'text/csv' ? ',' : '\t';
      const quoted = cells.map((cell) =>
        /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell,
      );
      const row = fc.array(quoted, {
        minLength: type === 'text/csv' ? 1 : 58,
        maxLength: type === 'text/csv' ? 6 : 61,
      });
      const head =
        type === 'text/csv'
          ? [
              'id,type,date,title,participants,sources',
              'id;date',
              'No;Date;Art;Sujet',
              'a,a,a',
              '',
            ]
          : [];
      return fc
        .tuple(fc.constantFrom(...head, ''), fc.array(row, { maxLength: 3 }))
        .map(([first, rows]) =>
          [first, ...rows.map((one) => one.join(split))].join('\n'),
        );
    }
  }
}

/** The first, so many times as often as the second. */
function often<A, B>(
  times: number,
  one: fc.Arbitrary<A>,
  other: fc.Arbitrary<B>,
): fc.Arbitrary<A | B> {
  return fc.oneof(
    { weight: times, arbitrary: one },
    { weight: 1, arbitrary: other },
  );
}

/** JSON; values that JSON cannot write are left out, and one too deep to be written is made as a text. */
function written(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '['.repeat(20_000);
  }
}

/** Percent-encoded; halves of surrogate pairs as the three bytes that a careless encoder makes of them. */
function escaped(text: string): string {
  return text
    .split(/(\{\{\w+\}\})/)
    .map((part) =>
      (REMEMBERED as readonly string[]).includes(part)
        ? part
        : Array.from(part, (sign) =>
            sign.isWellFormed()
              ? encodeURIComponent(sign)
              : `%ED%${(0x80 | ((sign.charCodeAt(0) >> 6) & 0x3f)).toString(16)}%${(0x80 | (sign.charCodeAt(0) & 0x3f)).toString(16)}`,
          ).join(''),
    )
    .join('');
}

/** What of a text a header can carry, as bytes. */
function carried(text: string): string {
  return Buffer.from(text)
    .toString('latin1')
    .replace(/[^\t\x20-\x7e\x80-\xff]/g, '')
    .slice(0, 20_000);
}
