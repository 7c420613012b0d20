import { ROLES } from '../domain/event-schema.ts';
import { several, translated } from './mapped-cell.ts';
import {
  type Columns,
  ignore,
  languageMap,
  numberIn,
  place,
  refusing,
  type Step,
} from './mapped-row.ts';
import { type Mapping, type MappedParticipants } from './mapping.ts';
import { type Participant } from './row.ts';

/** A place, unless the row names neither it nor its country. */
export function placeStep(
  given: NonNullable<Mapping['places']>[number],
  pointer: string,
  columns: Columns,
): Step {
  const names = columns.perLanguage(given.name ?? {}, `${pointer}/name`);
  const cellAt = (field: 'country' | 'longitude' | 'latitude') =>
    given[field] === undefined
      ? null
      : columns.cell(given[field], `${pointer}/${field}`);
  const country = cellAt('country');
  const [east, north] = [cellAt('longitude'), cellAt('latitude')];
  return (cells, row) => {
    const places = (row.event['places'] ?? []) as object[];
    const here = `/places/${places.length}`;
    const refuse = refusing(row, `${here}/country`);
    const name = languageMap(names, cells, row, `${here}/name`);
    const code = country?.read(cells, refuse) ?? '';
    const point = [east, north].map((one) => one?.read(cells, refuse) ?? '');
    if (name === null && code === '') return;
    place(row, `${here}/country`, country?.where ?? null);
    place(row, `${here}/coordinates`, east?.where ?? null);
    places.push({
      ...(name === null ? {} : { name }),
      ...(code === '' ? {} : { country: code }),
      ...(point.includes('') ? {} : { coordinates: point.map(numberIn) }),
    });
    row.event['places'] = places;
  };
}

/** Participants by what they are called, as many as the cell names. */
export function participantStep(
  given: MappedParticipants,
  pointer: string,
  columns: Columns,
): Step {
  const who = columns.origin(given, pointer);
  const role =
    given.role === undefined
      ? null
      : columns.cell(given.role, `${pointer}/role`);
  const capacity = columns.perLanguage(given.as ?? {}, `${pointer}/as`);
  const behalf =
    given.onBehalfOf === undefined
      ? null
      : columns.cell(given.onBehalfOf, `${pointer}/onBehalfOf`);
  const { separator, roleAfter, kind = null, language = 'und' } = given;
  return (cells, row) => {
    const { participants } = row.event;
    for (const text of several(who.read(cells, ignore), separator)) {
      const index = participants.length;
      const here = `/participants/${index}`;
      const part: Participant = {};
      const [name, ownRole] = roleIn(text, roleAfter);
      const said =
        ownRole ?? role?.read(cells, refusing(row, `${here}/role`)) ?? '';
      if (said !== '') part['role'] = said;
      const as = languageMap(capacity, cells, row, `${here}/as`);
      if (as !== null) part['as'] = as;
      place(row, here, who.where);
      place(row, `${here}/role`, role?.where ?? null);
      participants.push(part);
      const mention = { participant: index, language, identifiers: {} };
      row.mentions.push({ ...mention, field: 'actor', name, kind });
      const whom = behalf?.read(cells, refusing(row, `${here}/onBehalfOf`));
      if (whom === undefined || whom === '') continue;
      place(row, `${here}/onBehalfOf`, behalf?.where ?? null);
      row.mentions.push({
        ...mention,
        field: 'onBehalfOf',
        name: whom,
        kind: null,
      });
    }
  };
}

/** `macron:guest` as the actor and the role; what follows and is no role belongs to the name. */
function roleIn(
  text: string,
  separator: string | undefined,
): [string, string | null] {
  const at = separator === undefined ? -1 : text.lastIndexOf(separator);
  const role = text.slice(at + (separator ?? '').length).trim();
  return at > 0 && ROLES.some((one) => one === role)
    ? [text.slice(0, at).trim(), role]
    : [text, null];
}

/** Topics, each once. */
export function topicStep(
  given: NonNullable<Mapping['topics']>[number],
  pointer: string,
  columns: Columns,
): Step {
  const { where, read } = columns.origin(given, pointer);
  const { separator, values } = given;
  return (cells, row) => {
    const topics = (row.event['topics'] ?? []) as string[];
    for (const text of several(read(cells, ignore), separator)) {
      const here = `/topics/${topics.length}`;
      const topic =
        values === undefined
          ? text
          : translated(text, values, undefined, refusing(row, here));
      place(row, here, where);
      if (topic !== '' && !topics.includes(topic)) topics.push(topic);
    }
    if (topics.length > 0) row.event['topics'] = topics;
  };
}

const SOURCE_FIELDS = [
  'url',
  'title',
  'publisher',
  'language',
  'publishedAt',
] as const;

/** Sources: several addresses in one cell are so many of them. */
export function sourceStep(
  given: NonNullable<Mapping['sources']>[number],
  pointer: string,
  columns: Columns,
): Step {
  const fields = SOURCE_FIELDS.flatMap((field) =>
    given[field] === undefined
      ? []
      : [{ field, ...columns.cell(given[field], `${pointer}/${field}`) }],
  );
  const [first] = fields;
  return (cells, row) => {
    const sources = (row.event['sources'] ?? []) as object[];
    const texts = fields.map(({ read }) =>
      read(cells, refusing(row, `/sources/${sources.length}`)),
    );
    // Several addresses, or titles, in one cell are so many sources.
    for (const one of several(texts[0] ?? '', given.separator).concat(
      texts[0] === '' ? [''] : [],
    )) {
      const source = Object.fromEntries(
        fields.flatMap(({ field }, index): [string, string][] => {
          const text = index === 0 ? one : (texts[index] ?? '');
          return text === '' ? [] : [[field, text]];
        }),
      );
      if (source['url'] === undefined && source['title'] === undefined)
        continue;
      place(row, `/sources/${sources.length}`, first?.where ?? null);
      sources.push(source);
    }
    if (sources.length > 0) row.event['sources'] = sources;
  };
}
