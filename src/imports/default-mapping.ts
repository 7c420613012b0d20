import { type Fault } from '../domain/errors.ts';
import { nearest } from '../domain/nearest.ts';
import { type Cells, type Mapping, mappingError } from './mapping.ts';

const REQUIRED = ['id', 'type', 'date'] as const;
const PLAIN = [
  'status',
  'channel',
  'dateText',
  'timeZone',
  'sequence',
] as const;
const TEXTS = ['title', 'summary', 'place'] as const;
const LISTS = ['country', 'participants', 'topics', 'sources'] as const;
const KNOWN = [...REQUIRED, ...PLAIN, ...TEXTS, ...LISTS];

/**
 * The mapping of a file whose columns are named as the fields are: `title.uk` and the like are texts in a language, several
 * values stand between semicolons, `participants` holds ids or names, each with its role after a colon if it has one.
 * @throws DomainError `invalid_parameter` when there is a column of another name, or one is wanting
 */
export function mappingOf(header: readonly string[]): Mapping {
  const faults: Fault[] = [];
  const texts: Record<(typeof TEXTS)[number], Cells> = {
    title: {},
    summary: {},
    place: {},
  };
  for (const name of header) {
    const [field = '', ...rest] = name.split('.');
    const text = TEXTS.find((one) => one === field);
    if (text !== undefined) texts[text][rest.join('.') || 'und'] = name;
    else if (!KNOWN.some((one) => one === name)) {
      const near = nearest(name, KNOWN);
      faults.push({
        message:
          'The file has a column that is no field of an event; a mapping can say what it is',
        received: name.slice(0, 200),
        allowed: KNOWN,
        ...(near.length > 0 ? { nearest: near } : {}),
      });
    }
  }
  for (const field of REQUIRED)
    if (!header.includes(field))
      faults.push({ message: `The file has no column named ${field}` });
  if (Object.keys(texts.title).length === 0)
    faults.push({ message: 'The file has no column named title' });
  if (faults.length > 0) throw mappingError(faults.slice(0, 20));
  const has = (name: string) => header.includes(name);
  const place = {
    ...(Object.keys(texts.place).length > 0 ? { name: texts.place } : {}),
    ...(has('country') ? { country: 'country' } : {}),
  };
  return {
    id: 'id',
    type: 'type',
    date: 'date',
    ...Object.fromEntries(PLAIN.filter(has).map((name) => [name, name])),
    title: texts.title,
    ...(Object.keys(texts.summary).length > 0
      ? { summary: texts.summary }
      : {}),
    ...(Object.keys(place).length > 0 ? { places: [place] } : {}),
    ...(has('participants')
      ? {
          participants: [
            { column: 'participants', separator: ';', roleAfter: ':' },
          ],
        }
      : {}),
    ...(has('topics')
      ? { topics: [{ column: 'topics', separator: ';' }] }
      : {}),
    ...(has('sources')
      ? { sources: [{ url: 'sources', separator: '; ' }] }
      : {}),
  };
}
