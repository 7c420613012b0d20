import { shortened } from '../domain/text.ts';
import {
  CODES,
  GIVEN_UP,
  ORGANIZATIONS,
  ORGANS,
  STATES,
  type Taken,
} from './gdelt-codes.ts';
import { linesOf } from './lines.ts';
import { mappingError } from './mapping.ts';
import {
  type Mention,
  type NamedRow,
  type Participant,
  type SourceRow,
} from './row.ts';
import { type Source } from './source.ts';

/** The export of events of GDELT 2.0 (tab-separated, 61 columns, no header). */
export const gdelt: Source = {
  name: 'gdelt',
  mediaType: 'text/tab-separated-values',
  suffixes: ['.export.csv', '.tsv'],
  description:
    'The event export of GDELT 2.0. Of its rows those are taken that have a diplomatic code of CAMEO and name states, their organs and organizations alone; all others are passed over.',
  names: true,
  open({ mapping }) {
    if (mapping !== undefined)
      throw mappingError([{ message: 'has no meaning for this format' }]);
    return gdeltRows;
  },
};

// Places of columns by the GDELT Event Codebook V2.0 (19 February 2015), counted from 0.
const COLUMNS = 61;
const AT = {
  id: 0,
  day: 1,
  firstActor: 5,
  secondActor: 15,
  code: 26,
  place: 51,
  source: 60,
} as const;
// Of each actor, from its first column on.
const ACTOR = { code: 0, name: 1, country: 2, group: 3, types: [7, 8, 9] };
// Of each place, from its first column on.
const PLACE = { sort: 0, name: 1, latitude: 5, longitude: 6 };
const CITIES = ['3', '4'];

async function* gdeltRows(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<SourceRow> {
  for await (const found of linesOf(chunks, 'kept')) {
    const { line } = found;
    if ('fault' in found) {
      const message = `The line ${found.fault}.`;
      yield { line, faults: [{ pointer: '', message }] };
      continue;
    }
    const cells = found.text.split('\t');
    if (line === 1 && /^global_?event_?id$/i.test(cells[0] ?? '')) continue;
    if (cells.length === COLUMNS) yield rowOf(line, cells);
    else
      yield {
        line,
        faults: [
          {
            pointer: '',
            message: `The row has ${cells.length} cells; an event of GDELT 2.0 has ${COLUMNS}.`,
            received: shortened(found.text.trim()),
          },
        ],
      };
  }
}

function rowOf(line: number, cells: readonly string[]): SourceRow {
  const passed = { line, passedOver: true } as const;
  const code = cell(cells, AT.code);
  const taken = CODES.get(code.slice(0, 3));
  if (taken === undefined) return passed;
  const actors = [AT.firstActor, AT.secondActor].map((at) =>
    actorAt(cells, at),
  );
  // Companies, crowds, the press and nameless groups make no diplomacy, even beside a state.
  if (actors.includes('other')) return passed;
  const named = actors.flatMap((one, index) =>
    one === null || one === 'other'
      ? []
      : [{ ...one, role: index === 0 ? taken.first : taken.second }],
  );
  const powers = new Set(named.map(({ meant }) => meant.name));
  // What a state does within itself is no diplomacy either, nor is what is only said of it.
  const inside = powers.size < named.length;
  const alone = named.length === 1 && named[0]?.role === 'subject';
  if (named.length === 0 || inside || alone) return passed;
  return eventRow(line, cells, { code, taken, named });
}

interface GdeltActor {
  /** As the report calls it, in capitals. */
  told: string;
  /** Whether the report speaks of an organ and not of the state as a whole. */
  isOrgan: boolean;
  meant: Pick<Mention, 'name' | 'kind' | 'identifiers'>;
}

/** A state, an organ of one or an organization; `other` when it is none of these, null when nobody is named. */
function actorAt(
  cells: readonly string[],
  at: number,
): GdeltActor | 'other' | null {
  const code = cell(cells, at + ACTOR.code);
  const told = cell(cells, at + ACTOR.name) || code;
  if (told === '') return null;
  const country = cell(cells, at + ACTOR.country);
  const group = cell(cells, at + ACTOR.group);
  const types = ACTOR.types
    .map((type) => cell(cells, at + type))
    .filter(Boolean);
  const organization = ORGANIZATIONS.get(group);
  if (organization !== undefined)
    return {
      told,
      isOrgan: false,
      meant: {
        name: organization,
        kind: 'organization',
        identifiers: { cameo: group },
      },
    };
  const state = STATES.get(country);
  const [type] = types;
  if (
    state === undefined ||
    group !== '' ||
    !types.every((one) => ORGANS.has(one)) ||
    // A code that goes on is of a people, a religion or a region, unless a type says more.
    (type === undefined && code !== country)
  )
    return 'other';
  return {
    told,
    isOrgan: type !== undefined,
    meant: {
      name: englishNames.of(state) ?? country,
      kind: 'state',
      identifiers: {
        cameo: country,
        'iso3166-1': state,
        ...(GIVEN_UP.has(country) ? {} : { 'iso3166-1-alpha-3': country }),
      },
    },
  };
}

const englishNames = new Intl.DisplayNames('en', { type: 'region' });

function eventRow(
  line: number,
  cells: readonly string[],
  {
    code,
    taken,
    named,
  }: {
    code: string;
    taken: Taken;
    named: readonly (GdeltActor & { role: string })[];
  },
): NamedRow {
  const participants = named.map(({ role, told, isOrgan }): Participant => ({
    role,
    ...(isOrgan ? { as: { en: told } } : {}),
  }));
  const mentions = named.map(({ meant }, participant): Mention => ({
    ...meant,
    participant,
    field: 'actor',
    language: 'en',
  }));
  const day = cell(cells, AT.day);
  const source = cell(cells, AT.source);
  const id = cell(cells, AT.id);
  const event = {
    record: 'event',
    // Rows without an id would all be one event.
    id: id === '' ? '' : `gdelt-${id}`,
    type: taken.type,
    date: day.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3'),
    title: {
      en: `GDELT: ${named.map(({ told }) => told.slice(0, 200)).join(' – ')}: ${taken.label} (CAMEO ${code})`,
    },
    ...placeOf(cells),
    participants,
    ...(source === ''
      ? {}
      : {
          sources: [
            /^https?:\/\/\S+$/.test(source)
              ? { url: source }
              : { title: source },
          ],
        }),
  };
  return {
    line,
    event,
    mentions,
    faults: [],
    whereIs: (pointer) =>
      pointer === '/date'
        ? 'SQLDATE'
        : pointer === '/id'
          ? 'GLOBALEVENTID'
          : pointer.startsWith('/participants/')
            ? `actor ${mentions[Number(pointer.split('/')[2])]?.identifiers['cameo'] ?? ''}`
            : null,
    size: 2000,
  };
}

/** Where the action was. Countries have codes of their own there, and only a city is a point. */
function placeOf(cells: readonly string[]): { places?: object[] } {
  const at = (place: number) => cell(cells, AT.place + place);
  const name = at(PLACE.name);
  if (name === '') return {};
  const point = [at(PLACE.longitude), at(PLACE.latitude)];
  const isPoint = CITIES.includes(at(PLACE.sort)) && !point.includes('');
  return {
    places: [
      {
        name: { en: name },
        ...(isPoint ? { coordinates: point.map(Number) } : {}),
      },
    ],
  };
}

function cell(cells: readonly string[], at: number): string {
  return (cells[at] ?? '').trim();
}
