import { stringify } from 'csv-stringify/sync';
import { type AnsweredEvent, inLanguage } from '../domain/answered.ts';
import { eventTypes } from '../domain/event-types.ts';
import { whenInWords } from './doubt.ts';
import { type About, type Format } from './format.ts';
import { edgesOf, spanOf } from './span.ts';
import { typeInWords } from './words.ts';

type Participation = AnsweredEvent['participants'][number];

/** What a row tells: an event, and one or two of its participations where rows are about them. */
interface Row {
  event: AnsweredEvent;
  edges: ReturnType<typeof edgesOf>;
  parts: readonly Participation[];
}

interface Column {
  name: string;
  cell: (row: Row, lang: string | null) => string | number;
}

/** Comma-separated values (RFC 4180): one row per event, or per participation, or per pair of participations. */
export const csv: Format = {
  suffix: 'csv',
  mediaType: 'text/csv; charset=utf-8; header=present',
  description:
    'Comma-separated values (RFC 4180), a row per event. `date` is the EDTF as it was written, `when` says it in words; of the four edges (days, the last one included, or UTC instants; empty where open) a begin or an end that differs between earliest and latest is doubt, and what lies between begin and end is duration.',
  whole: true,
  newestFirst: false,
  tellsRemoved: false,
  takes: ['rows', 'crosswalk', 'expansion'],
  async *write(events, about) {
    const columns = columnsOf(about);
    yield line(columns.map(({ name }) => name));
    for await (const event of events) {
      const rows = rowsOf(event, about).map((row) =>
        line(columns.map(({ cell }) => cell(row, about.lang))),
      );
      if (rows.length > 0) yield rows.join('');
    }
  },
};

/** The columns in their order: those of the event never move, and those asked for come after them. */
function columnsOf({ rows, expansion, crosswalk }: About): Column[] {
  return [
    ...eventColumns,
    ...(expansion === 'dyads'
      ? [...participationColumns(0, '_1'), ...participationColumns(1, '_2')]
      : rows === 'participations'
        ? participationColumns(0)
        : []),
    ...crosswalk.flatMap(crosswalkColumns),
  ];
}

function rowsOf(event: AnsweredEvent, { rows, expansion }: About): Row[] {
  const edges = edgesOf(spanOf(event));
  const parts =
    expansion === 'dyads'
      ? pairsOf(event)
      : rows === 'participations'
        ? event.participants.map((one) => [one])
        : [[]];
  return parts.map((some) => ({ event, edges, parts: some }));
}

/** Every two participations of different actors, in the order told; who is only spoken of dealt with nobody. */
function pairsOf({ participants }: AnsweredEvent): Participation[][] {
  const taking = participants.filter(({ role }) => role !== 'subject');
  return taking.flatMap((one, index) =>
    taking
      .slice(index + 1)
      .filter(({ actor }) => actor !== one.actor)
      .map((other) => [one, other]),
  );
}

const column = (
  name: string,
  cell: (event: AnsweredEvent, lang: string | null) => string | number | null,
): Column => ({ name, cell: ({ event }, lang) => cell(event, lang) ?? '' });

const edgeColumn = (name: keyof Row['edges']): Column => ({
  name,
  cell: ({ edges }) => edges[name],
});

// Several values stand in one cell as the filters name them (`macron:guest`), between semicolons.
const several = (values: readonly string[]) => values.join('; ');

const eventColumns: readonly Column[] = [
  column('id', ({ id }) => id),
  column('type', ({ type }) => type),
  column('type_label', ({ type }, lang) => typeInWords(type, lang)),
  column('status', ({ status }) => status),
  column('channel', ({ channel }) => channel),
  column('date', ({ date }) => date),
  column('date_text', ({ dateText }) => dateText),
  column('when', whenInWords),
  edgeColumn('begin_earliest'),
  edgeColumn('begin_latest'),
  edgeColumn('end_earliest'),
  edgeColumn('end_latest'),
  column('precision', ({ bounds }) => bounds.precision),
  column('time_zone', ({ timeZone }) => timeZone),
  column('sequence', ({ sequence }) => sequence),
  column('title', ({ title }, lang) => inLanguage(title, lang)),
  column('summary', ({ summary }, lang) => inLanguage(summary, lang)),
  column('places', ({ places }, lang) =>
    several(places.flatMap(({ name }) => inLanguage(name, lang) || [])),
  ),
  column('countries', ({ places }) =>
    several(places.flatMap(({ country }) => country ?? [])),
  ),
  // Well-known text: it says which number comes first, and no spreadsheet takes it for a formula.
  column('coordinates', ({ places }) =>
    several(
      places.flatMap(({ coordinates }) =>
        coordinates ? `POINT (${coordinates.join(' ')})` : [],
      ),
    ),
  ),
  column('participants', ({ participants }) =>
    several(participants.map(({ actor, role }) => `${actor}:${role}`)),
  ),
  column('participant_names', ({ participants }, lang) =>
    several(participants.map((one) => nameOf(one, lang))),
  ),
  column('documents', ({ documents }) =>
    several(documents.map((one) => `${one.document}:${one.relation}`)),
  ),
  column('accounts', ({ accounts }) =>
    several(accounts.map(({ party, stance }) => `${party}:${stance}`)),
  ),
  column('links', ({ links }) =>
    several(links.map(({ event, relation }) => `${event}:${relation}`)),
  ),
  column('topics', ({ topics }) => several(topics)),
  column('sources', ({ sources }) =>
    several(sources.map(({ url, title }) => url ?? title ?? '')),
  ),
  column('corroboration', ({ corroboration }) => corroboration),
  column('revision', ({ revision }) => revision),
  column('recorded_at', ({ recordedAt }) => recordedAt),
  column('revised_at', ({ revisedAt }) => revisedAt),
];

function participationColumns(index: number, suffix = ''): Column[] {
  const about = (
    name: string,
    cell: (one: Participation, lang: string | null) => string | null,
  ): Column => ({
    name: `${name}${suffix}`,
    cell({ parts }, lang) {
      const one = parts[index];
      return (one && cell(one, lang)) ?? '';
    },
  });
  return [
    about('actor', ({ actor }) => actor),
    about('actor_name', nameOf),
    about('role', ({ role }) => role),
    about('as', (one, lang) => inLanguage(one.as, lang)),
    about('on_behalf_of', ({ onBehalfOf }) => onBehalfOf),
    about('inferred', ({ inferred }) => String(inferred)),
  ];
}

function nameOf({ actor, name }: Participation, lang: string | null): string {
  return inLanguage(name, lang) || actor;
}

const typeRows = new Map(eventTypes.map((row) => [row.code, row]));

/** Codes of another vocabulary and, in the same order, how well each answers to the type (SKOS). */
function crosswalkColumns(scheme: About['crosswalk'][number]): Column[] {
  const codesOf = ({ type }: AnsweredEvent) =>
    typeRows.get(type)?.[scheme] ?? [];
  return [
    column(scheme, (event) => several(codesOf(event).map(({ code }) => code))),
    column(`${scheme}_match`, (event) =>
      several(codesOf(event).map(({ match }) => match)),
    ),
  ];
}

function line(cells: (string | number)[]): string {
  return stringify([cells], {
    record_delimiter: 'windows',
    // It quotes only the line ends it writes itself; RFC 4180 wants every CR and LF quoted.
    quoted_match: /[\r\n]/,
    escape_formulas: true,
    // A spreadsheet that trims a cell would find the formula behind the line feed.
    cast: { string: (text) => (text.startsWith('\n') ? `'${text}` : text) },
  });
}
