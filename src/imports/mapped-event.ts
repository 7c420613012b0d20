import { createHash } from 'node:crypto';
import { type Fault } from '../domain/errors.ts';
import { shortened } from '../domain/text.ts';
import { slugOf } from '../domain/slug.ts';
import { columnsOf, type MappedCell } from './mapped-cell.ts';
import { dateReader, formatFault } from './mapped-date.ts';
import {
  participantStep,
  placeStep,
  sourceStep,
  topicStep,
} from './mapped-lists.ts';
import {
  type Columns,
  type Growing,
  ignore,
  languageMap,
  nearestPlace,
  numberIn,
  place,
  refusing,
  type Step,
} from './mapped-row.ts';
import { type Mapping, mappingError } from './mapping.ts';
import { type NamedRow } from './row.ts';

/** The cells of a row as an event whose actors are still names. */
export type EventMapper = (
  cells: readonly string[],
) => Omit<NamedRow, 'line' | 'size'>;

/**
 * How rows with this header become events.
 * @param header null when it is not known yet: then only the mapping itself is looked at
 * @throws DomainError `invalid_parameter` naming every fault of the mapping by its pointer
 */
export function eventMapper(
  mapping: Mapping,
  header: readonly string[] | null,
): EventMapper {
  const faults: Fault[] = [];
  const columns = columnsOf(header, faults);
  const steps: Step[] = [
    idStep(mapping.id, columns, faults),
    dateStep(mapping.date, columns, faults),
  ];
  for (const field of PLAIN) {
    const given = mapping[field];
    if (given !== undefined)
      steps.push(plainStep(field, columns.cell(given, `/${field}`)));
  }
  for (const field of ['title', 'summary'] as const) {
    const given = mapping[field];
    if (given === undefined) continue;
    const texts = columns.perLanguage(given, `/${field}`);
    steps.push((cells, row) => {
      const map = languageMap(texts, cells, row, `/${field}`);
      if (map !== null) row.event[field] = map;
    });
  }
  mapping.places?.forEach((given, index) =>
    steps.push(placeStep(given, `/places/${index}`, columns)),
  );
  mapping.participants?.forEach((given, index) =>
    steps.push(participantStep(given, `/participants/${index}`, columns)),
  );
  mapping.topics?.forEach((given, index) =>
    steps.push(topicStep(given, `/topics/${index}`, columns)),
  );
  mapping.sources?.forEach((given, index) =>
    steps.push(sourceStep(given, `/sources/${index}`, columns)),
  );
  if (faults.length > 0) throw mappingError(faults);
  return (cells) => {
    const row: Growing = {
      event: { record: 'event', participants: [] },
      mentions: [],
      faults: [],
      where: new Map(),
    };
    for (const step of steps) step(cells, row);
    const { event, mentions, where } = row;
    return {
      event,
      mentions,
      faults: row.faults,
      whereIs: (pointer) => nearestPlace(where, pointer),
    };
  };
}

const PLAIN = [
  'type',
  'status',
  'channel',
  'dateText',
  'timeZone',
  'sequence',
] as const;

function plainStep(field: (typeof PLAIN)[number], cell: MappedCell): Step {
  return (cells, row) => {
    const text = cell.read(cells, refusing(row, `/${field}`));
    place(row, `/${field}`, cell.where);
    if (text !== '')
      row.event[field] = field === 'sequence' ? numberIn(text) : text;
  };
}

function idStep(id: Mapping['id'], columns: Columns, faults: Fault[]): Step {
  const given = typeof id === 'string' ? { column: id } : id;
  const { column, template, hash, prefix = '' } = given;
  const ways = [column, template, hash].filter((way) => way !== undefined);
  if (ways.length !== 1 || hash?.length === 0)
    faults.push({
      pointer: '/id',
      message: 'is made of nothing, or in several ways',
      allowed: ['column', 'template', 'hash'],
    });
  if (hash !== undefined) {
    const places = hash.map((name, index) =>
      columns.column(name, `/id/hash/${index}`),
    );
    return (cells, row) => {
      const said = places.map((at) =>
        (cells[at] ?? '').trim().normalize('NFC'),
      );
      const digest = createHash('sha256').update(JSON.stringify(said));
      row.event['id'] = `${prefix}${digest.digest('hex').slice(0, 24)}`;
    };
  }
  if (template !== undefined) {
    const { where, fill } = columns.template(template, '/id/template');
    return (cells, row) => {
      place(row, '/id', where);
      const text = fill(cells, (value) => slugOf(value));
      if (text !== '') row.event['id'] = text;
    };
  }
  const { where, read } = columns.cell(column ?? '', '/id');
  return (cells, row) => {
    place(row, '/id', where);
    const text = read(cells, ignore);
    if (text !== '') row.event['id'] = text;
  };
}

function dateStep(
  date: Mapping['date'],
  columns: Columns,
  faults: Fault[],
): Step {
  const given = typeof date === 'string' ? { column: date } : date;
  const { until, format = ['edtf'], locale = 'en' } = given;
  const wrong = format.flatMap((one, index): Fault[] => {
    const message = formatFault(one);
    return message === null
      ? []
      : [{ pointer: `/date/format/${index}`, message, received: one }];
  });
  faults.push(...wrong);
  const begin = columns.origin(given, '/date');
  const end = until === undefined ? null : columns.column(until, '/date/until');
  const read = wrong.length > 0 ? () => null : dateReader(format, locale);
  return (cells, row) => {
    place(row, '/date', begin.where);
    const understood = (text: string): string => {
      const found = read(text);
      if (found === null)
        refusing(
          row,
          '/date',
        )({
          message: `is not written as ${format.join(' or ')}`,
          received: shortened(text),
        });
      return found ?? '';
    };
    const first = begin.read(cells, ignore);
    if (first === '') return;
    const last = end === null ? '' : (cells[end] ?? '').trim();
    const dates = [first, ...(last === '' ? [] : [last])].map(understood);
    if (dates.includes('')) return;
    row.event['date'] = [...new Set(dates)].join('/');
  };
}
